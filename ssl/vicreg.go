package ssl

import (
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// NewVICReg returns VICReg (arXiv:2105.04906) for small images: the paper's loss with its
// coefficients 25, 25 and 1, and its kind of projector, three layers with batch norm between
// them, of width 128 where the paper has 8192; everything else as in [NewSimCLR].
func NewVICReg(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "vicreg", VICReg(25, 25, 1)
	e.Projector = net.MLP{Widths: []int{128, 128, 128}, Norm: true}
	return e
}
