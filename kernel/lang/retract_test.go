package lang_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel/lang"
)

// TestFailedCells: of a cell that fails, what did not run defines nothing, and what its names meant before they mean
// again.
func TestFailedCells(t *testing.T) {
	type cell struct{ src, want, err string } // err: part of the error
	for name, cells := range map[string][]cell{
		"new variables": {
			{"a := 1\nb := a + 1\npanic(\"stop\")\nc := 3", "", "stop"},
			{"fmt.Sprint(a, b)", "1 2", ""},
			{"c", "", "undefined: c"},
		},
		"a variable defined again": {
			{"x := 1\nfunc inc() int { x++; return x }", "", ""},
			{"inc()\npanic(1)\nx := 100", "", "panic"},
			{"inc()", "3", ""},
			{"x := 10\npanic(1)", "", "panic"},
			{"inc()", "11", ""},
			{"panic(1)\nx := \"text\"", "", "panic"},
			{"inc()", "12", ""},
		},
		"functions of the cell": {
			{"func f() int { return 1 }\nfunc g() int { return 2 }", "", ""},
			{"panic(1)\ny := 5\nfunc f() int { return y }\nfunc h() int { return f() }\nfunc g() int { return 20 }", "", "panic"},
			{"fmt.Sprint(f(), g())", "1 20", ""},
			{"h()", "", "undefined: h"},
		},
		"a type under the name": {
			{"type P struct{ X int }\nfunc (p P) Sum() int { return p.X }", "", ""},
			{"panic(1)\nP := 3", "", "panic"},
			{"P{4}.Sum()", "4", ""},
		},
		"an error that nobody took": {
			{"n := 7\nstrconv.Atoi(\"x\")\nm := 8", "", "invalid syntax"},
			{"n", "7", ""},
			{"m", "", "undefined: m"},
		},
		"methods that mention the variable": {
			{"k := 1\ntype T struct{}\nfunc (T) K() int { return k }\nvar i interface{ K() int } = T{}\ni.K()", "1", ""},
			{"panic(1)\nk := 2", "", "panic"},
			{"i.K() + T{}.K()", "2", ""},
			{"k := 3\npanic(1)\nk2 := 2", "", "panic"},
			{"i.K() + T{}.K()", "6", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInterp(t)
			for _, c := range cells {
				v, err := in.Eval(context.Background(), lang.Cell{Name: "In", Src: c.src}, lang.IO{Stdout: io.Discard, Stderr: io.Discard})
				if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Fatalf("%s:\n%v, want %q", c.src, err, c.err)
				}
				if err == nil && v.Text != c.want {
					t.Errorf("%s\n= %s, want %s", c.src, v.Text, c.want)
				}
			}
		})
	}
}

// TestInterruptedCell: an interrupt is one of the ways to end.
func TestInterruptedCell(t *testing.T) {
	in := newInterp(t)
	ctx, cancel := context.WithCancel(context.Background())
	w := &signal{ready: make(chan struct{})}
	go func() { <-w.ready; cancel() }()
	if _, err := in.Eval(ctx, lang.Cell{Name: "In[1]", Src: "a := 1\nfmt.Println(a)\nfor { }\nb := 2"}, lang.IO{Stdout: w}); !errors.Is(err, lang.ErrInterrupted) {
		t.Fatal(err)
	}
	if v, err := in.Eval(context.Background(), lang.Cell{Name: "In[2]", Src: "a"}, lang.IO{}); err != nil || v.Text != "1" {
		t.Errorf("a = %s, %v", v.Text, err)
	}
	if _, err := in.Eval(context.Background(), lang.Cell{Name: "In[3]", Src: "b"}, lang.IO{}); err == nil || !strings.Contains(err.Error(), "undefined: b") {
		t.Errorf("b: %v", err)
	}
}

// TestFailedErrorHasPlace: the error that a top-level call returned says where.
func TestFailedErrorHasPlace(t *testing.T) {
	for src, want := range map[string][2]int{
		"x := 1\n_ = x\n  strconv.Atoi(\"z\")\nx++": {3, 3},
		"strconv.Atoi(\"z\")":                       {1, 1},
		"\nerrors.New(\"a\")":                       {2, 1},
	} {
		_, err := newInterp(t).Eval(context.Background(), lang.Cell{Name: "In[4]", Src: src}, lang.IO{})
		var f *lang.FailedError
		if !errors.As(err, &f) || f.Name != "In[4]" || [2]int{f.Line, f.Col} != want {
			t.Errorf("%q: %#v, want %v", src, err, want)
		}
	}
}
