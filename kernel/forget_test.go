package kernel_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/gossl/gossl/kernel"
)

// TestCellsAreForgotten runs many cells under one context and finds that nothing of them is left but what their own
// goroutines need.
func TestCellsAreForgotten(t *testing.T) {
	s := newSession(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cell := func(src string) weak.Pointer[kernel.Cell] {
		var w weak.Pointer[kernel.Cell]
		_, err := s.Run(ctx, kernel.Input{Src: src}, kernel.Discard, func(c *kernel.Cell) (kernel.Result, error) {
			w = weak.Make(c)
			return c.Go(src, 1)
		})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	keeper := cell("stopped := make(chan bool)\ngo func() { defer close(stopped); select { } }()")
	var ended []weak.Pointer[kernel.Cell]
	for i := range 50 {
		ended = append(ended, cell(fmt.Sprintf("x%d := %d\nx%[1]d", i, i)))
	}
	left := func() (n int) {
		for _, w := range ended {
			if w.Value() != nil {
				n++
			}
		}
		return n
	}
	for deadline := time.Now().Add(time.Minute); left() > 3 && time.Now().Before(deadline); {
		runtime.GC()
	}
	if n := left(); n > 3 { // the last may stand in a cache
		t.Errorf("%d of %d cells are left", n, len(ended))
	}
	if keeper.Value() == nil {
		t.Fatal("a cell whose goroutine runs is gone")
	}
	cancel() // reaches that goroutine still
	if _, err := s.Execute(t.Context(), "<-stopped", kernel.Discard); err != nil {
		t.Error(err)
	}
}
