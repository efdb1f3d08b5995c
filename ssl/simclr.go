package ssl

import (
	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// methods are the names that Experiment.Method can have. All of these train one encoder and
// one projector on two views, and differ in loss and projector.
var methods = []string{"simclr", "dcl", "barlow-twins", "vicreg"}

// NewSimCLR returns SimCLR (arXiv:2002.05709) with the values of the reference recipe for
// 28×28 images: a convolutional encoder 32-64-128-128, a projector 128-64, NT-Xent at
// temperature 0.2, SGD with momentum at learning rate 0.1 with a cosine schedule, batch 256
// and five epochs of 20,000 images, 390 steps. No SparseHead.
func NewSimCLR(set *data.Set) *Experiment {
	return &Experiment{
		Method:      "simclr",
		Data:        set,
		Encoder:     net.ConvEncoder(32, 64, 128, 128),
		Projector:   net.MLP{Widths: []int{128, 64}},
		Loss:        NTXent,
		Temperature: 0.2,
		Views:       augment.Default(),
		Optimizer:   NewSGD(0.1),
		Batch:       256,
		Steps:       390,
		Seed:        0,
	}
}
