package plot

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

const (
	textWidth  = 79 // columns of a figure in a terminal
	textMargin = 9  // of them, for the numbers of the vertical axis
	textRows   = 8  // of each panel; 14 when there is but one
	textMarks  = 10 // lines of words of marks
)

// String renders the figure for a terminal of 80 columns, in Braille patterns: each
// character is a grid of 2 by 4 dots.
func (f *Figure) String() string {
	var b strings.Builder
	if f.Title != "" {
		fmt.Fprintf(&b, "%s\n", f.Title)
	}
	lo, hi, ok := f.xRange()
	if !ok {
		for _, p := range f.Panels {
			fmt.Fprintf(&b, "%s\n", label(p.Label, "no finite value"))
		}
		if len(f.Panels) == 0 {
			b.WriteString("empty figure\n")
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	lo, hi = widen(lo, hi)
	rows := textRows
	if len(f.Panels) == 1 {
		rows = 14
	}
	for _, p := range f.Panels {
		p.text(&b, f.Marks, lo, hi, rows)
	}
	width := textWidth - textMargin - 1
	left, right := number(lo), number(hi)
	middle := f.XLabel
	room := width - len(left) - len(right)
	pad := max(0, room-utf8.RuneCountInString(middle))
	fmt.Fprintf(&b, "%s└%s\n", strings.Repeat(" ", textMargin), strings.Repeat("─", width))
	fmt.Fprintf(&b, "%s%s%s%s%s%s", strings.Repeat(" ", textMargin+1), left, strings.Repeat(" ", pad/2), middle, strings.Repeat(" ", pad-pad/2), right)
	var words []string
	for _, m := range f.Marks {
		if m.Text != "" && finite(m.X) {
			words = append(words, clip(number(m.X)+": "+m.Text, width-2))
		}
	}
	more := len(words) - textMarks
	for i, w := range words {
		if i == textMarks-1 && more > 0 {
			w = fmt.Sprintf("… and %d more", more+1)
		} else if i >= textMarks {
			break
		}
		fmt.Fprintf(&b, "\n%s┊ %s", strings.Repeat(" ", textMargin), w)
	}
	return b.String()
}

// text renders one panel.
func (p Panel) text(b *strings.Builder, marks []Mark, xLo, xHi float64, rows int) {
	yLo, yHi, ok := p.yRange()
	var ends []string
	for _, s := range p.Series {
		if first, last, any := s.ends(p.Log); any && s.Style == Line {
			name := ""
			if s.Name != p.Label {
				name = s.Name + " "
			}
			ends = append(ends, fmt.Sprintf("%s%s → %s", name, number(first), number(last)))
		}
	}
	head := p.Label
	if !ok {
		head = label(p.Label, "no finite value")
	} else if ends != nil {
		head = label(p.Label, strings.Join(ends, ", "))
	}
	if head != "" {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(" ", textMargin+1), clip(head, textWidth-textMargin-1))
	}
	if !ok {
		return
	}
	scale := func(v float64) float64 { return v }
	if p.Log {
		scale = math.Log10
	}
	bottom, top := widen(scale(yLo), scale(yHi))
	width := textWidth - textMargin - 1
	d := newDots(width, rows)
	toX := func(x float64) int { return position(x, xLo, xHi, 2*width) }
	toY := func(y float64) int { return position(scale(y), bottom, top, 4*rows) }
	for _, m := range marks {
		if finite(m.X) && m.X >= xLo && m.X <= xHi {
			d.marks[toX(m.X)/2] = true
		}
	}
	for _, s := range p.Series {
		s.text(d, p, toX, toY, bottom)
	}
	for r := range rows {
		word := ""
		switch r {
		case 0:
			word = number(yHi)
		case rows - 1:
			word = number(yLo)
		case rows / 2:
			if mid := (bottom + top) / 2; p.Log {
				word = number(math.Pow(10, mid))
			} else {
				word = number(mid)
			}
		}
		if yLo == yHi && r != rows/2 {
			word = ""
		}
		fmt.Fprintf(b, "%*s%s%s\n", textMargin-1, word, map[bool]string{true: " ┤", false: " │"}[word != ""], d.row(r))
	}
}

// text draws a series into the dots.
func (s Series) text(d *dots, p Panel, toX, toY func(float64) int, bottom float64) {
	previous := -1
	for i := range s.points() {
		if !s.seen(i, p.Log) {
			previous = -1
			continue
		}
		x, y := toX(s.X[i]), toY(s.Y[i])
		switch {
		case s.Style == Bars:
			base := 0
			if !p.Log && bottom < 0 {
				base = toY(0)
			}
			half := s.barWidth() / 2
			for c := toX(s.X[i]-half) + 1; c <= toX(s.X[i]+half)-1 || c == x; c++ {
				if s.Y[i] != 0 {
					d.line(c, base, c, y)
				}
			}
		case s.Style == Line && previous >= 0:
			d.line(toX(s.X[previous]), toY(s.Y[previous]), x, y)
		default:
			d.set(x, y)
		}
		previous = i
	}
}

// ends returns the first and the last value that can be seen.
func (s Series) ends(log bool) (first, last float64, ok bool) {
	for i := range s.points() {
		if s.seen(i, log) {
			if !ok {
				first = s.Y[i]
			}
			last, ok = s.Y[i], true
		}
	}
	return first, last, ok
}

// dots is a grid of dots, from the lower left corner.
type dots struct {
	width, rows int // in characters
	cells       []uint8
	marks       []bool // columns of characters with a vertical line behind the dots
}

func newDots(width, rows int) *dots {
	return &dots{width, rows, make([]uint8, width*rows), make([]bool, width)}
}

// set sets a dot; those outside are not drawn.
func (d *dots) set(x, y int) {
	if x < 0 || y < 0 || x >= 2*d.width || y >= 4*d.rows {
		return
	}
	// The bits of a Braille pattern by column and by row from the top, as Unicode numbers them.
	bits := [2][4]uint8{{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}}
	y = 4*d.rows - 1 - y
	d.cells[y/4*d.width+x/2] |= bits[x%2][y%4]
}

// line sets the dots between two points.
func (d *dots) line(x0, y0, x1, y1 int) {
	n := max(abs(x1-x0), abs(y1-y0))
	for i := range n + 1 {
		t := 0.0
		if n > 0 {
			t = float64(i) / float64(n)
		}
		d.set(x0+int(math.Round(t*float64(x1-x0))), y0+int(math.Round(t*float64(y1-y0))))
	}
}

// row is a row of characters, the top one being row 0, without trailing blanks.
func (d *dots) row(r int) string {
	var b strings.Builder
	for i, c := range d.cells[r*d.width : (r+1)*d.width] {
		switch {
		case c != 0:
			b.WriteRune(0x2800 + rune(c))
		case d.marks[i]:
			b.WriteRune('┊')
		default:
			b.WriteByte(' ')
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// position maps v between lo and hi to one of n places.
func position(v, lo, hi float64, n int) int {
	return min(int((v-lo)/(hi-lo)*float64(n)), n-1)
}

// number is a value in at most eight characters.
func number(v float64) string {
	s := fmt.Sprintf("%.4g", v)
	if len(s) > textMargin-1 {
		s = fmt.Sprintf("%.2g", v)
	}
	return s
}

// clip shortens a line to n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
