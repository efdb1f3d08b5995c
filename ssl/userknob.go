package ssl

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// NewKnob makes a knob of your own, for a loss or a network that is written in a cell: its
// [Knob.Node] is a scalar in the graph, and every run that uses it can Set and Schedule it as
// any other knob, without a build.
//
//	margin := ssl.NewKnob("margin", 0.2, 0, 1, "least distance of negatives")
//	exp.Loss = ssl.NewLoss("hinge", func(za, zb, temperature *Node) *Node {
//		return ReduceAllMean(MaxScalar(Sub(margin.Node(za), distance(za, zb)), 0))
//	})
//
// The name must be none of gossl's own. NewKnob panics with an error if it is, or the value
// is not between min and max.
func NewKnob(name string, value, min, max float64, meaning string) Knob {
	k := Knob{name, value, min, max, meaning}
	if name == "" || isKnob(name) || slices.Contains(signals, name) || slices.Contains(reserved, name) {
		panic(fmt.Errorf("ssl: the knob name %q is taken; choose another", name))
	}
	if err := k.accepts(value); err != nil {
		panic(fmt.Errorf("ssl: %w", err))
	}
	return k
}

// reserved are the names of metrics, which a knob's values would be mixed up with.
var reserved = []string{"step", "loss", "contrast", "penalty", "negligible", "zero", "seconds"}

// graphKnobs are the knobs that a graph has, attached to it while it is built.
type graphKnobs struct {
	value func(name string) *Node
	ask   func(k Knob) *Node // for one that it does not have; nil for an error
}

type graphKnobsKey struct{}

// Node is the knob's value in the graph that x belongs to, as a scalar of x's type. It panics
// outside the functions that build a run's graph, and in one whose experiment lacks the knob.
func (k Knob) Node(x *Node) *Node {
	knobs, _ := x.Graph().State(graphKnobsKey{}).(*graphKnobs)
	if knobs == nil {
		panic(fmt.Errorf("knob %q: this graph is not a run's; use it in a loss, an encoder or a method", k.Name))
	}
	n := knobs.value(k.Name)
	if n == nil && knobs.ask != nil {
		n = knobs.ask(k)
	}
	if n == nil {
		panic(fmt.Errorf("knob %q: the run does not have it; add it to Experiment.Knobs before the start", k.Name))
	}
	return like(n, x)
}

// constants attaches the knobs' present values to a graph that takes none as arguments.
func (e *Experiment) constants(g *Graph) {
	g.AttachState(graphKnobsKey{}, &graphKnobs{value: func(name string) *Node {
		d, err := e.knob(name)
		if err != nil {
			return nil
		}
		return Scalar(g, dtypes.Float32, *d.value)
	}})
}

// discover builds the step once to find every mistake in it, and gives the experiment the
// user's knobs that its functions ask for.
func (e *Experiment) discover(backend compute.Backend) error {
	store := model.NewStore()
	defer store.Finalize()
	var found []Knob
	err := traceWith(backend, e, store, func(k Knob) bool {
		if !slices.ContainsFunc(found, func(f Knob) bool { return f.Name == k.Name }) {
			found = append(found, k)
		}
		return true
	})
	if err != nil || len(found) == 0 {
		return err
	}
	e.Knobs = append(e.Knobs, found...)
	return e.Check()
}

// checkKnobs reports a knob of the user's whose name is another's.
func (e *Experiment) checkKnobs() error {
	seen := map[string]bool{}
	for _, d := range e.knobs() {
		if d.Name == "" || seen[d.Name] {
			return fmt.Errorf("the knob %q is there twice; give yours another name", d.Name)
		}
		seen[d.Name] = true
	}
	return nil
}
