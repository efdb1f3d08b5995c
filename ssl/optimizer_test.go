package ssl

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/gossl/gossl/ssl/internal/golden"
)

// Six steps of every optimiser, with clipping and with accumulation, against PyTorch in
// float64, LARS against lightly's; see internal/golden/record/optimizers.py.
func TestOptimizersGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/optimizers.json")
	must(t, err)
	var want map[string][]struct {
		Loss float64
		W1   [][]float64
		B1   []float64
	}
	must(t, json.Unmarshal(text, &want))
	constant := func(o Optimizer) Optimizer {
		o.Schedule, o.DecayHeads = "constant", true
		return o
	}
	sgd, adam := constant(NewSGD(0.05)), constant(NewAdam(0.05))
	with := func(o Optimizer, change func(o *Optimizer)) Optimizer {
		change(&o)
		return o
	}
	knobs := map[string]float64{"lr": 0.05, "lr_base": 0.05, "momentum": 0.9, "weight_decay": 0.01, "beta2": 0.99, "trust": 0.001, "clip": 0.1}
	for name, test := range map[string]struct {
		optimizer         Optimizer
		rate, weightDecay float64
	}{
		"sgd":             {sgd, 0.05, 0.01},
		"nesterov":        {with(sgd, func(o *Optimizer) { o.Nesterov = true }), 0.05, 0.01},
		"adam":            {adam, 0.05, 0.01},
		"adamw":           {constant(NewAdamW(0.05)), 0.05, 0.1},
		"lars":            {constant(NewLARS(2)), 2, 0.01},
		"clip":            {with(sgd, func(o *Optimizer) { o.Clip = 0.1 }), 0.05, 0.01},
		"accumulate":      {with(sgd, func(o *Optimizer) { o.Accumulate = 3 }), 0.05, 0.01},
		"accumulate-adam": {with(adam, func(o *Optimizer) { o.Accumulate, o.Clip = 2, 0.1 }), 0.05, 0.01},
	} {
		t.Run(name, func(t *testing.T) {
			steps := want[name]
			if len(steps) != 6 {
				t.Fatalf("%d golden steps, want 6", len(steps))
			}
			must(t, test.optimizer.Check())
			knobs["lr"], knobs["weight_decay"] = test.rate, test.weightDecay
			store, exec := tinyNetwork(t, &Experiment{Optimizer: test.optimizer}, knobs)
			for i, w := range steps {
				shift := 0.0
				if n := test.optimizer.Accumulate; n > 1 {
					shift = float64(2 * (i % n))
				}
				out := must1(exec.Exec(golden.Tensor(t, golden.X(8, 5, 60+shift), 8, 5), golden.Tensor(t, golden.X(8, 5, 61+shift), 8, 5),
					golden.Tensor(t, []float64{float64(i)})))
				golden.Near(t, "loss", golden.Floats(t, out[0]), []float64{w.Loss})
				golden.Near(t, "weights", transposed(t, store, firstLayerPath), golden.Flatten(w.W1))
				golden.Near(t, "biases", golden.Floats(t, store.GetVariable("/projector/layer1/biases").MustValue()), w.B1)
				if t.Failed() {
					t.Fatalf("at step %d", i)
				}
			}
		})
	}
}

// The parameter groups: the predictor keeps its learning rate when it is fixed, and only
// weights decay.
func TestParameterGroups(t *testing.T) {
	o := NewSGD(0.1)
	for path, want := range map[string]bool{
		"/encoder/conv1/weights": true, "/encoder/conv1/norm/scale": false, "/encoder/dense/biases": false,
		"/projector/layer1/weights": false, "/predictor/layer1/weights": false,
	} {
		if got := o.decays(path); got != want {
			t.Errorf("%s decays: %v, want %v", path, got, want)
		}
	}
	o.DecayHeads = true
	if !o.decays("/projector/layer1/weights") || o.decays("/projector/layer1/biases") {
		t.Error("with DecayHeads the projector's weights, and no biases, decay")
	}
	l := newLab(t)
	e := toyMethod(t, "simsiam")
	e.Steps = 4 // at the last one the cosine is nearly at 0
	e.Optimizer.WeightDecay, e.Optimizer.Momentum = 0, 0
	r := startPaused(t, l, e, 3)
	before, _, _, err := func() ([]float64, int, int, error) { w := variables(t, r); return w.matrix(predictorPath) }()
	must(t, err)
	head, _, _, err := func() ([]float64, int, int, error) { w := variables(t, r); return w.matrix(firstLayerPath) }()
	must(t, err)
	must(t, r.Step(1))
	w := variables(t, r)
	after, _, _, err := w.matrix(predictorPath)
	must(t, err)
	headAfter, _, _, err := w.matrix(firstLayerPath)
	must(t, err)
	moved := func(a, b []float64) float64 {
		sum := 0.0
		for i := range a {
			sum += (a[i] - b[i]) * (a[i] - b[i])
		}
		return sum
	}
	// The rate of the last of four steps is 0.146 of the first.
	if p, z := moved(before, after), moved(head, headAfter); p == 0 || z == 0 {
		t.Errorf("moved by %g and %g", p, z)
	}
	if got := e.values(3)[len(e.values(3))-2]; got != float32(e.Optimizer.LearningRate) {
		t.Errorf("lr_base = %g, want %g", got, e.Optimizer.LearningRate)
	}
}
