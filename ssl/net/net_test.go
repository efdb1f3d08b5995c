package net_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/net"
)

// exec builds f over a store and runs it.
func exec(t *testing.T, store *model.Store, f func(s *model.Scope, in []*Node) []*Node, in ...*tensors.Tensor) ([]*tensors.Tensor, error) {
	t.Helper()
	e, err := model.NewExecCanonical(golden.Backend(t), store, func(s *model.Scope, _ *Graph, in []*Node) []*Node {
		return f(s, in)
	}, len(in), -1, false, false, true)
	if err != nil {
		return nil, err
	}
	args := make([]any, len(in))
	for i := range in {
		args[i] = in[i]
	}
	return e.Exec(args...)
}

func run(t *testing.T, store *model.Store, f func(s *model.Scope, in []*Node) []*Node, in ...*tensors.Tensor) []*tensors.Tensor {
	t.Helper()
	out, err := exec(t, store, f, in...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Batch norm by PyTorch's formulas, in loops: value, gradient by every input, and the
// running statistics after a step and in use.
func TestBatchNorm(t *testing.T) {
	const n, d = 6, 3
	x, up := golden.X(n, d, 1), golden.X(n, d, 2) // the loss is Σ up·y
	gamma, beta := []float64{0.5, 1.5, -2}, []float64{0.1, -0.3, 0.7}
	store := model.NewStore()
	for name, v := range map[string][]float64{"scale": gamma, "offset": beta} {
		if _, err := store.CreateVariable("/norm/"+name, golden.Tensor(t, v, d)); err != nil {
			t.Fatal(err)
		}
	}
	f := func(training bool) func(s *model.Scope, in []*Node) []*Node {
		return func(s *model.Scope, in []*Node) []*Node {
			s.Store().SetTraining(in[0].Graph(), training)
			y := net.BatchNorm(s.In("norm"), in[0])
			g := Gradient(ReduceAllSum(Mul(y, in[1])), in[0],
				s.Store().GetVariable("/norm/scale").NodeValue(y), s.Store().GetVariable("/norm/offset").NodeValue(y))
			return append([]*Node{y}, g...)
		}
	}
	out := run(t, store, f(true), golden.Tensor(t, x, n, d), golden.Tensor(t, up, n, d))

	y, dx := make([]float64, n*d), make([]float64, n*d)
	dGamma, dBeta, mean, unbiased := make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)
	for j := range d {
		var m, v, sumUp, sumUpHat float64
		for i := range n {
			m += x[i*d+j] / n
		}
		for i := range n {
			v += (x[i*d+j] - m) * (x[i*d+j] - m) / n
		}
		s := math.Sqrt(v + 1e-5)
		for i := range n {
			hat := (x[i*d+j] - m) / s
			y[i*d+j] = hat*gamma[j] + beta[j]
			sumUp += up[i*d+j]
			sumUpHat += up[i*d+j] * hat
		}
		for i := range n {
			hat := (x[i*d+j] - m) / s
			dx[i*d+j] = gamma[j] / s * (up[i*d+j] - sumUp/n - hat*sumUpHat/n)
		}
		dGamma[j], dBeta[j] = sumUpHat, sumUp
		mean[j], unbiased[j] = 0.1*m, 0.9+0.1*v*n/(n-1)
	}
	golden.Near(t, "value", golden.Floats(t, out[0]), y)
	golden.Near(t, "gradient by x", golden.Floats(t, out[1]), dx)
	golden.Near(t, "gradient by scale", golden.Floats(t, out[2]), dGamma)
	golden.Near(t, "gradient by offset", golden.Floats(t, out[3]), dBeta)
	running := func(name string) []float64 { return golden.Floats(t, store.GetVariable("/norm/"+name).MustValue()) }
	golden.Near(t, "running mean", running("mean"), mean)
	golden.Near(t, "running variance", running("variance"), unbiased)

	out = run(t, store, f(false), golden.Tensor(t, x, n, d), golden.Tensor(t, up, n, d))
	for i := range y {
		j := i % d
		y[i] = (x[i]-mean[j])/math.Sqrt(unbiased[j]+1e-5)*gamma[j] + beta[j]
	}
	golden.Near(t, "value with running statistics", golden.Floats(t, out[0]), y)
	golden.Near(t, "running mean, unmoved", running("mean"), mean)
}

// Convolution against its definition, and its gradients against finite differences.
func TestConv(t *testing.T) {
	const n, size, in, out, kernel = 2, 5, 2, 3, 3
	for _, stride := range []int{1, 2} {
		x, w := golden.X(n, size*size*in, 1), golden.X(kernel*kernel, in*out, 2)
		res := (size+2-kernel)/stride + 1
		store := model.NewStore()
		if _, err := store.CreateVariable("/conv/weights", golden.Tensor(t, w, kernel, kernel, in, out)); err != nil {
			t.Fatal(err)
		}
		got := run(t, store, func(s *model.Scope, a []*Node) []*Node {
			y := net.Conv(s.In("conv"), a[0], out, kernel, stride, 1)
			g := Gradient(ReduceAllSum(Square(y)), a[0], s.Store().GetVariable("/conv/weights").NodeValue(y))
			return append([]*Node{y}, g...)
		}, golden.Tensor(t, x, n, size, size, in))

		y := make([]float64, n*res*res*out)
		dx, dw := make([]float64, len(x)), make([]float64, len(w))
		each := func(visit func(iy, ix, iw int)) { // output, input, weight that meet
			for b := range n {
				for oy := range res {
					for ox := range res {
						for ky := range kernel {
							for kx := range kernel {
								sy, sx := oy*stride+ky-1, ox*stride+kx-1
								if sy < 0 || sx < 0 || sy >= size || sx >= size {
									continue
								}
								for c := range in {
									for o := range out {
										visit(((b*res+oy)*res+ox)*out+o, ((b*size+sy)*size+sx)*in+c, ((ky*kernel+kx)*in+c)*out+o)
									}
								}
							}
						}
					}
				}
			}
		}
		each(func(iy, ix, iw int) { y[iy] += x[ix] * w[iw] })
		each(func(iy, ix, iw int) {
			dx[ix] += 2 * y[iy] * w[iw]
			dw[iw] += 2 * y[iy] * x[ix]
		})
		golden.Near(t, "convolution", golden.Floats(t, got[0]), y)
		golden.Near(t, "gradient by x", golden.Floats(t, got[1]), dx)
		golden.Near(t, "gradient by weights", golden.Floats(t, got[2]), dw)
	}
}

// Parameter counts and initial scales of the reference recipe's network.
func TestShapesAndInitialisation(t *testing.T) {
	store := model.NewStore()
	x := make([]float64, 2*28*28)
	out := run(t, store, func(s *model.Scope, in []*Node) []*Node {
		h := net.ConvEncoder(32, 64, 128, 128).Build(s.In("encoder"), in[0])
		return []*Node{h, net.MLP{Widths: []int{128, 64}}.Build(s.In("projector"), h)}
	}, golden.Tensor(t, x, 2, 28, 28, 1))
	if h, z := out[0].Shape().Dimensions, out[1].Shape().Dimensions; h[0] != 2 || h[1] != 128 || z[1] != 64 {
		t.Errorf("h %v, z %v, want 128 and 64 features", h, z)
	}
	trainable := 0
	for v := range store.IterVariables() {
		if v.Trainable {
			trainable += v.Shape().Size()
		}
	}
	conv := 9 * (1*32 + 32*64 + 64*128 + 128*128)
	norms := 2 * (32 + 64 + 128 + 128)
	head := 128*128 + 128 + 128*64 + 64
	if trainable != conv+norms+head {
		t.Errorf("%d trainable parameters, want %d", trainable, conv+norms+head)
	}
	rms := func(path string) (rms, largest float64) {
		values := golden.Floats(t, store.GetVariable(path).MustValue())
		for _, v := range values {
			rms += v * v / float64(len(values))
			largest = math.Max(largest, math.Abs(v))
		}
		return math.Sqrt(rms), largest
	}
	if got, _ := rms("/encoder/conv3/weights"); math.Abs(got/math.Sqrt(2./(128*9))-1) > 0.02 {
		t.Errorf("conv3's weights have standard deviation %g, want √(2/(9·128)) = %g", got, math.Sqrt(2./(128*9)))
	}
	bound := 1 / math.Sqrt(128)
	if got, most := rms("/projector/layer1/weights"); math.Abs(got*math.Sqrt(3)/bound-1) > 0.03 || most > bound {
		t.Errorf("layer1's weights have rms %g, largest %g, want uniform in ±%g", got, most, bound)
	}
}

// Weights are a function of seed and path, whatever else is built.
func TestParamIsAFunctionOfSeedAndPath(t *testing.T) {
	value := func(seed int64, other bool) []float64 {
		store := model.NewStore()
		store.SetParam(model.ParamInitialSeed, seed)
		run(t, store, func(s *model.Scope, in []*Node) []*Node {
			if other {
				net.Dense(s.In("other"), in[0], 3, true)
			}
			return []*Node{net.Dense(s.In("one"), in[0], 3, true)}
		}, golden.Tensor(t, golden.X(2, 4, 1), 2, 4))
		return golden.Floats(t, store.GetVariable("/one/weights").MustValue())
	}
	golden.Near(t, "weights beside another layer", value(3, true), value(3, false))
	if value(3, false)[0] == value(4, false)[0] {
		t.Error("two seeds gave the same weight")
	}
}

func TestChecks(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{net.MLP{Widths: []int{0}}.Check(), "width 0 of layer 1 is not between 1 and 65536"},
		{net.MLP{Widths: []int{8, 1 << 40}}.Check(), "of layer 2"},
		{net.Encoder{Kind: "resnet"}.Check(), `encoder kind "resnet" is unknown; there are conv, mlp`},
		{net.Encoder{Kind: "conv"}.Check(), "has no layers"},
		{net.Encoder{Kind: "conv", Widths: []int{4}, Strides: []int{1, 2}}.Check(), "one stride a layer"},
		{net.Encoder{Kind: "conv", Widths: []int{4}, Strides: []int{0}}.Check(), "stride 0"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("Check = %v, want %q", test.err, test.want)
		}
	}
	_, err := exec(t, model.NewStore(), func(s *model.Scope, in []*Node) []*Node {
		s.Store().SetTraining(in[0].Graph(), true)
		return []*Node{net.BatchNorm(s.In("norm"), in[0])}
	}, golden.Tensor(t, golden.X(1, 4, 1), 1, 4))
	if err == nil || !strings.Contains(err.Error(), "at least 2 values") {
		t.Errorf("batch norm of one row = %v", err)
	}
}

// A registered encoder is used by name, and what it returns is checked.
func TestRegister(t *testing.T) {
	good, err := net.Register("test-mean", func(s *model.Scope, x *Node) *Node { return ReduceMean(x, 1, 2) })
	if err != nil || good.Check() != nil {
		t.Fatal(err, good.Check())
	}
	x := golden.Tensor(t, golden.X(2, 4*4*3, 1), 2, 4, 4, 3)
	out := run(t, model.NewStore(), func(s *model.Scope, in []*Node) []*Node { return []*Node{good.Build(s, in[0])} }, x)
	if d := out[0].Shape().Dimensions; len(d) != 2 || d[1] != 3 {
		t.Errorf("h has dimensions %v, want [2 3]", d)
	}
	bad, err := net.Register("test-bad", func(s *model.Scope, x *Node) *Node { return x })
	if err != nil {
		t.Fatal(err)
	}
	_, err = exec(t, model.NewStore(), func(s *model.Scope, in []*Node) []*Node { return []*Node{bad.Build(s, in[0])} }, x)
	if err == nil || !strings.Contains(err.Error(), "must return one row of features per image, [2, features]") {
		t.Errorf("an encoder that returns images = %v", err)
	}
	if _, err := net.Register("conv", nil); err == nil {
		t.Error("the name conv was given away")
	}
}
