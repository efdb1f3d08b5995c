package ssl

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// DirectCLR is the loss of that name, [loss.DirectCLR], on the first so many features.
func DirectCLR(features int) Loss {
	return Loss{Name: "directclr", Options: []Option{{"features", features}}}
}

func init() {
	define("directclr", objective{
		temperature: true,
		options:     []string{"features"},
		build: func(b *Branches) *Node {
			n, have := b.Option("features"), b.HA.Shape().Dim(1)
			if n > have {
				panic(fmt.Errorf("it compares the first %d features and the encoder gives %d; use fewer", n, have))
			}
			return loss.DirectCLR(b.HA, b.HB, n, b.Knob("temperature"))
		},
		check: func(e *Experiment) error {
			if len(e.Projector.Widths) > 0 {
				return &SettingError{"Projector", fmt.Errorf("loss \"directclr\" compares representations and uses no projector; leave it empty")}
			}
			return nil
		},
	})
}

// NewDirectCLR returns DirectCLR (arXiv:2110.09348) for small images: no projector; NT-Xent
// at the paper's temperature 0.1 on the first 60 of the encoder's 128 features, where the
// paper takes 360 of 2048; everything else as in [NewSimCLR].
func NewDirectCLR(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.Temperature = "directclr", DirectCLR(60), 0.1
	e.Projector = net.MLP{}
	return e
}
