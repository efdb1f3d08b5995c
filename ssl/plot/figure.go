package plot

import (
	"fmt"
	"math"
	"slices"
)

// Style is how a series is drawn.
type Style int

const (
	Line   Style = iota // straight lines from point to point, broken where a value is missing
	Points              // one dot a point
	Bars                // one bar a point, from zero, as wide as the distance to its neighbour
)

// Series is a named sequence of points. A NaN or an infinity is a missing value.
type Series struct {
	Name  string
	X, Y  []float64 // of equal length
	Style Style
}

// Panel is one pair of axes. All panels of a figure share their horizontal axis.
type Panel struct {
	Label  string // of the vertical axis
	Series []Series
	Log    bool // logarithmic vertical axis: values that are not positive are missing
}

// Mark is a vertical line at X through all panels, with a word at its top: an edit, the
// end of an epoch.
type Mark struct {
	X    float64
	Text string
}

// Figure is a stack of panels over one horizontal axis. Save writes it to a file, a
// notebook shows it as a picture, and a terminal as text.
type Figure struct {
	Title  string
	XLabel string
	Panels []Panel
	Marks  []Mark
	Width  float64 // inches; 0 means 6.5
	Height float64 // inches; 0 means what the panels need
}

// Curves makes a figure of curves over steps: one panel for each series, in order. It is
// the figure of a training run.
func Curves(title, xlabel string, series ...Series) *Figure {
	f := &Figure{Title: title, XLabel: xlabel}
	for _, s := range series {
		f.Panels = append(f.Panels, Panel{Label: s.Name, Series: []Series{s}})
	}
	return f
}

// Histogram makes a figure of how often values fall into each of the given number of
// equal bins between the smallest and the largest; 0 bins means 40.
func Histogram(title, xlabel string, values []float64, bins int) *Figure {
	if bins <= 0 {
		bins = 40
	}
	lo, hi, ok := span(values)
	f := &Figure{Title: title, XLabel: xlabel}
	s := Series{Name: "count", Style: Bars}
	if ok {
		lo, hi = widen(lo, hi)
		s.X, s.Y = make([]float64, bins), make([]float64, bins)
		width := (hi - lo) / float64(bins)
		for i := range s.X {
			s.X[i] = lo + (float64(i)+0.5)*width
		}
		for _, v := range values {
			if finite(v) {
				s.Y[min(int((v-lo)/width), bins-1)]++
			}
		}
	}
	f.Panels = []Panel{{Label: "count", Series: []Series{s}}}
	return f
}

// Spectrum makes a figure of singular values or eigenvalues, largest first, on a
// logarithmic axis: one curve for each name, in the names' order.
func Spectrum(title string, spectra map[string][]float64) *Figure {
	p := Panel{Label: "value", Log: true}
	names := make([]string, 0, len(spectra))
	for n := range spectra {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		y := spectra[n]
		x := make([]float64, len(y))
		for i := range x {
			x[i] = float64(i + 1)
		}
		p.Series = append(p.Series, Series{Name: n, X: x, Y: y})
	}
	return &Figure{Title: title, XLabel: "rank", Panels: []Panel{p}, Height: 3.2}
}

// Scatter makes a figure of points in the plane, coloured by label: points are pairs
// (x, y), labels index classes. A label outside the classes, or no label, is an error.
func Scatter(title string, points [][2]float64, labels []int32, classes []string) (*Figure, error) {
	if len(labels) != len(points) {
		return nil, fmt.Errorf("plot: %d labels for %d points", len(labels), len(points))
	}
	p := Panel{}
	for _, c := range classes {
		p.Series = append(p.Series, Series{Name: c, Style: Points})
	}
	for i, l := range labels {
		if l < 0 || int(l) >= len(classes) {
			return nil, fmt.Errorf("plot: label %d of point %d is outside the %d classes", l, i, len(classes))
		}
		s := &p.Series[l]
		s.X, s.Y = append(s.X, points[i][0]), append(s.Y, points[i][1])
	}
	return &Figure{Title: title, Panels: []Panel{p}, Height: 5.5}, nil
}

// size is the figure's size in inches.
func (f *Figure) size() (w, h float64) {
	w, h = f.Width, f.Height
	if !(w > 0) || math.IsInf(w, 0) {
		w = 6.5
	}
	if !(h > 0) || math.IsInf(h, 0) {
		switch len(f.Panels) {
		case 0, 1:
			h = 3.4
		default:
			h = 0.7 + 1.55*float64(len(f.Panels))
		}
	}
	return w, h
}

// xRange is the horizontal range that all panels share; ok is false when there is no
// point to be seen.
func (f *Figure) xRange() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, p := range f.Panels {
		for _, s := range p.Series {
			half := 0.0
			if s.Style == Bars {
				half = s.barWidth() / 2
			}
			for i := range s.points() {
				if s.seen(i, p.Log) {
					lo, hi, ok = min(lo, s.X[i]-half), max(hi, s.X[i]+half), true
				}
			}
		}
	}
	return lo, hi, ok
}

// yRange is the vertical range of a panel.
func (p Panel) yRange() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for i := range s.points() {
			if s.seen(i, p.Log) {
				lo, hi, ok = min(lo, s.Y[i]), max(hi, s.Y[i]), true
			}
		}
		if s.Style == Bars && ok && !p.Log {
			lo, hi = min(lo, 0), max(hi, 0)
		}
	}
	return lo, hi, ok
}

// points is the number of complete points.
func (s Series) points() int { return min(len(s.X), len(s.Y)) }

// seen says whether point i can be drawn.
func (s Series) seen(i int, log bool) bool {
	return finite(s.X[i]) && finite(s.Y[i]) && (!log || s.Y[i] > 1e-300)
}

// barWidth is the smallest distance of two neighbours, or 1.
func (s Series) barWidth() float64 {
	x := slices.DeleteFunc(slices.Clone(s.X), func(v float64) bool { return !finite(v) })
	slices.Sort(x)
	width := math.Inf(1)
	for i := 1; i < len(x); i++ {
		if d := x[i] - x[i-1]; d > 0 {
			width = min(width, d)
		}
	}
	if math.IsInf(width, 1) {
		return 1
	}
	return width
}

// span is the range of the finite values.
func span(values []float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			lo, hi, ok = min(lo, v), max(hi, v), true
		}
	}
	return lo, hi, ok
}

// finite says whether a value can be drawn: numbers beyond 1e300, whose differences may
// overflow, count as infinite.
func finite(v float64) bool { return math.Abs(v) <= 1e300 }
