package loss

import . "github.com/gomlx/gomlx/core/graph"

// TiCo pulls the views together and pushes projections out of the directions that hold most
// variance, by a covariance that is kept over the steps:
// 1 − mean cosine + ρ·mean(zaᵀ C za). (Zhu et al. 2022, arXiv:2206.10698, eq. 1–3)
//
//	za, zb     [n, dim]    projections of the two views, of the target for zb; normalised here
//	covariance [dim, dim]  of this step; see [TiCoCovariance]; no gradient flows
//	rho        []          weight of the second term; the paper uses 8
func TiCo(za, zb, covariance, rho *Node) *Node {
	za, zb = normalize(za), normalize(zb)
	near := ReduceAllMean(ReduceSum(Mul(za, zb), 1))
	spread := ReduceAllMean(ReduceSum(Mul(Dot(za, StopGradient(covariance)).Product(), za), 1))
	return Add(OneMinus(near), Mul(rho, spread))
}

// TiCoCovariance moves the covariance towards that of this step's normalised projections:
// β·C + (1−β)·zaᵀza/n. (the same, eq. 3)
//
//	beta []  the paper uses 0.9
func TiCoCovariance(covariance, za, beta *Node) *Node {
	za = StopGradient(normalize(za))
	now := DivScalar(Dot(za, za).General([]int{0}, nil, []int{0}, nil), float64(za.Shape().Dim(0)))
	return Add(Mul(covariance, beta), Mul(now, OneMinus(beta)))
}
