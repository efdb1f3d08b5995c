package kernel_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/kernel"
)

// TestLanes runs cells of two lanes beside a cell of the main lane that waits for them: they define, redefine, fail
// and use what the others made.
func TestLanes(t *testing.T) {
	s := newSession(t)
	in := func(lane, src string) (kernel.Result, error) {
		return s.Run(t.Context(), kernel.Input{Src: src, Lane: lane}, kernel.Discard, func(c *kernel.Cell) (kernel.Result, error) { return c.Go(src, 1) })
	}
	if _, err := in("", "import (\"fmt\"; \"sync\")\nvar mu sync.Mutex\nvar total int\ndone := make(chan int)\nfunc add(n int) { mu.Lock(); total += n; mu.Unlock() }"); err != nil {
		t.Fatal(err)
	}
	const cells = 20
	var wg sync.WaitGroup
	wg.Go(func() { // the long cell: it ends when both lanes have said so, and works meanwhile
		res, err := in("", "ticks, left := 0, 2\nfor left > 0 {\n\tselect {\n\tcase <-done:\n\t\tleft--\n\tdefault:\n\t\tticks++\n\t\tadd(0)\n\t}\n}\nleft")
		if err != nil || res.Shown.Text() != "0" {
			t.Errorf("the main lane: %v, %v", res.Shown, err)
		}
	})
	for _, lane := range []string{"a", "b"} {
		wg.Go(func() {
			for i := range cells {
				for _, c := range []struct{ src, want, err string }{
					{fmt.Sprintf("func f%s() int { add(1); return %d }\nf%[1]s()", lane, i), fmt.Sprint(i), ""},
					{fmt.Sprintf("type T%s struct{ N int }\nv%[1]s := T%[1]s{%d}\nfmt.Sprint(v%[1]s, f%[1]s())", lane, i), fmt.Sprintf("{%d} %d", i, i), ""},
					{fmt.Sprintf("w%s := %d\nif w%[1]s >= 0 { panic(\"%[1]s fails\") }", lane, i), "", lane + " fails"},
					{"nosuch" + lane, "", "nosuch" + lane},
				} {
					res, err := in(lane, c.src)
					switch {
					case c.err == "" && err != nil:
						t.Errorf("lane %s: %s: %v", lane, c.src, err)
					case c.err == "" && res.Shown.Text() != c.want:
						t.Errorf("lane %s: %s shows %q, want %q", lane, c.src, res.Shown.Text(), c.want)
					case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
						t.Errorf("lane %s: %s: error %v, want %q", lane, c.src, err, c.err)
					}
				}
			}
			if _, err := in(lane, "done <- 1"); err != nil {
				t.Errorf("lane %s: %v", lane, err)
			}
		})
	}
	wg.Wait()
	if res, err := in("", "total"); err != nil || res.Shown.Text() != fmt.Sprint(4*cells) {
		t.Errorf("total is %v, %v, want %d", res.Shown, err, 4*cells)
	}
}

// TestInterruptReachesEveryLane interrupts cells of three lanes, and closes the session.
func TestInterruptReachesEveryLane(t *testing.T) {
	s := newSession(t)
	var wg sync.WaitGroup
	started := make(chan bool)
	for _, lane := range []string{"", "a", "b"} {
		wg.Go(func() {
			_, err := s.Run(t.Context(), kernel.Input{Lane: lane}, kernel.Discard, func(c *kernel.Cell) (kernel.Result, error) {
				started <- true
				return c.Go("select { }", 1)
			})
			if !kernel.Interrupted(err) {
				t.Errorf("lane %q: %v, want an interrupt", lane, err)
			}
		})
	}
	for range 3 {
		<-started
	}
	waiting, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(waiting, kernel.Input{Lane: "a"}, kernel.Discard, nil); err != context.Canceled {
		t.Errorf("a cell that waits: %v, want that its context has ended", err)
	}
	s.Interrupt()
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if s.Running() {
		t.Error("a cell runs in a closed session")
	}
}
