package loss_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/loss"
)

func output(t *testing.T, c golden.Case) []float64 {
	t.Helper()
	var rows [][]float64
	if err := json.Unmarshal(c.Output, &rows); err != nil {
		t.Fatal(err)
	}
	return golden.Flatten(rows)
}

func TestSinkhornGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	for _, name := range []string{"sinkhorn_it3_eps0.05", "sinkhorn_it3_eps0.5", "sinkhorn_it50_eps0.5"} {
		c := cases[name]
		if c.Param("iterations") > 10 && golden.DType(t) == dtypes.Float32 {
			continue // XLA takes long to compile many; the pure-Go backend runs them
		}
		out := golden.Run(t, func(in []*Node) []*Node {
			return []*Node{loss.Sinkhorn(in[0], constant(in[0], c.Param("epsilon")), int(c.Param("iterations")))}
		}, golden.Tensor(t, golden.X(6, 4, 1), 6, 4))
		golden.Near(t, name, golden.Floats(t, out[0]), output(t, c))
	}
}

// Scores of any size leave Sinkhorn finite, its rows sum to 1, and after many iterations every
// prototype has its share.
func TestSinkhornProperties(t *testing.T) {
	const n, k = 8, 4
	out := golden.Run(t, func(in []*Node) []*Node {
		q := loss.Sinkhorn(MulScalar(in[0], 1000), constant(in[0], 0.01), 3)
		even := loss.Sinkhorn(in[0], constant(in[0], 2), 8)
		return []*Node{ReduceSum(q, 1), ReduceSum(even, 1), ReduceSum(even, 0)}
	}, golden.Tensor(t, golden.X(n, k, 3), n, k))
	ones, shares := []float64{1, 1, 1, 1, 1, 1, 1, 1}, []float64{2, 2, 2, 2}
	golden.Near(t, "rows of large scores", golden.Floats(t, out[0]), ones)
	golden.Near(t, "rows", golden.Floats(t, out[1]), ones)
	golden.Near(t, "columns", golden.Floats(t, out[2]), shares)
}

func TestCentersGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	out := golden.Run(t, func(in []*Node) []*Node {
		g := in[0].Graph()
		return []*Node{
			loss.DINOCenter(Zeros(g, shapes.Make(in[0].DType(), 4)), in[:2], constant(in[0], 0.9)),
			loss.Nearest(in[2], in[3]),
		}
	}, golden.Tensor(t, golden.X(5, 4, 11), 5, 4), golden.Tensor(t, golden.X(5, 4, 12), 5, 4),
		golden.Tensor(t, golden.X(6, 5, 1), 6, 5), golden.Tensor(t, golden.X(8, 5, 9), 8, 5))
	golden.Near(t, "centre", golden.Floats(t, out[0]), []float64{0.011644167713403281, -0.08591631050054106, -0.09754761196507614, -0.0033448880419612503})
	golden.Near(t, "nearest", golden.Floats(t, out[1]), output(t, cases["nn_memory_bank"]))
}

// A collapsed teacher and student give the logarithm of the number of outputs.
func TestCollapsed(t *testing.T) {
	const n, d = 6, 8
	same := make([]float64, n*d)
	out := golden.Run(t, func(in []*Node) []*Node {
		x := in[0]
		center := Zeros(x.Graph(), shapes.Make(x.DType(), d))
		one := constant(x, 0.1)
		return []*Node{
			loss.DINO([]*Node{x, x}, []*Node{x, x, x}, center, one, one),
			loss.SwAV([]*Node{x, x}, []*Node{x}, one, one, 3),
			loss.NNCLR(x, x, x, x, one),
		}
	}, golden.Tensor(t, same, n, d))
	golden.Near(t, "DINO", golden.Floats(t, out[0]), []float64{math.Log(d)})
	golden.Near(t, "SwAV", golden.Floats(t, out[1]), []float64{math.Log(d)})
	golden.Near(t, "NNCLR", golden.Floats(t, out[2]), []float64{math.Log(n)})
}

// NNCLR by its definition, in loops.
func TestNNCLRByDefinition(t *testing.T) {
	const n, d, tau = 4, 3, 0.2
	m := [][]float64{golden.X(n, d, 1), golden.X(n, d, 2), golden.X(n, d, 3), golden.X(n, d, 4)}
	half := func(near, p []float64) float64 {
		sum := 0.0
		for i := range n {
			total, own := 0.0, 0.0
			for j := range n {
				var ab, aa, bb float64
				for k := range d {
					a, b := near[i*d+k], p[j*d+k]
					ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
				}
				e := math.Exp(ab / math.Sqrt(aa*bb) / tau)
				total += e
				if i == j {
					own = e
				}
			}
			sum -= math.Log(own/total) / n
		}
		return sum
	}
	want := (half(m[0], m[3]) + half(m[1], m[2])) / 2
	out := golden.Run(t, func(in []*Node) []*Node {
		return []*Node{loss.NNCLR(in[0], in[1], in[2], in[3], constant(in[0], tau))}
	}, golden.Tensor(t, m[0], n, d), golden.Tensor(t, m[1], n, d), golden.Tensor(t, m[2], n, d), golden.Tensor(t, m[3], n, d))
	golden.Near(t, "NNCLR", golden.Floats(t, out[0]), []float64{want})
}

// Whitened features have covariance I whatever went in, and W-MSE is 0 of equal views
// and at most 4.
func TestWhiten(t *testing.T) {
	const n, d = 24, 5
	rng := golden.X(n, d, 7)
	for i := range rng { // X has nearly dependent columns: make them independent
		rng[i] += math.Mod(float64(i*i)*0.618, 1)
	}
	out := golden.Run(t, func(in []*Node) []*Node {
		x, zero := in[0], constant(in[0], 0)
		w := loss.Whiten(x, zero)
		w = Sub(w, ReduceAndKeep(w, ReduceMean, 0))
		covariance := DivScalar(Dot(w, w).General([]int{0}, nil, []int{0}, nil), n-1)
		other := Reverse(x, 0)
		return []*Node{covariance, loss.WMSE(x, x, 12, zero), loss.WMSE(x, other, n, zero)}
	}, golden.Tensor(t, rng, n, d))
	eye := make([]float64, d*d)
	for i := range d {
		eye[i*d+i] = 1
	}
	if golden.DType(t) == dtypes.Float64 {
		golden.Near(t, "covariance", golden.Floats(t, out[0]), eye)
	}
	for i, v := range golden.Floats(t, out[0]) {
		if math.Abs(v-eye[i]) > 1e-3 {
			t.Errorf("covariance of whitened features [%d] = %g, want %g", i, v, eye[i])
		}
	}
	if v := golden.Floats(t, out[1])[0]; math.Abs(v) > 1e-9 {
		t.Errorf("W-MSE of equal views = %g", v)
	}
	if v := golden.Floats(t, out[2])[0]; v <= 0 || v > 4 {
		t.Errorf("W-MSE of different views = %g, want between 0 and 4", v)
	}
}

// The gradient through the whitening against finite differences.
func TestWMSEGradient(t *testing.T) {
	if golden.DType(t) != dtypes.Float64 {
		return // finite differences need float64: checked on the pure-Go backend
	}
	const n, d = 8, 3
	a, b := golden.X(n, d, 3), golden.X(n, d, 5)
	for i := range a {
		a[i] += math.Mod(float64(i*i)*0.618, 1)
		b[i] += math.Mod(float64(i*i)*0.414, 1)
	}
	value := func(a []float64) ([]float64, []float64) {
		out := golden.Run(t, func(in []*Node) []*Node {
			v := loss.WMSE(in[0], in[1], n, constant(in[0], 0.01))
			return append([]*Node{v}, Gradient(v, in[0])...)
		}, golden.Tensor(t, a, n, d), golden.Tensor(t, b, n, d))
		return golden.Floats(t, out[0]), golden.Floats(t, out[1])
	}
	_, gradient := value(a)
	for i := 0; i < len(a); i += 5 {
		const h = 1e-5
		at := func(by float64) float64 {
			moved := append([]float64(nil), a...)
			moved[i] += by
			v, _ := value(moved)
			return v[0]
		}
		if want := (at(h) - at(-h)) / (2 * h); math.Abs(gradient[i]-want) > 1e-7 {
			t.Errorf("gradient [%d] = %g, want %g by finite differences", i, gradient[i], want)
		}
	}
}
