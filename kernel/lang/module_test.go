package lang_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// module is a user's module beside a notebook.
const module = `-- go.mod --
module example.com/shapes

go 1.26
-- geo/geo.go --
// Package geo has shapes.
package geo

import "fmt"

type Shape interface{ Area() float64 }

type Rect struct{ W, H float64 }

func (r Rect) Area() float64    { return r.W * r.H }
func (r *Rect) Scale(k float64) { r.W *= k; r.H *= k }
func (r Rect) String() string   { return fmt.Sprintf("%gx%g", r.W, r.H) }

var Count = initial()

func initial() int { return 41 }

func init() { Count++ }

type Kind int

const (
	A Kind = iota
	B
)

func (k Kind) String() string { return [...]string{"A", "B"}[k] }
-- stack/stack.go --
package stack

import (
	"cmp"
	"iter"
	"slices"

	"example.com/shapes/geo"
)

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }

func (s *Stack[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		for i, x := range s.items {
			if !yield(i, x) {
				return
			}
		}
	}
}

func Max[T cmp.Ordered](xs ...T) T { return slices.Max(xs) }

func Total[S ~[]E, E geo.Shape](xs S) (t float64) {
	for _, x := range xs {
		t += x.Area()
	}
	return t
}
-- odd/odd.go --
package odd

import "unsafe"

func Word(s string) uintptr {
	return *(*uintptr)(unsafe.Pointer(&s))
}
-- broken/broken.go --
package broken

func F() int { return "text" }
`

func writeModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(module)).Files {
		p := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestModule imports packages of a module on disk into cells, and again after one of them has changed.
func TestModule(t *testing.T) {
	dir := writeModule(t)
	in, err := lang.New(stdlib.Packages(), lang.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ src, out, err string }{
		{"import \"example.com/shapes/geo\"\nr := geo.Rect{2, 3}\nr.Scale(2)\nfmt.Println(r, r.Area(), geo.Count, geo.B)", "4x6 24 42 B\n", ""},
		{"import \"example.com/shapes/stack\"\nvar s stack.Stack[geo.Kind]\ns.Push(geo.A)\ns.Push(geo.B)\nfor i, k := range s.All() { fmt.Print(i, k, \" \") }\nfmt.Println(stack.Max(3, 7), stack.Max(\"a\", \"b\"), stack.Total([]geo.Rect{{1, 2}, {3, 4}}))", "0 A 1 B 7 b 14\n", ""},
		{"geo.Count++\nfmt.Println(geo.Count)", "43\n", ""},
		{"var sh geo.Shape = r\nfmt.Printf(\"%T %v\\n\", sh, sh)", "geo.Rect 4x6\n", ""},
		{"r.Nope()", "", "In:1:3: r.Nope undefined"},
		{"import \"example.com/shapes/nope\"", "", "no package"},
		{"import \"example.com/shapes/broken\"\nbroken.F()", "", "broken.go:3:23: cannot use \"text\""},
		{"import \"example.com/shapes/odd\"\nodd.Word(\"a\")", "", "odd/odd.go:6:21: gossl cannot run this"},
		{"fmt.Println(r)", "4x6\n", ""},
	} {
		var out buffer
		_, err := in.Eval(context.Background(), lang.Cell{Name: "In", Src: c.src}, lang.IO{Stdout: &out})
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) || out.String() != c.out {
			t.Errorf("%s\n%v\n%q, want %q %q", c.src, err, out.String(), c.err, c.out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "geo", "more.go"), []byte("package geo\n\nfunc Twice() int { return 2 * Count }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	v, err := in.Eval(context.Background(), lang.Cell{Name: "In", Src: "import \"example.com/shapes/geo\"\ngeo.Twice()"}, lang.IO{})
	if err != nil || v.Text != "84" {
		t.Errorf("after a change: %s, %v", v.Text, err)
	}
}
