package net

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Init fills a new parameter: it returns n values drawn from rng.
type Init func(rng *rand.Rand, n int) []float64

// Constant initialises every value to v.
func Constant(v float64) Init {
	return func(_ *rand.Rand, n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = v
		}
		return out
	}
}

// Uniform draws from [-bound, bound).
func Uniform(bound float64) Init {
	return func(rng *rand.Rand, n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = bound * (2*rng.Float64() - 1)
		}
		return out
	}
}

// Normal draws from a normal distribution of mean 0 and standard deviation std.
func Normal(std float64) Init {
	return func(rng *rand.Rand, n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = std * rng.NormFloat64()
		}
		return out
	}
}

// UnitRows draws rows of length 1, uniform in their direction.
func UnitRows(dim int) Init {
	return func(rng *rand.Rand, n int) []float64 {
		out := Normal(1)(rng, n)
		for at := 0; at+dim <= n; at += dim {
			squares := 0.0
			for _, v := range out[at : at+dim] {
				squares += v * v
			}
			for i := range dim {
				out[at+i] /= math.Sqrt(squares)
			}
		}
		return out
	}
}

// Stream is the random number generator of one purpose, named by path, under one seed.
// Parameters are drawn on the host, each from its own stream, so that they are the same on
// every backend and do not depend on the order in which layers are built.
func Stream(seed int64, path string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(path))
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// Tensor makes a float32 or float64 tensor of the given dimensions from values.
func Tensor(dtype dtypes.DType, values []float64, dims ...int) *tensors.Tensor {
	if dtype == dtypes.Float64 {
		return tensors.FromFlatDataAndDimensions(values, dims...)
	}
	narrow := make([]float32, len(values))
	for i, v := range values {
		narrow[i] = float32(v)
	}
	return tensors.FromFlatDataAndDimensions(narrow, dims...)
}

// Param returns the variable name of scope s, of type dtype; if the store has none yet it
// is made with init from the store's seed (model.ParamInitialSeed).
func Param(s *model.Scope, name string, dtype dtypes.DType, init Init, dims ...int) *model.Variable {
	if v := s.GetVariable(name); v != nil {
		want := shapes.Make(dtype, dims...)
		if !v.Shape().Equal(want) {
			panicf("%s/%s has shape %s, and the network asks for %s; a part's size is changed by Resize, not by other settings",
				s.Scope(), name, v.Shape(), want)
		}
		return v
	}
	n := 1
	for _, d := range dims {
		n *= d
	}
	seed := model.GetParamOr(s, model.ParamInitialSeed, int64(0))
	rng := Stream(seed, model.JoinPath(s.Scope(), name))
	return s.VariableWithValue(name, Tensor(dtype, init(rng, n), dims...))
}

// fanIn is PyTorch's default bound for linear and convolution layers, 1/√fan.
func fanIn(fan int) Init { return Uniform(1 / math.Sqrt(float64(fan))) }

// relu is max(x, 0), with gradient 0 at 0; NaN stays NaN.
func relu(x *Node) *Node {
	zero := ZerosLike(x)
	return Where(LessOrEqual(x, zero), zero, x)
}

// gelu is x·Φ(x), Φ the normal distribution.
func gelu(x *Node) *Node {
	return Mul(MulScalar(x, 0.5), OnePlus(Erf(MulScalar(x, math.Sqrt2/2))))
}
