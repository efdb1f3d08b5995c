package ssl

import (
	"errors"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// toyMethod is a method's experiment on the toy images, small enough for tests.
func toyMethod(t testing.TB, name string) *Experiment {
	t.Helper()
	e := must1(NewExperiment(name, toy))
	e.Encoder = net.ConvEncoder(4, 8)
	for i := range e.Projector.Widths {
		e.Projector.Widths[i] = 12
	}
	for i := range e.Predictor.Widths {
		e.Predictor.Widths[i] = 12
	}
	for i, o := range e.Loss.Options {
		switch o.Name {
		case "queue":
			e.Loss.Options[i].Value = 64
		case "slice":
			e.Loss.Options[i].Value = 32
		case "features":
			e.Loss.Options[i].Value = 6
		}
	}
	if e.Prototypes.Count > 0 {
		e.Prototypes = Prototypes{Count: 10, Frozen: 2}
	}
	if e.Small.Count > 0 {
		e.Small.Count, e.Small.Size = 2, 5
	}
	e.Optimizer.LearningRate = 0.01
	e.Batch, e.Steps, e.Seed = 32, 40, 3
	return e
}

// Every method begins, moves all its weights and none of what it holds still, stays finite,
// and goes on from a checkpoint bit for bit, its states and its target included.
func TestEveryMethod(t *testing.T) {
	for _, name := range Methods() {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			e := toyMethod(t, name)
			must(t, e.Check())
			if len(e.Projector.Widths) > 0 {
				e.Sparse = sparse.GroupHoyer(0.01)
			}
			r := startPaused(t, l, e, 0)
			begun := allWeights(t, r)
			for path, w := range begun {
				if trained, ok := strings.CutPrefix(path, targetScope); ok && w != begun[trained] {
					t.Errorf("%s does not begin as %s", path, trained)
				}
			}
			must(t, r.Step(1))
			first := allWeights(t, r)
			if e.Prototypes.Frozen > 0 && first[prototypesPath] != begun[prototypesPath] {
				t.Error("the prototypes moved while they were frozen")
			}
			must(t, r.Step(4))
			now := allWeights(t, r)
			for path := range begun {
				// Losses that centre projections give the last bias no gradient.
				if now[path] == begun[path] && !strings.HasSuffix(path, "/biases") && !strings.HasPrefix(path, optimizerScope) {
					t.Errorf("%s did not move in five steps", path)
				}
			}
			dir := t.TempDir()
			must(t, r.Save(dir))
			must(t, r.Step(3))
			again := must1(l.Load(dir, toy))
			must(t, again.Step(3))
			sameWeights(t, "resumed from its checkpoint", allWeights(t, again), allWeights(t, r))
			for _, v := range r.Metrics().Values["contrast"] {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("the loss is %g", v)
				}
			}
			if builds := r.Builds(); builds != 1 {
				t.Errorf("%d builds, want 1", builds)
			}
		})
	}
}

// Resizing the projector's hidden layers leaves what the networks compute as it was, the
// target's copy included, and every method trains on.
func TestResizeEveryMethod(t *testing.T) {
	for _, name := range []string{"byol", "moco", "dino"} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			r := startPaused(t, l, toyMethod(t, name), 4)
			before, state := projections(t, r), allWeights(t, r)
			must1(r.Resize(Projector, 17))
			if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
				t.Errorf("projections differ by %g after widening", gap)
			}
			after := variables(t, r)
			for path, w := range after.values {
				trained, ok := strings.CutPrefix(path, targetScope)
				if ok && !w.Shape().Equal(after.values[trained].Shape()) {
					t.Errorf("%s has shape %s, %s has %s", path, w.Shape(), trained, after.values[trained].Shape())
				}
			}
			for path, w := range allWeights(t, r) {
				if strings.HasPrefix(path, "/state/") && state[path] != w {
					t.Errorf("%s changed by the resize", path)
				}
			}
			must(t, r.Step(2))
		})
	}
}

// The target follows by its momentum: after one step it is m·old + (1−m)·trained, and its
// momentum is on the cosine.
func TestTargetFollows(t *testing.T) {
	l := newLab(t)
	e := toyMethod(t, "byol")
	e.Target.Momentum = 0.9
	r := startPaused(t, l, e, 3)
	matrix := func(path string) []float64 {
		w := variables(t, r)
		values, _, _, err := w.matrix(path)
		must(t, err)
		return values
	}
	old := matrix(targetScope + firstLayerPath)
	must(t, r.Step(1))
	m := e.Target.at(3, e.Steps)
	if got := r.Metrics().Last("ema"); math.Abs(got-m) > 1e-6 {
		t.Errorf("the metric ema is %g, want %g", got, m)
	}
	trained, now := matrix(firstLayerPath), matrix(targetScope+firstLayerPath)
	for i := range now {
		if want := m*old[i] + (1-m)*trained[i]; math.Abs(now[i]-want) > 1e-6 {
			t.Fatalf("target [%d] = %g, want %g", i, now[i], want)
		}
	}
	// lightly 1.6.0, cosine_schedule from 0.996 to 1 in 11 steps.
	for step, want := range []float64{0.996, 0.9960978869674096, 0.9963819660112501, 0.996824429495415, 0.9973819660112501, 0.998,
		0.9986180339887499, 0.9991755705045849, 0.9996180339887499, 0.9999021130325904, 1} {
		if got := EMA(0.996).at(step, 11); math.Abs(got-want) > 1e-12 {
			t.Errorf("momentum of step %d = %.12g, want %.12g", step, got, want)
		}
	}
}

// The queue holds the newest keys of the target, in front the last batch's.
func TestQueue(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyMethod(t, "moco"), 1)
	w := variables(t, r)
	before, size, dim, err := w.matrix("/state/queue")
	must(t, err)
	must(t, r.Step(1))
	w = variables(t, r)
	after, _, _, err := w.matrix("/state/queue")
	must(t, err)
	for i := range (size - 32) * dim {
		if after[32*dim+i] != before[i] {
			t.Fatalf("the queue did not move by a batch")
		}
	}
	for row := range size {
		length := 0.0
		for _, v := range after[row*dim : (row+1)*dim] {
			length += v * v
		}
		if math.Abs(length-1) > 1e-4 {
			t.Fatalf("key %d has length %g", row, math.Sqrt(length))
		}
	}
}

// Parts that a loss lacks, or has no use for, are errors that name the setting.
func TestMethodRefuses(t *testing.T) {
	l := newLab(t)
	for _, test := range []struct {
		method string
		change func(e *Experiment)
		want   string
	}{
		{"byol", func(e *Experiment) { e.Predictor = net.MLP{} }, `setting Predictor: loss "byol" needs it; give it one`},
		{"byol", func(e *Experiment) { e.Target = Target{} }, `setting Target: loss "byol" needs it`},
		{"byol", func(e *Experiment) { e.Target.Momentum = 1.5 }, "setting Target: ema 1.5 is not between 0 and 1"},
		{"byol", func(e *Experiment) { e.Target.Schedule = "linear" }, `setting Target: schedule "linear" is unknown`},
		{"simclr", func(e *Experiment) { e.Predictor = net.MLP{Widths: []int{4}} }, `setting Predictor: loss "nt-xent" has no use for it`},
		{"simclr", func(e *Experiment) { e.OneWay = true }, "setting OneWay: view b goes through the target alone"},
		{"simclr", func(e *Experiment) { e.Small = augment.SmallCrops{Count: 1, Size: 1} }, "setting Small: size 1 of the small crops"},
		{"moco", func(e *Experiment) { e.Loss = MoCo(8) }, "setting Loss: queue 8 is not between the batch, 32,"},
		{"moco", func(e *Experiment) { e.Loss.Options = nil }, `loss "moco" takes the options [queue] and is given []`},
		{"w-mse", func(e *Experiment) { e.Loss = WMSE(10, 0) }, "slice 10 does not divide the batch, 32"},
		{"w-mse", func(e *Experiment) { e.Loss = WMSE(8, 0) }, "slice 8 is not above the dimension of the projections, 12"},
		{"swav", func(e *Experiment) { e.Prototypes.Count = 0 }, `setting Prototypes: loss "swav" needs it`},
		{"swav", func(e *Experiment) { e.Loss = SwAV(0.05, 1000) }, "1000 iterations of Sinkhorn"},
		{"swav", func(e *Experiment) { e.Encoder = net.MLPEncoder(16, 8) }, "setting Encoder: an MLP reads images of one size"},
		{"dino", func(e *Experiment) { e.Optimizer.Clip = -1 }, "setting Optimizer: clip -1"},
		{"directclr", func(e *Experiment) { e.Projector.Widths = []int{4} }, "setting Projector: loss \"directclr\" compares representations"},
		{"directclr", func(e *Experiment) { e.Loss = DirectCLR(60) }, "it compares the first 60 features and the encoder gives 8"},
		{"byol", func(e *Experiment) { e.Predictor.Widths = []int{12, 7} }, "setting Predictor: its predictions have dimension 7 and the projections 12"},
		{"simsiam", func(e *Experiment) { e.Optimizer = NewAdam(0.01); e.Optimizer.Beta2 = 1 }, "setting Optimizer: beta2 1 is not between"},
		{"simclr", func(e *Experiment) { e.Sparse = sparse.GroupHoyer(1).WithLayers(sparse.Predictor) }, "it acts on the predictor, and there is none"},
	} {
		e := toyMethod(t, test.method)
		test.change(e)
		_, err := l.Start(e)
		var setting *SettingError
		var build *BuildError
		if !errors.As(err, &setting) && !errors.As(err, &build) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Start = %v, want %q", test.method, err, test.want)
		}
	}
}

// A method of the user's own, a function of the branches with a state, trains as the built-in
// one that it repeats.
func TestNewMethod(t *testing.T) {
	l := newLab(t)
	own := NewMethod("test-tico", []Knob{{"weight", 8, 0, 100, "of the covariance"}}, func(b *Branches) *Node {
		dim := b.ZA.Shape().Dim(1)
		c := b.State("covariance", net.Constant(0), dim, dim)
		now := loss.TiCoCovariance(c.Value(), b.ZA, Scalar(b.ZA.Graph(), b.ZA.DType(), 0.9))
		c.Set(now)
		return loss.TiCo(b.ZA, b.TargetB, now, b.Knob("weight"))
	})
	e := toyMethod(t, "tico")
	a := startPaused(t, l, e, 5)
	e.Loss = own
	b := startPaused(t, l, e, 5)
	golden.Near(t, "losses", b.Metrics().Values["contrast"], a.Metrics().Values["contrast"])
	if len(a.Metrics().Values["contrast"]) != 5 {
		t.Fatal("no losses")
	}
}
