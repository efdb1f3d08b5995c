package ssl

import (
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// NewBarlowTwins returns Barlow Twins (arXiv:2103.03230) for small images: the paper's loss
// with its redundancy weight 5e-3 and its kind of projector, three layers with batch norm
// between them, of width 128 where the paper has 8192; everything else as in [NewSimCLR].
func NewBarlowTwins(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss = "barlow-twins", BarlowTwins(5e-3)
	e.Projector = net.MLP{Widths: []int{128, 128, 128}, Norm: true}
	return e
}
