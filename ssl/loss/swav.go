package loss

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// SwAV has each view predict the assignment to prototypes that Sinkhorn gives the other view:
// the cross entropy of every view's softmax(scores/temperature) with the assignments of each
// large view but itself, averaged over large views and over the views that predict them.
// (Caron et al. 2020, arXiv:2006.09882, eq. 2 and section 3.3)
//
//	large       two or more [n, prototypes]  cosines of the large views with the prototypes
//	small       any number  [n, prototypes]  of the small crops, which predict only
//	temperature []                           the paper uses 0.1
//	epsilon     []                           of [Sinkhorn]; the paper uses 0.05
//	iterations                               of [Sinkhorn]; the paper uses 3
func SwAV(large, small []*Node, temperature, epsilon *Node, iterations int) *Node {
	views := append(append([]*Node{}, large...), small...)
	var sum *Node
	for i, scores := range large {
		codes := Sinkhorn(StopGradient(scores), epsilon, iterations)
		for j, other := range views {
			if j != i {
				sum = plus(sum, crossEntropy(codes, Div(other, temperature)))
			}
		}
	}
	return DivScalar(sum, float64(len(large)*(len(views)-1)))
}

// Sinkhorn assigns n images to prototypes softly, so that every prototype gets an equal share
// and every row sums to 1: iterations times it scales columns and then rows of
// exp(scores/epsilon), in the logarithm. (the same, eq. 3–5)
//
//	scores  [n, prototypes]
//	result  [n, prototypes]
func Sinkhorn(scores, epsilon *Node, iterations int) *Node {
	n, prototypes := scores.Shape().Dim(0), scores.Shape().Dim(1)
	q := Div(scores, epsilon)
	q = Sub(q, ReduceAllMax(q))
	for range iterations {
		q = AddScalar(Sub(q, InsertAxes(logSumExp(Transpose(q, 0, 1)), 0)), -math.Log(float64(prototypes)))
		q = AddScalar(Sub(q, InsertAxes(logSumExp(q), -1)), -math.Log(float64(n)))
	}
	return MulScalar(Exp(q), float64(n))
}

// crossEntropy is the mean over rows of −Σ p·ln softmax(logits).
func crossEntropy(p, logits *Node) *Node {
	logQ := Sub(logits, InsertAxes(logSumExp(logits), -1))
	return Neg(ReduceAllMean(ReduceSum(Mul(p, logQ), -1)))
}

// plus is a + b, b where a is nil.
func plus(a, b *Node) *Node {
	if a == nil {
		return b
	}
	return Add(a, b)
}
