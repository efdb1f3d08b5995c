package ssl

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// Two users of the device who always want more get of it what their priorities say, and one
// who comes late or goes gets no more than that.
func TestTurns(t *testing.T) {
	l := newTurns()
	a, b := &share{priority: 1}, &share{priority: 3}
	steps := map[*share]int{}
	step := func(s *share, seconds float64) {
		l.take(s)
		steps[s]++
		l.done(s, seconds, true)
	}
	step(a, 1) // each is now known to want more
	next := func() *share {
		if a.had <= b.had {
			return a
		}
		return b
	}
	b.had = a.had
	step(b, 1)
	for range 400 {
		step(next(), 1)
	}
	if ratio := float64(steps[b]) / float64(steps[a]); math.Abs(ratio-3) > 0.1 {
		t.Errorf("priorities 3 and 1 got %d and %d steps", steps[b], steps[a])
	}
	l.leave(b)
	for range 50 { // alone: nobody waits for who has left
		step(a, 1)
	}
	before := steps[b]
	for range 40 { // b has not saved up what it did not use
		if b.had < a.had && l.active[b] || !l.active[b] {
			step(b, 1)
			continue
		}
		step(a, 1)
	}
	if n := steps[b] - before; n > 33 {
		t.Errorf("one who comes back got %d of 40 steps, want at most about 30", n)
	}
}

// Runs share the device by their priorities, whatever else goes on, and none stands still.
func TestPriorities(t *testing.T) {
	l := newLab(t)
	e := killedExperiment()
	e.Steps = 1 << 20
	slow, fast := startPaused(t, l, e, 1), startPaused(t, l, e, 1)
	for _, p := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if err := slow.SetPriority(p); err == nil || !strings.Contains(err.Error(), "is not between 0.001 and 1000") {
			t.Errorf("SetPriority(%g) = %v", p, err)
		}
	}
	must(t, fast.SetPriority(4))
	must(t, slow.Resume())
	must(t, fast.Resume())
	must(t, fast.WaitStep(fast.Steps()+10)) // both train
	must(t, slow.WaitStep(slow.Steps()+10))
	had := func() (a, b float64) {
		l.turns.mu.Lock()
		defer l.turns.mu.Unlock()
		return slow.share.had, fast.share.had
	}
	a0, b0 := had()
	must(t, slow.WaitStep(slow.Steps()+50))
	a1, b1 := had()
	longest := slices.Max(append(slow.Metrics().Values["seconds"], fast.Metrics().Values["seconds"]...))
	if gap := math.Abs((b1 - b0) - (a1 - a0)); gap > 4*longest {
		t.Errorf("by their priorities the runs had %.4g and %.4g s of the device, further apart than steps of %.4g s", b1-b0, a1-a0, longest)
	}
	must(t, fast.Pause())
	must(t, slow.WaitStep(slow.Steps()+20)) // alone
	if fast.Priority() != 4 || slow.Priority() != 1 {
		t.Errorf("priorities %g and %g", fast.Priority(), slow.Priority())
	}
}
