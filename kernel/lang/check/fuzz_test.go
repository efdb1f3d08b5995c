package check

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// seeds adds every cell of testdata as a seed.
func seeds(f *testing.F, add func(src string)) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatalf("no sessions in testdata (%v)", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range ar.Files {
			if strings.HasPrefix(x.Name, "cell") {
				add(string(x.Data))
			}
		}
	}
}

// FuzzCheck checks arbitrary text twice, as cells of a session that has definitions of
// every kind: nothing may panic, and a complete cell must have no syntax error.
func FuzzCheck(f *testing.F) {
	seeds(f, func(src string) { f.Add(src) })
	std() // takes seconds, which are not to count for the first input
	f.Fuzz(func(t *testing.T, src string) {
		s := NewScope(std())
		run := func(name, src string) {
			syn, err := Parse(name, src)
			if is := StatusOf(src).Is; (is == Complete) != (err == nil) {
				t.Errorf("StatusOf(%q) = %v, Parse says %v", src, is, err)
			}
			if err != nil {
				return
			}
			c, err := s.Check(syn)
			if err != nil {
				if strings.Contains(err.Error(), "type checker failed") {
					t.Errorf("%v", err)
				}
				return
			}
			s.Commit(c)
		}
		run("In[1]", richSession)
		run("In[2]", src)
		run("In[3]", src)
	})
}

// richSession defines something of every kind.
const richSession = `
import (
	"fmt"
	. "strings"
	m "math"
)

type P struct{ x, Y int }
func (p P) Get() int { return p.x }
func (p *P) Set(x int) { p.x = x }
type L[T any] struct { v T; next *L[T] }
func (l *L[T]) Push(v T) *L[T] { return &L[T]{v, l} }
type S interface{ Get() int }
type E = error
const N = 3
var a, b = 1, "b"
x := P{1, 2}
y, err := fmt.Sscan("1", &a)
z := []P{x}
k := map[string]P{"a": x}
func f(i int, s ...string) (int, error) { return i + a, nil }
func g[T any, U ~[]T](u U, f func(T) bool) (out U) { return u }
_ = m.Sqrt(2)
_ = ToUpper("a")
`

// FuzzComplete asks, at an arbitrary place of arbitrary text, what can stand there and
// what does: nothing may panic, and the stretch to replace must lie in the text.
func FuzzComplete(f *testing.F) {
	seeds(f, func(src string) { f.Add(src, len(src)/2); f.Add(src, len(src)) })
	s := NewScope(std())
	syn, err := Parse("In[1]", richSession)
	if err != nil {
		f.Fatal(err)
	}
	c, err := s.Check(syn)
	if err != nil {
		f.Fatal(err)
	}
	s.Commit(c)
	names := len(s.Defs())
	f.Fuzz(func(t *testing.T, src string, cursor int) {
		got := s.Complete(src, cursor)
		if n := utf8.RuneCountInString(src); got.Start < 0 || got.Start > got.End || got.End > max(n, cursor) {
			t.Errorf("Complete(%q, %d) replaces %d to %d", src, cursor, got.Start, got.End)
		}
		s.Inspect(src, cursor, cursor&1)
		if n := len(s.Defs()); n != names {
			t.Errorf("Complete(%q, %d) left %d definitions instead of %d", src, cursor, n, names)
		}
	})
}
