package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// thirtyLines is a cell as people write them.
const thirtyLines = `
import "fmt"

// Stats summarises values.
type Stats struct {
	N         int
	Mean, Var float64
}

func (s Stats) String() string {
	return fmt.Sprintf("n=%d mean=%.3f var=%.3f", s.N, s.Mean, s.Var)
}

func summarise(xs []float64) Stats {
	s := Stats{N: len(xs)}
	for _, x := range xs {
		s.Mean += x / float64(len(xs))
	}
	for _, x := range xs {
		s.Var += (x - s.Mean) * (x - s.Mean) / float64(len(xs))
	}
	return s
}

xs := []float64{3, 1, 2}
slices.Sort(xs)
if len(xs) > 2 {
	xs = append(xs, slices.Max(xs))
}
summary := summarise(xs)
fmt.Println(summary)
summary
`

func checkCell(tb testing.TB, s *Scope, src string) *Cell {
	syn, err := Parse("In[1]", src)
	if err != nil {
		tb.Fatal(err)
	}
	c, err := s.Check(syn)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// BenchmarkCheck30 parses and checks a cell of thirty lines in a session that has
// its imports. Wanted: 1.5 ms.
func BenchmarkCheck30(b *testing.B) {
	s := NewScope(std())
	s.Commit(checkCell(b, s, thirtyLines))
	for b.Loop() {
		checkCell(b, s, thirtyLines)
	}
}

func BenchmarkCheckOne(b *testing.B) {
	s := NewScope(std())
	for b.Loop() {
		checkCell(b, s, "1+1")
	}
}

// twoHundred is a session of two hundred definitions.
func twoHundred(tb testing.TB) *Scope {
	s := NewScope(std())
	for i := range 50 {
		s.Commit(checkCell(tb, s, fmt.Sprintf("type T%d struct{ A, B int }\nfunc (t T%[1]d) M() int { return t.A }\nfunc f%[1]d(t T%[1]d, s string) (T%[1]d, error) { return t, nil }\nv%[1]d := T%[1]d{}\nconst c%[1]d = %[1]d", i)))
	}
	return s
}

// BenchmarkComplete prints the median of several completions in a session of two
// hundred definitions. Wanted: 5 ms.
func BenchmarkComplete(b *testing.B) {
	s := twoHundred(b)
	texts := []string{"v7.", "f", "f3(", "strings.", "x := f4(v4, ", "for i := range 10 {\n\tfmt.Pr", "T9{", thirtyLines + "summary."}
	var took []time.Duration
	for b.Loop() {
		for _, t := range texts {
			t0 := time.Now()
			s.Complete(t, len(t))
			took = append(took, time.Since(t0))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkLines checks cells of 1,000 and 10,000 lines; the second may cost little
// more than ten times the first.
func BenchmarkLines(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		var src strings.Builder
		for i := range n / 5 {
			fmt.Fprintf(&src, "func f%d(x int) int {\n\treturn x + %d\n}\ny%d := f%d(%d)\nprintln(y%d)\n", i, i, i, i, i, i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := NewScope(std())
			for b.Loop() {
				checkCell(b, s, src.String())
			}
		})
	}
}
