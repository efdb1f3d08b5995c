package ssl

import "github.com/gossl/gossl/ssl/data"

// NewDCL returns decoupled contrastive learning (arXiv:2110.06848): [NewSimCLR] with the
// paper's loss, [DCL], at its temperature 0.1. Setting Loss to [DCLW](0.5) gives the weighted
// form.
func NewDCL(set *data.Set) *Experiment {
	e := NewSimCLR(set)
	e.Method, e.Loss, e.Temperature = "dcl", DCL, 0.1
	return e
}
