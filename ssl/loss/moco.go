package loss

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// MoCoV3 is the symmetric contrastive loss of queries against the keys of the other view,
// negatives being the other keys of the batch, scaled by 2·temperature.
// (Chen, Xie & He 2021, arXiv:2104.02057, algorithm 1)
//
//	qa, qb      [n, dim]  predictions of the two views by the trained network
//	ka, kb      [n, dim]  projections by the momentum network; no gradient flows through them
//	temperature []        the paper uses 0.2 for ViT, 1.0 for ResNet
func MoCoV3(qa, qb, ka, kb, temperature *Node) *Node {
	return Add(againstKeys(qa, kb, temperature), againstKeys(qb, ka, temperature))
}

func againstKeys(q, k, temperature *Node) *Node {
	q, k = normalize(q), normalize(StopGradient(k))
	logits := Div(Dot(q, k).General([]int{1}, nil, []int{1}, nil), temperature) // [n, n]
	positive := Div(ReduceSum(Mul(q, k), 1), temperature)
	entropy := Sub(ReduceAllMean(logSumExp(logits)), ReduceAllMean(positive))
	return Mul(MulScalar(temperature, 2), entropy)
}

// MoCo contrasts each query with its key and the keys of a queue, and symmetrically the keys'
// view. The queue is that of before the step. (He et al. 2020, arXiv:1911.05722, eq. 1)
//
//	q, k        [n, dim]     query and key of each image; no gradient flows through k
//	queue       [size, dim]  rows of length 1
//	temperature []           MoCo v2 uses 0.2
func MoCo(q, k, queue, temperature *Node) *Node {
	q, k = normalize(q), normalize(StopGradient(k))
	positive := Div(ReduceAndKeep(Mul(q, k), ReduceSum, 1), temperature)              // [n, 1]
	negative := Div(Dot(q, queue).General([]int{1}, nil, []int{1}, nil), temperature) // [n, size]
	return Sub(ReduceAllMean(logSumExp(Concatenate([]*Node{positive, negative}, 1))), ReduceAllMean(positive))
}
