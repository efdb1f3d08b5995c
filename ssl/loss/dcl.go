package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// DCL is the decoupled contrastive loss: NT-Xent whose denominator leaves the positive pair
// out, so that easy positives do not weaken the gradient. (Yeh et al. 2022,
// arXiv:2110.06848, eq. 3)
//
//	za, zb      [n, dim], n ≥ 2  projections; normalised here
//	temperature []               the paper uses 0.1
func DCL(za, zb, temperature *Node) *Node { return decoupled(za, zb, temperature, nil) }

// DCLW is [DCL] with positives weighted by how hard they are: w = 2 − n·softmax(⟨za, zb⟩/σ)
// over the batch; the weight has no gradient. (the same, eq. 6)
//
//	sigma []  the paper uses 0.5
func DCLW(za, zb, temperature, sigma *Node) *Node { return decoupled(za, zb, temperature, sigma) }

func decoupled(za, zb, temperature, sigma *Node) *Node {
	za, zb = normalize(za), normalize(zb)
	return MulScalar(Add(decoupledHalf(za, zb, temperature, sigma), decoupledHalf(zb, za, temperature, sigma)), 0.5)
}

// decoupledHalf is the loss of view a against everything but itself and its partner in b.
func decoupledHalf(za, zb, temperature, sigma *Node) *Node {
	n := za.Shape().Dim(0)
	cosine := ReduceSum(Mul(za, zb), 1) // [n]
	positive := Div(cosine, temperature)
	if sigma != nil {
		weight := AddScalar(Neg(MulScalar(Softmax(Div(cosine, sigma)), float64(n))), 2)
		positive = Mul(StopGradient(weight), positive)
	}
	within := Div(Dot(za, za).General([]int{1}, nil, []int{1}, nil), temperature)
	across := Div(Dot(za, zb).General([]int{1}, nil, []int{1}, nil), temperature)
	others := Concatenate([]*Node{withoutDiagonal(within), withoutDiagonal(across)}, 1) // [n, 2n]
	return Sub(ReduceAllMean(logSumExp(others)), ReduceAllMean(positive))
}

// DirectCLR is NT-Xent on the first dim features of the representations themselves, without
// a projector. (Jing et al. 2022, arXiv:2110.09348)
//
//	ha, hb      [n, features]  representations of the two views
//	dim         at most features
//	temperature []             the paper uses 0.1
func DirectCLR(ha, hb *Node, dim int, temperature *Node) *Node {
	return NTXent(Slice(ha, AxisRange(), AxisRange(0, dim)), Slice(hb, AxisRange(), AxisRange(0, dim)), temperature)
}
