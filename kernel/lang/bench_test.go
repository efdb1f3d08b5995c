package lang_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	"github.com/gossl/gossl/kernel/lang"
	gossl "github.com/gossl/gossl/stdlib"
)

// The benchmarks report the figures that the language promises beside what testing measures: median-ms, the ratio to
// plain yaegi with both taking turns, and memory. go test -run '^$' -bench . -benchtime 20x ./kernel/lang

// session returns a language that has run the cells.
func session(b *testing.B, cells ...string) *lang.Interp {
	b.Helper()
	in, err := lang.New(gossl.Packages(), lang.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, src := range cells {
		eval(b, in, src)
	}
	return in
}

func eval(b *testing.B, in *lang.Interp, src string) lang.Value {
	b.Helper()
	v, err := in.Eval(context.Background(), lang.Cell{Name: "bench", Src: src}, lang.IO{})
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// median times f once an iteration and reports the median.
func median(b *testing.B, f func(i int)) {
	var ds []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		f(i)
		ds = append(ds, time.Since(start))
	}
	slices.Sort(ds)
	b.ReportMetric(float64(ds[len(ds)/2])/1e6, "median-ms")
}

// BenchmarkStart starts a session. Wanted: 50 ms.
func BenchmarkStart(b *testing.B) {
	median(b, func(int) { session(b) })
}

// BenchmarkOnePlusOne takes a cell from source to value. Wanted: 1 ms.
func BenchmarkOnePlusOne(b *testing.B) {
	in := session(b, "1+1")
	median(b, func(int) { eval(b, in, "1+1") })
}

const thirtyLines = `
type Stats%[1]d struct {
	N         int
	Mean, Var float64
}

func (s Stats%[1]d) String() string {
	return fmt.Sprintf("n=%%d mean=%%.3f var=%%.3f", s.N, s.Mean, s.Var)
}

func summarise%[1]d(xs []float64) Stats%[1]d {
	s := Stats%[1]d{N: len(xs)}
	for _, x := range xs {
		s.Mean += x / float64(len(xs))
	}
	for _, x := range xs {
		s.Var += (x - s.Mean) * (x - s.Mean) / float64(len(xs))
	}
	return s
}

func run%[1]d() {
	xs := []float64{3, 1, 2}
	slices.Sort(xs)
	if len(xs) > 2 {
		xs = append(xs, slices.Max(xs))
	}
	summary := summarise%[1]d(xs)
	fmt.Println(summary)
}
`

// BenchmarkCell30 checks and lowers a cell of thirty lines, and loads it into the interpreter. Wanted: 3 ms.
func BenchmarkCell30(b *testing.B) {
	in := session(b, fmt.Sprintf(thirtyLines, 1_000_000))
	median(b, func(i int) { eval(b, in, fmt.Sprintf(thirtyLines, i)) })
}

// BenchmarkComplete completes in a session of 200 definitions. Wanted: 5 ms.
func BenchmarkComplete(b *testing.B) {
	var cells []string
	for i := range 50 {
		cells = append(cells, fmt.Sprintf("type T%[1]d struct{ A, B int }\nfunc f%[1]d(x int) T%[1]d { return T%[1]d{x, x} }\nvar v%[1]d = f%[1]d(%[1]d)\nconst c%[1]d = %[1]d", i))
	}
	in := session(b, cells...)
	srcs := []string{"v1", "v1.", "fmt.Pr", "x := f1(c", "strings.", "f2(3).", "T3{"}
	median(b, func(i int) {
		src := srcs[i%len(srcs)]
		if len(in.Complete(src, len(src)).Candidates) == 0 {
			b.Fatalf("nothing completes %q", src)
		}
	})
}

// against measures a cell's function against the same source in plain yaegi, taking turns, and reports the ratio of
// the fastest runs of each.
func against(b *testing.B, decl, call string) {
	in := session(b, decl)
	plain := interp.New(interp.Options{})
	if err := plain.Use(stdlib.Symbols); err != nil {
		b.Fatal(err)
	}
	if _, err := plain.Eval(decl); err != nil {
		b.Fatal(err)
	}
	ours, theirs := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		eval(b, in, call)
		ours = min(ours, time.Since(start))
		start = time.Now()
		if _, err := plain.Eval(call); err != nil {
			b.Fatal(err)
		}
		theirs = min(theirs, time.Since(start))
	}
	b.ReportMetric(float64(ours)/float64(theirs), "×yaegi")
	b.ReportMetric(float64(ours)/1e6, "gossl-ms")
}

// BenchmarkAgainstYaegi runs loops and calls. Wanted: 1.4 × plain yaegi for additions and fib.
func BenchmarkAgainstYaegi(b *testing.B) {
	for _, x := range []struct{ name, decl, call string }{
		{"additions", "func loop(n int) int { s := 0; for i := 0; i < n; i++ { s += i }; return s }", "loop(10000000)"},
		{"fib", "func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }", "fib(27)"},
		{"slices", "func sum(n int) int { xs := make([]int, 1000); s := 0; for k := 0; k < n; k++ { for i := 0; i < len(xs); i++ { xs[i] += k; s += xs[i] } }; return s }", "sum(1000)"},
		{"matrix", "func mul(n int) float64 { a := make([][]float64, n); for i := 0; i < n; i++ { a[i] = make([]float64, n); for j := 0; j < n; j++ { a[i][j] = float64(i - j) } }; t := 0.0; for i := 0; i < n; i++ { for j := 0; j < n; j++ { for k := 0; k < n; k++ { t += a[i][k] * a[k][j] } } }; return t }", "mul(70)"},
		{"structs", "type P struct{ X, Y float64 }\nfunc (p P) Add(q P) P { return P{p.X + q.X, p.Y + q.Y} }\nfunc walk(n int) float64 { p := P{}; for i := 0; i < n; i++ { p = p.Add(P{1, 2}) }; return p.X }", "walk(200000)"},
		{"maps", "func freq(n int) int { m := map[int]int{}; for i := 0; i < n; i++ { m[i%100] += i }; return len(m) }", "freq(300000)"},
		{"strings", "func build(n int) int { s := \"\"; c := 0; for i := 0; i < n; i++ { s += \"x\"; if len(s) > 100 { s = s[50:] }; if s[len(s)/2] == 'x' { c++ } }; return c }", "build(200000)"},
	} {
		b.Run(x.name, func(b *testing.B) { against(b, x.decl, x.call) })
	}
}

// BenchmarkLines checks, lowers and loads cells of n lines; the time a line should not grow with n.
func BenchmarkLines(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var src strings.Builder
			src.WriteString("func big() int {\n\tx := 1\n")
			for i := range n {
				fmt.Fprintf(&src, "\tx = x*%d + i%d(x)\n", i%7+1, i%10)
			}
			src.WriteString("\treturn x\n}\n")
			var few strings.Builder
			for i := range 10 {
				fmt.Fprintf(&few, "func i%d(x int) int { return x >> %d }\n", i, i)
			}
			in := session(b, few.String())
			for b.Loop() {
				eval(b, in, src.String())
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/line")
		})
	}
}

// BenchmarkThousandCells reports what a thousand cells leave in memory. Wanted: 100 MB.
func BenchmarkThousandCells(b *testing.B) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for b.Loop() {
		in := session(b, fmt.Sprintf(thirtyLines, 1_000_000))
		before := heap()
		for i := range 1000 {
			switch i % 4 {
			case 0:
				eval(b, in, fmt.Sprintf(thirtyLines, i%40))
			case 1:
				eval(b, in, fmt.Sprintf("x%d := make([]int, 10)\nx%d[3] = %d\nx%d", i, i, i, i))
			case 2:
				eval(b, in, "fmt.Sprint(1 + 1)")
			case 3:
				eval(b, in, "for i := range 10 {\n\t_ = i * i\n}")
			}
		}
		b.ReportMetric(float64(int64(heap())-int64(before))/1e6, "MB")
		runtime.KeepAlive(in)
	}
}
