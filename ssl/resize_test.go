package ssl

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/eval"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// projections of the test images, with the weights as they stand.
func projections(t *testing.T, r *Run) eval.Features {
	t.Helper()
	m, err := r.snapshot()
	must(t, err)
	w, e := m.weights, m.exp
	_, z, err := r.lab.represent(context.Background(), e, w, e.Data.Test)
	must(t, err)
	return z
}

func relativeGap(a, b eval.Features) float64 {
	var gap, size float64
	for i := range a.Data {
		gap = math.Max(gap, math.Abs(a.Data[i]-b.Data[i]))
		size = math.Max(size, math.Abs(b.Data[i]))
	}
	return gap / size
}

// Widening keeps the function, takes one build, carries the moments, and training goes on.
func TestWiden(t *testing.T) {
	for name, projector := range map[string]net.MLP{
		"plain":          {Widths: []int{12, 6}},
		"deep with norm": {Widths: []int{12, 12, 6}, Norm: true, NormLast: true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			e := toyExperiment()
			e.Projector = projector
			e.Steps, e.Optimizer.LearningRate = 80, 0.01
			r := startPaused(t, l, e, 10)
			before, weightsBefore := projections(t, r), allWeights(t, r)
			step, err := r.Resize(Projector, 32)
			must(t, err)
			if step != 11 || r.Builds() != 2 {
				t.Errorf("Resize returned step %d after %d builds, want 11 and 2", step, r.Builds())
			}
			if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
				t.Errorf("projections differ by %g of the largest after widening", gap)
			}
			weightsAfter := allWeights(t, r)
			for path, v := range weightsBefore {
				if strings.HasPrefix(path, "/encoder/") || strings.HasPrefix(path, optimizerScope+"/velocity/encoder/") {
					if weightsAfter[path] != v {
						t.Errorf("widening the projector changed %s", path)
					}
				}
			}
			w := variables(t, r)
			velocity, rows, columns, err := w.matrix(velocityPath(firstLayerPath))
			must(t, err)
			if rows != 8 || columns != 32 || velocity[0] == 0 || velocity[12] != 0 {
				t.Errorf("the first layer's moment is [%d, %d], old entry %g, new entry %g; want [8, 32], kept, 0", rows, columns, velocity[0], velocity[12])
			}
			must(t, r.Resume())
			must(t, r.Wait())
			m := r.Metrics()
			if late, early := m.Mean("contrast", 10), m.Values["contrast"][9]; !(late < early) || math.IsNaN(late) {
				t.Errorf("contrastive loss went from %g at the resize to %g", early, late)
			}
			// The new units have come to life.
			w = variables(t, r)
			out, _, columns, err := w.matrix("/projector/layer2/weights")
			must(t, err)
			if out[12*columns] == 0 {
				t.Error("a new unit still has no weight out of it after training")
			}
			if r.Builds() != 2 {
				t.Errorf("%d builds in all, want 2", r.Builds())
			}
		})
	}
}

// A feature that SparseHead has silenced stays silent when the projector is widened.
func TestWidenKeepsZeroGroups(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Sparse = sparse.GroupL21(0.25).WithProximal()
	r := startPaused(t, l, e, 8)
	count := func() (zero int) {
		w := variables(t, r)
		values, rows, columns, err := w.matrix(firstLayerPath)
		must(t, err)
		return sparse.Measure(values, rows, columns).Zero
	}
	before := count()
	if before == 0 || before == 8 {
		t.Fatalf("%d of 8 features are zero after 8 proximal steps, want some: %v", before, r.Metrics().Values["zero"])
	}
	if last := r.Metrics().Last("zero"); last != float64(before)/8 {
		t.Errorf("the zero metric is %g with %d of 8 features zero", last, before)
	}
	_, err := r.Resize(Projector, 64)
	must(t, err)
	if after := count(); after != before {
		t.Errorf("%d features are zero after widening, want %d", after, before)
	}
}

// Narrowing keeps the strongest units and says what it lost; nothing is lost by narrowing to
// what was there before widening.
func TestNarrow(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 10)
	before := projections(t, r)
	_, err := r.Resize(Projector, 40)
	must(t, err)
	_, err = r.Resize(Projector, 12) // the new units have no weights out yet
	must(t, err)
	if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
		t.Errorf("projections differ by %g after widening and narrowing back", gap)
	}
	_, err = r.Resize(Projector, 5)
	must(t, err)
	j := r.Journal()
	if len(j) != 3 || j[0].Note != "" || !strings.Contains(j[2].Note, "the units kept of layer 1 carry") {
		t.Errorf("journal:\n%v", j)
	}
	must(t, r.Step(3))
	if w := r.Experiment().Projector.Widths; w[0] != 5 || r.Builds() != 4 {
		t.Errorf("widths %v after %d builds", w, r.Builds())
	}
}

func TestResizeRefuses(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 2)
	before := allWeights(t, r)
	for _, test := range []struct {
		part  Part
		width int
		want  string
	}{
		{Projector, 0, "width 0 of the projector is not between 1 and 65536"},
		{Projector, -3, "width -3"},
		{Projector, 1 << 30, "is not between 1 and 65536"},
		{Projector, 12, "already is 12-6"},
		{"encoder", 8, `part "encoder" cannot be resized; "projector" and "predictor" can`},
		{Predictor, 8, "this run has no predictor to resize"},
	} {
		if _, err := r.Resize(test.part, test.width); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Resize(%q, %d) = %v, want %q", test.part, test.width, err, test.want)
		}
	}
	sameWeights(t, "after refused resizes", allWeights(t, r), before)
	if r.Builds() != 1 || len(r.Journal()) != 0 {
		t.Errorf("%d builds and %d edits after refused resizes", r.Builds(), len(r.Journal()))
	}
	must(t, r.Step(1))

	e := toyExperiment()
	e.Projector = net.MLP{Widths: []int{6}}
	if _, err := startPaused(t, l, e, 0).Resize(Projector, 8); err == nil || !strings.Contains(err.Error(), "no hidden layer") {
		t.Errorf("Resize without a hidden layer = %v", err)
	}
}

// If the rebuild fails the run goes on as it was.
func TestResizeThatFailsToBuild(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	width := 0
	e.Encoder = must1(net.Register("test-fragile", func(s *scope, x *node) *node {
		if width > 0 {
			panic("no such luck")
		}
		return net.ConvEncoder(4, 8).Build(s, x)
	}))
	r := startPaused(t, l, e, 3)
	before := allWeights(t, r)
	width = 1
	_, err := r.Resize(Projector, 32)
	if err == nil || !strings.Contains(err.Error(), "cannot build encoder test-fragile on input") || !strings.Contains(err.Error(), "no such luck") {
		t.Fatalf("Resize whose build fails = %v", err)
	}
	sameWeights(t, "after the failed resize", allWeights(t, r), before)
	if w := r.Experiment().Projector.Widths[0]; w != 12 {
		t.Errorf("the projector's width is %d after the failed resize, want 12", w)
	}
	must(t, r.Step(2))
}

func must1[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
