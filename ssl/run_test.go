package ssl

import (
	"context"
	"errors"
	"math"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/ssl/sparse"
)

func TestRunTrains(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 120
	r, err := l.Start(e)
	must(t, err)
	must(t, r.Wait())
	m := r.Metrics()
	if r.Status() != Done || r.Steps() != 120 || m.Len() != 120 {
		t.Fatalf("after Wait: %v with %d metrics", r, m.Len())
	}
	contrast := m.Values["contrast"]
	early, late := contrast[0], m.Mean("contrast", 10)
	if !(late < early-0.2) {
		t.Errorf("contrastive loss went from %g to %g, want it lower", early, late)
	}
	rep, err := r.EvaluateContext(context.Background())
	must(t, err)
	if rep.Linear < 0.8 || rep.KNN[20] < 0.6 || !(rep.RankH > 1) || !(rep.RankZ > 1) {
		t.Errorf("evaluation of stripes:\n%v", rep)
	}
	if rep.Sparse == nil || rep.Sparse.Features != 8 {
		t.Errorf("sparsity of the first layer: %+v, want 8 features", rep.Sparse)
	}
}

// λ acts at the very next step and builds nothing.
func TestSetActsAtTheNextStep(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 3)
	twin := startPaused(t, l, toyExperiment(), 3)
	sameWeights(t, "twins after 3 steps", allWeights(t, r), allWeights(t, twin))
	builds := r.Builds()
	if builds != 1 {
		t.Fatalf("%d builds after the start, want 1", builds)
	}
	step, err := r.Set("lambda", 5)
	must(t, err)
	if step != 4 {
		t.Errorf("Set returned step %d, want 4", step)
	}
	if v, err := r.Get("lambda"); v != 5 || err != nil {
		t.Errorf("Get = %g, %v", v, err)
	}
	must(t, r.Step(1))
	must(t, twin.Step(1))
	m := r.Metrics()
	for i, lambda := range []float64{0.1, 0.1, 0.1, 5} {
		loss, want := m.Values["loss"][i], m.Values["contrast"][i]+lambda*m.Values["penalty"][i]
		if math.Abs(loss-want) > 1e-5*math.Abs(want) {
			t.Errorf("step %d: loss = %g, want contrast + %g·penalty = %g", i+1, loss, lambda, want)
		}
	}
	if a, b := allWeights(t, r), allWeights(t, twin); a[firstLayerPath] == b[firstLayerPath] {
		t.Error("the step after Set moved the weights as if λ had not changed")
	}
	for _, k := range r.Knobs() { // every knob there is
		_, err := r.Set(k.Name, k.Value*0.9)
		must(t, err)
	}
	must(t, r.Step(2))
	if r.Builds() != builds {
		t.Errorf("%d builds after setting every knob, want %d", r.Builds(), builds)
	}
	if j := r.Journal(); len(j) != 1+len(r.Knobs()) || j[0].String() != "step 4: lambda 0.1 → 5" {
		t.Errorf("journal:\n%v", j)
	}
}

func TestSetRefuses(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 1)
	before := r.Experiment().String()
	for _, test := range []struct {
		knob  string
		value float64
		want  string
	}{
		{"lamda", 1, `knob "lamda": unknown; this run has lambda, temperature, lr, momentum`},
		{"lambda", math.NaN(), "knob lambda NaN is not between 0 and 1e+06"},
		{"lambda", -1, "knob lambda -1 is not between"},
		{"temperature", 0, "knob temperature 0 is not between 0.001 and 100"},
		{"lr", math.Inf(1), "knob lr +Inf is not between"},
		{"crop_min", 1.5, "knob crop_min 1.5 is not between"},
		{"ratio_min", 3, `knob "ratio_min": ratio_min is 3, above ratio_max`},
	} {
		_, err := r.Set(test.knob, test.value)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Set(%q, %g) = %v, want %q", test.knob, test.value, err, test.want)
		}
	}
	if _, err := r.Get("lamda"); err == nil {
		t.Error("Get of an unknown knob succeeded")
	}
	if r.Experiment().String() != before || len(r.Journal()) != 0 {
		t.Error("a refused edit changed the experiment")
	}
	must(t, r.Step(1))
	r.Stop()
	if _, err := r.Set("lambda", 1); !errors.Is(err, ErrEnded) {
		t.Errorf("Set after Stop = %v, want ErrEnded", err)
	}
	e := toyExperiment()
	e.Sparse = sparse.Head{}
	if _, err := startPaused(t, l, e, 0).Set("lambda", 1); err == nil || !strings.Contains(err.Error(), "set Experiment.Sparse") {
		t.Errorf("Set of lambda without a SparseHead = %v", err)
	}
}

// Pausing, stepping and evaluating change no number.
func TestRunIsDeterministic(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 12
	straight, err := l.Start(e)
	must(t, err)
	must(t, straight.Wait())
	halting := startPaused(t, l, e, 2)
	must(t, halting.Step(3))
	_, err = halting.EvaluateContext(context.Background())
	must(t, err)
	must(t, halting.Resume())
	must(t, halting.Wait())
	sameWeights(t, "halting run", allWeights(t, halting), allWeights(t, straight))
	e.Seed++
	other, err := l.Start(e)
	must(t, err)
	must(t, other.Wait())
	if allWeights(t, other)["/encoder/conv1/weights"] == allWeights(t, straight)["/encoder/conv1/weights"] {
		t.Error("another seed gave the same weights")
	}
}

func TestControl(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 10
	r := startPaused(t, l, e, 4)
	if r.Steps() != 4 || r.Status() != Paused {
		t.Errorf("after 4 steps: %v", r)
	}
	if err := r.WaitStep(11); err == nil || !strings.Contains(err.Error(), "step 11 never comes") {
		t.Errorf("WaitStep(11) of 10 = %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.WaitContext(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait under a cancelled context = %v", err)
	}
	must(t, r.Step(99)) // no further than the end
	if r.Steps() != 10 || r.Status() != Done {
		t.Errorf("after all steps: %v", r)
	}
	if err := r.Step(1); !errors.Is(err, ErrEnded) {
		t.Errorf("Step of a run that is done = %v", err)
	}
	must(t, r.Extend(3))
	must(t, r.Wait())
	if r.Steps() != 13 || r.Metrics().Len() != 13 {
		t.Errorf("after Extend(3): %v, %d metrics", r, r.Metrics().Len())
	}
	r.Stop()
	r.Stop()
	if r.Status() != Done {
		t.Errorf("a run that was done is %s after Stop", r.Status())
	}
	if _, err := r.EvaluateContext(context.Background()); err != nil {
		t.Errorf("evaluating a stopped run: %v", err)
	}
}

// A diverging run fails with a reason, and its neighbours train on.
func TestDivergence(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Optimizer.LearningRate = 1000
	e.Optimizer.WeightDecay = 100
	e.Steps = 400
	r, err := l.Start(e)
	must(t, err)
	err = r.Wait()
	if err == nil || r.Status() != Failed || !strings.Contains(err.Error(), "lower lr (now 1000)") {
		t.Fatalf("diverging run: %v, %v", r, err)
	}
	if err := r.Save(t.TempDir()); err == nil {
		t.Error("a spoiled run was saved")
	}
	fine := startPaused(t, l, toyExperiment(), 1)
	must(t, fine.Step(1))
}

// Edits from everywhere at once while runs train and are saved: none is lost, and the
// journal's order is that of their effect.
func TestManyEdits(t *testing.T) {
	l := NewLab(newLab(t).Backend())
	e := killedExperiment()
	e.Steps, e.Batch = 1_000_000, 4
	e.Panel = Panel{Every: 100, Images: 20}
	r, err := l.Start(e)
	must(t, err)
	other, err := l.Start(e)
	must(t, err)
	must(t, other.Pause())
	const goroutines, each = 8, 1250
	var wg sync.WaitGroup
	dir := t.TempDir()
	must(t, r.Keep(dir, Policy{Every: 40, Last: 2}))
	r.Every(10, func(step int, m Metrics) { _ = m.Last("loss") })
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				if _, err := r.Set([]string{"lambda", "temperature"}[g%2], 0.1+float64(g*each+i)/1e4); err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					_ = r.Metrics().String() + r.String() + r.Progress().String() + l.Runs().String()
				}
			}
		})
	}
	wg.Go(func() {
		for range 3 {
			if err := r.Save(dir); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	j := r.Journal()
	if len(j) != goroutines*each {
		t.Fatalf("%d edits in the journal, want %d", len(j), goroutines*each)
	}
	at := map[string]float64{"lambda": 0.1, "temperature": 0.2}
	for i, e := range j {
		if e.From != at[e.Name] || i > 0 && e.Step < j[i-1].Step {
			t.Fatalf("edit %d is out of order: %v after %v", i, e, j[max(i-1, 0)])
		}
		at[e.Name] = e.To
	}
	l.Close()
	if k := r.Kept(); k.Err != nil {
		t.Errorf("Kept.Err = %v", k.Err)
	}
	m, _, _, err := readCheckpoint(savedIn(t, dir)[len(savedIn(t, dir))-1])
	must(t, err)
	if m.journal.String() != j.String() {
		t.Errorf("the last checkpoint has %d edits, want all %d in their order", len(m.journal), len(j))
	}
	if r.Status() != Stopped || other.Status() != Stopped {
		t.Errorf("after Close: %v; %v", r, other)
	}
	var b strings.Builder
	must(t, pprof.Lookup("goroutine").WriteTo(&b, 2))
	for _, stack := range strings.Split(b.String(), "\n\n") {
		if strings.Contains(stack, "ssl.(*owner)") || strings.Contains(stack, "ssl.(*Run)") {
			t.Errorf("a goroutine is left after Close:\n%s", stack)
		}
	}
	if len(l.images)+len(l.programs) != 0 {
		t.Errorf("%d data sets and %d programs are left on the device after Close", len(l.images), len(l.programs))
	}
	if _, err := l.Start(e); err == nil {
		t.Error("a closed lab started a run")
	}
}

// A watch shows progress from a goroutine of its own and ends with its run.
func TestWatch(t *testing.T) {
	var mu sync.Mutex
	var last string
	var final any
	ids := map[string]bool{}
	SetHost(Host{Show: func(id string, bundle map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		last, final, ids[id] = bundle["text/plain"].(string), bundle["application/vnd.gossl.final"], true
	}})
	t.Cleanup(func() { SetHost(Host{}) })
	l := NewLab(newLab(t).Backend())
	e := toyExperiment()
	e.Steps = 5
	r, err := l.Start(e)
	must(t, err)
	r.Watch()
	must(t, r.Wait())
	l.Close() // waits for the watch too
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 1 || !strings.Contains(last, "step 5/5 loss ") || !strings.Contains(last, "λ 0.1") || !strings.HasSuffix(last, "done") || final != true {
		t.Errorf("the watch ended with %q under %d ids", last, len(ids))
	}
}
