package ssl

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// SimSiam is the loss of that name, [loss.SimSiam]: predictions against the other view's
// projections, through which no gradient flows.
var SimSiam = Loss{Name: "simsiam"}

func init() {
	define("simsiam", objective{
		parts: parts{predictor: needs},
		build: func(b *Branches) *Node { return loss.SimSiam(b.PA, b.PB, b.ZA, b.ZB) },
	})
}

// NewSimSiam returns SimSiam (arXiv:2011.10566) for small images: a projector of three layers
// with batch norm after each, the last one without scale and offset, of width 128 where the
// paper has 2048; a predictor with a bottleneck of a quarter, 32-128; the predictor's
// learning rate kept where it begins; weight decay 5e-4 of every weight, as the paper has on
// CIFAR; everything else as in [NewSimCLR].
func NewSimSiam(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "simsiam", SimSiam
	e.Projector = net.MLP{Widths: []int{128, 128, 128}, Norm: true, NormLast: true}
	e.Predictor = net.MLP{Widths: []int{32, 128}, Norm: true}
	e.Optimizer.FixedPredictor, e.Optimizer.DecayHeads = true, true
	return e
}
