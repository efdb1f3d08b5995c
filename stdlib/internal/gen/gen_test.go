package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// universeOf type-checks one file as package p, whose imports come from GOROOT's source.
func universeOf(t *testing.T, src string) (*universe, *unit) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	u := &universe{platform: platforms[0], fset: token.NewFileSet(), all: map[string]*types.Package{"unsafe": types.Unsafe}}
	f, err := parser.ParseFile(u.fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	source := importer.ForCompiler(u.fset, "source", nil)
	for _, imp := range f.Imports {
		path := strings.Trim(imp.Path.Value, `"`)
		if u.all[path], err = source.Import(path); err != nil {
			t.Fatal(err)
		}
	}
	conf := types.Config{Importer: importMap{u.all, nil}}
	pkg, err := conf.Check("example.com/p", u.fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	u.all[pkg.Path()] = pkg
	return u, &unit{path: pkg.Path(), dir: dir, files: []*ast.File{f}, names: []string{"p.go"}, types: pkg}
}

func TestSymbols(t *testing.T) {
	_, p := universeOf(t, `package p
const (
	Big = 1 << 100
	Third = 1.0 / 3
	Letter = 'x'
	I = 2i
	Yes = true
	Text = "a\"b"
)
const Typed uint8 = 200
var V int
var hidden int
func F() {}
func G[T any]() {}
type T struct{}
type A = map[string]int
type List[E any] []E
type Number interface{ ~int | ~float64 }
`)
	got := map[string]string{}
	for _, e := range symbols(p.types, "p") {
		got[e.name] = e.expr
	}
	want := map[string]string{
		"Big": `symbol.Int("1267650600228229401496703205376")`, "Third": `symbol.Float("1/3")`, "Letter": `symbol.Rune("120")`,
		"I": `symbol.Complex{"0", "2"}`, "Yes": `symbol.Bool(true)`, "Text": `symbol.String("a\"b")`,
		"Typed": "p.Typed", "V": "&p.V", "F": "p.F", "T": "(*p.T)(nil)", "A": "(*p.A)(nil)",
	}
	for name, expr := range want {
		if got[name] != expr {
			t.Errorf("symbol %s = %s, want %s", name, got[name], expr)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("further symbols: %v", got)
	}
}

func TestSplit(t *testing.T) {
	a, b := platforms[0], platforms[1]
	shared, rest := split(map[platform][]entry{
		a: {{"F", "p.F"}, {"N", `symbol.Int("1")`}, {"OnA", "p.OnA"}},
		b: {{"F", "p.F"}, {"N", `symbol.Int("2")`}},
	})
	if fmt.Sprint(shared) != "[{F p.F}]" || fmt.Sprint(rest[a]) != `[{N symbol.Int("1")} {OnA p.OnA}]` || fmt.Sprint(rest[b]) != `[{N symbol.Int("2")}]` {
		t.Errorf("shared %v, rest %v", shared, rest)
	}
}

func TestInstances(t *testing.T) {
	_, p := universeOf(t, `package p
type own int
type Few interface{ int | []string }
type More interface{ Few | ~bool }
type Str interface{ String() string }
func Finite[T Few]() {}
func Nested[T More, U int | uint]() {}
func Method[T Str]() {}
func Any[T any]() {}
func Unexported[T own | int]() {}
func Mixed[T Few, U any]() {}
`)
	got := map[string][]string{}
	for _, in := range instances(p.types) {
		got[in.name] = append(got[in.name], strings.ReplaceAll(fmt.Sprint(in.args), "example.com/", ""))
	}
	for name, want := range map[string]string{
		"Finite": "[[int] [[]string]]", "Nested": "[[int int] [int uint] [[]string int] [[]string uint] [bool int] [bool uint]]",
		"Method": "[[p.Str]]", "Any": "[]", "Unexported": "[]", "Mixed": "[]",
	} {
		if fmt.Sprint(got[name]) != want {
			t.Errorf("instances of %s: %v, want %s", name, got[name], want)
		}
	}
}

func TestAdapters(t *testing.T) {
	u, p := universeOf(t, `package p
import "io"
type hidden struct{}
type R interface{ io.Reader; Name(parts ...string) string }
type Sealed interface{ R; seal() }
type Hidden interface{ Get() hidden }
type Empty interface{}
type Number interface{ ~int; String() string }
type Alias = R
type List[T any] interface{ At(int) T }
`)
	list, err := u.adapters(p.types)
	if err != nil || len(list) != 1 || list[0].name != "R" {
		t.Fatalf("adapters: %v, %v", list, err)
	}
	var b strings.Builder
	tab := &table{group: &group{name: "std"}, pkg: p.types, adapters: list}
	tab.writeAdapters(&b, tab.qualifiers())
	for _, want := range []string{
		"func (a example_com_pR) Name(p0 ...string) (string) {\n\treturn rt.Method[func(any, ...string) (string)](a.box, \"Name\")(a.box.V, p0...)\n}",
		"func (a example_com_pR) Read(p0 []byte) (int, error) {",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the adapter lacks\n%s\nin\n%s", want, b.String())
		}
	}
}

func TestGenericSource(t *testing.T) {
	u, p := universeOf(t, `package p
import (
	"strings"
	"unsafe"
)
const (
	first = iota
	second
)
type state int
var counter int
type Set[T comparable] map[T]state
func (s Set[T]) Add(v T) { s[v] = second }
func New[T comparable](n int) Set[T] { check(n); return Set[T]{} }
func check(n int) { if n < Limit { panic(strings.Repeat("!", n)) } }
const Limit = 1
type Plain struct{ secret int }
func Secret[T any](p Plain) int { return p.secret }
func Literal[T any](v T) Plain { return Plain{secret: 1} }
func Counts[T any]() int { counter++; return counter }
func Size[T any](v T) uintptr { return unsafe.Sizeof(v) }
func Runtime[T any](v T) { low() }
func low()
`)
	src, refused, err := u.genericSource(p, func(path string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"import compiled \"example.com/p\"", "import strings \"strings\"", "second\n", "type state int", "func (s Set[T]) Add", "if n < compiled.Limit"} {
		if !bytes.Contains(src, []byte(want)) {
			t.Errorf("the source lacks %q:\n%s", want, src)
		}
	}
	for _, not := range []string{"Secret", "Literal", "counter", "unsafe", "low", "Plain"} {
		if bytes.Contains(src, []byte(not)) {
			t.Errorf("the source has %q:\n%s", not, src)
		}
	}
	for name, want := range map[string]string{"Secret": "Plain.secret", "Literal": "Plain.secret", "Counts": "counter", "Size": "unsafe", "Runtime": "low"} {
		if !strings.Contains(refused[name], want) {
			t.Errorf("%s is refused with %q, which says nothing of %s", name, refused[name], want)
		}
	}
	if len(refused) != 5 {
		t.Errorf("refused: %v", refused)
	}
	_, refused, err = u.genericSource(p, func(path string) bool { return path != "strings" })
	if err != nil || !strings.Contains(refused["New"], "strings") {
		t.Errorf("New, without package strings: %v, %v", refused, err)
	}
}

func TestDocsOfFile(t *testing.T) {
	_, p := universeOf(t, `// Package p is documented.
package p

// T is a type.
type T struct {
	// F is a field.
	F int
	G int // G is one too.
	h int // hidden
}

// M is a method.
func (t *T) M() {}

// Group comment.
const (
	A = 1
	B = 2 // B has its own.
)

// hidden has one that nobody sees.
func hidden() {}
`)
	got := docs(p.files)
	want := map[string]string{
		"": "Package p is documented.\n", "T": "T is a type.\n", "T.F": "F is a field.\n", "T.G": "G is one too.\n", "T.M": "M is a method.\n",
		"A": "Group comment.\n", "B": "B has its own.\n",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("docs = %q, want %q", got, want)
	}
}

func TestZippedIsDeterministic(t *testing.T) {
	files := map[string][]byte{"b": []byte("two"), "a": []byte("one")}
	first, err := zipped(files)
	if err != nil {
		t.Fatal(err)
	}
	again, err := zipped(map[string][]byte{"a": files["a"], "b": files["b"]})
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("zipped twice: %d and %d bytes, %v", len(first), len(again), err)
	}
}

func TestWriteRemovesWhatIsGone(t *testing.T) {
	out, g := t.TempDir(), &group{name: "std"}
	if err := g.write(out, map[string][]byte{"data/std_docs.zip": []byte("x"), "internal/symbols/std/old.go": []byte("y")}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "data", "gomlx_docs.zip"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := g.write(out, map[string][]byte{"data/std_docs.zip": []byte("z")}); err != nil {
		t.Fatal(err)
	}
	names, err := g.owned(out)
	if err != nil || !slices.Equal(names, []string{"data/std_docs.zip"}) {
		t.Errorf("left: %v, %v", names, err)
	}
	if _, err := os.Stat(filepath.Join(out, "data", "gomlx_docs.zip")); err != nil {
		t.Errorf("another group's file: %v", err)
	}
	if err := g.write(out, map[string][]byte{"doc.go": nil}); err == nil {
		t.Error("a group wrote outside of its folders")
	}
}
