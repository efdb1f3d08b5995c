package net_test

import (
	"encoding/json"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/net"
)

// recorded is one of torchvision's encoders; see internal/golden/record/networks.py.
type recorded struct {
	Parameters, Side, Images int
	Initial                  map[string]struct {
		Shape     []int
		Mean, Std float64
	}
	State       []string
	Eval, Train struct {
		H, Gradient []float64
		Hsum        float64
	}
}

var vitNames = strings.NewReplacer("encoder.layers.encoder_layer_", "block", "encoder.", "", ".ln_1.", ".ln1.", ".ln_2.", ".ln2.",
	"self_attention.in_proj_", "attention.in.", "self_attention.out_proj", "attention.out", "mlp.0.", "mlp.1.", "mlp.3.", "mlp.2.")

var norms = regexp.MustCompile(`(^|\.)(bn\d|ln\d?|downsample\.1)\.`)

// path is the variable of a parameter of torchvision's.
func path(name string) string {
	name = vitNames.Replace(name)
	at := strings.LastIndex(name, ".")
	if at < 0 {
		return "/" + name
	}
	kind := map[string]string{"weight": "weights", "bias": "biases"}
	if norms.MatchString(name) {
		kind = map[string]string{"weight": "scale", "bias": "offset", "running_mean": "mean", "running_var": "variance"}
	}
	last := name[at+1:]
	if k, ok := kind[last]; ok {
		last = k
	}
	return "/" + strings.ReplaceAll(name[:at], ".", "/") + "/" + last
}

// layout turns values in PyTorch's order into a variable's: a kernel [out, in, y, x] to
// [y, x, in, out] or, for patches, [y·x·in, out]; a matrix [out, in] to [in, out].
func layout(values []float64, dims []int) []float64 {
	var out, in, area int
	switch len(dims) {
	case 4:
		out, in, area = dims[0], dims[1], dims[2]*dims[3]
	case 2:
		out, in, area = dims[0], dims[1], 1
	default:
		return values
	}
	turned := make([]float64, len(values))
	for o := range out {
		for i := range in {
			for a := range area {
				turned[(a*in+i)*out+o] = values[(o*in+i)*area+a]
			}
		}
	}
	return turned
}

// Parameters are as many, of the same sizes and initial spread, and with the same values give
// the same features and gradients, as torchvision's.
func TestEncodersGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/networks.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]recorded
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	encoders := []net.Encoder{net.ResNet18(false), net.ResNet18(true), net.ResNet50(true), net.ViTTiny(4), net.ViTSmall(8)}
	if golden.DType(t) == dtypes.Float32 {
		encoders = encoders[1:2] // in float32 deep networks differ by their rounding: one shows that the backend runs them
	}
	for _, e := range encoders {
		want, ok := all[e.String()]
		if !ok {
			t.Fatalf("no golden values of %s", e)
		}
		t.Run(e.String(), func(t *testing.T) { testEncoder(t, e, want) })
	}
}

func testEncoder(t *testing.T, e net.Encoder, want recorded) {
	side := want.Side
	pixels := uniform(want.Images*side*side*3, 999)
	for i, v := range pixels {
		pixels[i] = 0.5 + 0.5*v
	}
	f := func(training bool) func(s *model.Scope, in []*Node) []*Node {
		return func(s *model.Scope, in []*Node) []*Node {
			g := in[0].Graph()
			s.Store().SetTraining(g, training)
			h := e.Build(s, in[0])
			if h.Shape().Dim(1) != e.Features() {
				t.Errorf("h has %d features, Features says %d", h.Shape().Dim(1), e.Features())
			}
			up := uniform(h.Shape().Size(), 1000)
			total := ReduceAllSum(Mul(h, Reshape(ConstAsDType(g, h.DType(), up), h.Shape().Dimensions...)))
			return []*Node{h, Gradient(total, in[0])[0]}
		}
	}
	store := model.NewStore()
	store.SetParam(model.ParamInitialSeed, int64(1))
	g := NewGraph(golden.Backend(t), "count")
	model.SetStore(g, store)
	x := golden.Tensor(t, pixels, want.Images, side, side, 3)
	f(false)(store.RootScope(), []*Node{Parameter(g, "x", x.Shape())})
	g.Finalize()

	parameters := 0
	for v := range store.IterVariables() {
		if v.Trainable {
			parameters += v.Shape().Size()
		}
	}
	if parameters != want.Parameters {
		t.Errorf("%d parameters, torchvision's has %d", parameters, want.Parameters)
	}
	for name, p := range want.Initial {
		v := store.GetVariable(path(name))
		if v == nil {
			t.Fatalf("there is no %s for %s", path(name), name)
		}
		size := 1
		for _, d := range p.Shape {
			size *= d
		}
		if v.Shape().Size() != size {
			t.Errorf("%s has shape %s, %s has %v", path(name), v.Shape(), name, p.Shape)
			continue
		}
		if size < 64 {
			continue
		}
		mean, std := spread(golden.Floats(t, v.MustValue()))
		noise := 6 / math.Sqrt(float64(size))
		if math.Abs(std-p.Std) > noise*p.Std+1e-9 || math.Abs(mean-p.Mean) > noise*p.Std+1e-9 {
			t.Errorf("%s begins with mean %.3g and deviation %.3g, %s with %.3g and %.3g", path(name), mean, std, name, p.Mean, p.Std)
		}
	}
	for k, name := range want.State {
		v := store.GetVariable(path(name))
		if v == nil {
			t.Fatalf("there is no %s for %s", path(name), name)
		}
		p := want.Initial[name]
		if err := v.SetValue(golden.Tensor(t, formula(k, name, v.Shape().Size(), p.Shape), v.Shape().Dimensions...)); err != nil {
			t.Fatal(err)
		}
	}
	check(t, "in use", run(t, store, f(false), x), want.Eval.H, want.Eval.Hsum, want.Eval.Gradient)
	check(t, "training", run(t, store, f(true), x), want.Train.H, want.Train.Hsum, want.Train.Gradient)
}

// uniform are n numbers in [-1, 1): murmur's finaliser of i + 7919·k.
func uniform(n, k int) []float64 {
	out := make([]float64, n)
	for i := range out {
		h := uint32(i + 7919*k)
		h = (h ^ h>>16) * 0x85EBCA6B
		h = (h ^ h>>13) * 0xC2B2AE35
		h ^= h >> 16
		out[i] = float64(h)/(1<<31) - 1
	}
	return out
}

// formula are the recorded network's values of the k-th array, in the variable's order.
func formula(k int, name string, size int, dims []int) []float64 {
	values := uniform(size, k)
	scale, add := 0.1, 0.0
	switch {
	case len(dims) == 2 || len(dims) == 4:
		scale = math.Sqrt(6 / float64(size/dims[0]))
	case strings.HasSuffix(name, "running_var"):
		add = 1.5
	case strings.HasSuffix(name, "weight"):
		add = 1
	}
	for i, v := range values {
		values[i] = add + scale*v
	}
	return layout(values, dims)
}

func check(t *testing.T, what string, out []*tensors.Tensor, h []float64, sum float64, gradient []float64) {
	t.Helper()
	got, g := golden.Floats(t, out[0]), golden.Floats(t, out[1])
	tolerance := 1e-8
	if golden.DType(t) == dtypes.Float32 {
		tolerance = 1e-2
	}
	total := 0.0
	for _, v := range got {
		total += v
	}
	near(t, what+": h", every(got, max(1, len(got)/24)), h, tolerance)
	near(t, what+": sum of h", []float64{total}, []float64{sum}, tolerance)
	near(t, what+": gradient", every(g, len(g)/24), gradient, tolerance)
}

func every(values []float64, n int) (out []float64) {
	for i := 0; i < len(values); i += n {
		out = append(out, values[i])
	}
	return out
}

func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d values, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*largest) {
			t.Errorf("%s [%d] = %.12g, want %.12g", what, i, got[i], want[i])
			return
		}
	}
}

func spread(values []float64) (mean, std float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		std += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(std / float64(len(values)-1))
}

// A transformer takes images of another size than its first, as small crops are, and says
// what it cannot take.
func TestViTOtherSizes(t *testing.T) {
	build := func(store *model.Store, side, other int) (h *tensors.Tensor, err error) {
		out, err := exec(t, store, func(s *model.Scope, in []*Node) []*Node {
			e := net.ViTTiny(4)
			h := e.Build(s.In("encoder"), in[0])
			small := e.Build(s.At("encoder"), Slice(in[0], AxisRange(), AxisRange(0, other), AxisRange(0, other)))
			return []*Node{Concatenate([]*Node{h, small}, 0)}
		}, golden.Tensor(t, golden.X(side, side*3, 2), 1, side, side, 3))
		if err != nil {
			return nil, err
		}
		return out[0], nil
	}
	h, err := build(model.NewStore(), 12, 8)
	if err != nil || h.Shape().Dim(0) != 2 {
		t.Fatalf("a crop of 8×8 beside 12×12 = %v, %v", h, err)
	}
	if _, err := build(model.NewStore(), 12, 10); err == nil || !strings.Contains(err.Error(), "patches of 4×4; choose a patch that divides both") {
		t.Errorf("images of 10×10 in patches of 4 = %v", err)
	}
}
