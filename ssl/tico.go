package ssl

import (
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
)

// TiCo is the loss of that name, [loss.TiCo]; knobs "beta", of the covariance, and "rho", its
// weight.
func TiCo(beta, rho float64) Loss {
	return Loss{Name: "tico", Coefficients: []Coefficient{{"beta", beta}, {"rho", rho}}}
}

func init() {
	define("tico", objective{
		coefficients: []Knob{
			{"beta", 0.9, 0, 1, "momentum of the covariance"},
			{"rho", 8, 0, 1e4, "weight of the covariance term"},
		},
		parts: parts{target: needs, oneWay: needs},
		build: func(b *Branches) *Node {
			dim := b.ZA.Shape().Dim(1)
			covariance := b.State("covariance", net.Constant(0), dim, dim)
			now := loss.TiCoCovariance(covariance.Value(), b.ZA, b.Knob("beta"))
			covariance.Set(now)
			return loss.TiCo(b.ZA, b.TargetB, now, b.Knob("rho"))
		},
	})
}

// NewTiCo returns TiCo (arXiv:2206.10698) for small images: the paper's beta 0.9 and rho 8,
// a target with momentum 0.99, rising to 1, and its kind of projector, two layers with batch
// norm between, 256-64 where the paper has 4096-256; everything else as in [NewSimCLR].
func NewTiCo(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.OneWay = "tico", TiCo(0.9, 8), true
	e.Projector = net.MLP{Widths: []int{256, 64}, Norm: true}
	e.Target = EMA(0.99)
	return e
}
