package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// NNCLR contrasts the nearest neighbours of one view's projections, from a support set, with
// the predictions for the other view, among all predictions of the batch; the mean of both
// ways. (Dwibedi et al. 2021, arXiv:2104.14548, eq. 4 and its pseudo-code)
//
//	nearA, nearB [n, dim]  see [Nearest]; no gradient flows
//	pa, pb       [n, dim]  predictions
//	temperature  []        the paper uses 0.1
func NNCLR(nearA, nearB, pa, pb, temperature *Node) *Node {
	return MulScalar(Add(nnclrHalf(nearA, pb, temperature), nnclrHalf(nearB, pa, temperature)), 0.5)
}

func nnclrHalf(near, p, temperature *Node) *Node {
	near, p = normalize(StopGradient(near)), normalize(p)
	logits := Div(Dot(near, p).General([]int{1}, nil, []int{1}, nil), temperature) // [n, n]
	positive := Div(ReduceSum(Mul(near, p), 1), temperature)
	return Sub(ReduceAllMean(logSumExp(logits)), ReduceAllMean(positive))
}

// Nearest is, for each row of z, the row of support with the largest cosine. No gradient
// flows.
//
//	z       [n, dim]
//	support [size, dim]
func Nearest(z, support *Node) *Node {
	z, support = StopGradient(z), StopGradient(support)
	cosine := Dot(normalize(z), normalize(support)).General([]int{1}, nil, []int{1}, nil) // [n, size]
	return StopGradient(Gather(support, InsertAxes(ArgMax(cosine, 1), -1)))
}
