package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// session returns a scope in which cells have been committed.
func session(t testing.TB, cells ...string) *Scope {
	t.Helper()
	s := NewScope(std())
	for i, src := range cells {
		syn, err := Parse(fmt.Sprintf("In[%d]", i+1), src)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Check(syn)
		if err != nil {
			t.Fatal(err)
		}
		s.Commit(c)
	}
	return s
}

// at takes the cursor, written as ‸, out of a text.
func at(t testing.TB, text string) (src string, cursor int) {
	t.Helper()
	before, after, ok := strings.Cut(text, "‸")
	if !ok {
		t.Fatalf("%q has no cursor", text)
	}
	return before + after, utf8.RuneCountInString(before)
}

const completionSession = `
// Point is a point of the plane.
type Point struct {
	X, Y float64 // its coordinates
	name string
}

// Norm is the distance from the origin.
func (p Point) Norm() float64 { return p.X + p.Y }
func (p *Point) Scale(k float64) {}

type Named interface{ Norm() float64 }
type Segment struct {
	Point
	To *Point
}
type Pair[A, B any] struct { First A; Second B }

point := Point{1, 2, "a"}
points := []Point{point}
lambda, largest := 0.5, 7
label := "größe"
seg := &Segment{}
pair := Pair[int, string]{1, "a"}
ch := make(chan string)

// area is an area.
func area(p Point, scale float64) float64 { return 0 }
func lookup(key string) (Point, error) { return point, nil }
func use(f func(int) string) {}
func origin() *Point { return nil }
`

func TestComplete(t *testing.T) {
	s := session(t, completionSession, "import str \"strings\"\nstr.ToUpper(label)\nimport . \"math\"")
	for _, c := range []struct {
		text  string
		first string // the first candidates, in order
		has   string // others that must be there
		not   string
	}{
		{text: "point.‸", first: "Norm Scale X Y name"},
		{text: "point.N‸", first: "Norm name"}, // capitals that match come first
		{text: "points[0].‸", has: "X Norm"},
		{text: "seg.‸", has: "Point To X Norm Scale"},
		{text: "seg.To.‸", has: "X Norm Scale", not: "To"},
		{text: "pair.‸", first: "First Second"},
		{text: "origin().‸", has: "X Norm"},
		{text: "str.To‸", has: "ToUpper ToLower ToTitle", not: "Contains"},
		{text: "fmt.Prin‸", first: "Print Printf Println"},
		{text: "strings.NewReader(label).‸", has: "Len Read ReadByte", not: "s"},
		{text: "lam‸", first: "lambda"},
		{text: "Poi‸", first: "Point point points"},
		{text: "area(‸", first: "point"},
		{text: "area(po‸", first: "point points"},
		{text: "area(point, l‸", first: "lambda", has: "largest label lookup"},
		{text: "area(point, ‸)", first: "lambda"},
		{text: "lookup(l‸)", first: "label"},
		{text: "label = l‸", first: "label"},
		{text: "lambda == l‸", first: "lambda"},
		{text: "ch <- l‸", first: "label"},
		{text: "points[l‸]", first: "largest"},
		{text: "var p *Point = o‸", first: "origin"},
		{text: "var p Po‸", first: "Point"},
		{text: "func f(p *Po‸", first: "Point"},
		{text: "func f(p ‸", first: "Named Pair Point Segment", not: "if"},
		{text: "Point{‸", first: "X:  Y:  name: "},
		{text: "Point{X: 1, ‸", first: "Y:  name: ", not: "X: "},
		{text: "q := &Point{X: 1, Y: l‸}", first: "lambda"},
		{text: "Segment{To: o‸", first: "origin"},
		{text: "if l‸", has: "lambda label len"},
		{text: "for _, p := range points {\n\tp.‸", has: "X Norm"},
		{text: "for _, p := range points {\n\tp.‸\n}\nprintln(1)", has: "X Norm"},
		{text: "func f(inner int) {\n\tin‸\n}", first: "inner int"},
		{text: "func f() string {\n\treturn la‸\n}", first: "label lambda"},
		{text: "x := 1\nif point.‸ {\n}", has: "X Norm"},
		{text: "for i := range point.‸", has: "X"},
		{text: "switch point.‸ {", has: "X"},
		{text: "go point.‸", has: "Norm"},
		{text: "defer point.S‸", first: "Scale"},
		{text: "f := func() {\n\ty := point\n\ty.‸", has: "X Norm"},
		{text: "use(func(count int) string { return str.Repeat(label, cou‸", first: "count"},
		{text: "func f() {\n\tp := late()\n\tp.‸\n}\nfunc late() Point { return point }", has: "X Norm"},
		{text: "y := := 3\npoint.‸", has: "X Norm"},
		{text: "broken(\npoint.‸", has: "X Norm"},
		{text: "switch {\ncase point.‸", has: "X Norm"},
		{text: "import \"enc‸", first: "encoding/json"},
		{text: "import (\n\t\"fmt\"\n\t\"tem‸\"\n)", has: "html/template text/template"},
		{text: "import \"‸", has: "fmt net/http"},
		{text: "x := \"po‸", not: "point"},
		{text: "// po‸", not: "point"},
		{text: "x := 1 // po‸", not: "point"},
		{text: "/* po‸", not: "point"},
		{text: "fo‸", first: "for"},
		{text: "x := fo‸", not: "for"},
		{text: "ran‸", first: "range rand"},
		{text: "Sq‸", first: "Sqrt"},
		{text: "größe := 1; grö‸", first: "größe"},
		{text: "point.name + \"äöü\" + la‸", first: "label"},
		{text: "nosuch.‸"},
		{text: "(point).‸", has: "X"},
		{text: "Point.‸", first: "Norm", not: "X Y"},
		{text: "err‸", first: "error errors"},
		{text: "‸", has: "point area if"},
		{text: "before := 1\nbef‸\nafter := 2", first: "before", not: "after"},
		{text: "var po‸", not: "point"},
		{text: "type po‸", not: "point"},
		{text: "func po‸", not: "point"},
		{text: "outer:\nfor {\n\tbreak o‸", first: "outer", not: "origin"},
		{text: "sh := point\nfunc g() { s‸ }", has: "sh seg"},
	} {
		src, cursor := at(t, c.text)
		got := s.Complete(src, cursor)
		var texts []string
		for _, x := range got.Candidates {
			texts = append(texts, x.Text)
		}
		split := func(s string) []string {
			if strings.Contains(s, ": ") {
				var out []string
				for f := range strings.FieldsSeq(s) {
					out = append(out, f+" ")
				}
				return out
			}
			return strings.Fields(s)
		}
		first := split(c.first)
		if len(texts) < len(first) || !slices.Equal(texts[:len(first)], first) {
			t.Errorf("Complete(%q) = %.12q, want first %q", c.text, texts, first)
		}
		for _, w := range split(c.has) {
			if !slices.Contains(texts, w) {
				t.Errorf("Complete(%q) = %q, lacks %q", c.text, texts, w)
			}
		}
		for _, w := range split(c.not) {
			if slices.Contains(texts, w) {
				t.Errorf("Complete(%q) has %q", c.text, w)
			}
		}
		if got.End != cursor || got.Start > got.End {
			t.Errorf("Complete(%q) replaces %d to %d, cursor is at %d", c.text, got.Start, got.End, cursor)
		}
	}
}
