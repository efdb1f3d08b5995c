package ssl

import (
	"math"
	"strings"
	"sync"
	"testing"
)

// A fork without changes ends as its parent; with changes it ends as its own journal repeated.
func TestFork(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 20
	r := startPaused(t, l, e, 6)
	must1(r.Set("lambda", 0.3))
	same, err := r.Fork(nil)
	must(t, err)
	other, err := r.Fork(map[string]float64{"lambda": 2, "temperature": 0.4})
	must(t, err)
	if _, err := r.Fork(map[string]float64{"lamda": 2}); err == nil || !strings.Contains(err.Error(), `knob "lamda": unknown`) {
		t.Errorf("Fork with an unknown knob = %v", err)
	}
	must(t, r.Resume())
	for _, run := range []*Run{r, same, other} {
		must(t, run.Wait())
	}
	if n := same.Builds() + other.Builds(); n != 0 || r.Builds() != 1 {
		t.Errorf("the forks took %d builds, want none", n)
	}
	sameWeights(t, "fork", allWeights(t, same), allWeights(t, r))
	if allWeights(t, other)[firstLayerPath] == allWeights(t, r)[firstLayerPath] {
		t.Error("a fork with another λ ended as its parent")
	}
	if got := other.Journal().String(); got != "step 7: lambda 0.1 → 0.3\nstep 7: lambda 0.3 → 2\nstep 7: temperature 0.2 → 0.4" {
		t.Errorf("journal of the fork:\n%s", got)
	}
	again, err := l.Replay(other.Beginning(), other.Journal())
	must(t, err)
	must(t, again.Wait())
	sameWeights(t, "the fork's journal repeated", allWeights(t, again), allWeights(t, other))
	if _, err := r.Fork(nil); err == nil || !strings.Contains(err.Error(), "Extend gives it more") {
		t.Errorf("Fork of a run that is done = %v", err)
	}
}

// Callbacks see every step of theirs, in order; a panic ends the callback and not the run.
func TestCallbacks(t *testing.T) {
	var mu sync.Mutex
	var shown []string
	SetHost(Host{Show: func(_ string, b map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		shown = append(shown, b["text/plain"].(string))
	}})
	t.Cleanup(func() { SetHost(Host{}) })
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 12
	r := startPaused(t, l, e, 0)
	var steps, thirds []int
	each := r.OnStep(func(step int, m Metrics) {
		steps = append(steps, step)
		if m.Len() != step {
			t.Errorf("at step %d the metrics have %d steps", step, m.Len())
		}
	})
	every := r.Every(3, func(step int, _ Metrics) { thirds = append(thirds, step) })
	broken := r.Every(5, func(int, Metrics) { panic("oh no") })
	stopped := r.OnStep(func(int, Metrics) { t.Error("a stopped callback was called") })
	stopped.Stop()
	<-stopped.Done()
	must(t, r.Resume())
	must(t, r.Wait())
	<-broken.Done()
	if err := broken.Err(); err == nil || !strings.Contains(err.Error(), "panicked at step 5 and is called no more: oh no") {
		t.Errorf("Err of a callback that panics = %v", err)
	}
	must(t, r.Extend(1)) // callbacks outlive the end of a run that is extended
	must(t, r.Wait())
	r.Stop()
	<-each.Done()
	<-every.Done()
	if len(steps) != 13 || steps[0] != 1 || steps[12] != 13 || len(thirds) != 4 || thirds[3] != 12 || each.Err() != nil {
		t.Errorf("callbacks saw steps %v, and every third %v", steps, thirds)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(shown) != 1 || !strings.Contains(shown[0], "oh no") {
		t.Errorf("shown: %q", shown)
	}
}

// A callback that holds the training changes the step after its own, the same every time,
// and goes on to be waited for after others have ended.
func TestCallbackHolds(t *testing.T) {
	train := func() *Run {
		e := toyExperiment()
		e.Steps = 14
		r := startPaused(t, newLab(t), e, 0)
		r.Every(4, func(step int, m Metrics) {
			must1(r.Set("lambda", float64(step)))
			if step == 8 {
				must(t, r.SetPriority(2))
			}
		}).Hold()
		broken := r.OnStep(func(step int, _ Metrics) {
			if step == 3 {
				panic("enough")
			}
		}).Hold()
		must(t, r.Resume())
		must(t, r.Wait())
		<-broken.Done()
		broken.Hold() // nothing waits for it any more
		r.Stop()
		return r
	}
	r, again := train(), train()
	m := r.Metrics()
	for i, got := range m.Values["lambda"] {
		want := 0.1
		if n := i / 4 * 4; n > 0 {
			want = float64(n)
		}
		if math.Abs(got-want) > 1e-6*want {
			t.Errorf("lambda of step %d = %g, want %g", i+1, got, want)
		}
	}
	sameWeights(t, "again", allWeights(t, again), allWeights(t, r))
	rehearseAs(t, r.Record())
	sameWeights(t, "rehearsed", allWeights(t, train()), allWeights(t, r))
	if len(r.Journal()) != 3 || r.Journal().String() != again.Journal().String() {
		t.Errorf("journal:\n%v\nand again:\n%v", r.Journal(), again.Journal())
	}
}

// One waits for epochs and for conditions too.
func TestWaits(t *testing.T) {
	e := toyExperiment() // six steps an epoch
	r := startPaused(t, newLab(t), e, 2)
	must(t, r.Resume())
	must(t, r.WaitEpoch(2))
	if r.Steps() < 12 {
		t.Errorf("after two epochs there are %d steps", r.Steps())
	}
	step, err := r.WaitUntil(func(step int, m Metrics) bool {
		if m.end() != step {
			t.Errorf("at step %d the metrics end at %d", step, m.end())
		}
		return step >= 20 && step%5 == 0
	})
	if err != nil || step%5 != 0 || step < 20 || r.Steps() < step {
		t.Errorf("WaitUntil = %d, %v at step %d", step, err, r.Steps())
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{r.WaitEpoch(7), "epoch 7, of 6 steps each: simclr-1 has 40 steps in all; step 42 never comes"},
		{second(r.WaitUntil(nil)), "the condition is nil"},
		{second(r.WaitUntil(func(int, Metrics) bool { return false })), "the condition has not been met: simclr-1 has 40 steps in all; step 41 never comes"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%v, want %q", test.err, test.want)
		}
	}
	r.Stop()
	if _, err := r.WaitUntil(func(int, Metrics) bool { return false }); err == nil {
		t.Error("a condition that is never met ends without an error")
	}
}
