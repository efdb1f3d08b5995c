package ssl

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// SwAV is the loss of that name, [loss.SwAV], with so many iterations of Sinkhorn; knob
// "sinkhorn_epsilon".
func SwAV(epsilon float64, iterations int) Loss {
	return Loss{Name: "swav", Coefficients: []Coefficient{{"sinkhorn_epsilon", epsilon}}, Options: []Option{{"iterations", iterations}}}
}

func init() {
	define("swav", objective{
		temperature:  true,
		coefficients: []Knob{{"sinkhorn_epsilon", 0.05, 1e-3, 10, "softness of the assignments to prototypes"}},
		options:      []string{"iterations"},
		parts:        parts{prototypes: needs, small: accepts},
		build: func(b *Branches) *Node {
			large := []*Node{b.Scores.A, b.Scores.B}
			return loss.SwAV(large, b.Scores.Small, b.Knob("temperature"), b.Knob("sinkhorn_epsilon"), b.Option("iterations"))
		},
		check: func(e *Experiment) error {
			if e.Loss.Options[0].Value > 20 {
				return fmt.Errorf("%d iterations of Sinkhorn are above 20; the paper uses 3", e.Loss.Options[0].Value)
			}
			return nil
		},
	})
}

// NewSwAV returns SwAV (arXiv:2006.09882) for small images: the paper's temperature 0.1,
// Sinkhorn epsilon 0.05 and 3 iterations, its kind of projector, 128bn-64 where the paper has
// 2048-128, and four small crops of 14×14 pixels where it has six of 96×96 from 224×224; 300
// prototypes where it has 3000, frozen for the first 78 steps, an epoch of the recipe;
// everything else as in [NewSimCLR].
func NewSwAV(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.Temperature = "swav", SwAV(0.05, 3), 0.1
	e.Projector = net.MLP{Widths: []int{128, 64}, Norm: true}
	e.Prototypes = Prototypes{Count: 300, Frozen: 78}
	e.Small = augment.SmallCrops{Count: 4, Size: 14, CropMin: 0.1, CropMax: 0.3}
	return e
}
