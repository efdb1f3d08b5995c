package loss

import . "github.com/gomlx/gomlx/core/graph"

// NegativeCosine is minus the mean cosine of rows, between −1 and 1. The source of BYOL
// writes 2 + 2 times this.
//
//	p, z [n, dim]; a row of length zero has cosine 0
func NegativeCosine(p, z *Node) *Node {
	return Neg(ReduceAllMean(ReduceSum(Mul(normalizeBy(p, 1e-8), normalizeBy(z, 1e-8)), 1)))
}

// SimSiam is the symmetric negative cosine between predictions and the other view's
// projections, through which no gradient flows. (Chen & He 2021, arXiv:2011.10566, eq. 4)
//
//	pa, pb [n, dim]  predictions, of the two views
//	za, zb [n, dim]  projections
func SimSiam(pa, pb, za, zb *Node) *Node {
	return MulScalar(Add(NegativeCosine(pa, StopGradient(zb)), NegativeCosine(pb, StopGradient(za))), 0.5)
}

// BYOL is the mean squared distance between normalised predictions and the target network's
// normalised projections of the other view, both ways: 4 + 2·(cos + cos).
// (Grill et al. 2020, arXiv:2006.07733, eq. 2)
func BYOL(pa, pb, targetA, targetB *Node) *Node {
	return AddScalar(MulScalar(SimSiam(pa, pb, targetA, targetB), 4), 4)
}

// normalizeBy scales each row to length 1, dividing by at least shortest.
func normalizeBy(z *Node, shortest float64) *Node {
	squares := ReduceAndKeep(Square(z), ReduceSum, -1)
	return Div(z, Sqrt(MaxScalar(squares, shortest*shortest)))
}
