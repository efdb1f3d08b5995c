package ssl

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/augment"
)

// program is one run's training step and the variables that it moves. Everything that a step
// reads beside them is an argument: the images, resident on the device; which of them; the
// random numbers of the views; and the knobs' values. So a knob never rebuilds it, and runs
// whose steps are alike share what is compiled.
type program struct {
	lab     *Lab
	exp     *Experiment
	lineage string // of runs whose functions of the user's are the same
	builds  *atomic.Int64
	metrics []string // of the step's result, in order

	store  *model.Store // until it is compiled
	shared *compiled
	values []*tensors.Tensor // while another run's are in shared, in the order of its store
}

// compiled is a step for the runs that share it. The variables of one of them are in its
// store, ready to train; the others hold theirs.
type compiled struct {
	mu     sync.Mutex // held while variables are read or moved
	key    string
	store  *model.Store
	exec   *model.Exec
	tenant *program // whose variables are in store; nil for nobody's
	users  int      // guarded by the lab's mutex
}

// The measured values of every step, in the order in which the graph returns them; those
// from penaltyMetrics are there with a SparseHead only.
var (
	lossMetrics    = []string{"loss", "contrast"}
	penaltyMetrics = []string{"penalty", "negligible", "zero"}
)

// newProgram is a program over the variables of a store, which is its own from then on;
// nothing is built yet. Each build of a graph adds one to builds.
func newProgram(l *Lab, e *Experiment, store *model.Store, lineage string, builds *atomic.Int64) *program {
	p := &program{lab: l, exp: e, lineage: lineage, builds: builds, store: store, metrics: slices.Clone(lossMetrics)}
	if !e.Sparse.None() {
		p.metrics = append(p.metrics, penaltyMetrics...)
		if e.Sparse.Target > 0 {
			p.metrics = append(p.metrics, "strength")
		}
	}
	for _, part := range e.trained() {
		p.metrics = append(p.metrics, "grad_"+part, "update_"+part)
	}
	return p
}

// shapes of the step's arguments: images, indices, draws, knobs.
func (e *Experiment) arguments() []shapes.Shape {
	t := e.Data.Train
	return []shapes.Shape{
		shapes.Make(dtypes.Uint8, e.onDevice(), t.Height, t.Width, t.Channels),
		shapes.Make(dtypes.Int32, e.Batch),
		shapes.Make(dtypes.Float32, e.views(), augment.Draws),
		shapes.Make(dtypes.Float32, len(e.knobs())+len(signals)),
	}
}

// key tells the compiled steps of a lab apart: whatever decides the graph of one is in it.
func (p *program) key() (string, error) {
	e := p.exp.Clone()
	names := []string{}
	for _, d := range e.knobs() {
		names = append(names, d.Name)
		*d.value = 0
	}
	e.Method, e.Seed, e.Steps, e.Panel = "", 0, 0, Panel{}
	e.Optimizer.Schedule, e.Optimizer.Warmup, e.Target.Schedule = "", 0, ""
	lineage := p.lineage
	if !e.Loss.user() && !e.Encoder.Registered() {
		lineage = ""
	}
	text, err := json.Marshal([]any{e, names, fmt.Sprint(p.exp.arguments()), p.exp.Target.On(), lineage})
	return string(text), err
}

// compile builds and compiles the step, or finds it compiled, and gives the store the
// variables that it lacks.
func (p *program) compile() (err error) {
	defer catch("the training step", &err)
	begin := p.exp.Target.On() && !hasTarget(p.store)
	if err := traceIn(p.lab.backend, p.exp, p.store); err != nil {
		return err
	}
	if err := p.store.InitializeVariables(p.lab.backend, nil); err != nil {
		return buildError("the training step", err)
	}
	if begin {
		if err := beginTarget(p.store); err != nil {
			return err
		}
	}
	key, err := p.key()
	if err != nil {
		return err
	}
	if p.lab.share(p, key) {
		return nil
	}
	exec, err := model.NewExecCanonical(p.lab.backend, p.store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		p.builds.Add(1)
		return []*Node{trainStep(s, p.exp, in[0], in[1], in[2], in[3])}
	}, 4, 1, false, false, false)
	if err != nil {
		return err
	}
	if _, err = exec.WithName("step").Compile(p.exp.arguments()...); err != nil {
		exec.Finalize()
		return buildError("the training step", err)
	}
	c := &compiled{key: key, store: p.store, exec: exec, tenant: p, users: 1}
	p.store, p.shared = nil, c
	p.lab.mu.Lock()
	p.lab.programs[key] = c
	p.lab.mu.Unlock()
	return nil
}

// share makes a program use a compiled step that is there for its key and its variables.
func (l *Lab) share(p *program, key string) bool {
	l.mu.Lock()
	c := l.programs[key]
	if c != nil {
		c.users++
	}
	l.mu.Unlock()
	if c == nil {
		return false
	}
	values, err := c.values(p.store)
	if err != nil { // not alike after all
		l.leave(c)
		return false
	}
	for v := range p.store.IterVariables() {
		_ = v.SetValuePreservingOld(nil)
	}
	p.store.Finalize()
	p.store, p.shared, p.values = nil, c, values
	return true
}

// values are those of a store in the order of the compiled step's variables.
func (c *compiled) values(store *model.Store) ([]*tensors.Tensor, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	values := make([]*tensors.Tensor, 0, store.NumVariables())
	for mine := range c.store.IterVariables() {
		v := store.GetVariable(mine.Path())
		if v == nil || !v.Shape().Equal(mine.Shape()) {
			return nil, fmt.Errorf("%s is not as compiled", mine.Path())
		}
		value, err := v.Value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	if len(values) != store.NumVariables() {
		return nil, fmt.Errorf("%d variables, and %d are compiled", store.NumVariables(), len(values))
	}
	return values, nil
}

// leave gives a compiled step up; the last one frees it.
func (l *Lab) leave(c *compiled) {
	l.mu.Lock()
	c.users--
	last := c.users == 0
	if last && l.programs[c.key] == c {
		delete(l.programs, c.key)
	}
	l.mu.Unlock()
	if last {
		c.exec.Finalize()
		c.store.Finalize()
	}
}

// admit puts a program's variables into the step; it is called under the mutex.
func (c *compiled) admit(p *program) error {
	if c.tenant == p {
		return nil
	}
	var out []*tensors.Tensor
	i := 0
	for v := range c.store.IterVariables() {
		if c.tenant != nil {
			value, err := v.Value()
			if err != nil {
				return err
			}
			out = append(out, value)
		}
		if err := v.SetValuePreservingOld(p.values[i]); err != nil {
			return err
		}
		i++
	}
	if c.tenant != nil {
		c.tenant.values = out
	}
	c.tenant, p.values = p, nil
	return nil
}

// run performs one step and returns its metrics; a panic of the backend is an error.
func (p *program) run(images *tensors.Tensor, in inputs) (_ []float32, err error) {
	defer catch("the training step", &err)
	if p.shared == nil {
		if err := p.compile(); err != nil {
			return nil, err
		}
	}
	c := p.shared
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admit(p); err != nil {
		return nil, err
	}
	if in.images != nil {
		images = in.images
	}
	out, err := c.exec.Exec(images, in.indices, in.draws, in.knobs)
	if err != nil {
		return nil, err
	}
	defer out[0].FinalizeAll()
	return tensors.CopyFlatData[float32](out[0])
}

// copyOut copies the program's variables to the host.
func (p *program) copyOut() (weights, error) {
	if p.shared == nil {
		return copyOut(p.store)
	}
	c := p.shared
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tenant == p {
		return copyOut(c.store)
	}
	w := weights{values: map[string]*tensors.Tensor{}}
	i := 0
	for v := range c.store.IterVariables() {
		value, err := p.values[i].LocalClone()
		if err != nil {
			return weights{}, fmt.Errorf("copy %s: %w", v.Path(), err)
		}
		w.put(v.Path(), value)
		i++
	}
	return w, nil
}

// close frees the program's variables, on the device too, and the step if nobody else uses it.
func (p *program) close() {
	if p.shared == nil {
		p.store.Finalize()
		return
	}
	c := p.shared
	c.mu.Lock()
	if c.tenant == p {
		for v := range c.store.IterVariables() {
			_ = v.Reset()
		}
		c.tenant = nil
	}
	for _, v := range p.values {
		_ = v.FinalizeAll()
	}
	p.values = nil
	c.mu.Unlock()
	p.lab.leave(c)
}

// traceIn builds the graph of the step once, without compiling it, over the variables of a
// store, which gets those it lacks: so that every mistake in the experiment, a user's loss
// included, shows before training starts.
func traceIn(backend compute.Backend, e *Experiment, store *model.Store) error {
	return traceWith(backend, e, store, nil)
}

// traceWith is traceIn that tells of knobs that the experiment lacks; nil is an error then.
func traceWith(backend compute.Backend, e *Experiment, store *model.Store, lacks func(k Knob) bool) (err error) {
	defer catch("the training step", &err)
	store.SetParam(model.ParamInitialSeed, e.Seed)
	g := NewGraph(backend, "trace")
	defer g.Finalize()
	model.SetStore(g, store)
	in := make([]*Node, 4)
	for i, shape := range e.arguments() {
		in[i] = Parameter(g, fmt.Sprintf("arg%d", i), shape)
	}
	if lacks != nil {
		g.AttachState(graphKnobsKey{}, &graphKnobs{ask: func(k Knob) *Node {
			if !lacks(k) {
				return nil
			}
			return Scalar(g, dtypes.Float32, k.Value)
		}})
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
