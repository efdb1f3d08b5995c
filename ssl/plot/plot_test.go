package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// run is a figure with what training gives: a curve with a gap, a step, an empty series.
func run() *Figure {
	var x, loss, lambda, none []float64
	for i := range 300 {
		x = append(x, float64(i+1))
		loss = append(loss, 3+2*math.Exp(-float64(i)/60))
		lambda = append(lambda, map[bool]float64{true: 0.5, false: 0.05}[i >= 100])
		none = append(none, math.NaN())
	}
	loss[150] = math.NaN()
	f := Curves("a run", "step", Series{Name: "loss", X: x, Y: loss}, Series{Name: "λ", X: x, Y: lambda}, Series{Name: "nothing", X: x, Y: none})
	f.Marks = []Mark{{100, "λ 0.05 → 0.5"}, {299, "a word too long to stand right of its line"}, {math.NaN(), "nowhere"}}
	return f
}

func TestSaveFormats(t *testing.T) {
	dir := t.TempDir()
	for ext, magic := range map[string]string{"png": "\x89PNG", "svg": "<?xml", "pdf": "%PDF-", "txt": "a run\n", "PNG": "\x89PNG"} {
		path := filepath.Join(dir, "figure."+ext)
		if err := run().Save(path); err != nil {
			t.Fatal(err)
		}
		first, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(first), magic) {
			t.Errorf("%s begins with %q, want %q", path, first[:min(8, len(first))], magic)
		}
		if err := run().Save(path); err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the same figure gives other bytes", ext)
		}
		if year := []byte(time.Now().Format("D:2006")); bytes.Contains(first, year) {
			t.Errorf("%s carries the time of day, %q", ext, year)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 5 {
		t.Errorf("%d files in the folder, want the 5 saved", len(entries))
	}
}

// TestPNGShowsTheCurve looks for the curve's colour where the curve is.
func TestPNGShowsTheCurve(t *testing.T) {
	f := Curves("", "", Series{Name: "up", X: []float64{0, 1}, Y: []float64{0, 1}})
	raw, err := f.PNG()
	if err != nil {
		t.Fatal(err)
	}
	pic, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	w, h := pic.Bounds().Dx(), pic.Bounds().Dy()
	if w != 936 || h != 490 {
		t.Errorf("picture of %d×%d dots, want 936×490: 6.5 by 3.4 inches at 144", w, h)
	}
	count := func(x0, y0, x1, y1 int) (n int) {
		want := palette[0].(color.RGBA)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				if r, g, b, _ := pic.At(x, y).RGBA(); uint8(r>>8) == want.R && uint8(g>>8) == want.G && uint8(b>>8) == want.B {
					n++
				}
			}
		}
		return n
	}
	if n := count(w/2, 0, w, h/2); n < 100 {
		t.Errorf("%d dots of the curve in the upper right, want hundreds", n)
	}
	if n := count(0, 0, w/3, h/3); n > 0 {
		t.Errorf("%d dots of the curve in the upper left, want none", n)
	}
}

func TestSVGIsXMLWithWords(t *testing.T) {
	raw, err := run().SVG()
	if err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(bytes.NewReader(raw))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range []string{"a run", "loss", "λ 0.05 → 0.5", "step", "nothing: no finite value"} {
		if !strings.Contains(string(raw), word) {
			t.Errorf("the SVG lacks %q", word)
		}
	}
}

func TestText(t *testing.T) {
	text := run().String()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("line of %d columns: %q", n, line)
		}
		if line != strings.TrimRight(line, " ") {
			t.Errorf("line with trailing blanks: %q", line)
		}
	}
	for _, want := range []string{"a run\n", "loss: 5 → 3.014", "λ: 0.05 → 0.5", "nothing: no finite value", "┊ 100: λ 0.05 → 0.5", "step"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "nowhere") {
		t.Error("a mark at NaN is listed")
	}
}

// TestManyMarks: words that would stand in one another are left out of a picture, and a
// terminal lists ten lines.
func TestManyMarks(t *testing.T) {
	f := run()
	f.Marks = nil
	for i := range 100 {
		f.Marks = append(f.Marks, Mark{X: float64(300 - 2*i), Text: "edit"})
	}
	raw, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), ">edit<"); n < 5 || n > 25 {
		t.Errorf("%d words in the picture, want as many as fit side by side", n)
	}
	text := f.String()
	if n := strings.Count(text, ": edit"); n != 9 || !strings.HasSuffix(text, "┊ … and 91 more") {
		t.Errorf("%d marks listed:\n%s", n, text)
	}
	f.Marks = f.Marks[:10]
	if n := strings.Count(f.String(), ": edit"); n != 10 {
		t.Errorf("%d of 10 marks listed", n)
	}
}

// TestTextCurve compares a whole small drawing.
func TestTextCurve(t *testing.T) {
	d := newDots(4, 2)
	d.line(0, 0, 7, 7)
	d.set(-1, 3)
	d.set(8, 3)
	d.marks[0] = true
	if got, want := d.row(0)+"\n"+d.row(1), "┊ ⡠⠊\n⡠⠊"; got != want {
		t.Errorf("diagonal =\n%s\nwant\n%s", got, want)
	}
}

func TestDegenerateFigures(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	figures := map[string]*Figure{
		"empty":            {},
		"no points":        Curves("t", "x", Series{Name: "y"}),
		"only NaN":         Curves("t", "x", Series{Name: "y", X: []float64{1, 2}, Y: []float64{nan, inf}}),
		"one point":        Curves("t", "x", Series{Name: "y", X: []float64{5}, Y: []float64{7}}),
		"constant zero":    Curves("t", "x", Series{Name: "y", X: []float64{1, 2}, Y: []float64{0, 0}}),
		"huge":             Curves("t", "x", Series{Name: "y", X: []float64{1, 2}, Y: []float64{-math.MaxFloat64, math.MaxFloat64}}),
		"tiny":             Curves("t", "x", Series{Name: "y", X: []float64{1, 2}, Y: []float64{5e-324, 1e-323}}),
		"nearly constant":  Curves("t", "x", Series{Name: "y", X: []float64{1, 2}, Y: []float64{1, math.Nextafter(1, 2)}}),
		"uneven lengths":   Curves("t", "x", Series{Name: "y", X: []float64{1, 2, 3}, Y: []float64{1, 2}}),
		"log of negatives": {Panels: []Panel{{Log: true, Series: []Series{{X: []float64{1, 2}, Y: []float64{-1, 0}}}}}},
		"log of one value": {Panels: []Panel{{Log: true, Series: []Series{{X: []float64{1, 2}, Y: []float64{10, 10}}}}}},
		"log of extremes":  {Panels: []Panel{{Log: true, Series: []Series{{X: []float64{1, 2}, Y: []float64{5e-324, math.MaxFloat64}}}}}},
		"no values":        Histogram("t", "x", nil, 0),
		"equal values":     Histogram("t", "x", []float64{3, 3, nan}, 5),
		"huge histogram":   Histogram("t", "x", []float64{-math.MaxFloat64, math.MaxFloat64}, 5),
		"no spectrum":      Spectrum("t", nil),
		"negative bars":    {Panels: []Panel{{Series: []Series{{Style: Bars, X: []float64{1, 2}, Y: []float64{-3, 2}}}}}},
	}
	for name, f := range figures {
		t.Run(name, func(t *testing.T) {
			if f.String() == "" {
				t.Error("no text")
			}
			for format, render := range map[string]func() ([]byte, error){"PNG": f.PNG, "SVG": f.SVG} {
				raw, err := render()
				if err != nil || len(raw) == 0 {
					t.Errorf("%s: %d bytes, error %v", format, len(raw), err)
				}
				if strings.Contains(string(raw), "NaN") {
					t.Errorf("%s holds NaN", format)
				}
			}
		})
	}
}

func TestHistogramCounts(t *testing.T) {
	f := Histogram("t", "x", []float64{0, 0.1, 0.5, 0.9, 1, math.NaN(), math.Inf(-1)}, 2)
	s := f.Panels[0].Series[0]
	if len(s.Y) != 2 || s.Y[0] != 2 || s.Y[1] != 3 || s.X[0] != 0.25 || s.X[1] != 0.75 {
		t.Errorf("Histogram = %v at %v, want [2 3] at [0.25 0.75]", s.Y, s.X)
	}
}

func TestScatterBadInput(t *testing.T) {
	points := [][2]float64{{0, 0}, {1, 1}}
	if _, err := Scatter("t", points, []int32{0}, []string{"a"}); err == nil || !strings.Contains(err.Error(), "1 labels for 2 points") {
		t.Errorf("error = %v, want one about the labels", err)
	}
	if _, err := Scatter("t", points, []int32{0, 1}, []string{"a"}); err == nil || !strings.Contains(err.Error(), "label 1 of point 1") {
		t.Errorf("error = %v, want one about the label", err)
	}
}

func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "old.svg")
	if err := os.WriteFile(old, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	huge := run()
	huge.Width = 1e6
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"unknown format", run().Save(filepath.Join(dir, "x.gif")), `unknown format ".gif"; end the name in .png, .svg, .pdf`},
		{"no format", run().Save(filepath.Join(dir, "x")), "end the name in"},
		{"no folder", run().Save(filepath.Join(dir, "no", "x.png")), "make the folder " + filepath.Join(dir, "no")},
		{"a folder", func() error {
			os.Mkdir(filepath.Join(dir, "d.png"), 0o755)
			return run().Save(filepath.Join(dir, "d.png"))
		}(), "it is a folder"},
		{"too large", huge.Save(old), "between 1 and 100"},
	}
	for _, tt := range tests {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want one with %q", tt.name, tt.err, tt.want)
		}
	}
	if raw, err := os.ReadFile(old); err != nil || string(raw) != "old" {
		t.Errorf("a failed Save left %q, %v; want the old file", raw, err)
	}
	if err := run().Save(filepath.Join(dir, "no", "x.png")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want it to be fs.ErrNotExist", err)
	}
}

func TestMIMEBundle(t *testing.T) {
	b := run().MIMEBundle()
	if raw, ok := b["image/png"].([]byte); !ok || !bytes.HasPrefix(raw, []byte("\x89PNG")) {
		t.Errorf("image/png is %T", b["image/png"])
	}
	if text, ok := b["text/plain"].(string); !ok || text != run().String() {
		t.Errorf("text/plain = %v", b["text/plain"])
	}
	svg, _ := b["image/svg+xml"].(string)
	if err := xml.Unmarshal([]byte(svg), new(any)); err != nil && !errors.Is(err, io.EOF) || !strings.Contains(svg, "<svg") || strings.Contains(svg, "href=\"http") {
		t.Errorf("the drawing is no SVG that stands alone: %v, %.200q", err, svg)
	}
	huge := run()
	huge.Height = 1e9
	if b := huge.MIMEBundle(); b["image/png"] != nil || !strings.Contains(b["text/plain"].(string), "between 1 and 100") {
		t.Errorf("bundle of a figure that cannot be drawn = %v", b)
	}
}

// TestThinKeepsSpikes puts one spike into a million points.
func TestThinKeepsSpikes(t *testing.T) {
	s := Series{X: make([]float64, 1_000_000), Y: make([]float64, 1_000_000)}
	for i := range s.X {
		s.X[i] = float64(i)
	}
	s.Y[123_456], s.Y[654_321] = 7, -7
	runs := s.runs(false)
	if len(runs) != 1 || len(runs[0]) > maxRun {
		t.Fatalf("%d runs, the first of %d points; want 1 of at most %d", len(runs), len(runs[0]), maxRun)
	}
	seen, last := map[float64]bool{}, -1.0
	for _, p := range runs[0] {
		if p.X <= last {
			t.Fatalf("x = %v after %v", p.X, last)
		}
		seen[p.Y], last = true, p.X
	}
	if !seen[7] || !seen[-7] || runs[0][0].X != 0 || last != 999_999 {
		t.Errorf("spikes %v, ends %v and %v; want both spikes and both ends", seen, runs[0][0].X, last)
	}
}

func TestTicks(t *testing.T) {
	words := func(lo, hi float64, n int) string {
		var out []string
		for _, tick := range (linear{n: n}).Ticks(lo, hi) {
			out = append(out, tick.Label)
		}
		return strings.Join(out, " ")
	}
	tests := []struct {
		lo, hi float64
		n      int
		want   string
	}{
		{0, 1, 5, "0 0.2 0.4 0.6 0.8 1.0"},
		{-0.13, 0.13, 4, "-0.1 0 0.1"},
		{1, 400, 7, "100 200 300 400"},
		{0.95, 1.05, 4, "0.95 1.00 1.05"},
		{0, 3e7, 3, "0 1e+07 2e+07 3e+07"},
		{0, 2e-6, 4, "0 5e-07 1.0e-06 1.5e-06 2.0e-06"},
	}
	for _, tt := range tests {
		if got := words(tt.lo, tt.hi, tt.n); got != tt.want {
			t.Errorf("Ticks(%v, %v) of about %d = %q, want %q", tt.lo, tt.hi, tt.n, got, tt.want)
		}
	}
}
