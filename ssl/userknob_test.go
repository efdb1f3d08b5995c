package ssl

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/net"
)

// A knob that a loss and an encoder of the user's read is found at the start, acts at the next
// step, builds nothing, and survives a checkpoint.
func TestNewKnob(t *testing.T) {
	l := newLab(t)
	scale := NewKnob("test_scale", 2, 0, 10, "factor of the loss")
	gain := NewKnob("test_gain", 1, 0, 10, "factor of the features")
	e := toyExperiment()
	e.Loss = NewLoss("test-knob-loss", func(za, zb, _ *node) *node {
		return Mul(scale.Node(za), ReduceAllMean(Square(Sub(za, zb))))
	})
	e.Encoder = must1(net.Register("test-knob-encoder", func(s *scope, x *node) *node {
		h := net.ConvEncoder(4, 8).Build(s, x)
		return Mul(h, gain.Node(h))
	}))
	r, err := l.Start(e)
	must(t, err)
	must(t, r.Pause())
	if v, err := r.Get("test_scale"); v != 2 || err != nil {
		t.Fatalf("Get of the user's knob = %g, %v; knobs\n%v", v, err, r.Knobs())
	}
	if len(e.Knobs) != 0 {
		t.Error("the caller's experiment was changed")
	}
	twin, err := r.Fork(nil)
	must(t, err)
	must(t, twin.WaitStep(twin.Experiment().Steps))
	step := must1(r.Set("test_scale", 4))
	must(t, r.Step(1))
	a, b := r.Metrics().Values["contrast"][step-1], twin.Metrics().Values["contrast"][step-1]
	if math.Abs(a-2*b) > 1e-5*math.Abs(a) {
		t.Errorf("loss at scale 4 is %g, at scale 2 %g", a, b)
	}
	must1(r.Set("test_gain", 0))
	before := r.Builds()
	if z := projections(t, r); z.Dim != 6 || z.Data[0] != z.Data[6] {
		t.Error("the encoder's knob does not act when the model is read out")
	}
	if r.Builds() != before || before != 1 {
		t.Errorf("%d builds, want 1", r.Builds())
	}
	dir := t.TempDir()
	must(t, r.Save(dir))
	loaded := must1(l.Load(dir, toy))
	if v, err := loaded.Get("test_scale"); v != 4 || err != nil {
		t.Errorf("loaded, the knob is %g, %v", v, err)
	}
	if _, err := r.Set("test_scale", 11); err == nil || !strings.Contains(err.Error(), "not between 0 and 10") {
		t.Errorf("Set out of range = %v", err)
	}
	for name, want := range map[string]string{"lambda": "is taken", "": "is taken", "loss": "is taken"} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(asError(p).Error(), want) {
					t.Errorf("NewKnob(%q) = %v", name, p)
				}
			}()
			NewKnob(name, 1, 0, 2, "")
		}()
	}
	e = toyExperiment()
	e.Knobs = []Knob{scale, scale}
	if _, err := l.Start(e); err == nil || !strings.Contains(err.Error(), `setting Knobs: the knob "test_scale" is there twice`) {
		t.Errorf("the same knob twice = %v", err)
	}
}

// The norms of a part's gradient and change are those of its weights.
func TestPartNorms(t *testing.T) {
	l := newLab(t)
	e := toyMethod(t, "byol")
	e.Optimizer.Momentum, e.Optimizer.WeightDecay = 0, 0
	r := startPaused(t, l, e, 2)
	before := variables(t, r)
	must(t, r.Step(1))
	after := variables(t, r)
	m := r.Metrics()
	for _, part := range []string{"encoder", "projector", "predictor"} {
		sum := 0.0
		for path := range after.values {
			if !strings.HasPrefix(path, "/"+part+"/") || strings.HasSuffix(path, "/mean") || strings.HasSuffix(path, "/variance") {
				continue
			}
			for i, v := range flat(t, after, path) {
				d := v - flat(t, before, path)[i]
				sum += d * d
			}
		}
		change, gradient := m.Last("update_"+part), m.Last("grad_"+part)
		if want := math.Sqrt(sum); math.Abs(change-want) > 1e-3*want || want == 0 {
			t.Errorf("update_%s is %g, its weights moved by %g", part, change, want)
		}
		if want := gradient * m.Last("lr"); math.Abs(change-want) > 1e-3*want {
			t.Errorf("update_%s is %g, lr·grad %g", part, change, want)
		}
	}
}

func flat(t testing.TB, w weights, path string) []float64 {
	t.Helper()
	var out []float64
	must(t, w.values[path].ConstFlatData(func(flat any) {
		for _, v := range flat.([]float32) {
			out = append(out, float64(v))
		}
	}))
	return out
}

// Panels are metrics of their steps, change no number of the training, and are repeated.
func TestPanel(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 12
	plain := startPaused(t, l, e, 12)
	e.Panel = Panel{Every: 5, Images: 40}
	r := startPaused(t, l, e, 7)
	must1(r.Resize(Projector, 20))
	must1(r.Resize(Projector, 12)) // what was added goes again
	must(t, r.Step(5))
	rank := r.Metrics().Values["rankme_h"]
	for i, v := range rank {
		if due := i == 4 || i == 9; due != (v == v) || due && !(v >= 1 && v <= 8) {
			t.Errorf("RankMe of step %d is %g", i+1, v)
		}
	}
	if len(rank) != 12 {
		t.Errorf("%d values of RankMe, want 12", len(rank))
	}
	if p := r.Metrics().Values["rankme_z"]; len(p) != 12 || p[4] != p[4] {
		t.Errorf("RankMe of the projections: %v", p)
	}
	if a, b := r.Metrics().Values["loss"][6], plain.Metrics().Values["loss"][6]; a != b {
		t.Errorf("with panels the loss is %g, without %g", a, b)
	}
	if f := r.Plot(); len(f.Panels) != 5 || len(f.Panels[4].Series[0].X) != 2 {
		t.Errorf("the figure has %d panels, want 5 with two values of RankMe", len(f.Panels))
	}
	builds := r.Builds()
	must(t, plain.Extend(3))
	if builds != 1 {
		t.Errorf("%d builds, want 1: two of the three steps were there, and panels are none of the step's", builds)
	}
	e.Panel.Images = 1
	if err := e.Check(); err == nil || !strings.Contains(err.Error(), "setting Panel: every 5 steps on 1 images") {
		t.Errorf("a panel of one image = %v", err)
	}
}
