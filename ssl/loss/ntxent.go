package loss

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// NTXent is the normalised temperature-scaled cross entropy of SimCLR: each of the 2n
// projections must find its partner, the other view of its image, among the 2n−1 others.
// The mean over all 2n rows. (Chen et al. 2020, arXiv:2002.05709, eq. 1)
//
//	za, zb      [n, dim]  projections of the two views; normalised here
//	temperature []        positive; the recipe uses 0.2
//
// A fully collapsed batch gives ln(2n−1).
func NTXent(za, zb, temperature *Node) *Node {
	n := za.Shape().Dim(0)
	z := normalize(Concatenate([]*Node{za, zb}, 0))
	logits := Div(Dot(z, z).General([]int{1}, nil, []int{1}, nil), temperature) // [2n, 2n]
	others := withoutDiagonal(logits)
	partner := Mul(Slice(z, AxisRange(0, n)), Slice(z, AxisRange(n, 2*n)))
	positive := Div(ReduceSum(partner, 1), temperature) // [n], the same for both rows of a pair
	return Sub(ReduceAllMean(logSumExp(others)), ReduceAllMean(positive))
}

// normalize scales each row of z [n, dim] to length 1, as PyTorch does; a zero row stays zero.
func normalize(z *Node) *Node { return normalizeBy(z, 1e-12) }

// withoutDiagonal takes every row's similarity with itself out of the running.
func withoutDiagonal(logits *Node) *Node {
	g, n := logits.Graph(), logits.Shape().Dim(0)
	square := shapes.Make(dtypes.Int32, n, n)
	self := Equal(Iota(g, square, 0), Iota(g, square, 1))
	return Where(self, FillScalar(g, logits.Shape(), -1e9), logits)
}

// logSumExp is ln Σ exp over the last axis, with the maximum subtracted first.
func logSumExp(x *Node) *Node {
	top := StopGradient(ReduceAndKeep(x, ReduceMax, -1))
	sum := ReduceSum(Exp(Sub(x, top)), -1)
	return Add(Log(sum), Squeeze(top, -1))
}
