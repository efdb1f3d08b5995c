package ssl

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/net"
)

// Branches are what a loss compares: what the networks make of the views of one batch. A
// method is a function of them; see [NewMethod].
//
// The parts that an experiment does not have are nil. With Experiment.OneWay view a goes
// through the trained networks alone and view b through the target alone: HB, ZB, PB and
// TargetA are nil then.
type Branches struct {
	HA, HB           *Node   // [batch, features]  representations of the two views
	ZA, ZB           *Node   // [batch, dim]       their projections
	PA, PB           *Node   // [batch, dim]       predictions of the projections; without a Predictor nil
	TargetA, TargetB *Node   // [batch, dim]       projections by the target; without a Target nil; no gradient flows
	Small            []*Node // [batch, dim]       projections of the small crops, if there are any
	Scores           *Scores // cosines with the prototypes; without Prototypes nil
	Step             *Node   // []                 number of the step, counted from 0

	scope *model.Scope
	knobs func(name string) *Node
	loss  Loss
}

// Scores are the cosines of projections with the prototypes, [batch, prototypes].
type Scores struct {
	A, B             *Node
	TargetA, TargetB *Node // of the target's projections with the target's prototypes; no gradient flows
	Small            []*Node
}

// Knob is the value of a knob of the run, [], by its name.
func (b *Branches) Knob(name string) *Node {
	if k := b.knobs(name); k != nil {
		return k
	}
	panic(fmt.Errorf("it asks for knob %q, which it does not have", name))
}

// Option is the value of one of the loss's options.
func (b *Branches) Option(name string) int {
	for _, o := range b.loss.Options {
		if o.Name == name {
			return o.Value
		}
	}
	panic(fmt.Errorf("it asks for option %q, which it does not have", name))
}

// State is a named array that a method keeps beside the weights from step to step: a queue,
// a centre, a running covariance. It is no weight: no gradient reaches it. It is in every
// checkpoint, under /state/ and its name, and stays as it is when a head is resized.
type State struct {
	variable *model.Variable
	before   *Node
}

// State returns the array of a name, as it was before this step; the first time it is made
// with init, from the run's seed.
func (b *Branches) State(name string, init net.Init, dims ...int) *State {
	v := net.Param(b.scope.At("state"), name, b.ZA.DType(), init, dims...).SetTrainable(false)
	return &State{v, StopGradient(v.NodeValue(b.ZA))}
}

// Value is the array before the step.
func (s *State) Value() *Node { return s.before }

// Set makes next the array's value after the step.
func (s *State) Set(next *Node) { s.variable.SetNodeValue(StopGradient(next)) }

// Enqueue puts rows [n, dim] at the front of a queue [size, dim] and drops as many at its end.
func (s *State) Enqueue(rows *Node) {
	size, n := s.before.Shape().Dim(0), rows.Shape().Dim(0)
	if n >= size {
		s.Set(Slice(rows, AxisRange(0, size)))
		return
	}
	s.Set(Concatenate([]*Node{rows, Slice(s.before, AxisRange(0, size-n))}, 0))
}

// parts says which parts of an experiment a loss compares; one that it neither needs nor can
// use is a mistake of the experiment's.
type parts struct {
	predictor, target, prototypes, small use
	oneWay                               use
}

// use of a part by a loss.
type use int

const (
	refuses use = iota
	accepts
	needs
)

var anyParts = parts{accepts, accepts, accepts, accepts, accepts}

// check reports a part that the loss needs and the experiment lacks, or has to no purpose.
func (p parts) check(e *Experiment) error {
	for _, part := range []struct {
		setting, remedy string
		use             use
		there           bool
	}{
		{"Predictor", "give it one, as net.MLP{Widths: []int{64, 64}}", p.predictor, len(e.Predictor.Widths) > 0},
		{"Target", "give it one, as ssl.EMA(0.996)", p.target, e.Target.On()},
		{"Prototypes", "give it some, as ssl.Prototypes{Count: 256}", p.prototypes, e.Prototypes.Count > 0},
		{"Small", "give it some, as augment.SmallCrops{Count: 4, Size: 12, CropMin: 0.05, CropMax: 0.4}", p.small, e.Small.Count > 0},
		{"OneWay", "set it to true", p.oneWay, e.OneWay},
	} {
		switch {
		case part.use == needs && !part.there:
			return &SettingError{part.setting, fmt.Errorf("loss %q needs it; %s", e.Loss.Name, part.remedy)}
		case part.use == refuses && part.there:
			return &SettingError{part.setting, fmt.Errorf("loss %q has no use for it; leave it empty", e.Loss.Name)}
		}
	}
	return p.compares(e)
}

// compares reports predictions of another dimension than the projections they are compared
// with.
func (p parts) compares(e *Experiment) error {
	if p.predictor != needs || len(e.Projector.Widths) == 0 {
		return nil
	}
	if z, q := e.Projector.Out(0), e.Predictor.Out(0); z != q {
		return &SettingError{"Predictor", fmt.Errorf("its predictions have dimension %d and the projections %d; make its last width %d", q, z, z)}
	}
	return nil
}

// NewMethod registers a method of your own under a name and returns its loss, for
// Experiment.Loss. The function is called while the training graph is built, once per build,
// and then trains at compiled speed. It gets everything that the experiment's networks make
// of a batch, the knobs, which are those of [NewLossWithKnobs], and states of its own, and
// returns the loss, a scalar:
//
//	mean := ssl.NewMethod("mean-teacher", nil, func(b *ssl.Branches) *Node {
//		return loss.NegativeCosine(b.PA, b.TargetB)
//	})
//
// NewMethod panics with an error if the name is empty or one of gossl's own, or f is nil.
func NewMethod(name string, coefficients []Knob, f func(b *Branches) *Node) Loss {
	return register(name, coefficients, anyParts, f)
}

// Prototypes are unit vectors that projections are compared with by their cosines.
type Prototypes struct {
	Count  int // how many; 0 for none
	Frozen int // steps at the start in which they do not move
}

// String is such as "300, frozen for 78 steps".
func (p Prototypes) String() string {
	switch {
	case p.Count == 0:
		return "none"
	case p.Frozen > 0:
		return fmt.Sprintf("%d, frozen for %d steps", p.Count, p.Frozen)
	}
	return fmt.Sprint(p.Count)
}
