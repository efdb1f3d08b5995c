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
func DCLW(sigma float64) Loss { return Loss{"dclw", []Coefficient{{"sigma", sigma}}} }

// BarlowTwins is the loss of that name, [loss.BarlowTwins]; knob "redundancy".
func BarlowTwins(redundancy float64) Loss {
	return Loss{"barlow-twins", []Coefficient{{"redundancy", redundancy}}}
}

// VICReg is the loss of that name, [loss.VICReg]; knobs "invariance", "variance" and
// "covariance".
func VICReg(invariance, variance, covariance float64) Loss {
	return Loss{"vicreg", []Coefficient{{"invariance", invariance}, {"variance", variance}, {"covariance", covariance}}}
}

// String is the loss's name and coefficients, such as "barlow-twins redundancy 0.005".
func (l Loss) String() string {
	s := l.Name
	for _, c := range l.Coefficients {
		s += fmt.Sprintf(" %s %g", c.Name, c.Value)
	}
	return s
}

// pairLoss maps projections [batch, dim] of the two views to a scalar.
type pairLoss struct {
	build        func(za, zb *Node, knob func(name string) *Node) *Node
	coefficients []Knob // their values are the defaults
	temperature  bool   // whether it reads the knob "temperature"
	user         bool
}

var (
	lossesMu sync.RWMutex
	losses   = map[string]pairLoss{
		"nt-xent": {temperature: true, build: func(za, zb *Node, knob func(string) *Node) *Node {
			return loss.NTXent(za, zb, knob("temperature"))
		}},
		"dcl": {temperature: true, build: func(za, zb *Node, knob func(string) *Node) *Node {
			return loss.DCL(za, zb, knob("temperature"))
		}},
		"dclw": {temperature: true,
			coefficients: []Knob{{"sigma", 0.5, 1e-3, 100, "softness of the weights of positives"}},
			build: func(za, zb *Node, knob func(string) *Node) *Node {
				return loss.DCLW(za, zb, knob("temperature"), knob("sigma"))
			}},
		"barlow-twins": {
			coefficients: []Knob{{"redundancy", 5e-3, 0, 1e3, "weight of the off-diagonal correlations"}},
			build: func(za, zb *Node, knob func(string) *Node) *Node {
				return loss.BarlowTwins(za, zb, knob("redundancy"))
			}},
		"vicreg": {
			coefficients: []Knob{
				{"invariance", 25, 0, 1e4, "weight of the distance between the views"},
				{"variance", 25, 0, 1e4, "weight of standard deviations below 1"},
				{"covariance", 1, 0, 1e4, "weight of the covariances between features"},
			},
			build: func(za, zb *Node, knob func(string) *Node) *Node {
				return loss.VICReg(za, zb, knob("invariance"), knob("variance"), knob("covariance"))
			}},
	}
)

// check reports an unknown loss, or coefficients that are not those the loss takes.
func (l Loss) check() error {
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
	var build func(za, zb *Node, knob func(string) *Node) *Node
	if f != nil {
		build = func(za, zb *Node, knob func(string) *Node) *Node { return f(za, zb, knob("temperature")) }
	}
	return NewLossWithKnobs(name, nil, build)
}

// NewLossWithKnobs is [NewLoss] for a loss with coefficients of its own: each becomes a knob
// of the run, which begins at the value given here. The function gets a knob's value, [], by
// its name; "temperature" is there too.
func NewLossWithKnobs(name string, coefficients []Knob, f func(za, zb *Node, knob func(name string) *Node) *Node) Loss {
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
	losses[name] = pairLoss{user: true, temperature: true, coefficients: slices.Clone(coefficients), build: f}
	return l
}

func (l Loss) find() (pairLoss, error) {
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
func (l Loss) apply(za, zb *Node, knob func(string) *Node) *Node {
	p, err := l.find()
	if err != nil {
		panic(err)
	}
	defer func() {
		if r := recover(); r != nil {
			panic(&BuildError{
				What: fmt.Sprintf("loss %q of projections %s and %s", l.Name, za.Shape(), zb.Shape()),
				Err:  asError(r),
				Hint: "the two projections are [batch, dim] and the loss must be a scalar: reduce with ReduceAllMean",
			})
		}
	}()
	value := p.build(za, zb, func(name string) *Node {
		if k := knob(name); k != nil {
			return k
		}
		panic(fmt.Errorf("it asks for knob %q, which it does not have", name))
	})
	if value == nil {
		panic(fmt.Errorf("it returned nil"))
	}
	if !value.Shape().IsScalar() {
		panic(fmt.Errorf("it returned shape %s", value.Shape()))
	}
	if value.DType() != za.DType() {
		panic(fmt.Errorf("it returned %s, projections are %s", value.DType(), za.DType()))
	}
	return value
}
