package loss_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/loss"
)

func constant(like *Node, v float64) *Node { return Scalar(like.Graph(), like.DType(), v) }

func TestNTXentGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	for _, name := range []string{"ntxent_T0.1", "ntxent_T0.5", "ntxent_T1.0", "ntxent_T0.1_n16_d8"} {
		c, ok := cases[name]
		if !ok {
			t.Fatalf("no golden case %s", name)
		}
		c.Check(t, func(in []*Node) *Node { return loss.NTXent(in[0], in[1], constant(in[0], c.Param("temperature"))) })
	}
}

func TestGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	for name, f := range map[string]func(c golden.Case, in []*Node) *Node{
		"barlow_lambda0.005": func(c golden.Case, in []*Node) *Node {
			return loss.BarlowTwins(in[0], in[1], constant(in[0], c.Param("lambda_param")))
		},
		"vicreg_25_25_1": func(c golden.Case, in []*Node) *Node {
			return loss.VICReg(in[0], in[1], constant(in[0], c.Param("lambda_param")), constant(in[0], c.Param("mu_param")), constant(in[0], c.Param("nu_param")))
		},
		"dcl_T0.1": func(c golden.Case, in []*Node) *Node {
			return loss.DCL(in[0], in[1], constant(in[0], c.Param("temperature")))
		},
		"dclw_T0.1_sigma0.5": func(c golden.Case, in []*Node) *Node {
			return loss.DCLW(in[0], in[1], constant(in[0], c.Param("temperature")), constant(in[0], c.Param("sigma")))
		},
		"directclr_dim3_T0.1": func(c golden.Case, in []*Node) *Node {
			return loss.DirectCLR(in[0], in[1], int(c.Param("loss_dim")), constant(in[0], c.Param("temperature")))
		},
		"neg_cosine":        func(_ golden.Case, in []*Node) *Node { return loss.NegativeCosine(in[0], in[1]) },
		"simsiam_symmetric": func(_ golden.Case, in []*Node) *Node { return loss.SimSiam(in[0], in[1], in[2], in[3]) },
		"moco_queue_T0.2_step1": func(c golden.Case, in []*Node) *Node {
			queue := golden.X(8, 5, 9)
			for i := range 8 {
				length := 0.0
				for _, v := range queue[i*5 : (i+1)*5] {
					length += v * v
				}
				for j := range 5 {
					queue[i*5+j] /= math.Sqrt(length)
				}
			}
			q := ConstAsDType(in[0].Graph(), in[0].DType(), queue)
			return loss.MoCo(in[0], in[1], Reshape(q, 8, 5), constant(in[0], c.Param("temperature")))
		},
		"swav_2high": func(c golden.Case, in []*Node) *Node {
			return loss.SwAV(in, nil, constant(in[0], c.Param("temperature")), constant(in[0], c.Param("sinkhorn_epsilon")), 3)
		},
		"swav_2high_1low_eps0.5": func(c golden.Case, in []*Node) *Node {
			return loss.SwAV(in[:2], in[2:], constant(in[0], c.Param("temperature")), constant(in[0], c.Param("sinkhorn_epsilon")), 3)
		},
		"dino_step1": func(c golden.Case, in []*Node) *Node {
			center := Zeros(in[0].Graph(), shapes.Make(in[0].DType(), 4))
			return loss.DINO(in[:2], in[2:], center, constant(in[0], c.Param("teacher_temp")), constant(in[0], c.Param("student_temp")))
		},
		"tico_step1": func(c golden.Case, in []*Node) *Node {
			covariance := loss.TiCoCovariance(Zeros(in[0].Graph(), shapes.Make(in[0].DType(), 5, 5)), in[0], constant(in[0], c.Param("beta")))
			return loss.TiCo(in[0], in[1], covariance, constant(in[0], c.Param("rho")))
		},
		"mocov3_T0.2": func(c golden.Case, in []*Node) *Node {
			return loss.MoCoV3(in[0], in[1], in[2], in[3], constant(in[0], c.Param("temperature")))
		},
	} {
		c, ok := cases[name]
		if !ok {
			t.Fatalf("no golden case %s", name)
		}
		c.Check(t, func(in []*Node) *Node { return f(c, in) })
	}
}

func TestNTXentProperties(t *testing.T) {
	const n, d = 5, 4
	za, zb := golden.Tensor(t, golden.X(n, d, 1), n, d), golden.Tensor(t, golden.X(n, d, 2), n, d)
	out := golden.Run(t, func(in []*Node) []*Node {
		tau := constant(in[0], 0.3)
		same := OnesLike(in[0])
		return []*Node{
			loss.NTXent(in[0], in[1], tau),
			loss.NTXent(in[1], in[0], tau),
			loss.NTXent(MulScalar(in[0], 7), in[1], tau), // blind to length
			loss.NTXent(same, same, tau),
			loss.NTXent(ZerosLike(in[0]), ZerosLike(in[0]), tau),
		}
	}, za, zb)
	value := golden.Floats(t, out[0])
	golden.Near(t, "views swapped", golden.Floats(t, out[1]), value)
	golden.Near(t, "a view scaled", golden.Floats(t, out[2]), value)
	collapsed := []float64{math.Log(2*n - 1)}
	golden.Near(t, "collapsed", golden.Floats(t, out[3]), collapsed)
	golden.Near(t, "all zero", golden.Floats(t, out[4]), collapsed)
}

// The loss by its definition, in loops.
func TestNTXentByDefinition(t *testing.T) {
	const n, d, tau = 4, 3, 0.2
	z := append(golden.X(n, d, 5), golden.X(n, d, 6)...)
	cosine := func(i, j int) float64 {
		var ab, aa, bb float64
		for k := range d {
			a, b := z[i*d+k], z[j*d+k]
			ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
		}
		return ab / math.Sqrt(aa*bb)
	}
	want := 0.0
	for i := range 2 * n {
		sum := 0.0
		for j := range 2 * n {
			if j != i {
				sum += math.Exp(cosine(i, j) / tau)
			}
		}
		want -= math.Log(math.Exp(cosine(i, (i+n)%(2*n))/tau)/sum) / (2 * n)
	}
	out := golden.Run(t, func(in []*Node) []*Node {
		return []*Node{loss.NTXent(in[0], in[1], constant(in[0], tau))}
	}, golden.Tensor(t, z[:n*d], n, d), golden.Tensor(t, z[n*d:], n, d))
	golden.Near(t, fmt.Sprintf("NTXent(%d×%d)", n, d), golden.Floats(t, out[0]), []float64{want})
}
