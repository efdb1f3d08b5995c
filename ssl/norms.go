package ssl

import (
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// trained are the parts of an experiment that a step trains, in the order of their metrics:
// "grad_" and "update_" with the part's name are the lengths of its gradient, before clipping,
// and of what the optimiser's step changed its weights by.
func (e *Experiment) trained() []string {
	parts := []string{"encoder"}
	if len(e.Projector.Widths) > 0 {
		parts = append(parts, "projector")
	}
	if len(e.Predictor.Widths) > 0 {
		parts = append(parts, "predictor")
	}
	if e.Prototypes.Count > 0 {
		parts = append(parts, "prototypes")
	}
	return parts
}

// partNorms collects what is needed for the parts' norms while a step is built.
type partNorms struct {
	parts  []string
	vars   []*model.Variable
	before []*Node // weights before the step
	grads  []*Node
}

func newPartNorms(e *Experiment, vars []*model.Variable, before, grads []*Node) *partNorms {
	return &partNorms{e.trained(), vars, before, append([]*Node(nil), grads...)}
}

// nodes are the lengths of gradient and change of every part; it is called when the weights
// have moved.
func (p *partNorms) nodes(g *Graph) []*Node {
	var out []*Node
	for _, part := range p.parts {
		gradient, change := ScalarZero(g, dtypes.Float32), ScalarZero(g, dtypes.Float32)
		for i, v := range p.vars {
			if !strings.HasPrefix(v.Path(), "/"+part+"/") {
				continue
			}
			gradient = Add(gradient, squares(p.grads[i]))
			change = Add(change, squares(Sub(v.NodeValue(g), p.before[i])))
		}
		out = append(out, Sqrt(gradient), Sqrt(change))
	}
	return out
}

// squares is the sum of the squares of x, in float32.
func squares(x *Node) *Node { return ConvertDType(ReduceAllSum(Square(x)), dtypes.Float32) }
