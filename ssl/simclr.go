package ssl

import (
	"fmt"
	"strings"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// constructors of the methods, by the names that Experiment.Method can have.
var constructors = []struct {
	name string
	make func(set *data.Set) *Experiment
}{
	{"simclr", NewSimCLR}, {"dcl", NewDCL}, {"barlow-twins", NewBarlowTwins}, {"vicreg", NewVICReg},
	{"byol", NewBYOL}, {"simsiam", NewSimSiam}, {"moco", NewMoCo}, {"moco-v3", NewMoCoV3},
	{"dino", NewDINO}, {"swav", NewSwAV}, {"nnclr", NewNNCLR}, {"tico", NewTiCo},
	{"w-mse", NewWMSE}, {"directclr", NewDirectCLR},
}

// Methods are the names of the methods that have a constructor.
func Methods() []string {
	names := make([]string, len(constructors))
	for i, c := range constructors {
		names[i] = c.name
	}
	return names
}

// NewExperiment returns what the constructor of a method does: NewExperiment("byol", set) is
// NewBYOL(set).
func NewExperiment(method string, set *data.Set) (*Experiment, error) {
	for _, c := range constructors {
		if c.name == method {
			return c.make(set), nil
		}
	}
	return nil, unknownMethod(method)
}

func unknownMethod(name string) error {
	return fmt.Errorf("%q is unknown; there are %s", name, strings.Join(Methods(), ", "))
}

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
