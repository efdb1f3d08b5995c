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
	return s
}

// Check reports an unknown penalty, a λ that is negative, NaN or beyond [MaxLambda], or a
// proximal step that the penalty does not have.
func (h Head) Check() error {
	if h.None() {
		if h.Lambda != 0 || h.Proximal || h.On != FirstLayer {
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
}

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
