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
)

// program is one compiled training step and the variables it moves. Everything that a step
// reads beside them is an argument: the images, resident on the device; which of them; the
// random numbers of the views; and the knobs' values. So a knob never rebuilds it.
type program struct {
	store   *model.Store
	exec    *model.Exec
	backend compute.Backend
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
	p := &program{store: store, backend: backend, metrics: lossMetrics}
	if !e.Sparse.None() {
		p.metrics = append(p.metrics[:len(p.metrics):len(p.metrics)], penaltyMetrics...)
		if e.Sparse.Target > 0 {
			p.metrics = append(p.metrics, "strength")
		}
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
		shapes.Make(dtypes.Float32, e.views(), augment.Draws),
		shapes.Make(dtypes.Float32, len(e.knobs())+len(signals)),
	}
}

// compile builds and compiles the step.
func (p *program) compile(e *Experiment) (err error) {
	defer catch("the training step", &err)
	begin := e.Target.On() && !hasTarget(p.store)
	if _, err = p.exec.Compile(e.arguments()...); err != nil {
		return buildError("the training step", err)
	}
	if begin {
		return beginTarget(p.backend, p.store)
	}
	return nil
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
