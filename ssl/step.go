package ssl

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// trainStep is the whole step as a graph.
//
//	images  [N, height, width, channels] uint8
//	indices [batch] int32
//	draws   [views, augment.Draws]
//	knobs   [knobs and signals]
//	result  [metrics]
func trainStep(s *model.Scope, e *Experiment, images, indices, draws, knobs *Node) *Node {
	g := images.Graph()
	s.Store().SetTraining(g, true)
	values := map[string]*Node{}
	names := make([]string, 0, len(signals))
	for _, k := range e.knobs() {
		names = append(names, k.Name)
	}
	for i, name := range append(names, signals...) {
		values[name] = Reshape(Slice(knobs, AxisRange(i, i+1)))
	}
	knob := func(name string) *Node { return values[name] }
	own := &graphKnobs{value: knob}
	if discovering, ok := g.State(graphKnobsKey{}).(*graphKnobs); ok {
		own.ask = discovering.ask
	}
	g.AttachState(graphKnobsKey{}, own)

	x := ConvertDType(Gather(images, InsertAxes(indices, -1)), dtypes.Float32)
	x = DivScalar(x, 255)
	b := branches(s, e, x, draws, knob)
	contrast := e.Loss.apply(b)
	total := contrast
	var heads []*model.Variable
	var penalty, lambda *Node
	var factor *State // of λ, under feedback
	if !e.Sparse.None() {
		for _, path := range e.sparseLayers() {
			heads = append(heads, s.Store().GetVariable(path))
		}
		for _, head := range heads {
			value := e.Sparse.Value(head.NodeValue(g))
			if penalty == nil {
				penalty = value
			} else {
				penalty = Add(penalty, value)
			}
		}
		lambda = knob("lambda")
		if e.Sparse.Target > 0 {
			factor = b.State("lambda_factor", net.Constant(1))
			lambda = Mul(lambda, factor.Value())
		}
		if !e.Sparse.Proximal {
			total = Add(total, Mul(lambda, penalty))
		}
	}

	var vars []*model.Variable
	var nodes []*Node
	for v := range s.Store().IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			vars, nodes = append(vars, v), append(nodes, v.NodeValue(g))
		}
	}
	grads := Gradient(total, nodes...)
	for i, v := range vars {
		if e.Prototypes.Frozen > 0 && v.Path() == prototypesPath {
			moving := GreaterOrEqual(b.Step, Scalar(g, b.Step.DType(), float64(e.Prototypes.Frozen)))
			grads[i] = Where(moving, grads[i], ZerosLike(grads[i]))
		}
	}
	norms := newPartNorms(e, vars, nodes, grads)
	moved := e.Optimizer.update(s.Store(), vars, grads, knob)
	if e.Sparse.Proximal && !e.Sparse.None() {
		for _, head := range heads {
			proximalStep(s, e, head, g, lambda, moved)
		}
	}
	if e.Sparse.Threshold > 0 {
		last := GreaterOrEqual(knob("progress"), ScalarOne(g, dtypes.Float32))
		for _, head := range heads {
			w := head.NodeValue(g)
			head.SetNodeValue(Where(last, e.Sparse.Cut(w), w))
		}
	}
	if e.Target.On() {
		followTarget(s.Store(), g, moved.keep(knob("ema"), OnesLike(knob("ema"))))
	}

	metrics := []*Node{total, contrast}
	if heads != nil {
		w := heads[0].NodeValue(g) // after the step
		share := sparse.NegligibleNode(w)
		metrics = append(metrics, penalty, share, sparse.ZeroNode(w))
		if factor != nil {
			factor.Set(e.Sparse.Lead(factor.Value(), share, knob("progress")))
			metrics = append(metrics, lambda)
		}
	}
	return Stack(append(metrics, norms.nodes(g)...), 0)
}

// branches makes the views and passes them through the networks. All views of one size go
// through a network in one pass, so that batch norm sees both views together.
func branches(s *model.Scope, e *Experiment, x, draws *Node, knob func(string) *Node) *Branches {
	n := e.Batch
	b := &Branches{Step: knob("step"), scope: s, knobs: knob, loss: e.Loss}
	views := e.Views.Apply(Concatenate([]*Node{x, x}, 0), Slice(draws, AxisRange(0, 2*n)), knob)
	first, second := AxisRange(0, n), AxisRange(n, 2*n)
	seen, aimed := views, views // by the trained networks, by the target
	if e.OneWay {
		seen, aimed = Slice(views, first), Slice(views, second)
	}
	h, z := forward(s, e, seen)
	b.HA, b.ZA = Slice(h, first), Slice(z, first)
	if !e.OneWay {
		b.HB, b.ZB = Slice(h, second), Slice(z, second)
	}
	if len(e.Predictor.Widths) > 0 {
		p := inPart("predictor", e.Predictor.String(), z, func() *Node { return e.Predictor.Build(s.In("predictor"), z) })
		if b.PA = Slice(p, first); !e.OneWay {
			b.PB = Slice(p, second)
		}
	}
	if e.Small.Count > 0 {
		copies := make([]*Node, e.Small.Count)
		for i := range copies {
			copies[i] = x
		}
		small := e.Small.Apply(e.Views, Concatenate(copies, 0), Slice(draws, AxisRange(2*n)), knob)
		_, z := forward(s, e, small)
		for i := range copies {
			b.Small = append(b.Small, Slice(z, AxisRange(i*n, (i+1)*n)))
		}
	}
	if e.Target.On() {
		target := s.At("target")
		_, z := forward(target, e, aimed)
		z = StopGradient(z)
		if e.OneWay {
			b.TargetB = z
		} else {
			b.TargetA, b.TargetB = Slice(z, first), Slice(z, second)
		}
	}
	if e.Prototypes.Count > 0 {
		b.score(s, e.Prototypes.Count)
	}
	holdTarget(s.Store())
	return b
}

// score compares every projection with the prototypes.
func (b *Branches) score(s *model.Scope, count int) {
	cosines := func(s *model.Scope, z *Node) *Node {
		if z == nil {
			return nil
		}
		dim := z.Shape().Dim(-1)
		w := net.Param(s.At("prototypes"), "weights", z.DType(), net.Normal(1), dim, count).NodeValue(z)
		return Dot(unitRows(z, 1), unitRows(w, 0)).Product()
	}
	b.Scores = &Scores{A: cosines(s, b.ZA), B: cosines(s, b.ZB)}
	target := s.At("target")
	if b.TargetA != nil {
		b.Scores.TargetA = StopGradient(cosines(target, b.TargetA))
	}
	if b.TargetB != nil {
		b.Scores.TargetB = StopGradient(cosines(target, b.TargetB))
	}
	for _, z := range b.Small {
		b.Scores.Small = append(b.Scores.Small, cosines(s, z))
	}
}

// prototypesPath is where the prototypes are kept, [dim, prototypes]; only their directions count.
const prototypesPath = "/prototypes/weights"

// unitRows scales x to length 1 along an axis; what is zero stays so.
func unitRows(x *Node, axis int) *Node {
	squares := ReduceAndKeep(Square(x), ReduceSum, axis)
	return Div(x, Sqrt(MaxScalar(squares, 1e-24)))
}

// forward encodes and projects: x [n, height, width, channels] to h [n, features] and
// z [n, dim].
func forward(s *model.Scope, e *Experiment, x *Node) (h, z *Node) {
	h = inPart("encoder", e.Encoder.String(), x, func() *Node { return e.Encoder.Build(s.At("encoder"), x) })
	z = inPart("projector", e.Projector.String(), h, func() *Node {
		in := h
		if e.Features != nil {
			in = selectFeatures(in, e.Features)
		}
		return e.Active.After(e.Projector.Build(s.At("projector"), e.Active.Before(in)))
	})
	return h, z
}

// inPart names the part in whatever error its building raises.
func inPart(part, what string, x *Node, build func() *Node) *Node {
	defer func() {
		if r := recover(); r != nil {
			panic(&BuildError{What: fmt.Sprintf("%s %s on input %s", part, what, x.Shape()), Err: asError(r)})
		}
	}()
	return build()
}

const (
	firstLayerPath = "/projector/layer1/weights" // [features, width]
	predictorPath  = "/predictor/layer1/weights"
)

// sparseLayers are the paths of the weights that the SparseHead penalises.
func (e *Experiment) sparseLayers() []string {
	switch e.Sparse.On {
	case sparse.Predictor:
		return []string{predictorPath}
	case sparse.EveryLayer:
		var paths []string
		for i := range e.Projector.Widths {
			paths = append(paths, fmt.Sprintf("/projector/layer%d/weights", i+1))
		}
		return paths
	}
	return []string{firstLayerPath}
}

// proximalStep shrinks a layer after the optimiser's step. Under momentum a constant
// gradient g moves weights by lr·g/(1−momentum) a step, so that is the threshold's rate; and
// momentum would revive a dead group, so a dead weight's moments are cleared.
func proximalStep(s *model.Scope, e *Experiment, head *model.Variable, g *Graph, lambda *Node, moved move) {
	w := head.NodeValue(g)
	threshold := Mul(moved.size[head.Path()], like(lambda, w))
	next := moved.keep(e.Sparse.Step(w, threshold), w)
	head.SetNodeValue(next)
	dead := Equal(next, ZerosLike(next))
	for v := range s.Store().IterVariables() {
		if path, moment := mirrored(v.Path()); moment && path == head.Path() && !strings.HasPrefix(v.Path(), slotPath("gradient", "/")) {
			v.SetNodeValue(Where(dead, ZerosLike(next), v.NodeValue(g)))
		}
	}
}
