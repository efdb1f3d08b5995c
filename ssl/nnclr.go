package ssl

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// NNCLR is the loss of that name, [loss.NNCLR], with a support set of the newest so many
// projections.
func NNCLR(queue int) Loss { return Loss{Name: "nnclr", Options: []Option{{"queue", queue}}} }

func init() {
	define("nnclr", objective{
		temperature: true,
		options:     []string{"queue"},
		parts:       parts{predictor: needs},
		build: func(b *Branches) *Node {
			dim := b.ZA.Shape().Dim(1)
			support := b.State("support", net.UnitRows(dim), b.Option("queue"), dim)
			nearA, nearB := loss.Nearest(b.ZA, support.Value()), loss.Nearest(b.ZB, support.Value())
			support.Enqueue(unitRows(b.ZA, 1))
			return loss.NNCLR(nearA, nearB, b.PA, b.PB, b.Knob("temperature"))
		},
		check: func(e *Experiment) error { return queueFits(e) },
	})
}

// NewNNCLR returns NNCLR (arXiv:2104.14548) for small images: the paper's temperature 0.1 and
// kind of heads, projector 256-256-64 with batch norm after every layer and predictor 256-64
// with batch norm between, where the paper has 2048-2048-256 and 4096-256; a support set of
// 4096 where it has 98304; everything else as in [NewSimCLR].
func NewNNCLR(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.Temperature = "nnclr", NNCLR(4096), 0.1
	e.Projector = net.MLP{Widths: []int{256, 256, 64}, Norm: true, NormLast: true}
	e.Predictor = net.MLP{Widths: []int{256, 64}, Norm: true}
	return e
}
