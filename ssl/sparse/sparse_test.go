package sparse_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/sparse"
)

// The golden files have PyTorch's layout [width, features]; a group of columns there is a
// group of rows here.
func TestPenaltiesGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	for name, test := range map[string]struct {
		penalty   string
		transpose bool
		scale     float64
	}{
		"penalty_l1":                   {"l1", false, 1},
		"penalty_l21_columns":          {"group-l21", true, 1},
		"penalty_l21_rows":             {"unit-l21", true, 1},
		"penalty_frob_sq":              {"frobenius", false, 1},
		"penalty_hoyer_square_columns": {"group-hoyer", true, 6}, // there it is not divided by the features
		"penalty_sparse_group":         {"sparse-group", true, 1},
		"penalty_nuclear":              {"nuclear", false, 1},
	} {
		c, ok := cases[name]
		if !ok {
			t.Fatalf("no golden case %s", name)
		}
		c.Check(t, func(in []*Node) *Node {
			w := in[0]
			if test.transpose {
				w = Transpose(w, 0, 1)
			}
			return MulScalar(sparse.Head{Penalty: test.penalty}.Value(w), test.scale)
		})
	}
}

func TestProximalStepsGolden(t *testing.T) {
	cases := golden.Cases(t, "testdata/golden.json")
	n := 0
	for name, c := range cases {
		if !strings.HasPrefix(name, "prox_") {
			continue
		}
		n++
		var want [][]float64
		if err := json.Unmarshal(c.Output, &want); err != nil {
			t.Fatal(err)
		}
		penalty := "l1"
		if strings.HasPrefix(name, "prox_l21_columns") {
			penalty = "group-l21"
		}
		x := c.Inputs[0]
		out := golden.Run(t, func(in []*Node) []*Node {
			threshold := Scalar(in[0].Graph(), in[0].DType(), c.Param("tau"))
			return []*Node{Transpose(sparse.Head{Penalty: penalty}.Step(Transpose(in[0], 0, 1), threshold), 0, 1)}
		}, golden.Tensor(t, golden.X(x.Shape[0], x.Shape[1], x.Seed), x.Shape...))
		got := golden.Floats(t, out[0])
		golden.Near(t, name, got, golden.Flatten(want))
		for i, w := range golden.Flatten(want) {
			if w == 0 && got[i] != 0 {
				t.Errorf("%s [%d] = %g, want exactly 0", name, i, got[i])
			}
		}
	}
	if n == 0 {
		t.Fatal("no golden cases of proximal steps")
	}
}

// A proximal step minimises ½‖V−W‖² + t·Ω(V): no nearby V does better.
func TestProximalStepsMinimise(t *testing.T) {
	const rows, columns, threshold = 5, 4, 0.3
	w := golden.X(rows, columns, 3)
	for _, name := range sparse.Names() {
		if sparse.Penalties[name].Prox == nil {
			continue
		}
		head := sparse.Head{Penalty: name}
		objective := func(v []float64) float64 {
			out := golden.Run(t, func(in []*Node) []*Node {
				gap := DivScalar(ReduceAllSum(Square(Sub(in[0], in[1]))), 2)
				return []*Node{Add(gap, MulScalar(head.Value(in[0]), threshold))}
			}, golden.Tensor(t, v, rows, columns), golden.Tensor(t, w, rows, columns))
			return golden.Floats(t, out[0])[0]
		}
		out := golden.Run(t, func(in []*Node) []*Node {
			return []*Node{head.Step(in[0], Scalar(in[0].Graph(), in[0].DType(), threshold))}
		}, golden.Tensor(t, w, rows, columns))
		v := golden.Floats(t, out[0])
		best := objective(v)
		for i := range 6 {
			near := append([]float64(nil), v...)
			for k, d := range golden.X(rows, columns, float64(40+i)) {
				near[k] += 0.05 * d
			}
			if o := objective(near); o < best {
				t.Errorf("%s: the step reaches %g, and %g is near it", name, best, o)
			}
		}
	}
}

// Every penalty is finite, and has a finite gradient, at W = 0 and with a dead group; the
// Hoyer squares do not feel the scale of W.
func TestPenaltiesAtTheEdge(t *testing.T) {
	const rows, columns = 4, 3
	dead := golden.X(rows, columns, 8)
	for k := range columns {
		dead[columns+k] = 0
	}
	for _, name := range sparse.Names() {
		head := sparse.Head{Penalty: name}
		out := golden.Run(t, func(in []*Node) []*Node {
			zero, w := ZerosLike(in[0]), in[0]
			a, b := head.Value(zero), head.Value(w)
			return []*Node{a, Gradient(a, zero)[0], b, Gradient(b, w)[0], head.Value(MulScalar(w, 9))}
		}, golden.Tensor(t, dead, rows, columns))
		for i, what := range []string{"at 0", "gradient at 0", "dead group", "gradient with a dead group"} {
			for _, v := range golden.Floats(t, out[i]) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %s is %g", name, what, v)
				}
			}
		}
		if strings.Contains(name, "hoyer") {
			golden.Near(t, name+" of 9·W", golden.Floats(t, out[4]), golden.Floats(t, out[2]))
		}
	}
}

func TestMeasure(t *testing.T) {
	w := []float64{
		3, 4, // ‖·‖ = 5
		0, 0, // zero
		0.02, 0.03, // below 1 % of the longest: negligible
		0, 5,
	}
	m := sparse.Measure(w, 4, 2)
	if m.Zero != 1 || m.Negligible != 2 || m.Longest != 5 || m.Share() != 0.5 {
		t.Errorf("Measure = %+v, want 1 zero, 2 negligible, longest 5", m)
	}
	even := sparse.Measure([]float64{1, 1, 1, 1}, 4, 1)
	single := sparse.Measure([]float64{0, 0, 2, 0}, 4, 1)
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s = %g, want %g", what, got, want)
		}
	}
	near("Hoyer, all equal", even.Hoyer, 0)
	near("Hoyer, a single one", single.Hoyer, 1)
	near("Gini, all equal", even.Gini, 0)
	near("Gini, a single one", single.Gini, 0.75)
	near("effective features, all equal", even.Effective, 4)
	near("effective features, a single one", single.Effective, 1)
	if z := sparse.Measure(make([]float64, 6), 3, 2); z.Zero != 3 || z.Negligible != 3 || z.Hoyer != 0 {
		t.Errorf("Measure(0) = %+v", z)
	}
	out := golden.Run(t, func(in []*Node) []*Node {
		return []*Node{sparse.NegligibleNode(in[0]), sparse.ZeroNode(in[0])}
	}, golden.Tensor(t, w, 4, 2))
	near("share of negligible groups in a graph", golden.Floats(t, out[0])[0], 0.5)
	near("share of zero groups in a graph", golden.Floats(t, out[1])[0], 0.25)
}

func TestHeadCheck(t *testing.T) {
	for _, test := range []struct {
		head sparse.Head
		want string // in the error; "" for none
	}{
		{sparse.Head{}, ""},
		{sparse.GroupHoyer(0.05), ""},
		{sparse.GroupL21(0).WithProximal(), ""},
		{sparse.GroupHoyer(-1), "lambda is -1; it must be between 0 and 1e+06"},
		{sparse.GroupHoyer(math.NaN()), "lambda is NaN"},
		{sparse.GroupHoyer(math.Inf(1)), "lambda is +Inf"},
		{sparse.GroupHoyer(1).WithProximal(), `"group-hoyer" has no proximal step; use one of frobenius, group-l21, l1`},
		{sparse.Head{Penalty: "group-hoyr"}, `penalty "group-hoyr" is unknown; there are frobenius,`},
		{sparse.Head{Lambda: 1}, "no penalty is named; use sparse.GroupHoyer(1)"},
	} {
		err := test.head.Check()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%v.Check() = %v, want %q", test.head, err, test.want)
		}
	}
}
