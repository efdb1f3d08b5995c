package ssl

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// WMSE is the loss of that name, [loss.WMSE], whitening so many images together; knob
// "whiten_epsilon".
func WMSE(slice int, epsilon float64) Loss {
	return Loss{Name: "w-mse", Coefficients: []Coefficient{{"whiten_epsilon", epsilon}}, Options: []Option{{"slice", slice}}}
}

func init() {
	define("w-mse", objective{
		coefficients: []Knob{{"whiten_epsilon", 1e-4, 0, 1, "share of the identity in the covariance that is whitened"}},
		options:      []string{"slice"},
		build: func(b *Branches) *Node {
			return loss.WMSE(b.ZA, b.ZB, b.Option("slice"), b.Knob("whiten_epsilon"))
		},
		check: func(e *Experiment) error {
			slice, widths := e.Loss.Options[0].Value, e.Projector.Widths
			switch {
			case e.Batch%slice != 0:
				return fmt.Errorf("slice %d does not divide the batch, %d; use %d or another divisor", slice, e.Batch, e.Batch)
			case len(widths) > 0 && slice <= widths[len(widths)-1]:
				return fmt.Errorf("slice %d is not above the dimension of the projections, %d, so that their covariance cannot be inverted; the paper uses twice the dimension",
					slice, widths[len(widths)-1])
			}
			return nil
		},
	})
}

// NewWMSE returns W-MSE (arXiv:2007.06346) as the paper has it for small images: projections
// of dimension 64, whitened 128 at a time, behind one hidden layer with batch norm, of width
// 256 where the paper has 1024; everything else as in [NewSimCLR]. The covariance is mixed
// with 1e-4 of the identity, so that float32 suffices to invert it.
func NewWMSE(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "w-mse", WMSE(128, 1e-4)
	e.Projector = net.MLP{Widths: []int{256, 64}, Norm: true}
	return e
}
