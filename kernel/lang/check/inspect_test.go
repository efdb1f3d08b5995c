package check

import (
	"strings"
	"testing"
)

func TestInspect(t *testing.T) {
	s := session(t, completionSession, "import str \"strings\"\nstr.ToUpper(label)\nimport . \"math\"\nconst limit = 3\n")
	for _, c := range []struct {
		text      string
		detail    int
		name      string // "" when there is nothing to tell
		kind      string
		signature string
		doc       string // a part of it
		where     string
		source    string // a part of it
	}{
		{text: "are‸a", name: "area", kind: "function", signature: "func area(p Point, scale float64) float64", doc: "area is an area.", where: "In[1]:28:6"},
		{text: "‸area", name: "area", kind: "function", signature: "func area(p Point, scale float64) float64"},
		{text: "area(‸", name: "area", kind: "function", signature: "func area(p Point, scale float64) float64"},
		{text: "area( ‸point)", name: "point", kind: "variable", signature: "var point Point", where: "In[1]:19:1"},
		{text: "area‸", detail: 1, name: "area", kind: "function", signature: "func area(p Point, scale float64) float64", source: "return 0"},
		{text: "var p Poi‸nt", name: "Point", kind: "type", signature: "type Point struct {\n\tX float64\n\tY float64\n\tname string\n}", doc: "a point of the plane"},
		{text: "point.No‸rm()", name: "Point.Norm", kind: "method", signature: "func (Point).Norm() float64", doc: "distance from the origin"},
		{text: "point.X‸", name: "Point.X", kind: "field", signature: "field X float64", doc: "its coordinates"},
		{text: "limit‸", name: "limit", kind: "constant", signature: "const limit = 3"},
		{text: "str.To‸Upper(label)", name: "strings.ToUpper", kind: "function", signature: "func strings.ToUpper(s string) string", doc: "ToUpper returns s with all Unicode letters", where: "strings"},
		{text: "strings.NewReader(label).Le‸n()", name: "strings.Reader.Len", kind: "method", doc: "Len returns the number of bytes", signature: "func (*strings.Reader).Len() int"},
		{text: "strings‸.ToUpper", name: "strings", kind: "package", signature: "package strings // import \"strings\"", doc: "Package strings implements"},
		{text: "str‸", name: "strings", kind: "package", signature: "package strings // import \"strings\""},
		{text: "import \"enc‸oding/json\"", name: "encoding/json", kind: "package", signature: "package json // import \"encoding/json\""},
		{text: "Sqr‸t(2)", name: "math.Sqrt", kind: "function", signature: "func math.Sqrt(x float64) float64", where: "math"},
		{text: "len‸(points)", name: "len", kind: "builtin", signature: "func len(v Type) int"},
		{text: "append(‸", name: "append", kind: "builtin", signature: "func append(slice []Type, elems ...Type) []Type"},
		{text: "var x str‸ing", name: "string", kind: "builtin", signature: "type string"},
		{text: "ran‸ge points", name: "range", kind: "keyword", signature: "range"},
		{text: "for i, p := range points {\n\tp‸.X++", name: "p", kind: "variable", signature: "var p Point"},
		{text: "func f(größe int) { grö‸ße + }", name: "größe", kind: "variable", signature: "var größe int"},
		{text: "// here is one\nfunc one() {}\none‸()", name: "one", kind: "function", signature: "func one()"},
		{text: "slices.Max‸([]int{1})", name: "slices.Max", kind: "function", signature: "func slices.Max[S ~[]E, E cmp.Ordered](x S) E\n// here func(x []int) int"},
		{text: "y := := 3\narea‸(", name: "area", kind: "function", signature: "func area(p Point, scale float64) float64"},
		{text: "pair.First‸", name: "Pair[int, string].First", kind: "field", signature: "field First int"},
		{text: "\"are‸a\""},
		{text: "// are‸a"},
		{text: "1 + ‸"},
		{text: "nosuch‸"},
		{text: "‸"},
	} {
		src, cursor := at(t, c.text)
		got, ok := s.Inspect(src, cursor, c.detail)
		if ok != (c.name != "") || got.Name != c.name || got.Kind != c.kind || got.Signature != c.signature {
			t.Errorf("Inspect(%q) = %q %q %q, %v; want %q %q %q", c.text, got.Name, got.Kind, got.Signature, ok, c.name, c.kind, c.signature)
		}
		if !strings.Contains(got.Doc, c.doc) {
			t.Errorf("Inspect(%q).Doc = %q, lacks %q", c.text, got.Doc, c.doc)
		}
		if c.where != "" && got.Where != c.where {
			t.Errorf("Inspect(%q).Where = %q, want %q", c.text, got.Where, c.where)
		}
		if !strings.Contains(got.Source, c.source) {
			t.Errorf("Inspect(%q).Source = %q, lacks %q", c.text, got.Source, c.source)
		}
	}
}

func TestInspectDetail(t *testing.T) {
	s := session(t, completionSession)
	in, _ := s.Inspect("Point", 3, 1)
	if got, want := strings.Join(in.Members, "\n"), "func (*Point).Scale(k float64)\nfunc (Point).Norm() float64"; got != want {
		t.Errorf("methods of Point = %q, want %q", got, want)
	}
	in, _ = s.Inspect("strings", 3, 1)
	if len(in.Members) < 50 {
		t.Errorf("package strings has %d members: %q", len(in.Members), in.Members)
	}
}
