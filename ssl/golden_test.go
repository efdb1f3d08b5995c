package ssl

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/sparse"
)

// Six steps of SGD with momentum on a tiny network (tanh encoder 5-6, head 6-4-3), with no
// penalty, with group ℓ2,1 in the loss, and with its proximal step, against PyTorch in
// float64; see testdata/train_steps.json.
func TestTrainStepsGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/train_steps.json")
	must(t, err)
	type step struct {
		NCE, Loss float64
		W1        [][]float64
	}
	var want struct{ None, Sub, Prox []step }
	must(t, json.Unmarshal(text, &want))
	if len(want.None) != 6 {
		t.Fatalf("%d golden steps, want 6", len(want.None))
	}
	l21 := sparse.GroupL21(0.5)
	prox := sparse.GroupL21(0.05).WithProximal() // threshold lr·λ/(1−momentum) = 0.025
	for _, test := range []struct {
		name  string
		head  sparse.Head
		steps []step
	}{{"none", sparse.Head{}, want.None}, {"sub", l21, want.Sub}, {"prox", prox, want.Prox}} {
		t.Run(test.name, func(t *testing.T) {
			e := &Experiment{Sparse: test.head, Optimizer: Optimizer{Name: "sgd", Schedule: "constant"}}
			store, exec := tinyNetwork(t, e, map[string]float64{"lr": 0.05, "momentum": 0.9, "weight_decay": 0, "lambda": e.Sparse.Lambda})
			for i, w := range test.steps {
				out, err := exec.Exec(golden.Tensor(t, golden.X(8, 5, 60), 8, 5), golden.Tensor(t, golden.X(8, 5, 61), 8, 5), golden.Tensor(t, []float64{float64(i)}))
				must(t, err)
				got := append(golden.Floats(t, out[0]), golden.Floats(t, out[1])...)
				golden.Near(t, "loss", got, []float64{w.NCE, w.Loss})
				golden.Near(t, "W1", transposed(t, store, firstLayerPath), golden.Flatten(w.W1))
				if t.Failed() {
					t.Fatalf("at step %d", i)
				}
			}
		})
	}
}

// tinyNetwork is the network of the golden steps, by PyTorch's names for it: encoder 5-6 with
// tanh, head 6-4 with tanh, 4-3, NT-Xent at temperature 0.5. A step takes the two views and
// its number, and returns the contrastive loss and the whole.
func tinyNetwork(t *testing.T, e *Experiment, knobs map[string]float64) (*model.Store, *model.Exec) {
	store := model.NewStore()
	linear := func(path string, seed float64, in, out int, bias float64) {
		w := golden.X(out, in, seed) // PyTorch's layout
		weights := make([]float64, in*out)
		for o := range out {
			for i := range in {
				weights[i*out+o] = 0.3 * w[o*in+i]
			}
		}
		b := make([]float64, out)
		for o := range b {
			b[o] = bias
		}
		must1(store.CreateVariable(path+"/weights", golden.Tensor(t, weights, in, out)))
		must1(store.CreateVariable(path+"/biases", golden.Tensor(t, b, out)))
	}
	linear("/encoder", 50, 5, 6, 0.5)
	linear("/projector/layer1", 51, 6, 4, 0.5)
	linear("/projector/layer2", 52, 4, 3, 0)
	return store, must1(model.NewExecCanonical(golden.Backend(t), store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		knob := func(name string) *Node {
			if name == "step" {
				return Reshape(in[2])
			}
			return Scalar(g, in[0].DType(), knobs[name])
		}
		var vars []*model.Variable
		node := func(path string) *Node {
			v := store.GetVariable(path)
			vars = append(vars, v)
			return v.NodeValue(g)
		}
		apply := func(path string, x *Node) *Node {
			return Add(Dot(x, node(path+"/weights")).Product(), ExpandLeftToRank(node(path+"/biases"), 2))
		}
		x := Concatenate(in[:2], 0)
		z := apply("/projector/layer2", Tanh(apply("/projector/layer1", Tanh(apply("/encoder", x)))))
		nce := loss.NTXent(Slice(z, AxisRange(0, 8)), Slice(z, AxisRange(8)), Scalar(g, x.DType(), 0.5))
		total := nce
		if !e.Sparse.None() && !e.Sparse.Proximal {
			total = Add(total, Mul(knob("lambda"), e.Sparse.Value(store.GetVariable(firstLayerPath).NodeValue(g))))
		}
		nodes := make([]*Node, len(vars))
		for i, v := range vars {
			nodes[i] = v.NodeValue(g)
		}
		moved := e.Optimizer.update(store, vars, Gradient(total, nodes...), knob)
		if e.Sparse.Proximal {
			proximalStep(s, e, store.GetVariable(firstLayerPath), g, knob("lambda"), moved)
		}
		return []*Node{nce, total}
	}, 3, 2, false, false, false))
}

// transposed is a matrix in PyTorch's layout, [out, in].
func transposed(t *testing.T, store *model.Store, path string) []float64 {
	v := store.GetVariable(path).MustValue()
	values, in, out := golden.Floats(t, v), v.Shape().Dim(0), v.Shape().Dim(1)
	var turned []float64
	for o := range out {
		for i := range in {
			turned = append(turned, values[i*out+o])
		}
	}
	return turned
}

// The momentum of a weight that the proximal step has set to zero is cleared, else it would
// revive the group at the next step.
func TestProximalStepClearsMomentum(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Sparse = sparse.GroupL21(0.25).WithProximal()
	r := startPaused(t, l, e, 8)
	w := variables(t, r)
	values, rows, columns, err := w.matrix(firstLayerPath)
	must(t, err)
	velocity, _, _, err := w.matrix(velocityPath(firstLayerPath))
	must(t, err)
	dead, moving := 0, 0
	for i, v := range values {
		if v == 0 {
			dead++
			if velocity[i] != 0 {
				t.Fatalf("a dead weight has momentum %g", velocity[i])
			}
		} else if velocity[i] != 0 {
			moving++
		}
	}
	if dead == 0 || moving == 0 {
		t.Fatalf("of %d weights %d are zero and %d move, want some of both", rows*columns, dead, moving)
	}
}

// On every backend a run draws the same weights, images and views; only rounding differs. The
// values were written by this test on the pure-Go backend.
func TestFirstSteps(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 5)
	want := []float64{3.4726576805, 3.4480686188, 3.4020776749, 3.4400410652, 3.4230079651}
	for i, got := range r.Metrics().Values["contrast"] {
		if math.Abs(got-want[i]) > 1e-4 {
			t.Errorf("contrastive loss of step %d = %.10g, want %.10g", i+1, got, want[i])
		}
	}
}
