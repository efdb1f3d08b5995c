package ssl

import (
	"math"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/sparse"
)

// edited makes a run with edits of every kind, from the start to after its first end.
func edited(t *testing.T, l *Lab) *Run {
	t.Helper()
	e := toyExperiment()
	e.Steps = 24
	r := startPaused(t, l, e, 0)
	must1(r.Set("temperature", 0.25)) // before the first step
	must(t, r.Step(4))
	must1(r.Set("lambda", 0.4))
	must1(r.Resize(Projector, 20))
	must(t, r.Step(3))
	step := must1(r.Schedule("lambda", func(step int) float64 { return 0.4 + 0.01*float64(step) }))
	if step != 8 {
		t.Errorf("Schedule returned step %d, want 8", step)
	}
	must1(r.Schedule("lr", func(step int) float64 { return 0.03 / float64(step) }))
	must1(r.Set("crop_min", 0.5))
	must(t, r.Step(5))
	must1(r.Resize(Projector, 9))
	must1(r.Set("lambda", 0.1)) // ends its schedule
	must(t, r.Step(2))
	must1(r.SetSparse(sparse.GroupL21(0.02).WithProximal()))
	must1(r.SetLoss(DCLW(0.4)))
	must1(r.Set("sigma", 0.6))
	must(t, r.Step(99))
	must(t, r.Extend(4))
	must(t, r.Wait())
	return r
}

// A run and the repetition of its journal end bit for bit alike, metrics and journal too.
func TestReplay(t *testing.T) {
	l := newLab(t)
	r := edited(t, l)
	again, err := l.Replay(r.Beginning(), r.Journal())
	must(t, err)
	must(t, again.Wait())
	sameWeights(t, "replayed", allWeights(t, again), allWeights(t, r))
	if a, b := again.Journal().String(), r.Journal().String(); a != b || strings.Count(a, "\n") != 11 {
		t.Errorf("the replayed journal is\n%s\nwant\n%s", a, b)
	}
	a, b := again.Metrics(), r.Metrics()
	for _, name := range b.Names() {
		for i, v := range b.Values[name] {
			if w := a.Values[name][i]; name != "seconds" && w != v && (w == w || v == v) {
				t.Fatalf("metric %s of step %d is %g, want %g", name, i+1, w, v)
			}
		}
	}
	if r.Beginning().String() == r.Experiment().String() {
		t.Error("the edits have left no mark on the experiment")
	}
}

// A schedule moves its knob step by step, survives a checkpoint, and builds nothing.
func TestSchedule(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 2)
	must1(r.Schedule("lambda", func(step int) float64 { return float64(step) / 10 }))
	must1(r.Schedule("lr", func(step int) float64 { return 0.001 * float64(step) }))
	must(t, r.Step(3))
	dir := t.TempDir()
	must(t, r.Save(dir))
	loaded, err := l.Load(dir, nil)
	must(t, err)
	must(t, loaded.Step(2))
	must(t, r.Step(2))
	sameWeights(t, "loaded with schedules", allWeights(t, loaded), allWeights(t, r))
	must1(r.Set("lambda", 7)) // ends that schedule alone
	must(t, r.Step(1))
	if r.Builds() != 1 {
		t.Errorf("%d builds, want 1", r.Builds())
	}
	m := r.Metrics()
	for i, want := range []float64{0.1, 0.1, 0.3, 0.4, 0.5, 0.6, 0.7, 7} {
		if got := m.Values["lambda"][i]; math.Abs(got-want) > 1e-6 {
			t.Errorf("lambda of step %d = %g, want %g", i+1, got, want)
		}
		if got, want := m.Values["lr"][i], 0.001*float64(i+1); i >= 2 && math.Abs(got-want) > 1e-8 {
			t.Errorf("lr of step %d = %g, want %g", i+1, got, want)
		}
	}
	for want, f := range map[string]func(int) float64{
		"schedule of lambda at step 20: knob lambda -1 is not between": func(step int) float64 { return map[bool]float64{true: -1}[step == 20] },
		"at step 9: knob lambda NaN":                                   func(int) float64 { return math.NaN() },
		"the function is nil":                                          nil,
	} {
		if _, err := r.Schedule("lambda", f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Schedule = %v, want %q", err, want)
		}
	}
	if _, err := r.Schedule("lamda", func(int) float64 { return 1 }); err == nil || !strings.Contains(err.Error(), `knob "lamda": unknown`) {
		t.Errorf("Schedule of an unknown knob = %v", err)
	}
}

// A factor multiplies what a knob would have been: a fixed value, a schedule, the optimiser's
// own; and the edit replays.
func TestScheduleFactor(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps, e.Optimizer.Schedule, e.Optimizer.Warmup = 12, "cosine", 4
	r, plain := startPaused(t, l, e, 1), startPaused(t, l, e, 12)
	must1(r.Set("lambda", 0.5))
	must1(r.ScheduleFactor("lambda", func(step int) float64 { return float64(step) }))
	must(t, r.Step(1))
	must1(r.ScheduleFactor("lambda", func(step int) float64 { return 10 }))
	must1(r.ScheduleFactor("lr", func(step int) float64 { return 0.5 }))
	if _, err := r.ScheduleFactor("lambda", func(step int) float64 { return -1 }); err == nil || !strings.Contains(err.Error(), "schedule of lambda at step 3: knob lambda -15 is not between") {
		t.Errorf("a negative factor = %v", err)
	}
	must(t, r.Step(10))
	for i, lr := range plain.Metrics().Values["lr"] {
		lambda, factor := 0.1, 1.0
		switch {
		case i == 1:
			lambda = 0.5 * 2
		case i > 1:
			lambda, factor = 0.5*10*float64(i+1), 0.5
		}
		m := r.Metrics().Values
		if got := m["lambda"][i]; math.Abs(got-lambda) > 1e-6*lambda {
			t.Errorf("lambda of step %d = %g, want %g", i+1, got, lambda)
		}
		if got := m["lr"][i]; math.Abs(got-factor*lr) > 1e-6*lr {
			t.Errorf("lr of step %d = %g, want %g", i+1, got, factor*lr)
		}
	}
	again, err := l.Replay(r.Beginning(), r.Journal())
	must(t, err)
	must(t, again.Wait())
	sameWeights(t, "replayed", allWeights(t, again), allWeights(t, r))
}

// What cannot be repeated is an error before the start, or stops the repetition with the edit.
func TestReplayRefuses(t *testing.T) {
	l := newLab(t)
	set := func(step int, name string) Edit { return Edit{Step: step, Verb: "set", Name: name, To: 1} }
	if _, err := l.Replay(toyExperiment(), Journal{set(3, "lambda"), set(2, "lambda")}); err == nil || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("a journal out of order = %v", err)
	}
	e := toyExperiment()
	e.Sparse = sparse.Head{}
	r, err := l.Replay(e, Journal{set(3, "lambda")})
	must(t, err)
	if err := r.Wait(); err == nil || !strings.Contains(err.Error(), `repeating step 3: lambda 0 → 1: knob "lambda": unknown`) {
		t.Errorf("repeating an edit of a knob that is not there = %v", err)
	}
}

// Loss and SparseHead can be swapped for one build each; what cannot be is refused and leaves
// the run as it was.
func TestSwap(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 3)
	before := allWeights(t, r)
	if _, err := r.SetLoss(Loss{Name: "mine"}); err == nil || !strings.Contains(err.Error(), `loss "mine" is unknown`) {
		t.Errorf("SetLoss of an unknown loss = %v", err)
	}
	if _, err := r.SetSparse(sparse.GroupL21(-1)); err == nil || !strings.Contains(err.Error(), "lambda is -1") {
		t.Errorf("SetSparse with a negative λ = %v", err)
	}
	bad := NewLoss("test-swap-bad", func(za, _, _ *node) *node { return za })
	if _, err := r.SetLoss(bad); err == nil || !strings.Contains(err.Error(), `cannot build loss "test-swap-bad"`) {
		t.Errorf("SetLoss of a loss that is no scalar = %v", err)
	}
	sameWeights(t, "after refused swaps", allWeights(t, r), before)
	must(t, r.Step(1))
	builds := r.Builds()
	if step := must1(r.SetSparse(sparse.Head{})); step != 5 {
		t.Errorf("SetSparse returned step %d, want 5", step)
	}
	if _, err := r.Set("lambda", 1); err == nil {
		t.Error("lambda can be set without a SparseHead")
	}
	must1(r.SetLoss(BarlowTwins(0.01)))
	if _, err := r.Get("temperature"); err == nil {
		t.Error("Barlow Twins has a temperature")
	}
	must(t, r.Step(2))
	if r.Builds() != builds+2 {
		t.Errorf("%d builds for two swaps, want 2", r.Builds()-builds)
	}
	m := r.Metrics()
	if p := m.Values["penalty"]; p[4] == p[4] || p[3] != p[3] {
		t.Errorf("metric penalty = %v, want none from step 5 on", p)
	}
	if got := r.Journal().String(); got != "step 5: sparse none instead of group-hoyer λ=0.1\nstep 5: loss barlow-twins redundancy 0.01 instead of nt-xent" {
		t.Errorf("journal:\n%s", got)
	}
}
