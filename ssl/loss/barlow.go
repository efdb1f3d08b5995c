package loss

import . "github.com/gomlx/gomlx/core/graph"

// BarlowTwins penalises the distance between the cross-correlation of the two views and the
// identity: the diagonal pulls the views together; the rest, weighted by redundancy, keeps
// features apart. (Zbontar et al. 2021, arXiv:2103.03230, eq. 1)
//
//	za, zb      [n, dim]  projections; standardised here over the batch (biased variance, ε 1e-5)
//	redundancy  []        the paper uses 5e-3
func BarlowTwins(za, zb, redundancy *Node) *Node {
	n, dim := za.Shape().Dim(0), za.Shape().Dim(1)
	c := Dot(standardize(za), standardize(zb)).General([]int{0}, nil, []int{0}, nil)
	c = DivScalar(c, float64(n)) // [dim, dim]
	eye := ConvertDType(Diagonal(za.Graph(), dim), za.DType())
	gap := Square(Sub(c, eye))
	return Add(ReduceAllSum(Mul(gap, eye)), Mul(redundancy, ReduceAllSum(Mul(gap, OneMinus(eye)))))
}

// standardize gives each column mean 0 and variance 1 (biased, ε 1e-5).
func standardize(z *Node) *Node {
	z = Sub(z, ReduceAndKeep(z, ReduceMean, 0))
	variance := ReduceAndKeep(Square(z), ReduceMean, 0)
	return Div(z, Sqrt(AddScalar(variance, 1e-5)))
}
