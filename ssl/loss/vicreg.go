package loss

import . "github.com/gomlx/gomlx/core/graph"

// VICReg keeps the views of an image together (invariance), the standard deviation of each
// feature above 1 (variance), and features uncorrelated (covariance).
// (Bardes et al. 2022, arXiv:2105.04906, eq. 1–6)
//
//	za, zb      [n, dim], n ≥ 2  projections, as they are
//	invariance  []  weight of the mean squared distance; the paper uses 25
//	variance    []  weight of the mean over features of max(0, 1 − σ), half of either view; 25
//	covariance  []  weight of the squared off-diagonal covariances over dim, of both views; 1
//
// Variances and covariances are the unbiased ones, σ = √(variance + 1e-4).
func VICReg(za, zb, invariance, variance, covariance *Node) *Node {
	near := ReduceAllMean(Square(Sub(za, zb)))
	va, ca := spread(za)
	vb, cb := spread(zb)
	terms := Mul(invariance, near)
	terms = Add(terms, Mul(variance, MulScalar(Add(va, vb), 0.5)))
	return Add(terms, Mul(covariance, Add(ca, cb)))
}

// spread returns the variance and the covariance term of one view.
func spread(z *Node) (variance, covariance *Node) {
	n, dim := z.Shape().Dim(0), z.Shape().Dim(1)
	z = Sub(z, ReduceAndKeep(z, ReduceMean, 0))
	c := DivScalar(Dot(z, z).General([]int{0}, nil, []int{0}, nil), float64(n-1)) // [dim, dim]
	eye := ConvertDType(Diagonal(z.Graph(), dim), z.DType())
	deviation := Sqrt(AddScalar(ReduceSum(Mul(c, eye), 1), 1e-4)) // [dim]
	variance = ReduceAllMean(MaxScalar(OneMinus(deviation), 0))
	covariance = DivScalar(ReduceAllSum(Square(Mul(c, OneMinus(eye)))), float64(dim))
	return variance, covariance
}
