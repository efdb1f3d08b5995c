package ssl

import (
	"math"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// A pruned projector is smaller and computes the same; so does the target's, training goes
// on, and a checkpoint and a replay know it.
func TestPrune(t *testing.T) {
	l := newLab(t)
	e := toyMethod(t, "byol")
	e.Encoder = net.ConvEncoder(4, 16)
	e.Sparse = sparse.GroupHoyer(0.1)
	e.Sparse.Threshold = 0.9 // at the last step nearly all goes
	e.Steps = 12
	r := startPaused(t, l, e, 12)
	w := variables(t, r)
	values, rows, columns, err := w.matrix(firstLayerPath)
	must(t, err)
	zero := sparse.Measure(values, rows, columns).Zero
	if zero == 0 || zero == rows {
		t.Fatalf("%d of %d features are zero after the hard threshold, want some", zero, rows)
	}
	before := projections(t, r)
	step := must1(r.Prune(0))
	if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
		t.Errorf("projections differ by %g after pruning", gap)
	}
	w = variables(t, r)
	for _, path := range []string{firstLayerPath, velocityPath(firstLayerPath)} {
		if got := w.values[path].Shape().Dim(0); got != rows-zero {
			t.Errorf("%s has %d rows, want %d", path, got, rows-zero)
		}
	}
	if got := w.values[targetScope+firstLayerPath].Shape().Dim(0); got != rows-zero {
		t.Errorf("the target's first layer has %d rows, want %d", got, rows-zero)
	}
	if got := r.Experiment().Features; len(got) != rows-zero {
		t.Errorf("Features = %v, want %d of them", got, rows-zero)
	}
	if _, err := r.Prune(0); err == nil || !strings.Contains(err.Error(), "nothing was done") {
		t.Errorf("pruning twice = %v", err)
	}
	if last := r.Journal()[len(r.Journal())-1]; last.Verb != "prune" || last.Step != step {
		t.Errorf("the journal ends with %v", last)
	}
	dir := t.TempDir()
	must(t, r.Save(dir))
	again := must1(l.Load(dir, toy))
	for _, r := range []*Run{r, again} {
		must(t, r.Extend(2))
		must(t, r.Wait())
	}
	sameWeights(t, "resumed after pruning", allWeights(t, again), allWeights(t, r))

	if _, err := r.Prune(1); err == nil || !strings.Contains(err.Error(), "share 1 is not between 0 and 1") {
		t.Errorf("pruning everything = %v", err)
	}
}

// Feedback multiplies λ by exp(0.1·(wanted − share)) a step, wanted rising over half the run,
// and builds nothing.
func TestSparseTarget(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Sparse = sparse.GroupL21(0.2).WithProximal().WithTarget(0.5)
	e.Steps = 16
	r := startPaused(t, l, e, 16)
	m := r.Metrics()
	strength, share := m.Values["strength"], m.Values["negligible"]
	if len(strength) != 16 || math.Abs(strength[0]-0.2) > 1e-6 {
		t.Fatalf("strength = %v, want 16 values from 0.2 on", strength)
	}
	for i := range 15 {
		wanted := 0.5 * math.Min(1, 2*float64(i+1)/16)
		want := strength[i] * math.Exp(0.1*(wanted-share[i]))
		if math.Abs(strength[i+1]-want) > 1e-5 {
			t.Errorf("strength of step %d = %g, want %g", i+2, strength[i+1], want)
		}
	}
	if r.Builds() != 1 {
		t.Errorf("%d builds, want 1", r.Builds())
	}
}

// A SparseHead acts on every layer, or on the predictor.
func TestSparseLayers(t *testing.T) {
	l := newLab(t)
	norm := func(on sparse.Layers, lambda float64, path string) float64 {
		e := toyMethod(t, "byol")
		e.Sparse = sparse.GroupL21(lambda).WithLayers(on)
		r := startPaused(t, l, e, 6)
		w := variables(t, r)
		values, _, _, err := w.matrix(path)
		must(t, err)
		sum := 0.0
		for _, v := range values {
			sum += v * v
		}
		return sum
	}
	for _, test := range []struct {
		on   sparse.Layers
		path string
	}{{sparse.FirstLayer, firstLayerPath}, {sparse.EveryLayer, "/projector/layer2/weights"}, {sparse.Predictor, predictorPath}} {
		if with, without := norm(test.on, 2, test.path), norm(test.on, 0, test.path); with >= without {
			t.Errorf("on %q the penalty left %s with squares %g, without it %g", test.on, test.path, with, without)
		}
	}
}

// Every activation trains; what it cannot be is an error.
func TestActivationsTrain(t *testing.T) {
	l := newLab(t)
	for _, a := range []sparse.Activation{sparse.NonNegative(), sparse.TopFeatures(3), sparse.BatchMask(3)} {
		e := toyExperiment()
		e.Active = a
		r := startPaused(t, l, e, 3)
		if len(r.Metrics().Values["loss"]) != 3 {
			t.Errorf("%v did not train", a)
		}
	}
	e := toyExperiment()
	e.Active = sparse.TopFeatures(100)
	if _, err := l.Start(e); err == nil || !strings.Contains(err.Error(), "keeps more features than there are, 8") {
		t.Errorf("100 of 8 features = %v", err)
	}
}
