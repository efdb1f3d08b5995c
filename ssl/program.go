package ssl

import (
	"fmt"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/sparse"
)

// program is one compiled training step and the variables it moves. Everything that a step
// reads beside them is an argument: the images, resident on the device; which of them; the
// random numbers of the views; and the knobs' values. So a knob never rebuilds it.
type program struct {
	store   *model.Store
	exec    *model.Exec
	metrics []string // of the step's result, in order
}

// The measured values of every step, in the order in which the graph returns them; those
// from penaltyMetrics are there with a SparseHead only.
var (
	lossMetrics    = []string{"loss", "contrast"}
	penaltyMetrics = []string{"penalty", "negligible", "zero"}
)

// newProgram traces the step of e over the variables of store, which gets those it lacks;
// nothing is compiled yet. Each build of the graph adds one to builds.
func newProgram(backend compute.Backend, e *Experiment, store *model.Store, builds *atomic.Int64) (*program, error) {
	p := &program{store: store, metrics: lossMetrics}
	if !e.Sparse.None() {
		p.metrics = append(p.metrics[:len(p.metrics):len(p.metrics)], penaltyMetrics...)
	}
	store.SetParam(model.ParamInitialSeed, e.Seed)
	exec, err := model.NewExecCanonical(backend, store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		if builds != nil {
			builds.Add(1)
		}
		return []*Node{trainStep(s, e, in[0], in[1], in[2], in[3])}
	}, 4, 1, false, false, false)
	if err != nil {
		return nil, err
	}
	p.exec = exec.WithName("step")
	return p, nil
}

// shapes of the step's arguments: images, indices, draws, knobs.
func (e *Experiment) arguments() []shapes.Shape {
	t := e.Data.Train
	return []shapes.Shape{
		shapes.Make(dtypes.Uint8, t.N, t.Height, t.Width, t.Channels),
		shapes.Make(dtypes.Int32, e.Batch),
		shapes.Make(dtypes.Float32, 2*e.Batch, augment.Draws),
		shapes.Make(dtypes.Float32, len(e.knobs())),
	}
}

// compile builds and compiles the step.
func (p *program) compile(e *Experiment) (err error) {
	defer catch("the training step", &err)
	_, err = p.exec.Compile(e.arguments()...)
	return buildError("the training step", err)
}

// run performs one step and returns its metrics; a panic of the backend is an error.
func (p *program) run(images *tensors.Tensor, in inputs) (_ []float32, err error) {
	defer catch("the training step", &err)
	out, err := p.exec.Exec(images, in.indices, in.draws, in.knobs)
	if err != nil {
		return nil, err
	}
	defer out[0].FinalizeAll()
	return tensors.CopyFlatData[float32](out[0])
}

// close frees the program and, on the device, its variables.
func (p *program) close() {
	p.exec.Finalize()
	p.store.Finalize()
}

// trace builds the graph of the step once without compiling it, so that every mistake in the
// experiment, a user's loss included, shows before training starts.
func trace(backend compute.Backend, e *Experiment) error {
	store := model.NewStore()
	defer store.Finalize()
	return traceIn(backend, e, store)
}

// traceIn is trace over the variables of a store, which gets those it lacks.
func traceIn(backend compute.Backend, e *Experiment, store *model.Store) (err error) {
	defer catch("the training step", &err)
	store.SetParam(model.ParamInitialSeed, e.Seed)
	g := NewGraph(backend, "trace")
	defer g.Finalize()
	model.SetStore(g, store)
	in := make([]*Node, 4)
	for i, shape := range e.arguments() {
		in[i] = Parameter(g, fmt.Sprintf("arg%d", i), shape)
	}
	trainStep(store.RootScope(), e, in[0], in[1], in[2], in[3])
	return nil
}

// trainStep is the whole step as a graph.
//
//	images  [N, height, width, channels] uint8
//	indices [batch] int32
//	draws   [2·batch, augment.Draws]
//	knobs   [knobs]
//	result  [metrics]
func trainStep(s *model.Scope, e *Experiment, images, indices, draws, knobs *Node) *Node {
	g := images.Graph()
	s.Store().SetTraining(g, true)
	values := map[string]*Node{}
	for i, k := range e.knobs() {
		values[k.Name] = Reshape(Slice(knobs, AxisRange(i, i+1)))
	}
	knob := func(name string) *Node { return values[name] }

	// Both views go through in one pass: batch norm sees 2·batch images.
	x := ConvertDType(Gather(images, InsertAxes(indices, -1)), dtypes.Float32)
	x = DivScalar(x, 255)
	views := augment.Apply(Concatenate([]*Node{x, x}, 0), draws, knob)
	_, z := forward(s, e, views)
	za, zb := Slice(z, AxisRange(0, e.Batch)), Slice(z, AxisRange(e.Batch))

	contrast := e.Loss.apply(za, zb, knob)
	total := contrast
	var head *model.Variable
	var penalty *Node
	if !e.Sparse.None() {
		head = firstLayer(s)
		penalty = e.Sparse.Value(head.NodeValue(g))
		if !e.Sparse.Proximal {
			total = Add(total, Mul(knob("lambda"), penalty))
		}
	}

	var vars []*model.Variable
	var nodes []*Node
	for v := range s.Store().IterVariables() {
		if v.Trainable && v.InUseByGraph(g) {
			vars, nodes = append(vars, v), append(nodes, v.NodeValue(g))
		}
	}
	e.Optimizer.update(s.Store(), vars, Gradient(total, nodes...), knob)

	metrics := []*Node{total, contrast}
	if head != nil {
		if e.Sparse.Proximal {
			proximalStep(s, e, head, g, knob)
		}
		w := head.NodeValue(g) // after the step
		metrics = append(metrics, penalty, sparse.NegligibleNode(w), sparse.ZeroNode(w))
	}
	return Stack(metrics, 0)
}

// forward encodes and projects: x [n, height, width, channels] to h [n, features] and
// z [n, dim].
func forward(s *model.Scope, e *Experiment, x *Node) (h, z *Node) {
	h = inPart("encoder", e.Encoder.String(), x, func() *Node { return e.Encoder.Build(s.In("encoder"), x) })
	z = inPart("projector", e.Projector.String(), h, func() *Node { return e.Projector.Build(s.In("projector"), h) })
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

// firstLayer is the projector's first weights, [features, width].
func firstLayer(s *model.Scope) *model.Variable {
	return s.Store().GetVariable(firstLayerPath)
}

const firstLayerPath = "/projector/layer1/weights"

// proximalStep shrinks the first layer after the optimiser's step. Under momentum a constant
// gradient g moves weights by lr·g/(1−momentum) a step, so that is the threshold's rate; and
// momentum would revive a dead group, so a dead weight's momentum is cleared.
func proximalStep(s *model.Scope, e *Experiment, head *model.Variable, g *Graph, knob func(string) *Node) {
	w := head.NodeValue(g)
	threshold := Div(Mul(knob("lr"), knob("lambda")), OneMinus(knob("momentum")))
	next := e.Sparse.Step(w, threshold)
	head.SetNodeValue(next)
	velocity := s.Store().GetVariable(velocityPath(head.Path()))
	dead := Equal(next, ZerosLike(next))
	velocity.SetNodeValue(Where(dead, ZerosLike(next), velocity.NodeValue(g)))
}

// buildError wraps an error of GoMLX's that is not one of ours.
func buildError(what string, err error) error {
	if err == nil {
		return nil
	}
	if b, ok := asBuildError(err); ok {
		return b
	}
	return &BuildError{What: what, Err: err}
}
