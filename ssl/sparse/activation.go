package sparse

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// Activation makes what passes through a projection head sparse. It is a plain value; the
// zero Activation is none.
//
//	relu        z ← max(z, 0) after the projector: non-negative contrastive learning
//	            (arXiv:2403.12459)
//	top-k       of each image's representation the K largest features go into the projector,
//	            the others as zero
//	batch-mask  the K features with the largest mean size over the batch go into the
//	            projector, the same ones for all images; the others as zero
//
// Representations themselves, which a probe reads, are not changed. The batch is that of the
// pass: both views of a step, or a chunk of images when a run is evaluated.
type Activation struct {
	Kind string // "relu", "top-k", "batch-mask", or "" for none
	K    int    // features that stay, of "top-k" and "batch-mask"
}

// NonNegative is the ReLU of non-negative contrastive learning.
func NonNegative() Activation { return Activation{Kind: "relu"} }

// TopFeatures keeps the k largest features of each representation.
func TopFeatures(k int) Activation { return Activation{Kind: "top-k", K: k} }

// BatchMask keeps the k features that are largest over a batch.
func BatchMask(k int) Activation { return Activation{Kind: "batch-mask", K: k} }

// String is such as "top-k 32".
func (a Activation) String() string {
	switch {
	case a.Kind == "":
		return "none"
	case a.K != 0:
		return fmt.Sprintf("%s %d", a.Kind, a.K)
	}
	return a.Kind
}

// Check reports an unknown kind, or a K that does not fit it.
func (a Activation) Check() error {
	switch a.Kind {
	case "", "relu":
		if a.K != 0 {
			return fmt.Errorf("activation %q takes no K, and K is %d; use sparse.TopFeatures or sparse.BatchMask", a.Kind, a.K)
		}
	case "top-k", "batch-mask":
		if a.K < 1 {
			return fmt.Errorf("activation %q keeps K features, and K is %d; it must be at least 1", a.Kind, a.K)
		}
	default:
		return fmt.Errorf("activation %q is unknown; there are relu, top-k and batch-mask", a.Kind)
	}
	return nil
}

// Before is applied to representations, [n, features], on their way into the projector.
func (a Activation) Before(h *Node) *Node {
	features := h.Shape().Dim(1)
	if (a.Kind == "top-k" || a.Kind == "batch-mask") && a.K > features {
		panic(fmt.Errorf("sparse: activation %s keeps more features than there are, %d", a, features))
	}
	switch a.Kind {
	case "top-k":
		return Mul(h, ConvertDType(TopKMask(StopGradient(h), a.K, 1), h.DType()))
	case "batch-mask":
		size := ReduceMean(StopGradient(Abs(h)), 0)
		return Mul(h, ExpandLeftToRank(ConvertDType(TopKMask(size, a.K, 0), h.DType()), 2))
	}
	return h
}

// After is applied to projections, [n, dim].
func (a Activation) After(z *Node) *Node {
	if a.Kind != "relu" {
		return z
	}
	return MaxScalar(z, 0)
}
