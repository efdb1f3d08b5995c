package plot

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// palette is that of Okabe and Ito, which colour-blind readers can tell apart, with
// black last and two greys for a ninth and a tenth class.
var palette = []color.Color{
	rgb(0x0072B2), rgb(0xD55E00), rgb(0x009E73), rgb(0xCC79A7), rgb(0xE69F00),
	rgb(0x56B4E9), rgb(0x8C6D1F), rgb(0x000000), rgb(0x7F7F7F), rgb(0xB3A800),
}

var (
	ink  = rgb(0x333333) // text and axes
	grid = rgb(0xE6E6E6)
	mark = rgb(0x9A9A9A)
)

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// draw draws the figure on a canvas of its size.
func (f *Figure) draw(dc draw.Canvas) {
	dc.FillPolygon(color.White, []vg.Point{dc.Min, {X: dc.Max.X, Y: dc.Min.Y}, dc.Max, {X: dc.Min.X, Y: dc.Max.Y}})
	panels := f.Panels
	if len(panels) == 0 {
		panels = []Panel{{}}
	}
	lo, hi, ok := f.xRange()
	if !ok {
		lo, hi = 0, 1
	}
	lo, hi = widen(lo, hi)
	rows := make([][]*plot.Plot, len(panels))
	for i, p := range panels {
		rows[i] = []*plot.Plot{f.panel(p, lo, hi, i == 0, i == len(panels)-1)}
	}
	legends := make([]*plot.Legend, len(panels))
	var strip vg.Length // right of the panels, for the legends
	for i, row := range rows {
		legend := row[0].Legend
		legends[i] = &legend
		row[0].Legend = plot.NewLegend()
		if r := legend.Rectangle(dc); r.Size().X > 0 {
			strip = max(strip, r.Size().X+14)
		}
	}
	tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadTop: 6, PadBottom: 6, PadLeft: 6, PadRight: 10 + strip, PadY: 7}
	for i, row := range plot.Align(rows, tiles, dc) {
		rows[i][0].Draw(row[0])
		f.drawMarks(rows[i][0], row[0], i == 0)
		data := rows[i][0].DataCanvas(row[0])
		data.Min.X, data.Max.X = data.Max.X+6, dc.Max.X-4
		legends[i].Draw(data)
	}
}

// panel makes one pair of axes.
func (f *Figure) panel(p Panel, lo, hi float64, first, last bool) *plot.Plot {
	out := plot.New()
	sans := func(size float64) font.Font {
		return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
	}
	out.BackgroundColor = color.Transparent
	if first && f.Title != "" {
		out.Title.Text = f.Title
		out.Title.Padding = 5
		out.Title.TextStyle.Font = sans(11)
		out.Title.TextStyle.Color = ink
	}
	for _, axis := range []*plot.Axis{&out.X, &out.Y} {
		axis.LineStyle = draw.LineStyle{Color: ink, Width: 0.5}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = 3
		axis.Tick.Label.Font = sans(8)
		axis.Tick.Label.Color = ink
		axis.Label.TextStyle.Font = sans(9)
		axis.Label.TextStyle.Color = ink
		axis.Label.Padding = 3
		axis.Padding = 2
	}
	out.Y.Label.Text = p.Label
	out.X.Min, out.X.Max = lo, hi
	out.X.Tick.Marker = linear{n: 7, bare: !last}
	out.Y.Tick.Marker = linear{n: yTicks(len(f.Panels))}
	if last {
		out.X.Label.Text = f.XLabel
	}
	yLo, yHi, ok := p.yRange()
	switch {
	case !ok:
		yLo, yHi = 0, 1
		out.Y.Tick.Marker = plot.ConstantTicks(nil)
		out.Y.Label.Text = label(p.Label, "no finite value")
	case p.Log:
		out.Y.Scale = plot.LogScale{}
		out.Y.Tick.Marker = decades{n: yTicks(len(f.Panels))}
		low, high := math.Floor(math.Log10(yLo)), math.Ceil(math.Log10(yHi))
		if low == high {
			low, high = low-1, high+1
		}
		yLo, yHi = math.Pow(10, low), math.Pow(10, high)
	default:
		yLo, yHi = widen(yLo, yHi)
		room := 0.05 * (yHi - yLo)
		if zero := p.hasBars() && yLo == 0; !zero {
			yLo -= room
		}
		yHi += room
	}
	out.Y.Min, out.Y.Max = yLo, yHi
	lines := plotter.NewGrid()
	lines.Horizontal = draw.LineStyle{Color: grid, Width: 0.5}
	lines.Vertical = lines.Horizontal
	out.Add(lines)
	out.Legend.TextStyle.Font = sans(8)
	out.Legend.TextStyle.Color = ink
	out.Legend.Top, out.Legend.Left = true, true
	out.Legend.ThumbnailWidth = 12
	out.Legend.Padding = 1.5
	for i, s := range p.Series {
		thumb := addSeries(out, s, p.Log, palette[i%len(palette)])
		if len(p.Series) > 1 && thumb != nil {
			out.Legend.Add(s.Name, thumb)
		}
	}
	return out
}

// addSeries draws one series and returns what stands for it in a legend.
func addSeries(out *plot.Plot, s Series, log bool, c color.Color) plot.Thumbnailer {
	style := draw.LineStyle{Color: c, Width: 1.2}
	switch s.Style {
	case Points:
		var pts plotter.XYs
		for i := range s.points() {
			if s.seen(i, log) {
				pts = append(pts, plotter.XY{X: s.X[i], Y: s.Y[i]})
			}
		}
		if pts == nil {
			return nil
		}
		dots := &plotter.Scatter{XYs: pts, GlyphStyle: draw.GlyphStyle{Color: c, Radius: 1.5, Shape: draw.CircleGlyph{}}}
		out.Add(dots)
		return dots
	case Bars:
		bars := &barPlot{series: s, width: s.barWidth(), log: log, color: c}
		out.Add(bars)
		return bars
	}
	var thumb plot.Thumbnailer
	for _, run := range s.runs(log) {
		line := &plotter.Line{XYs: run, LineStyle: style}
		if len(run) == 1 { // a lone point would not show
			out.Add(&plotter.Scatter{XYs: run, GlyphStyle: draw.GlyphStyle{Color: c, Radius: 1.5, Shape: draw.CircleGlyph{}}})
		} else {
			out.Add(line)
		}
		thumb = line
	}
	return thumb
}

// drawMarks draws the vertical lines, and in the first panel their words, those left out
// that would stand in one another.
func (f *Figure) drawMarks(p *plot.Plot, c draw.Canvas, words bool) {
	data := p.DataCanvas(c)
	x, _ := p.Transforms(&data)
	marks := slices.Clone(f.Marks)
	slices.SortStableFunc(marks, func(a, b Mark) int { return cmp.Compare(a.X, b.X) })
	free := data.Min.X // left of it there are words
	for _, m := range marks {
		if !finite(m.X) || m.X < p.X.Min || m.X > p.X.Max {
			continue
		}
		at := x(m.X)
		data.StrokeLine2(draw.LineStyle{Color: mark, Width: 0.6, Dashes: []vg.Length{2, 2}}, at, data.Min.Y, at, data.Max.Y)
		if words && m.Text != "" {
			style := p.X.Tick.Label
			style.Color = mark
			style.Font.Size = 7
			style.XAlign, style.YAlign = 0, -1
			width := style.Width(m.Text)
			left := at + 2
			if left+width > data.Max.X {
				left = at - 2 - width
			}
			if left >= free {
				data.FillText(style, vg.Point{X: left, Y: data.Max.Y - 1}, m.Text)
				free = left + width + 2
			}
		}
	}
}

// yTicks is how many ticks a panel's height has room for, when there are n panels.
func yTicks(n int) int {
	if n <= 1 {
		return 8
	}
	return 6
}

// hasBars says whether the panel shows counts, whose axis begins at zero.
func (p Panel) hasBars() bool {
	for _, s := range p.Series {
		if s.Style == Bars {
			return true
		}
	}
	return false
}

// barPlot draws bars from zero, or from the bottom of a logarithmic axis.
type barPlot struct {
	series Series
	width  float64
	log    bool
	color  color.Color
}

// Plot draws the bars.
func (b *barPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	base := 0.0
	if b.log {
		base = p.Y.Min
	}
	for i := range b.series.points() {
		if !b.series.seen(i, b.log) {
			continue
		}
		l, r := x(b.series.X[i]-b.width/2), x(b.series.X[i]+b.width/2)
		gap := (r - l) * 0.05
		box := []vg.Point{{X: l + gap, Y: y(base)}, {X: r - gap, Y: y(base)}, {X: r - gap, Y: y(b.series.Y[i])}, {X: l + gap, Y: y(b.series.Y[i])}}
		c.FillPolygon(b.color, c.ClipPolygonXY(box))
	}
}

// Thumbnail fills the legend's square.
func (b *barPlot) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(b.color, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
}

// widen makes a range that is empty, or too narrow for its numbers' digits, one that can
// be drawn.
func widen(lo, hi float64) (float64, float64) {
	size := max(math.Abs(lo), math.Abs(hi))
	if hi-lo > max(1e-12*size, 1e-290) {
		return lo, hi
	}
	room := 0.05 * size
	if size < 1e-280 {
		room = 1
	}
	return lo - room, hi + room
}

func label(name, note string) string {
	if name == "" {
		return note
	}
	return name + ": " + note
}
