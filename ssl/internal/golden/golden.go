// Package golden checks graph functions against values and gradients that other libraries
// computed in float64: in float64 on the pure-Go backend, to 1e-9, and in float32 on XLA, to
// 2e-4. GOMLX_BACKEND chooses the backend; the pure-Go one if it is not set.
package golden

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/device"
)

var open = sync.OnceValues(func() (compute.Backend, error) {
	name := os.Getenv(device.EnvName)
	if name == "" {
		name = "go"
	}
	b, _, err := device.Open(context.Background(), name, device.Options{})
	return b, err
})

// Backend is the one that the tests of this process run on.
func Backend(t testing.TB) compute.Backend {
	t.Helper()
	b, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// DType is float64 on the pure-Go backend and float32 elsewhere.
func DType(t testing.TB) dtypes.DType {
	if Backend(t).String() == "go" { // its Name is "Go Backend"
		return dtypes.Float64
	}
	return dtypes.Float32
}

// Case is one entry of a golden file.
type Case struct {
	Name   string
	Params map[string]any
	Inputs []struct {
		Name  string
		Shape []int
		Seed  float64
	}
	Loss   float64
	Grads  map[string][][]float64
	Output json.RawMessage
	Source string
}

// Param is a number among the case's parameters.
func (c Case) Param(name string) float64 { return c.Params[name].(float64) }

// Cases reads a golden file, by name of the case.
func Cases(t testing.TB, file string) map[string]Case {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct{ Cases []Case }
	if err := json.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	cases := map[string]Case{}
	for _, c := range content.Cases {
		cases[c.Name] = c
	}
	return cases
}

// X is the golden files' input matrix, by formula.
func X(rows, columns int, seed float64) []float64 {
	out := make([]float64, 0, rows*columns)
	for i := range rows {
		for j := range columns {
			a, b := float64(i), float64(j)
			out = append(out, math.Sin(a*0.37+b*1.3+seed*0.71)+0.5*math.Cos(a*b*0.11+seed*1.9))
		}
	}
	return out
}

// Tensor makes a matrix of the test's type.
func Tensor(t testing.TB, values []float64, dims ...int) *tensors.Tensor {
	if DType(t) == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(append([]float64(nil), values...), dims...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// Floats reads a tensor of either type.
func Floats(t testing.TB, x *tensors.Tensor) []float64 {
	t.Helper()
	var out []float64
	x.MustConstFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float64:
			out = append(out, flat...)
		case []float32:
			for _, v := range flat {
				out = append(out, float64(v))
			}
		default:
			t.Fatalf("tensor of %T", flat)
		}
	})
	return out
}

// Run builds f over the inputs and returns its outputs.
func Run(t testing.TB, f func(in []*Node) []*Node, in ...*tensors.Tensor) []*tensors.Tensor {
	t.Helper()
	exec, err := NewExec(Backend(t), f)
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	args := make([]any, len(in))
	for i := range in {
		args[i] = in[i]
	}
	out, err := exec.Call(args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Check checks a scalar function of the case's inputs, and its gradient by each of them that
// the case has one for.
func (c Case) Check(t *testing.T, f func(in []*Node) *Node) {
	t.Helper()
	in := make([]*tensors.Tensor, len(c.Inputs))
	for i, x := range c.Inputs {
		in[i] = Tensor(t, X(x.Shape[0], x.Shape[1], x.Seed), x.Shape...)
	}
	out := Run(t, func(in []*Node) []*Node {
		loss := f(in)
		return append([]*Node{loss}, Gradient(loss, in...)...)
	}, in...)
	Near(t, c.Name, Floats(t, out[0]), []float64{c.Loss})
	for i, x := range c.Inputs {
		if rows := c.Grads[x.Name]; rows != nil {
			Near(t, c.Name+" gradient by "+x.Name, Floats(t, out[i+1]), Flatten(rows))
		}
	}
}

// Flatten joins rows.
func Flatten(rows [][]float64) []float64 {
	var out []float64
	for _, r := range rows {
		out = append(out, r...)
	}
	return out
}

// Near reports values that differ by more than the backend's tolerance: 1e-9 of the value,
// and of the largest value for those near zero, in float64; 2e-4 and 2e-6 in float32.
func Near(t testing.TB, what string, got, want []float64) {
	t.Helper()
	relative, absolute := 1e-9, 1e-12
	if DType(t) == dtypes.Float32 {
		relative, absolute = 2e-4, 2e-6
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d values, want %d", what, len(got), len(want))
		return
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= relative*math.Abs(want[i])+absolute*max(1, largest)) {
			t.Errorf("%s [%d] = %.12g, want %.12g", what, i, got[i], want[i])
			return
		}
	}
}
