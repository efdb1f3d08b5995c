package sparse

import (
	"fmt"
	"math"
	"sort"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// Head is a SparseHead: λ times a penalty on the weights of the projector's first layer. It
// is a plain value; the zero Head is no penalty. λ acts through the knob "lambda".
type Head struct {
	Penalty  string  // name in [Penalties]; "" is none
	Lambda   float64 // weight of the penalty, ≥ 0
	Proximal bool    // a proximal step after each optimiser step instead of a term of the loss
	On       Layers  // which layers it acts on; the projector's first if empty

	// Target is the share of negligible features, in (0, 1), that λ is turned up or down for:
	// the share wanted rises from 0 to Target over the first half of the run, and after each
	// step λ is multiplied by exp(0.1·(wanted − present share)), the factor staying between
	// 1e-6 and 1e6. 0 leaves λ alone.
	Target float64
	// Threshold, in (0, 1), sets to zero at the run's last step what is no longer than this
	// share of the longest: features, units or entries, as the penalty groups them. 0 sets
	// nothing.
	Threshold float64
}

// WithTarget returns h with a λ that is led to a share of negligible features by feedback.
func (h Head) WithTarget(share float64) Head {
	h.Target = share
	return h
}

// WithThreshold returns h with a hard threshold at the run's end.
func (h Head) WithThreshold(share float64) Head {
	h.Threshold = share
	return h
}

// Layers names the layers whose weights a [Head] penalises.
type Layers string

// The layers that a head can act on.
const (
	FirstLayer Layers = ""            // the projector's first, which reads the features
	EveryLayer Layers = "every layer" // all of the projector's; the penalty is the sum
	Predictor  Layers = "predictor"   // the predictor's first
)

// WithLayers returns h acting on other layers than the projector's first.
func (h Head) WithLayers(on Layers) Head {
	h.On = on
	return h
}

// MaxLambda is the largest λ that is accepted: a guard against a slip of the finger.
const MaxLambda = 1e6

// GroupHoyer is the Hoyer-square of feature groups, (Σ‖w_j‖)²/Σ‖w_j‖²/d: the default, as it
// does not depend on the scale of W, which a normalised contrastive loss hardly feels.
func GroupHoyer(lambda float64) Head { return Head{Penalty: "group-hoyer", Lambda: lambda} }

// GroupL21 is the group lasso Σ_j‖w_j‖₂ over input features.
func GroupL21(lambda float64) Head { return Head{Penalty: "group-l21", Lambda: lambda} }

// UnitL21 is the group lasso over output units, Σ_k‖W_·k‖₂.
func UnitL21(lambda float64) Head { return Head{Penalty: "unit-l21", Lambda: lambda} }

// L1 is Σ|w|.
func L1(lambda float64) Head { return Head{Penalty: "l1", Lambda: lambda} }

// SparseGroup is ½Σ|w| + ½√width·Σ_j‖w_j‖₂.
func SparseGroup(lambda float64) Head { return Head{Penalty: "sparse-group", Lambda: lambda} }

// WithProximal returns h as a proximal step: weights become exactly zero and stay so until
// the loss pulls harder than λ. Only penalties that have one accept it; see [Penalties].
func (h Head) WithProximal() Head {
	h.Proximal = true
	return h
}

// None reports whether h is no penalty at all; λ = 0 is a penalty that is switched off.
func (h Head) None() bool { return h.Penalty == "" }

// String is such as "group-hoyer λ=0.05".
func (h Head) String() string {
	if h.None() {
		return "none"
	}
	s := fmt.Sprintf("%s λ=%g", h.Penalty, h.Lambda)
	if h.Proximal {
		s += " (proximal)"
	}
	if h.On != FirstLayer {
		s += " on " + string(h.On)
	}
	if h.Target != 0 {
		s += fmt.Sprintf(" led to %g %% negligible", 100*h.Target)
	}
	if h.Threshold != 0 {
		s += fmt.Sprintf(" cut at the end below %g of the longest", h.Threshold)
	}
	return s
}

// Check reports an unknown penalty, a λ that is negative, NaN or beyond [MaxLambda], or a
// proximal step that the penalty does not have.
func (h Head) Check() error {
	if h.None() {
		if h != (Head{}) {
			return fmt.Errorf("lambda is %g but no penalty is named; use sparse.GroupHoyer(%g) or another of %s",
				h.Lambda, h.Lambda, strings.Join(Names(), ", "))
		}
		return nil
	}
	p, err := find(h.Penalty)
	if err != nil {
		return err
	}
	if !(h.Lambda >= 0 && h.Lambda <= MaxLambda) || math.IsNaN(h.Lambda) {
		return fmt.Errorf("lambda is %g; it must be between 0 and %g", h.Lambda, float64(MaxLambda))
	}
	if h.On != FirstLayer && h.On != EveryLayer && h.On != Predictor {
		return fmt.Errorf("layers %q are unknown; there are sparse.FirstLayer, sparse.EveryLayer and sparse.Predictor", h.On)
	}
	if !(h.Target >= 0 && h.Target < 1) {
		return fmt.Errorf("target %g is not between 0 and 1, the share of features to be negligible", h.Target)
	}
	if h.Target > 0 && h.Lambda == 0 {
		return fmt.Errorf("target %g is reached by turning lambda up and down, and lambda is 0; begin with a small one", h.Target)
	}
	if !(h.Threshold >= 0 && h.Threshold < 1) {
		return fmt.Errorf("threshold %g is not between 0 and 1, a share of the longest group", h.Threshold)
	}
	if h.Proximal && p.Prox == nil {
		return fmt.Errorf("penalty %q has no proximal step; use one of %s, or the penalty as a term of the loss", h.Penalty, strings.Join(proximal(), ", "))
	}
	return nil
}

// Penalty is one member of the family.
type Penalty struct {
	Name    string
	Formula string

	// Value is Ω(W), a scalar; W is [features, width].
	Value func(w *Node) *Node
	// Prox is argmin_V ½‖V−W‖² + threshold·Ω(V); nil where there is no closed form.
	Prox func(w, threshold *Node) *Node
	// Groups are what it makes zero together.
	Groups Groups
}

// Groups says what a penalty makes zero together.
type Groups int

// The groups of a matrix [features, width].
const (
	FeatureGroups Groups = iota // the weights that leave a feature
	UnitGroups                  // the weights into a unit
	EntryGroups                 // single weights
)

// Penalties is the family, by name.
var Penalties = map[string]Penalty{}

func add(p Penalty) { Penalties[p.Name] = p }

// Names lists the penalties, sorted.
func Names() []string {
	names := make([]string, 0, len(Penalties))
	for n := range Penalties {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func proximal() []string {
	var names []string
	for _, n := range Names() {
		if Penalties[n].Prox != nil {
			names = append(names, n)
		}
	}
	return names
}

func find(name string) (Penalty, error) {
	p, ok := Penalties[name]
	if !ok {
		return p, fmt.Errorf("penalty %q is unknown; there are %s", name, strings.Join(Names(), ", "))
	}
	return p, nil
}

// Value is Ω(W), without λ: a scalar. It panics on an unknown penalty.
//
//	w [features, width]  the projector's first weights; row j leaves feature j
func (h Head) Value(w *Node) *Node {
	p, err := find(h.Penalty)
	if err != nil {
		panic(fmt.Errorf("sparse: %w", err))
	}
	return p.Value(w)
}

// Step is the proximal step on W. It panics where the penalty has none.
//
//	w         [features, width]
//	threshold []  the optimiser's effective step times λ
func (h Head) Step(w, threshold *Node) *Node {
	p, err := find(h.Penalty)
	if err == nil && p.Prox == nil {
		err = Head{Penalty: h.Penalty, Proximal: true}.Check()
	}
	if err != nil {
		panic(fmt.Errorf("sparse: %w", err))
	}
	return p.Prox(w, threshold)
}

// Cut sets to zero what is no longer than h.Threshold of the longest group.
//
//	w [features, width]
func (h Head) Cut(w *Node) *Node {
	p, err := find(h.Penalty)
	if err != nil {
		panic(fmt.Errorf("sparse: %w", err))
	}
	var n *Node
	switch p.Groups {
	case FeatureGroups:
		n = InsertAxes(norms(w, 1), 1)
	case UnitGroups:
		n = InsertAxes(norms(w, 0), 0)
	default:
		n = Abs(w)
	}
	keep := GreaterThan(n, MulScalar(ReduceAllMax(n), h.Threshold))
	return Mul(w, ConvertDType(keep, w.DType()))
}

// feedback is how fast λ follows the share of negligible features.
const feedback = 0.1

// Lead is the factor of λ for the next step, under feedback.
//
//	factor   []  of this step, 1 at the start
//	share    []  of features that are negligible now
//	progress []  share of the run that is done, in (0, 1]
func (h Head) Lead(factor, share, progress *Node) *Node {
	wanted := MulScalar(MinScalar(MulScalar(progress, 2), 1), h.Target)
	next := Mul(factor, Exp(MulScalar(Sub(wanted, share), feedback)))
	return ClipScalar(next, 1e-6, 1e6)
}
