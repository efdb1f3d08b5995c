package ssl

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/loss"
)

// Loss names the function that compares the projections of the two views, and holds its
// coefficients. It is a plain value, so that an experiment can be saved; the function behind
// the name is registered.
type Loss struct {
	Name         string
	Coefficients []Coefficient // each a knob of its name
	Options      []Option      // fixed for the run
}

// Option is a whole number that a loss takes and that shapes its graph.
type Option struct {
	Name  string
	Value int
}

// Coefficient is a number that a loss takes.
type Coefficient struct {
	Name  string
	Value float64
}

// NTXent is SimCLR's loss, [loss.NTXent].
var NTXent = Loss{Name: "nt-xent"}

// DCL is the decoupled contrastive loss, [loss.DCL].
var DCL = Loss{Name: "dcl"}

// DCLW is DCL with positives weighted by hardness, [loss.DCLW]; knob "sigma".
func DCLW(sigma float64) Loss {
	return Loss{Name: "dclw", Coefficients: []Coefficient{{"sigma", sigma}}}
}

// BarlowTwins is the loss of that name, [loss.BarlowTwins]; knob "redundancy".
func BarlowTwins(redundancy float64) Loss {
	return Loss{Name: "barlow-twins", Coefficients: []Coefficient{{"redundancy", redundancy}}}
}

// VICReg is the loss of that name, [loss.VICReg]; knobs "invariance", "variance" and
// "covariance".
func VICReg(invariance, variance, covariance float64) Loss {
	return Loss{Name: "vicreg", Coefficients: []Coefficient{{"invariance", invariance}, {"variance", variance}, {"covariance", covariance}}}
}

// String is the loss's name and coefficients, such as "barlow-twins redundancy 0.005".
func (l Loss) String() string {
	s := l.Name
	for _, c := range l.Coefficients {
		s += fmt.Sprintf(" %s %g", c.Name, c.Value)
	}
	for _, o := range l.Options {
		s += fmt.Sprintf(" %s %d", o.Name, o.Value)
	}
	return s
}

// objective is what a loss's name stands for: a function of the branches to a scalar.
type objective struct {
	build        func(b *Branches) *Node
	coefficients []Knob   // their values are the defaults
	options      []string // names of the options it takes, all of them at least 1
	temperature  bool     // whether it reads the knob "temperature"
	parts        parts    // of the experiment that it compares
	check        func(e *Experiment) error
	user         bool
}

var (
	lossesMu sync.RWMutex
	losses   = map[string]objective{}
)

// define enters one of gossl's own losses; each method's file does so for its own.
func define(name string, o objective) { losses[name] = o }

func init() {
	define("nt-xent", objective{temperature: true, build: func(b *Branches) *Node {
		return loss.NTXent(b.ZA, b.ZB, b.Knob("temperature"))
	}})
	define("dcl", objective{temperature: true, build: func(b *Branches) *Node {
		return loss.DCL(b.ZA, b.ZB, b.Knob("temperature"))
	}})
	define("dclw", objective{temperature: true,
		coefficients: []Knob{{"sigma", 0.5, 1e-3, 100, "softness of the weights of positives"}},
		build: func(b *Branches) *Node {
			return loss.DCLW(b.ZA, b.ZB, b.Knob("temperature"), b.Knob("sigma"))
		}})
	define("barlow-twins", objective{
		coefficients: []Knob{{"redundancy", 5e-3, 0, 1e3, "weight of the off-diagonal correlations"}},
		build: func(b *Branches) *Node {
			return loss.BarlowTwins(b.ZA, b.ZB, b.Knob("redundancy"))
		}})
	define("vicreg", objective{
		coefficients: []Knob{
			{"invariance", 25, 0, 1e4, "weight of the distance between the views"},
			{"variance", 25, 0, 1e4, "weight of standard deviations below 1"},
			{"covariance", 1, 0, 1e4, "weight of the covariances between features"},
		},
		build: func(b *Branches) *Node {
			return loss.VICReg(b.ZA, b.ZB, b.Knob("invariance"), b.Knob("variance"), b.Knob("covariance"))
		}})
}

// check reports an unknown loss, coefficients or options that are not those the loss takes,
// or parts of the experiment that do not fit it.
func (l Loss) check(e *Experiment) error {
	p, err := l.find()
	if err != nil {
		return err
	}
	want := make([]string, len(p.coefficients))
	for i, k := range p.coefficients {
		want[i] = k.Name
	}
	got := make([]string, len(l.Coefficients))
	for i, c := range l.Coefficients {
		got[i] = c.Name
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("loss %q takes the coefficients [%s] and is given [%s]", l.Name, strings.Join(want, ", "), strings.Join(got, ", "))
	}
	options := make([]string, len(l.Options))
	for i, o := range l.Options {
		options[i] = o.Name
		if o.Value < 1 {
			return fmt.Errorf("option %s of loss %q is %d; it must be at least 1", o.Name, l.Name, o.Value)
		}
	}
	if !slices.Equal(options, p.options) {
		return fmt.Errorf("loss %q takes the options [%s] and is given [%s]", l.Name, strings.Join(p.options, ", "), strings.Join(options, ", "))
	}
	if err := p.parts.check(e); err != nil {
		return err
	}
	if p.check != nil {
		return p.check(e)
	}
	return nil
}

// dials are the knobs that the loss reads, temperature first; none for an unknown loss.
func (l *Loss) dials(temperature *float64) []dial {
	p, err := l.find()
	if err != nil {
		return nil
	}
	var d []dial
	if p.temperature {
		d = append(d, dial{Knob{"temperature", *temperature, 1e-3, 100, "temperature of the loss"}, "Temperature", temperature})
	}
	for i, k := range p.coefficients {
		if i < len(l.Coefficients) && l.Coefficients[i].Name == k.Name {
			k.Value = l.Coefficients[i].Value
			d = append(d, dial{k, "Loss", &l.Coefficients[i].Value})
		}
	}
	return d
}

// NewLoss registers a loss of your own under a name and returns it, for Experiment.Loss. The
// function is called while the training graph is built, once per build, and then trains at
// compiled speed; what it does beyond building nodes is done then only.
//
//	za, zb      [batch, dim]  projections of the two views, as they leave the projector
//	temperature []            the knob of that name
//	result      []            the loss, a scalar
//
// A panic inside f, or a result that is no scalar, is an error of [Start]. Registering a
// name again replaces the function for later builds. NewLoss panics with an error if the
// name is empty or one of gossl's own, or f is nil.
func NewLoss(name string, f func(za, zb, temperature *Node) *Node) Loss {
	var build func(b *Branches) *Node
	if f != nil {
		build = func(b *Branches) *Node { return f(b.ZA, b.ZB, b.Knob("temperature")) }
	}
	return register(name, nil, parts{}, build)
}

// NewLossWithKnobs is [NewLoss] for a loss with coefficients of its own: each becomes a knob
// of the run, which begins at the value given here. The function gets a knob's value, [], by
// its name; "temperature" is there too.
func NewLossWithKnobs(name string, coefficients []Knob, f func(za, zb *Node, knob func(name string) *Node) *Node) Loss {
	var build func(b *Branches) *Node
	if f != nil {
		build = func(b *Branches) *Node { return f(b.ZA, b.ZB, b.Knob) }
	}
	return register(name, coefficients, parts{}, build)
}

// register enters a loss of the user's.
func register(name string, coefficients []Knob, uses parts, f func(b *Branches) *Node) Loss {
	taken := NewSimCLR(nil).allKnobs()
	lossesMu.Lock()
	defer lossesMu.Unlock()
	if old, taken := losses[name]; name == "" || taken && !old.user {
		panic(fmt.Errorf("ssl: loss name %q is taken; choose another", name))
	}
	if f == nil {
		panic(fmt.Errorf("ssl: loss %q: the function is nil", name))
	}
	l := Loss{Name: name}
	for _, k := range coefficients {
		if k.Name == "" || slices.Contains(taken, k.Name) {
			panic(fmt.Errorf("ssl: loss %q: the knob name %q is taken; choose another", name, k.Name))
		}
		if err := k.accepts(k.Value); err != nil {
			panic(fmt.Errorf("ssl: loss %q: %w", name, err))
		}
		taken = append(taken, k.Name)
		l.Coefficients = append(l.Coefficients, Coefficient{k.Name, k.Value})
	}
	losses[name] = objective{user: true, temperature: true, coefficients: slices.Clone(coefficients), parts: uses, build: f}
	return l
}

// user reports whether the loss is one that the user has registered.
func (l Loss) user() bool {
	p, err := l.find()
	return err != nil || p.user
}

func (l Loss) find() (objective, error) {
	lossesMu.RLock()
	defer lossesMu.RUnlock()
	p, ok := losses[l.Name]
	if ok {
		return p, nil
	}
	names := make([]string, 0, len(losses))
	for n := range losses {
		names = append(names, n)
	}
	sort.Strings(names)
	return p, fmt.Errorf("loss %q is unknown; there are %s (one of your own is made with ssl.NewLoss, in this session)", l.Name, strings.Join(names, ", "))
}

// apply builds the loss and turns whatever goes wrong inside it into a *BuildError.
func (l Loss) apply(b *Branches) *Node {
	p, err := l.find()
	if err != nil {
		panic(err)
	}
	defer func() {
		if r := recover(); r != nil {
			what := fmt.Sprintf("loss %q of projections %s", l.Name, b.ZA.Shape())
			if b.ZB != nil {
				what += fmt.Sprintf(" and %s", b.ZB.Shape())
			}
			panic(&BuildError{
				What: what, Err: asError(r),
				Hint: "projections are [batch, dim] and the loss must be a scalar: reduce with ReduceAllMean",
			})
		}
	}()
	value := p.build(b)
	if value == nil {
		panic(fmt.Errorf("it returned nil"))
	}
	if !value.Shape().IsScalar() {
		panic(fmt.Errorf("it returned shape %s", value.Shape()))
	}
	if value.DType() != b.ZA.DType() {
		panic(fmt.Errorf("it returned %s, projections are %s", value.DType(), b.ZA.DType()))
	}
	return value
}
