// Package sparse is SparseHead: penalties that silence input features of a projection head,
// and measures of how far they have come.
//
// The idea is that of arXiv:2307.08913, a regularisation term that constrains the sparsity of
// the projection head and joins any self-supervised method. Its formula is not public to us;
// we claim none, and offer a family. W is the projector's first layer, [features, width], and
// w_j its row j, the weights that leave feature j:
//
//	l1             Σ|w|                                   single weights become zero
//	group-l21      Σ_j ‖w_j‖₂                             features fall silent
//	unit-l21       Σ_k ‖W_·k‖₂                            hidden units fall silent
//	sparse-group   ½ Σ|w| + ½ √width Σ_j ‖w_j‖₂           both kinds
//	group-hoyer    (Σ_j‖w_j‖)² / Σ_j‖w_j‖² / features     features; blind to the scale of W
//	hoyer          (Σ|w|)² / Σw² / entries                weights; blind to the scale of W
//	log-sum        Σ_j ln(1 + ‖w_j‖/0.1)                  features; long ones are spared
//	group-entropy  entropy of ‖w_j‖/Σ‖w‖ / ln features    features; blind to the scale of W
//	frobenius      Σw²                                    none; for comparison
//	nuclear        Σ singular values                      the rank falls; for comparison
//	orthogonality  ‖G − I‖²/d², G = W·Wᵀ or Wᵀ·W          none; for comparison
//
// A loss that normalises its projections hardly feels the scale of W, so that a penalty which
// does mostly shrinks all of W alike, until λ is large. The Hoyer squares do not have that way
// out, and group-hoyer is the one to begin with. A [Head] adds λ times the penalty to the
// loss, whose gradient brings groups near zero; or, where there is a closed form, takes a
// proximal step after each step of the optimiser, which makes them exactly zero.
//
// λ can be led to a share of negligible features by feedback ([Head.WithTarget]), and what is
// small can be set to zero at the end ([Head.WithThreshold]). [Activation] makes what passes
// through the head sparse, not its weights.
package sparse
