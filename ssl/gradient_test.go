package ssl

import (
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// The gradient of the whole model, convolutions, batch norm, ReLU, projector and NT-Xent,
// against finite differences in float64, for some weights of every variable.
func TestGradientByFiniteDifferences(t *testing.T) {
	if golden.DType(t) != dtypes.Float64 {
		t.Log("finite differences need float64: checked on the pure-Go backend")
		return
	}
	const n = 6
	e := &Experiment{Encoder: net.ConvEncoder(4, 6), Projector: net.MLP{Widths: []int{7, 5}, Norm: true}}
	store := model.NewStore()
	store.SetParam(model.ParamInitialSeed, int64(3))
	pixels := golden.X(2*n, 8*8, 1)
	var paths []string
	exec := must1(model.NewExecCanonical(golden.Backend(t), store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		s.Store().SetTraining(g, true)
		_, z := forward(s, e, in[0])
		value := loss.NTXent(Slice(z, AxisRange(0, n)), Slice(z, AxisRange(n)), Scalar(g, z.DType(), 0.3))
		out := []*Node{value}
		var nodes []*Node
		paths = nil
		for v := range store.IterVariables() {
			if v.Trainable && v.InUseByGraph(g) {
				paths, nodes = append(paths, v.Path()), append(nodes, v.NodeValue(g))
			}
		}
		return append(out, Gradient(value, nodes...)...)
	}, 1, -1, false, false, true))
	value := func() []*tensors.Tensor {
		return must1(exec.Exec(golden.Tensor(t, pixels, 2*n, 8, 8, 1)))
	}
	out := value()
	checked := 0
	for i, path := range paths {
		v := store.GetVariable(path)
		gradient := golden.Floats(t, out[i+1])
		at := golden.Floats(t, v.MustValue())
		for k := 0; k < len(at); k += 1 + len(at)/5 {
			const step = 1e-5
			lossAt := func(d float64) float64 {
				moved := append([]float64(nil), at...)
				moved[k] += d
				must(t, v.SetValue(golden.Tensor(t, moved, v.Shape().Dimensions...)))
				return golden.Floats(t, value()[0])[0]
			}
			want := (lossAt(step) - lossAt(-step)) / (2 * step)
			lossAt(0)
			if math.Abs(gradient[k]-want) > 1e-6*math.Max(1, math.Abs(want)) {
				t.Errorf("gradient by %s[%d] = %g, want %g by finite differences", path, k, gradient[k], want)
			}
			checked++
		}
	}
	if checked < 30 {
		t.Errorf("%d weights were checked, want at least 30", checked)
	}
}
