package ssl

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/net"
)

// Optimizer says how weights move.
type Optimizer struct {
	Name         string  // "sgd"
	LearningRate float64 // before the schedule; knob "lr"
	Momentum     float64 // v ← momentum·v + g, w ← w − lr·v; knob "momentum"
	Nesterov     bool    // w ← w − lr·(g + momentum·v)
	WeightDecay  float64 // added to the gradient of the encoder's weights; knob "weight_decay"
	Schedule     string  // of the learning rate: "cosine" to zero at the last step, or "constant"
	Warmup       int     // steps over which the learning rate rises linearly first
}

// NewSGD returns stochastic gradient descent as PyTorch's, with momentum 0.9, weight decay
// 5e-4 and a cosine schedule.
func NewSGD(learningRate float64) Optimizer {
	return Optimizer{Name: "sgd", LearningRate: learningRate, Momentum: 0.9, WeightDecay: 5e-4, Schedule: "cosine"}
}

// Check reports a setting that cannot be; the knobs' ranges are checked with the others.
func (o Optimizer) Check() error {
	switch {
	case o.Name != "sgd":
		return fmt.Errorf("name %q is unknown; there is \"sgd\"", o.Name)
	case o.Schedule != "cosine" && o.Schedule != "constant":
		return fmt.Errorf("schedule %q is unknown; there are \"cosine\" and \"constant\"", o.Schedule)
	case o.Warmup < 0:
		return fmt.Errorf("warmup %d is negative", o.Warmup)
	}
	return nil
}

// rate is the learning rate of a step (counted from 0) of so many.
func (o Optimizer) rate(step, steps int) float64 {
	if step < o.Warmup {
		return o.LearningRate * float64(step+1) / float64(o.Warmup)
	}
	if o.Schedule == "constant" {
		return o.LearningRate
	}
	span := max(steps-o.Warmup, 1)
	at := min(float64(step-o.Warmup)/float64(span), 1)
	return o.LearningRate * 0.5 * (1 + math.Cos(math.Pi*at))
}

const optimizerScope = "/optimizer"

// velocityPath is where the momentum of a variable is kept.
func velocityPath(path string) string { return optimizerScope + "/velocity" + path }

// decays reports whether weight decay acts on a variable: the encoder's weights, but no
// bias, no norm, and nothing of the projector.
func decays(path string) bool {
	return strings.HasPrefix(path, "/encoder/") && strings.HasSuffix(path, "/weights")
}

// update moves the variables against their gradients, inside the graph.
func (o Optimizer) update(store *model.Store, vars []*model.Variable, grads []*Node, knob func(string) *Node) {
	lr, momentum, decay := knob("lr"), knob("momentum"), knob("weight_decay")
	root := store.RootScope()
	for i, v := range vars {
		w, g := v.NodeValue(grads[i]), grads[i]
		if decays(v.Path()) {
			g = Add(g, Mul(w, like(decay, w)))
		}
		velocity := root.At("optimizer").At("velocity")
		path := strings.Split(strings.TrimPrefix(v.Path(), "/"), "/")
		for _, p := range path[:len(path)-1] {
			velocity = velocity.At("%s", p)
		}
		vel := net.Param(velocity, path[len(path)-1], w.DType(), net.Constant(0), w.Shape().Dimensions...).SetTrainable(false)
		next := Add(Mul(vel.NodeValue(g), like(momentum, w)), g)
		vel.SetNodeValue(next)
		if o.Nesterov {
			next = Add(g, Mul(next, like(momentum, w)))
		}
		v.SetNodeValue(Sub(w, Mul(next, like(lr, w))))
	}
}

// like converts a float32 knob to the type of w.
func like(knob, w *Node) *Node {
	if w.DType() == dtypes.Float32 {
		return knob
	}
	return ConvertDType(knob, w.DType())
}
