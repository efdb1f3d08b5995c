package net

import (
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Batch normalisation as PyTorch's: the running statistics move by Momentum, the running
// variance is the unbiased one, the batch is normalised with the biased one.
const (
	NormMomentum = 0.1
	NormEpsilon  = 1e-5
)

// BatchNorm normalises over every axis but the last, with a gradient that runs through mean
// and variance too. In a training graph (model.Scope.IsTraining) it uses the batch's
// statistics and moves the running ones, otherwise the running ones.
//
//	x                        [..., features]
//	scale, offset            [features]  1 and 0 at the start
//	mean, variance           [features]  running, not trained; 0 and 1 at the start
func BatchNorm(s *model.Scope, x *Node) *Node { return batchNorm(s, x, true) }

// BatchNormPlain is [BatchNorm] without scale and offset.
func BatchNormPlain(s *model.Scope, x *Node) *Node { return batchNorm(s, x, false) }

func batchNorm(s *model.Scope, x *Node, affine bool) *Node {
	dtype, d := x.DType(), x.Shape().Dim(-1)
	mean := Param(s, "mean", dtype, Constant(0), d).SetTrainable(false)
	variance := Param(s, "variance", dtype, Constant(1), d).SetTrainable(false)

	flat := Reshape(x, -1, d)
	rows := flat.Shape().Dim(0)
	var m, v *Node
	if s.IsTraining(x.Graph()) {
		if rows < 2 {
			panicf("%s: batch norm in training needs at least 2 values a feature, got %d; use a larger batch", s.Scope(), rows)
		}
		m = ReduceMean(flat, 0)
		v = ReduceMean(Square(Sub(flat, ExpandLeftToRank(m, 2))), 0)
		unbiased := MulScalar(v, float64(rows)/float64(rows-1))
		move := func(running *model.Variable, now *Node) {
			old := running.NodeValue(x)
			running.SetNodeValue(Add(old, MulScalar(Sub(StopGradient(now), old), NormMomentum)))
		}
		move(mean, m)
		move(variance, unbiased)
	} else {
		m, v = mean.NodeValue(x), variance.NodeValue(x)
	}
	// One multiply and one add a value: (x−m)/σ·γ+β = x·a + b.
	a := Reciprocal(Sqrt(AddScalar(v, NormEpsilon)))
	if affine {
		a = Mul(a, Param(s, "scale", dtype, Constant(1), d).NodeValue(x))
	}
	y := Mul(Sub(flat, ExpandLeftToRank(m, 2)), ExpandLeftToRank(a, 2))
	if affine {
		y = Add(y, ExpandLeftToRank(Param(s, "offset", dtype, Constant(0), d).NodeValue(x), 2))
	}
	return ReshapeWithShape(y, x.Shape())
}
