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

// Optimizer says how weights move. g is a weight's gradient, w the weight.
//
//	sgd    v ← momentum·v + g + decay·w,  w ← w − lr·v
//	lars   the same with (g + decay·w) times Trust·‖w‖/(‖g‖ + decay·‖w‖ + Epsilon), for the weights
//	       that decay; biases and norms move as with sgd (arXiv:1708.03888)
//	adam   moments of g + decay·w with momentum and Beta2, bias corrected (arXiv:1412.6980)
//	adamw  w ← w − lr·decay·w beside adam's step (arXiv:1711.05101)
type Optimizer struct {
	Name           string  // "sgd", "lars", "adam" or "adamw"
	LearningRate   float64 // before the schedule; knob "lr"
	Momentum       float64 // Adam's first beta; knob "momentum"
	Beta2          float64 // of adam and adamw; knob "beta2"
	Epsilon        float64 // added to the divisor, of adam, adamw and lars
	Trust          float64 // of lars; knob "trust"
	Nesterov       bool    // of sgd and lars: w ← w − lr·(g + momentum·v)
	WeightDecay    float64 // of weights; no bias and no norm decays; knob "weight_decay"
	DecayHeads     bool    // the weights of projector, predictor and prototypes decay, not the encoder's alone
	FixedPredictor bool    // the predictor keeps the learning rate before the schedule (SimSiam)
	Clip           float64 // the whole gradient's length is cut to it; 0 for no limit; knob "clip"
	Accumulate     int     // steps whose mean gradient makes one move; 0 and 1 are every step
	Schedule       string  // of the learning rate: "cosine" to zero at the last step, or "constant"
	Warmup         int     // steps over which the learning rate rises linearly first
}

// NewSGD returns stochastic gradient descent as PyTorch's, with momentum 0.9, weight decay
// 5e-4 of the encoder's weights and a cosine schedule.
func NewSGD(learningRate float64) Optimizer {
	return Optimizer{Name: "sgd", LearningRate: learningRate, Momentum: 0.9, WeightDecay: 5e-4, Schedule: "cosine"}
}

// NewLARS returns LARS with momentum 0.9, trust coefficient 1e-3, weight decay 1e-6 of every
// weight, the values of SimCLR and BYOL for large batches, and a cosine schedule.
func NewLARS(learningRate float64) Optimizer {
	return Optimizer{Name: "lars", LearningRate: learningRate, Momentum: 0.9, Trust: 1e-3, Epsilon: 1e-8,
		WeightDecay: 1e-6, DecayHeads: true, Schedule: "cosine"}
}

// NewAdam returns Adam as PyTorch's, betas 0.9 and 0.999, no weight decay, a cosine schedule.
func NewAdam(learningRate float64) Optimizer {
	return Optimizer{Name: "adam", LearningRate: learningRate, Momentum: 0.9, Beta2: 0.999, Epsilon: 1e-8, Schedule: "cosine"}
}

// NewAdamW returns AdamW as PyTorch's, betas 0.9 and 0.999, weight decay 0.01 of every
// weight, a cosine schedule.
func NewAdamW(learningRate float64) Optimizer {
	o := NewAdam(learningRate)
	o.Name, o.WeightDecay, o.DecayHeads = "adamw", 0.01, true
	return o
}

// Check reports a setting that cannot be; the knobs' ranges are checked with the others.
func (o Optimizer) Check() error {
	switch {
	case o.Name != "sgd" && o.Name != "lars" && !o.adaptive():
		return fmt.Errorf("name %q is unknown; there are \"sgd\", \"lars\", \"adam\" and \"adamw\"", o.Name)
	case o.Schedule != "cosine" && o.Schedule != "constant":
		return fmt.Errorf("schedule %q is unknown; there are \"cosine\" and \"constant\"", o.Schedule)
	case o.Warmup < 0:
		return fmt.Errorf("warmup %d is negative", o.Warmup)
	case o.Accumulate < 0:
		return fmt.Errorf("accumulate %d is negative", o.Accumulate)
	case !(o.Epsilon >= 0 && o.Epsilon < 1) || o.adaptive() && o.Epsilon == 0:
		return fmt.Errorf("epsilon %g is not between 0 and 1; 1e-8 is usual", o.Epsilon)
	case o.adaptive() && o.Nesterov:
		return fmt.Errorf("nesterov belongs to \"sgd\" and \"lars\", not to %q", o.Name)
	}
	return nil
}

func (o Optimizer) adaptive() bool { return o.Name == "adam" || o.Name == "adamw" }

// dials are the optimiser's knobs.
func (o *Optimizer) dials() []dial {
	d := []dial{
		{Knob{"lr", o.LearningRate, 0, 1000, "learning rate, before its schedule"}, "Optimizer", &o.LearningRate},
		{Knob{"momentum", o.Momentum, 0, 0.9999, "momentum of the optimiser"}, "Optimizer", &o.Momentum},
		{Knob{"weight_decay", o.WeightDecay, 0, 100, "decay of the " + o.decaying()}, "Optimizer", &o.WeightDecay},
	}
	if o.adaptive() {
		d = append(d, dial{Knob{"beta2", o.Beta2, 0, 0.999999, "momentum of the squared gradients"}, "Optimizer", &o.Beta2})
	}
	if o.Name == "lars" {
		d = append(d, dial{Knob{"trust", o.Trust, 0, 1000, "trust coefficient of LARS"}, "Optimizer", &o.Trust})
	}
	if o.Clip != 0 {
		d = append(d, dial{Knob{"clip", o.Clip, 1e-6, 1e6, "greatest length of the whole gradient"}, "Optimizer", &o.Clip})
	}
	return d
}

func (o *Optimizer) decaying() string {
	if o.DecayHeads {
		return "weights, not of biases and norms"
	}
	return "encoder's weights, not of biases, norms or the projector"
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

// velocityPath is where the momentum of a variable is kept, of sgd and lars.
func velocityPath(path string) string { return slotPath("velocity", path) }

// slotPath is where the optimiser keeps an array of a variable's size.
func slotPath(slot, path string) string { return optimizerScope + "/" + slot + path }

// decays reports whether weight decay acts on a variable. No bias, norm, position embedding
// or token does.
func (o Optimizer) decays(path string) bool {
	return strings.HasSuffix(path, "/weights") && (o.DecayHeads || strings.HasPrefix(path, "/encoder/"))
}

// move is what an optimiser has done in a step, as far as others must know.
type move struct {
	due  *Node            // whether weights moved at all; nil for always
	size map[string]*Node // by path: how far a constant gradient of 1 moves a weight a step, in the long run
}

// keep is next where the weights moved, else old.
func (m move) keep(next, old *Node) *Node {
	if m.due == nil {
		return next
	}
	return Where(m.due, next, old)
}

// update moves the variables against their gradients, inside the graph.
func (o Optimizer) update(store *model.Store, vars []*model.Variable, grads []*Node, knob func(string) *Node) move {
	m := move{size: map[string]*Node{}}
	slot := func(name string, v *model.Variable) *model.Variable {
		scope := store.RootScope().At("optimizer").At("%s", name)
		path := strings.Split(strings.TrimPrefix(v.Path(), "/"), "/")
		for _, p := range path[:len(path)-1] {
			scope = scope.At("%s", p)
		}
		return net.Param(scope, path[len(path)-1], v.DType(), net.Constant(0), v.Shape().Dimensions...).SetTrainable(false)
	}
	if o.Accumulate > 1 {
		m.due = Equal(ModScalar(knob("step"), float64(o.Accumulate)), Scalar(knob("step").Graph(), knob("step").DType(), float64(o.Accumulate-1)))
		for i, v := range vars {
			sum := slot("gradient", v)
			grads[i] = Add(sum.NodeValue(grads[i]), DivScalar(grads[i], float64(o.Accumulate)))
			sum.SetNodeValue(m.keep(ZerosLike(grads[i]), grads[i]))
		}
	}
	if o.Clip != 0 && len(grads) > 0 {
		clip(grads, knob("clip"))
	}
	var moves *Node // made, this one included
	if o.adaptive() && len(vars) > 0 {
		count := net.Param(store.RootScope().At("optimizer"), "moves", dtypes.Float32, net.Constant(0)).SetTrainable(false)
		moves = OnePlus(count.NodeValue(grads[0]))
		count.SetNodeValue(m.keep(moves, count.NodeValue(grads[0])))
	}
	for i, v := range vars {
		w, g := v.NodeValue(grads[i]), grads[i]
		lr := knob("lr")
		if o.FixedPredictor && strings.HasPrefix(v.Path(), "/predictor/") {
			lr = knob("lr_base")
		}
		lr = like(lr, w)
		set := func(v *model.Variable, next *Node) { v.SetNodeValue(m.keep(next, v.NodeValue(g))) }
		if o.adaptive() {
			o.adam(v, slot, g, lr, moves, knob, set)
			m.size[v.Path()] = lr
			continue
		}
		momentum := like(knob("momentum"), w)
		size := Div(lr, OneMinus(momentum))
		if o.decays(v.Path()) {
			decay := like(knob("weight_decay"), w)
			if o.Name == "lars" {
				ratio := o.trust(w, g, decay, like(knob("trust"), w))
				g, size = Mul(Add(g, Mul(w, decay)), ratio), Mul(size, ratio)
			} else {
				g = Add(g, Mul(w, decay))
			}
		}
		vel := slot("velocity", v)
		next := Add(Mul(vel.NodeValue(g), momentum), g)
		set(vel, next)
		if o.Nesterov {
			next = Add(g, Mul(next, momentum))
		}
		set(v, Sub(w, Mul(next, lr)))
		m.size[v.Path()] = size
	}
	return m
}

// trust is LARS's factor, 1 for a weight or a gradient of length zero.
func (o Optimizer) trust(w, g, decay, coefficient *Node) *Node {
	lw, lg := length(w), length(g)
	zero := ScalarZero(w.Graph(), w.DType())
	ratio := Div(Mul(coefficient, lw), AddScalar(Add(lg, Mul(decay, lw)), o.Epsilon))
	return Where(LogicalAnd(GreaterThan(lw, zero), GreaterThan(lg, zero)), ratio, OnesLike(ratio))
}

// adam is a step of Adam or AdamW.
func (o Optimizer) adam(v *model.Variable, slot func(string, *model.Variable) *model.Variable, g, lr, moves *Node, knob func(string) *Node, set func(*model.Variable, *Node)) {
	w := v.NodeValue(g)
	beta1, beta2 := like(knob("momentum"), w), like(knob("beta2"), w)
	next := w
	if o.decays(v.Path()) {
		decay := like(knob("weight_decay"), w)
		if o.Name == "adamw" {
			next = Sub(w, Mul(w, Mul(lr, decay)))
		} else {
			g = Add(g, Mul(w, decay))
		}
	}
	first, second := slot("moment1", v), slot("moment2", v)
	m1 := Add(Mul(first.NodeValue(g), beta1), Mul(g, OneMinus(beta1)))
	m2 := Add(Mul(second.NodeValue(g), beta2), Mul(Square(g), OneMinus(beta2)))
	set(first, m1)
	set(second, m2)
	t := like(moves, w)
	unbiased := Sqrt(Div(m2, OneMinus(Pow(beta2, t))))
	step := Div(m1, Mul(OneMinus(Pow(beta1, t)), AddScalar(unbiased, o.Epsilon)))
	set(v, Sub(next, Mul(step, lr)))
}

// clip cuts the gradients to a common length, as PyTorch's clip_grad_norm_.
func clip(grads []*Node, limit *Node) {
	var squares *Node
	for _, g := range grads {
		s := ConvertDType(ReduceAllSum(Square(g)), limit.DType())
		if squares == nil {
			squares = s
		} else {
			squares = Add(squares, s)
		}
	}
	factor := MinScalar(Div(limit, AddScalar(Sqrt(squares), 1e-6)), 1)
	for i, g := range grads {
		grads[i] = Mul(g, like(factor, g))
	}
}

// length is the Euclidean length of all of x.
func length(x *Node) *Node { return Sqrt(ReduceAllSum(Square(x))) }

// like converts a knob to the type of w.
func like(knob, w *Node) *Node {
	if knob.DType() == w.DType() {
		return knob
	}
	return ConvertDType(knob, w.DType())
}
