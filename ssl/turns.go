package ssl

import (
	"fmt"
	"math"
	"sync"
)

// turns shares the device among runs, step by step, in proportion to their priorities: the
// run that has had least of it, measured in seconds by priority, goes next. A run that
// trains keeps its place between its steps, while its next inputs are made.
type turns struct {
	mu      sync.Mutex
	changed *sync.Cond
	busy    bool
	active  map[*share]bool // in a step, waiting for one, or between two
}

// share is one user's part of the device.
type share struct {
	priority float64
	had      float64 // seconds by priority
}

func newTurns() *turns {
	t := &turns{active: map[*share]bool{}}
	t.changed = sync.NewCond(&t.mu)
	return t
}

// take waits until it is the turn of s. One that comes in has had as much as the one that has
// had least, so that it gets no more than its part from then on.
func (t *turns) take(s *share) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.active[s] {
		if least := t.least(); !math.IsInf(least, 1) {
			s.had = max(s.had, least)
		}
		t.active[s] = true
	}
	for t.busy || s.had > t.least() {
		t.changed.Wait()
	}
	t.busy = true
}

// least is what the active one has had that has had least; +Inf for none.
func (t *turns) least() float64 {
	least := math.Inf(1)
	for s := range t.active {
		least = min(least, s.had)
	}
	return least
}

// done ends a turn that took so many seconds; more says that another follows soon.
func (t *turns) done(s *share, seconds float64, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy = false
	s.had += seconds / s.priority
	if !more {
		delete(t.active, s)
	}
	t.changed.Broadcast()
}

// leave says that no turn of s follows soon.
func (t *turns) leave(s *share) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active[s] {
		delete(t.active, s)
		t.changed.Broadcast()
	}
}

// SetPriority gives the run another part of the device's time: one of priority 2 gets twice
// that of one of priority 1, which all runs have at first. It changes no number of the run.
// The priority is between 0.001 and 1000.
func (r *Run) SetPriority(priority float64) error {
	if !(priority >= 1e-3 && priority <= 1e3) {
		return fmt.Errorf("priority %g of %s is not between 0.001 and 1000", priority, r.name)
	}
	t := r.lab.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	r.share.had *= r.share.priority / priority // as if it had always been so
	r.share.priority = priority
	t.changed.Broadcast()
	return nil
}

// Priority is the run's part of the device's time beside others'.
func (r *Run) Priority() float64 {
	t := r.lab.turns
	t.mu.Lock()
	defer t.mu.Unlock()
	return r.share.priority
}
