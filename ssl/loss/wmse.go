package loss

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// WMSE is the mean squared distance between the normalised, whitened projections of the two
// views, 2 − 2·cosine. (Ermolov et al. 2021, arXiv:2007.06346, eq. 6)
//
//	za, zb  [n, dim]  projections; whitened here, each view in slices of slice images
//	slice             images whitened together, more than dim; the paper uses 2·dim; n must be a multiple
//	epsilon []        share of the identity in the covariance that is inverted
func WMSE(za, zb *Node, slice int, epsilon *Node) *Node {
	n := za.Shape().Dim(0)
	var sum *Node
	for at := 0; at < n; at += slice {
		rows := AxisRange(at, at+slice)
		wa, wb := normalize(Whiten(Slice(za, rows), epsilon)), normalize(Whiten(Slice(zb, rows), epsilon))
		sum = plus(sum, ReduceAllSum(Square(Sub(wa, wb))))
	}
	return DivScalar(sum, float64(n))
}

// Whiten decorrelates the columns of z and gives them variance 1, by the inverse of the
// Cholesky factor of their covariance (unbiased). (the same, eq. 4)
//
//	z       [n, dim], n > dim
//	epsilon []  the covariance is first mixed with the identity, (1−ε)·Σ + ε·I
func Whiten(z, epsilon *Node) *Node {
	n, dim := z.Shape().Dim(0), z.Shape().Dim(1)
	z = Sub(z, ReduceAndKeep(z, ReduceMean, 0))
	sigma := DivScalar(Dot(z, z).General([]int{0}, nil, []int{0}, nil), float64(n-1))
	eye := ConvertDType(Diagonal(z.Graph(), dim), z.DType())
	sigma = Add(Mul(sigma, OneMinus(epsilon)), Mul(eye, epsilon))
	return Dot(z, inverseCholesky(sigma)).General([]int{1}, nil, []int{1}, nil)
}

// inverseCholesky is L⁻¹ for a positive definite A = L·Lᵀ, [dim, dim], by halves:
// with A = (P Qᵀ; Q R), L⁻¹ = (P' 0; −S'·Q·P'ᵀ·P' S'), where P' is that of P and S' that of
// R − (Q·P'ᵀ)(Q·P'ᵀ)ᵀ. All work is in matrix products, whose gradients GoMLX has.
func inverseCholesky(a *Node) *Node {
	dim := a.Shape().Dim(0)
	if dim == 1 {
		return Reciprocal(Sqrt(a))
	}
	h := dim / 2
	p := inverseCholesky(Slice(a, AxisRange(0, h), AxisRange(0, h)))
	q := Slice(a, AxisRange(h, dim), AxisRange(0, h))
	low := Dot(q, p).General([]int{1}, nil, []int{1}, nil) // Q·P'ᵀ, [dim−h, h]
	rest := Sub(Slice(a, AxisRange(h, dim), AxisRange(h, dim)), Dot(low, low).General([]int{1}, nil, []int{1}, nil))
	s := inverseCholesky(rest)
	corner := Neg(Dot(s, Dot(low, p).Product()).Product())
	zeros := Zeros(a.Graph(), shapes.Make(a.DType(), h, dim-h))
	return Concatenate([]*Node{Concatenate([]*Node{p, zeros}, 1), Concatenate([]*Node{corner, s}, 1)}, 0)
}
