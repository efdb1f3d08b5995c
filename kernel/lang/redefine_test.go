package lang_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/gossl/gossl/kernel/lang"
)

// TestRedefine follows names through cells that define them again: each cell is
// written with its value.
func TestRedefine(t *testing.T) {
	for name, cells := range map[string][][2]string{
		"variables": {
			{"x := 1\nfunc inc() int { x++; return x }\ninc()", "2"},
			{"x := x + 10\nx", "12"},
			{"inc()", "13"},
			{"x, y := x * 2, x\nfmt.Sprint(x, \" \", y)", "26 13"},
			{"x, y := y, x\nfmt.Sprint(x, \" \", y)", "13 26"},
			{"x := []int{1}\ninc()", "14"},
			{"len(x)", "1"},
		},
		"a function that the new value calls": {
			{"sum := 1\nfunc use() int { return sum }\nfunc deep() int { return 10 * use() }", ""},
			{"sum := deep() + 1\nsum", "11"},
			{"deep()", "110"},
			{"old := use()\nsum := 5\nfmt.Sprint(old, \" \", use(), \" \", deep())", "11 5 50"},
		},
		"closures keep their variable": {
			{"count := 0\nadd := func() int { count++; return count }\nadd()", "1"},
			{"p := &count\ncount := 10\nadd()", "2"},
			{"fmt.Sprint(count, \" \", *p)", "10 2"},
		},
		"functions": {
			{"func fa() int { return fb() }\nfunc fb() int { return 1 }\nfa()", "1"},
			{"func fb() int { return 2 }\nfa()", "2"},
			{"func fb() string { return \"three\" }\nfmt.Sprint(fa(), \" \", fb())", "2 three"},
			{"func fa() string { return fb() }\nfa()", "three"},
			{"fb := 4\nfmt.Sprint(fa(), \" \", fb)", "three 4"},
		},
		"generic callers": {
			{"func f() int { return 1 }\nfunc g[T any](x T) int { return f() }\ng(\"a\")", "1"},
			{"func f() int { return 2 }\ng(\"a\")", "2"},
			{"type L[T any] struct{ v T }\nfunc (l L[T]) F() int { return f() }\nl := L[int]{}\nvar i interface{ F() int } = l\nl.F() + i.F()", "4"},
			{"func f() int { return 3 }\nfmt.Sprint(g(\"a\"), \" \", l.F(), \" \", i.F())", "3 3 3"},
		},
		"methods": {
			{"type C int\nfunc (c C) String() string { return \"one\" }\nvar s fmt.Stringer = C(1)\nfmt.Sprint(s, C(2), []C{1})", "one one [one]"},
			{"func (c C) String() string { return \"two\" }\nfmt.Sprint(s, C(2), []C{1})", "two two [two]"},
			{"type C int\nfunc (c C) String() string { return \"three\" }\nfmt.Sprint(s, C(2))", "three three"},
			{"type C string\nfmt.Sprint(s, \" \", C(\"plain\"))", "three plain"},
		},
		"methods of an earlier type": {
			{"type Sh interface{ Area() float64 }\ntype Sq struct{ a float64 }\nfunc (s Sq) Area() float64 { return s.a * s.a }\nvar sh Sh = Sq{2}\nfunc total(xs ...Sh) (t float64) { for _, x := range xs { t += x.Area() }; return }\ntotal(sh, Sq{3})", "13"},
			{"func (s Sq) Area() float64 { return 1 }\ntotal(sh, Sq{3})", "2"},
			{"func (s Sq) Perimeter() float64 { return 4 * s.a }\n_, is := sh.(interface{ Perimeter() float64 })\nis", "true"},
			{"_, is = sh.(interface{ Perimeter() float64 })\nis", "true"},
			{"type Sq struct{ a, b float64 }\nfunc (s Sq) Area() float64 { return s.a * s.b }\ntotal(sh, Sq{3, 4})", "13"},
			{"_, is = any(Sq{}).(interface{ Perimeter() float64 })\nis", "false"},
		},
		"types kept": {
			{"type Node struct{ next *Node; v int }\nhead := &Node{nil, 1}", ""},
			{"type Node struct{ next *Node; v int }\nhead = &Node{head, 2}\nhead.next.v", "1"},
		},
		"packages and predeclared names": {
			{"len := len(\"abc\")\nlen", "3"},
			{"fmt := fmt.Sprint(3)\nfmt", "3"},
			{"import \"fmt\"\nfmt.Sprint(len)", "3"},
			{"max := max(3, 4)\nfunc f() int { return max }\nf()", "4"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInterp(t)
			for i, c := range cells {
				v, err := in.Eval(context.Background(), lang.Cell{Name: fmt.Sprintf("In[%d]", i+1), Src: c[0]}, lang.IO{Stdout: io.Discard, Stderr: io.Discard})
				if err != nil {
					t.Fatalf("%s:\n%v", c[0], err)
				}
				if v.Text != c[1] {
					t.Errorf("%s\n= %s, want %s", c[0], v.Text, c[1])
				}
			}
		})
	}
}
