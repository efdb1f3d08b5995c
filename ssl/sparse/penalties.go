package sparse

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// The penalties are written for W [features, width]: row j is the group of feature j.
func init() {
	add(Penalty{"l1", "Σ|w|", l1, softThreshold, EntryGroups})
	add(Penalty{"group-l21", "Σ_j ‖w_j‖₂, w_j the weights leaving feature j",
		func(w *Node) *Node { return ReduceAllSum(norms(w, 1)) },
		func(w, t *Node) *Node { return shrinkGroups(w, t, 1) }, FeatureGroups})
	add(Penalty{"unit-l21", "Σ_k ‖W_·k‖₂, over output units",
		func(w *Node) *Node { return ReduceAllSum(norms(w, 0)) },
		func(w, t *Node) *Node { return shrinkGroups(w, t, 0) }, UnitGroups})
	add(Penalty{"group-hoyer", "(Σ_j‖w_j‖)² / Σ_j‖w_j‖² / features", groupHoyer, nil, FeatureGroups})
	add(Penalty{"hoyer", "(Σ|w|)² / Σw² / entries",
		func(w *Node) *Node { return DivScalar(hoyerSquare(l1(w), w), float64(w.Shape().Size())) }, nil, EntryGroups})
	add(Penalty{"sparse-group", "½ Σ|w| + ½ √width Σ_j‖w_j‖₂", sparseGroup,
		func(w, t *Node) *Node {
			half := MulScalar(t, 0.5)
			return shrinkGroups(softThreshold(w, half), MulScalar(half, math.Sqrt(float64(w.Shape().Dim(1)))), 1)
		}, FeatureGroups})
	add(Penalty{"log-sum", "Σ_j ln(1 + ‖w_j‖₂/0.1)",
		func(w *Node) *Node { return ReduceAllSum(Log1p(MulScalar(norms(w, 1), 10))) }, nil, FeatureGroups})
	add(Penalty{"group-entropy", "entropy of ‖w_j‖/Σ‖w‖, divided by ln(features)", groupEntropy, nil, FeatureGroups})
	add(Penalty{"frobenius", "Σw², for comparison",
		func(w *Node) *Node { return ReduceAllSum(Square(w)) },
		func(w, t *Node) *Node { return Div(w, OnePlus(MulScalar(t, 2))) }, FeatureGroups})
	add(Penalty{"nuclear", "Σ singular values, for comparison", nuclear, nil, FeatureGroups})
	add(Penalty{"orthogonality", "‖G − I‖²/d², G the smaller of W·Wᵀ and Wᵀ·W, [d, d]; for comparison", orthogonality, nil, FeatureGroups})
}

// l1 has gradient sign(w), 0 at 0.
func l1(w *Node) *Node { return ReduceAllSum(Mul(w, StopGradient(Sign(w)))) }

// norms are the Euclidean lengths along axis, with gradient 0 where the length is 0.
func norms(w *Node, axis int) *Node {
	squares := ReduceSum(Square(w), axis)
	zero := LessOrEqual(squares, ZerosLike(squares))
	return Where(zero, ZerosLike(squares), Sqrt(Where(zero, OnesLike(squares), squares)))
}

// hoyerSquare is sum²/Σw², 0 for W = 0.
func hoyerSquare(sum, w *Node) *Node {
	total := ReduceAllSum(Square(w))
	zero := LessOrEqual(total, ZerosLike(total))
	return Where(zero, ZerosLike(total), Div(Square(sum), Where(zero, OnesLike(total), total)))
}

func groupHoyer(w *Node) *Node {
	return DivScalar(hoyerSquare(ReduceAllSum(norms(w, 1)), w), float64(w.Shape().Dim(0)))
}

func sparseGroup(w *Node) *Node {
	root := math.Sqrt(float64(w.Shape().Dim(1)))
	return MulScalar(Add(l1(w), MulScalar(ReduceAllSum(norms(w, 1)), root)), 0.5)
}

func groupEntropy(w *Node) *Node {
	n := norms(w, 1)
	total := ReduceAllSum(n)
	p := Div(n, MaxScalar(total, 1e-30))
	entropy := Neg(ReduceAllSum(Mul(p, Log(MaxScalar(p, 1e-30)))))
	return DivScalar(entropy, math.Log(max(float64(w.Shape().Dim(0)), 2)))
}

// softThreshold moves every entry towards zero by t and stops there.
func softThreshold(w, t *Node) *Node {
	return Mul(Sign(w), Max(Sub(Abs(w), t), ZerosLike(w)))
}

// shrinkGroups shortens every group along axis by t, to no less than zero.
func shrinkGroups(w, t *Node, axis int) *Node {
	n := InsertAxes(norms(w, axis), axis)
	alive := GreaterThan(n, BroadcastToShape(t, n.Shape()))
	factor := OneMinus(Div(t, Where(alive, n, OnesLike(n))))
	return Mul(w, Where(alive, factor, ZerosLike(n)))
}
