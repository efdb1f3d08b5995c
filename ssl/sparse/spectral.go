package sparse

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// newtonSteps bring every singular value above a ten-thousandth of W's length to 1.
const newtonSteps = 30

// nuclear is the sum of the singular values, ⟨W, U·Vᵀ⟩, with gradient U·Vᵀ. The polar factor
// U·Vᵀ comes from Newton and Schulz's iteration X ← 1.5·X − 0.5·X·Xᵀ·X, which only needs
// matrix products: a singular value that it leaves below 1 is so small that it counts little.
func nuclear(w *Node) *Node {
	x := StopGradient(w)
	if x.Shape().Dim(0) > x.Shape().Dim(1) {
		x = Transpose(x, 0, 1) // the smaller product first
	}
	total := ReduceAllSum(Square(x))
	zero := LessOrEqual(total, ZerosLike(total))
	x = Div(x, Sqrt(Where(zero, OnesLike(total), total)))
	for range newtonSteps {
		gram := Dot(x, x).General([]int{1}, nil, []int{1}, nil)
		x = Sub(MulScalar(x, 1.5), MulScalar(Dot(gram, x).Product(), 0.5))
	}
	if w.Shape().Dim(0) > w.Shape().Dim(1) {
		x = Transpose(x, 0, 1)
	}
	return ReduceAllSum(Mul(w, StopGradient(x)))
}

// orthogonality is the mean squared distance of the smaller Gram matrix from the identity
// (Bansal et al. 2018, arXiv:1810.09102, eq. 1, over the number of entries).
func orthogonality(w *Node) *Node {
	axis := 1
	if w.Shape().Dim(0) > w.Shape().Dim(1) {
		axis = 0
	}
	gram := Dot(w, w).General([]int{axis}, nil, []int{axis}, nil)
	d := gram.Shape().Dim(0)
	g := w.Graph()
	square := shapes.Make(w.DType(), d, d)
	eye := ConvertDType(Equal(Iota(g, square, 0), Iota(g, square, 1)), w.DType())
	return ReduceAllMean(Square(Sub(gram, eye)))
}
