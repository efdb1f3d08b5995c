package ssl

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

type (
	scope = model.Scope
	node  = Node
)

// Whatever is wrong with an experiment is an error of Start, with the setting's name, and
// nothing runs.
func TestStartRefuses(t *testing.T) {
	l := newLab(t)
	for _, test := range []struct {
		change func(e *Experiment)
		want   string
	}{
		{func(e *Experiment) { e.Method = "simclr2" }, `setting Method: "simclr2" is unknown; there are simclr, dcl`},
		{func(e *Experiment) { e.Loss.Coefficients = []Coefficient{{"x", 1}} }, `setting Loss: loss "nt-xent" takes the coefficients [] and is given [x]`},
		{func(e *Experiment) { e.Loss = VICReg(25, -1, 1) }, "setting Loss: variance -1 is not between 0 and 10000"},
		{func(e *Experiment) { e.Loss = BarlowTwins(math.NaN()) }, "setting Loss: redundancy NaN"},
		{func(e *Experiment) { e.Data = nil }, "setting Data: there is none; use data.FashionMNIST()"},
		{func(e *Experiment) { e.Batch = 1 }, "setting Batch: 1 is not between 2"},
		{func(e *Experiment) { e.Batch = 97 }, "and 96, the training images"},
		{func(e *Experiment) { e.Steps = 0 }, "setting Steps: 0"},
		{func(e *Experiment) { e.Temperature = 0 }, "setting Temperature: temperature 0 is not between"},
		{func(e *Experiment) { e.Temperature = math.NaN() }, "setting Temperature: temperature NaN"},
		{func(e *Experiment) { e.Optimizer.LearningRate = -1 }, "setting Optimizer: lr -1"},
		{func(e *Experiment) { e.Optimizer.Name = "rmsprop" }, `setting Optimizer: name "rmsprop" is unknown`},
		{func(e *Experiment) { e.Optimizer.Schedule = "linear" }, `schedule "linear" is unknown`},
		{func(e *Experiment) { e.Sparse = sparse.GroupHoyer(-0.1) }, "setting Sparse: lambda is -0.1"},
		{func(e *Experiment) { e.Sparse.Penalty = "hoyr" }, `setting Sparse: penalty "hoyr" is unknown`},
		{func(e *Experiment) { e.Projector.Widths = nil }, "setting Sparse: a SparseHead needs a projector layer"},
		{func(e *Experiment) { e.Projector.Widths = []int{8, 0} }, "setting Projector: width 0 of layer 2"},
		{func(e *Experiment) { e.Projector.Widths = []int{65536, 65536, 65536, 6} }, "setting Projector: projector 65536-65536-65536-6 needs about"},
		{func(e *Experiment) { e.Encoder.Kind = "vgg" }, `setting Encoder: encoder kind "vgg" is unknown`},
		{func(e *Experiment) { e.Encoder = net.ViTTiny(0) }, "setting Encoder: patch 0 of encoder \"vit-tiny\""},
		{func(e *Experiment) { e.Encoder = net.Encoder{Kind: "resnet18", Widths: []int{3}} }, "setting Encoder: encoder \"resnet18\" has fixed widths"},
		{func(e *Experiment) { e.Encoder.SmallStem = true }, "setting Encoder: encoder \"conv\" has no stem"},
		{func(e *Experiment) { e.Views.CropMin = 2 }, "setting Views: crop_min 2"},
		{func(e *Experiment) { e.Loss.Name = "mine" }, `setting Loss: loss "mine" is unknown; there are`},
	} {
		e := toyExperiment()
		test.change(e)
		_, err := l.Start(e)
		var setting *SettingError
		if !errors.As(err, &setting) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Start = %v, want %q", err, test.want)
		}
	}
	if _, err := l.Start(nil); err == nil {
		t.Error("Start(nil) succeeded")
	}
	if n := len(l.Runs()); n != 0 {
		t.Errorf("%d runs after refused starts", n)
	}
}

// Every setting is visible when an experiment is printed.
func TestExperimentString(t *testing.T) {
	e := toyExperiment()
	got := e.String()
	for _, want := range []string{"Method       simclr", "Encoder      conv 4-8", "Projector    12-6", "Temperature  0.2",
		"Sparse       group-hoyer λ=0.1", "Batch        16", "Steps        40", "Seed         7", "Momentum 0.9", "CropMin 0.3"} {
		if !strings.Contains(got, want) {
			t.Errorf("an experiment prints without %q:\n%s", want, got)
		}
	}
}

// A loss of the user's own trains exactly as the built-in one that it repeats.
func TestNewLoss(t *testing.T) {
	l := newLab(t)
	own := NewLoss("test-mine", func(za, zb, temperature *Node) *Node { return loss.NTXent(za, zb, temperature) })
	e := toyExperiment()
	e.Steps = 6
	builtin, err := l.Start(e)
	must(t, err)
	e.Loss = own
	mine, err := l.Start(e)
	must(t, err)
	must(t, builtin.Wait())
	must(t, mine.Wait())
	sameWeights(t, "trained with a loss of the user's", allWeights(t, mine), allWeights(t, builtin))
}

// A mistake in it is an error of Start that names loss, shapes and remedy.
func TestNewLossMistakes(t *testing.T) {
	l := newLab(t)
	running := startPaused(t, l, toyExperiment(), 1)
	for name, test := range map[string]struct {
		f    func(za, zb, temperature *Node) *Node
		want string
	}{
		"shape":   {func(za, zb, _ *Node) *Node { return Add(za, ReduceSum(zb, 0, 1, 1)) }, "reduce"},
		"product": {func(za, zb, _ *Node) *Node { return ReduceAllMean(MatMul(za, zb)) }, "contracting dimensions"},
		"matrix":  {func(za, zb, _ *Node) *Node { return Sub(za, zb) }, "it returned shape (Float32)[16, 6]"},
		"nil":     {func(_, _, _ *Node) *Node { return nil }, "it returned nil"},
		"panic":   {func(_, _, _ *Node) *Node { panic("oh no") }, "oh no"},
		"index":   {func(za, _, _ *Node) *Node { return []*Node{}[za.Rank()] }, "index out of range"},
		"type":    {func(za, _, _ *Node) *Node { return ReduceAllMean(ConvertDType(za, dtypes.Float64)) }, "it returned Float64"},
	} {
		e := toyExperiment()
		e.Loss = NewLoss("test-wrong-"+name, test.f)
		_, err := l.Start(e)
		var build *BuildError
		if !errors.As(err, &build) {
			t.Errorf("%s: Start = %v, want a *BuildError", name, err)
			continue
		}
		for _, want := range []string{`loss "test-wrong-` + name + `" of projections (Float32)[16, 6] and (Float32)[16, 6]`, "ReduceAllMean", test.want} {
			if name == "shape" && want == "reduce" {
				continue // GoMLX's own words
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: Start = %v, want %q", name, err, want)
			}
		}
		if strings.Contains(err.Error(), "goroutine ") {
			t.Errorf("%s: the message carries a stack trace:\n%v", name, err)
		}
	}
	must(t, running.Step(1))
	for name, f := range map[string]func(){
		"taken": func() { NewLoss("nt-xent", func(za, _, _ *Node) *Node { return za }) },
		"empty": func() { NewLoss("", func(za, _, _ *Node) *Node { return za }) },
		"nil":   func() { NewLoss("test-nil", nil) },
	} {
		func() {
			defer func() {
				if _, ok := recover().(error); !ok {
					t.Errorf("NewLoss with a name or function that is %s did not panic with an error", name)
				}
			}()
			f()
		}()
	}
}

// An encoder written with GoMLX's own means trains, and all of it moves.
func TestRegisteredEncoder(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Encoder = must1(net.Register("test-own", func(s *model.Scope, x *Node) *Node {
		x = Reshape(x, x.Shape().Dim(0), -1)
		return Tanh(net.Dense(s.In("dense"), x, 8, true))
	}))
	r := startPaused(t, l, e, 1)
	before := allWeights(t, r)
	must(t, r.Step(2))
	after := allWeights(t, r)
	for _, path := range []string{"/encoder/dense/weights", "/encoder/dense/biases", firstLayerPath} {
		if before[path] == after[path] {
			t.Errorf("%s did not move", path)
		}
	}
}

func TestLearningRateSchedule(t *testing.T) {
	o := NewSGD(0.2)
	for _, test := range []struct{ step, want float64 }{{0, 0.2}, {50, 0.1}, {100, 0}} {
		if got := o.rate(int(test.step), 100); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("cosine rate at %g of 100 = %g, want %g", test.step, got, test.want)
		}
	}
	o.Warmup = 10
	if got := o.rate(4, 100); math.Abs(got-0.1) > 1e-12 {
		t.Errorf("rate in the middle of the warm-up = %g, want 0.1", got)
	}
	if got := o.rate(10, 100); math.Abs(got-0.2) > 1e-12 {
		t.Errorf("rate at its end = %g, want 0.2", got)
	}
	o.Schedule = "constant"
	if got := o.rate(99, 100); got != 0.2 {
		t.Errorf("constant rate = %g, want 0.2", got)
	}
}

func TestPreset(t *testing.T) {
	t.Cleanup(func() { Preset(nil) })
	l := newLab(t)
	Preset(map[string]float64{"lambda": 0.25, "lr": 0.01})
	e := toyExperiment()
	e.Steps = 1
	r, err := l.Start(e)
	must(t, err)
	must(t, r.Wait())
	if v, _ := r.Get("lambda"); v != 0.25 || e.Sparse.Lambda != 0.1 || r.StepTime() <= 0 {
		t.Errorf("lambda is %g in the run, %g in the experiment that it was started from; step time %v", v, e.Sparse.Lambda, r.StepTime())
	}
	e.Sparse = sparse.Head{}
	if _, err := l.Start(e); err != nil {
		t.Errorf("Start of an experiment without the preset knob = %v", err)
	}
	e = toyExperiment()
	Preset(map[string]float64{"lamda": 1})
	if _, err := l.Start(e); err == nil || !strings.Contains(err.Error(), `preset lamda=1: knob "lamda": unknown`) {
		t.Errorf("Start with an unknown preset knob = %v", err)
	}
	Preset(map[string]float64{"lambda": -1})
	if _, err := l.Start(e); err == nil || !strings.Contains(err.Error(), "preset lambda=-1") {
		t.Errorf("Start with a preset out of range = %v", err)
	}
}

// Every method trains: its loss falls, its coefficients are knobs that act at the next step
// without a build, and widening leaves its loss on a fixed batch as it was.
func TestMethods(t *testing.T) {
	for _, e := range []*Experiment{NewSimCLR(toy), NewDCL(toy), NewBarlowTwins(toy), NewVICReg(toy), withLoss(NewDCL(toy), DCLW(0.5))} {
		t.Run(e.Loss.Name, func(t *testing.T) {
			l := newLab(t)
			e.Encoder = net.ConvEncoder(4, 8)
			for i := range e.Projector.Widths {
				e.Projector.Widths[i] = 12
			}
			e.Optimizer.LearningRate = 0.01
			e.Sparse = sparse.GroupHoyer(0.01)
			e.Batch, e.Steps = 32, 60
			r := startPaused(t, l, e, 10)
			before := projections(t, r)
			must1(r.Resize(Projector, 16))
			if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
				t.Errorf("projections differ by %g after widening", gap)
			}
			builds := r.Builds()
			for _, c := range e.Loss.Coefficients {
				must1(r.Set(c.Name, c.Value*1.1))
			}
			must(t, r.Resume())
			must(t, r.Wait())
			if r.Builds() != builds || builds != 2 {
				t.Errorf("%d builds, want 2", r.Builds())
			}
			m := r.Metrics()
			early := Metrics{Values: map[string][]float64{"c": m.Values["contrast"][:5]}}.Mean("c", 5)
			if late := m.Mean("contrast", 5); !(late < early) {
				t.Errorf("the loss went from %g to %g", early, late)
			}
		})
	}
}

func withLoss(e *Experiment, l Loss) *Experiment {
	e.Loss = l
	return e
}

// A loss of the user's own can have knobs of its own.
func TestNewLossWithKnobs(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Loss = NewLossWithKnobs("test-weighted", []Knob{{Name: "weight", Value: 2, Min: 0, Max: 10, Meaning: "of the whole"}},
		func(za, zb *Node, knob func(string) *Node) *Node {
			return Mul(knob("weight"), loss.NTXent(za, zb, knob("temperature")))
		})
	plain := toyExperiment()
	r, p := startPaused(t, l, e, 1), startPaused(t, l, plain, 1)
	ratio := func() float64 { return r.Metrics().Last("contrast") / p.Metrics().Last("contrast") }
	if got := ratio(); math.Abs(got-2) > 1e-6 {
		t.Errorf("weight 2 gives %g times the loss", got)
	}
	must1(r.Set("weight", 0.5))
	must(t, r.Step(1))
	m := r.Metrics()
	if m.Last("weight") != 0.5 {
		t.Errorf("the metric weight is %g", m.Last("weight"))
	}
	if _, err := r.Set("weight", 11); err == nil {
		t.Error("a value out of the knob's range was taken")
	}
	e.Loss = NewLossWithKnobs("test-asks", nil, func(za, zb *Node, knob func(string) *Node) *Node { return knob("wait") })
	if _, err := l.Start(e); err == nil || !strings.Contains(err.Error(), `it asks for knob "wait"`) {
		t.Errorf("a loss that asks for a knob it does not have = %v", err)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), `the knob name "lr" is taken`) {
			t.Errorf("a loss with a knob lr: %v", err)
		}
	}()
	NewLossWithKnobs("test-taken", []Knob{{Name: "lr"}}, func(za, zb *Node, _ func(string) *Node) *Node { return za })
}
