package ssl

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// BYOL is the loss of that name, [loss.BYOL]: predictions against the target's projections
// of the other view.
var BYOL = Loss{Name: "byol"}

func init() {
	define("byol", objective{
		parts: parts{predictor: needs, target: needs},
		build: func(b *Branches) *Node { return loss.BYOL(b.PA, b.PB, b.TargetA, b.TargetB) },
	})
}

// NewBYOL returns BYOL (arXiv:2006.07733) for small images: a target that follows with
// momentum 0.996, rising to 1 on a cosine, and the paper's kind of projector and predictor,
// two layers each with batch norm between, of widths 256-64 where the paper has 4096-256;
// everything else as in [NewSimCLR].
func NewBYOL(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "byol", BYOL
	e.Projector = net.MLP{Widths: []int{256, 64}, Norm: true}
	e.Predictor = net.MLP{Widths: []int{256, 64}, Norm: true}
	e.Target = EMA(0.996)
	return e
}
