package kernel_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// harmless lets cells import packages that touch nothing outside of the process.
type harmless struct{ lang.Packages }

func (h harmless) Paths() []string {
	return []string{"bytes", "cmp", "context", "encoding/json", "errors", "fmt", "iter", "maps", "math", "slices", "sort", "strconv", "strings", "sync", "time"}
}

func (h harmless) Name(path string) string {
	if slices.Contains(h.Paths(), path) {
		return h.Packages.Name(path)
	}
	return ""
}

func (h harmless) Export(path string) ([]byte, bool) {
	if h.Name(path) == "" && path != "unsafe" {
		return nil, false
	}
	return h.Packages.Export(path)
}

// earlier is what a session of the fuzz targets has defined.
const earlier = `type Shape interface{ Area() float64 }
type Square struct{ Side float64 }
func (s Square) Area() float64 { return s.Side * s.Side }
func sum[T int | float64](xs ...T) (t T) { for _, x := range xs { t += x }; return }
shapes := map[string]Shape{"a": Square{2}}
n, ch := 3, make(chan int, 1)`

// hard are cells that a session must survive.
var hard = []string{
	"1+1", "func f(n int) int { return f(n+1) + 1 }\nf(0)", "type T struct{ next *T }\nfunc (t *T) String() string { return t.String() }\nfmt.Println(&T{})",
	"make([]int, 1<<40)", "n := 1 << 40\nmake([]string, n)", "make(map[int]int, 1<<42)", "make(chan [1024]int, 1<<40)", "var a [1 << 40]int", "x := make([]int, 0, 1<<62)",
	"for {}", "select {}", "for { n++ }", "<-make(chan int)", "var m sync.Mutex; m.Lock(); m.Lock()", "time.Sleep(time.Hour)", "ch <- 1; ch <- 2", "go func() { for {} }()",
	"go func() { panic(1) }(); time.Sleep(time.Millisecond)", "panic(nil)", "panic(fmt.Sprint(shapes))", "defer func() { recover() }(); panic(1)", "var s []int; s[5]", "shapes[\"b\"].Area()",
	"type T []T; x := T{}; x = append(x, x); x[0] = x; len(fmt.Sprint(len(x)))", "goto L; L: goto L", "sum[string](\"a\")", "func (s Square) Area() string { return \"\" }", "import \"os\"",
	"x := \"\xff\xfe\"; x", "\x00", "{", "}", "(((((", "`", "\"", "/*", "'", "if", "func", "%", "!", "var x = x", "type A B; type B A", "const c = 1 << 600", "unsafe.Pointer(nil)", "1 / 0", "n / (n - 3)",
	"L: for { select { case <-ch: break L; default: continue L } }", "for range func(y func() bool) { for y() {} } { }", "sync.WaitGroup{}.Wait()", "context.Background().Done() == nil", "close(ch); close(ch)",
}

func fuzzSession(tb testing.TB) *kernel.Session {
	tb.Helper()
	s, err := kernel.New(harmless{stdlib.Packages()}, lang.Options{Grace: 10 * time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.Close() })
	if _, err := s.Execute(context.Background(), earlier, kernel.Discard); err != nil {
		tb.Fatal(err)
	}
	return s
}

// FuzzExecute runs arbitrary text as a cell and interrupts it when it takes long. It must come back, with a value or a
// *kernel.CellError, and leave a session that goes on.
func FuzzExecute(f *testing.F) {
	for _, src := range hard {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		s := fuzzSession(t)
		ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
		defer cancel()
		_, err := s.Execute(ctx, src, kernel.Discard)
		var cell *kernel.CellError
		if err != nil && !errors.As(err, &cell) {
			t.Errorf("%q fails with %T: %v", src, err, err)
		}
		var low *lang.LoweringError
		if errors.As(err, &low) {
			t.Errorf("%q: %v", src, err)
		}
		if res, err := s.Execute(context.Background(), "40 + 2", kernel.Discard); err != nil || res.Shown.Text() != "42" {
			t.Errorf("after %q a cell gives %q, %v", src, res.Shown.Text(), err)
		}
	})
}

// FuzzComplete completes at every kind of cursor in arbitrary text, FuzzInspect inspects there.
func FuzzComplete(f *testing.F) {
	for _, src := range hard {
		f.Add(src, len(src))
	}
	s := fuzzSession(f)
	f.Fuzz(func(t *testing.T, src string, cursor int) {
		c := s.Complete(src, cursor)
		if n := len([]rune(src)); c.Start < 0 || c.End < c.Start || c.End > n {
			t.Errorf("completing %q at %d replaces %d to %d of %d", src, cursor, c.Start, c.End, n)
		}
	})
}

// FuzzInspect inspects arbitrary text at arbitrary cursors.
func FuzzInspect(f *testing.F) {
	for _, src := range hard {
		f.Add(src, len(src)/2, 1)
	}
	s := fuzzSession(f)
	f.Fuzz(func(t *testing.T, src string, cursor, detail int) {
		s.Inspect(src, cursor, detail)
		s.IsComplete(src)
	})
}
