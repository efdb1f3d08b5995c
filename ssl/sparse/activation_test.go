package sparse_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/sparse"
)

func TestActivations(t *testing.T) {
	h := []float64{3, -1, 2, 0.5, -4, 1, 0, 6} // two images of four features
	out := golden.Run(t, func(in []*Node) []*Node {
		x := in[0]
		top := sparse.TopFeatures(2).Before(x)
		return []*Node{top, sparse.BatchMask(2).Before(x), sparse.NonNegative().After(x), sparse.Activation{}.Before(x),
			Gradient(ReduceAllSum(Square(top)), x)[0]}
	}, golden.Tensor(t, h, 2, 4))
	golden.Near(t, "top 2", golden.Floats(t, out[0]), []float64{3, 0, 2, 0, 0, 1, 0, 6})
	golden.Near(t, "batch mask 2", golden.Floats(t, out[1]), []float64{3, 0, 0, 0.5, -4, 0, 0, 6})
	golden.Near(t, "relu", golden.Floats(t, out[2]), []float64{3, 0, 2, 0.5, 0, 1, 0, 6})
	golden.Near(t, "none", golden.Floats(t, out[3]), h)
	golden.Near(t, "gradient", golden.Floats(t, out[4]), []float64{6, 0, 4, 0, 0, 2, 0, 12})
	for want, a := range map[string]sparse.Activation{
		`activation "softmax" is unknown`:                      {Kind: "softmax"},
		`activation "top-k" keeps K features, and K is 0`:      {Kind: "top-k"},
		`activation "relu" takes no K, and K is 3`:             {Kind: "relu", K: 3},
		`activation "batch-mask" keeps K features, and K is -`: sparse.BatchMask(-1),
	} {
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check(%v) = %v, want %q", a, err, want)
		}
	}
}

// The nuclear norm of a matrix of known singular values, and of zero; the orthogonality of an
// orthogonal matrix and by its definition.
func TestSpectralPenalties(t *testing.T) {
	c, s := math.Cos(0.3), math.Sin(0.3)
	rotated := []float64{3 * c, -0.5 * s, 0, 3 * s, 0.5 * c, 0} // 2×3, singular values 3 and 0.5
	out := golden.Run(t, func(in []*Node) []*Node {
		w := in[0]
		nuclear, orthogonal := sparse.Head{Penalty: "nuclear"}, sparse.Head{Penalty: "orthogonality"}
		zero := ZerosLike(w)
		eye := Reshape(ConstAsDType(w.Graph(), w.DType(), []float64{1, 0, 0, 0, 1, 0}), 2, 3)
		return []*Node{nuclear.Value(w), nuclear.Value(Transpose(w, 0, 1)), nuclear.Value(zero), orthogonal.Value(eye), orthogonal.Value(w),
			Gradient(nuclear.Value(zero), zero)[0]}
	}, golden.Tensor(t, rotated, 2, 3))
	golden.Near(t, "nuclear", golden.Floats(t, out[0]), []float64{3.5})
	golden.Near(t, "nuclear of the transpose", golden.Floats(t, out[1]), []float64{3.5})
	golden.Near(t, "nuclear of 0", golden.Floats(t, out[2]), []float64{0})
	golden.Near(t, "orthogonal", golden.Floats(t, out[3]), []float64{0})
	g11, g22, g12 := 9*c*c+0.25*s*s, 9*s*s+0.25*c*c, 9*c*s-0.25*s*c
	golden.Near(t, "not orthogonal", golden.Floats(t, out[4]), []float64{((g11-1)*(g11-1) + (g22-1)*(g22-1) + 2*g12*g12) / 4})
	golden.Near(t, "gradient at 0", golden.Floats(t, out[5]), make([]float64, 6))
	m := sparse.Measure(rotated, 2, 3)
	if len(m.Singular) != 2 || math.Abs(m.Singular[0]-3) > 1e-12 || math.Abs(m.Singular[1]-0.5) > 1e-12 {
		t.Errorf("singular values %v, want 3 and 0.5", m.Singular)
	}
	if m := sparse.Measure([]float64{math.NaN(), 1}, 2, 1); m.Singular != nil {
		t.Errorf("singular values of NaN: %v", m.Singular)
	}
}

// The hard threshold cuts what the penalty groups.
func TestCut(t *testing.T) {
	w := []float64{3, 0.1, 0.01, 0.02, 2, 0.001}
	for penalty, want := range map[string][]float64{
		"group-hoyer": {3, 0.1, 0, 0, 2, 0.001},
		"unit-l21":    {3, 0, 0.01, 0, 2, 0},
		"l1":          {3, 0, 0, 0, 2, 0},
	} {
		out := golden.Run(t, func(in []*Node) []*Node {
			return []*Node{sparse.Head{Penalty: penalty, Threshold: 0.05}.Cut(in[0])}
		}, golden.Tensor(t, w, 3, 2))
		golden.Near(t, penalty, golden.Floats(t, out[0]), want)
	}
}
