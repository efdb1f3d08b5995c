package ssl

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// Experiment is everything that decides what a run computes, but for the edits made while it
// trains. It is a plain struct: set its fields, print it, save it. A constructor such as
// [NewSimCLR] fills in a recipe's values; the zero Experiment is not valid.
type Experiment struct {
	Method      string             // the name that its runs go by: "simclr"
	Data        *data.Set          `json:"-"` // trained on its Train images, evaluated on both splits
	Encoder     net.Encoder        // images to representations h
	Projector   net.MLP            // representations to projections z, which the loss compares
	Features    []int              // of h that the projector reads, in this order; nil for all; see [Run.Prune]
	Active      sparse.Activation  // makes sparse what passes through the projector
	Predictor   net.MLP            // projections to predictions p, of methods that predict a target
	Target      Target             // the momentum copy of encoder and projector; knob "ema"
	Prototypes  Prototypes         // unit vectors that projections are compared with
	OneWay      bool               // view a goes through the trained networks alone, view b through the target alone
	Loss        Loss               // of what the networks make of the two views
	Temperature float64            // of the loss; knob "temperature"
	Sparse      sparse.Head        // penalty on the projector's first layer; knob "lambda"
	Views       augment.Views      // how views are made; a knob for each value
	Small       augment.SmallCrops // further views, smaller in area and size
	Optimizer   Optimizer          // how weights move; knobs "lr", "momentum", "weight_decay"
	Knobs       []Knob             // the user's own, that loss or networks read; see [NewKnob]
	Panel       Panel              // measures of the representations while it trains
	Batch       int                // images a step; each gives two views
	Steps       int                // of the whole run; the learning rate's schedule ends there
	Seed        int64              // of weights, order of images, and views
}

// Clone returns a copy of e that shares nothing with it but the data set.
func (e *Experiment) Clone() *Experiment {
	c := *e
	c.Encoder = e.Encoder.Clone()
	c.Projector = e.Projector.Clone()
	c.Predictor = e.Predictor.Clone()
	c.Features = slices.Clone(e.Features)
	c.Loss.Coefficients = slices.Clone(e.Loss.Coefficients)
	c.Loss.Options = slices.Clone(e.Loss.Options)
	c.Knobs = slices.Clone(e.Knobs)
	return &c
}

// Check reports the first setting that cannot be, as a *[SettingError].
func (e *Experiment) Check() error {
	if e == nil {
		return &SettingError{"", fmt.Errorf("the experiment is nil; make one with ssl.NewSimCLR(data)")}
	}
	fail := func(setting string, err error) error {
		if err == nil {
			return nil
		}
		return &SettingError{setting, err}
	}
	if !slices.Contains(Methods(), e.Method) {
		return fail("Method", unknownMethod(e.Method))
	}
	if e.Data == nil {
		return fail("Data", fmt.Errorf("there is none; use data.FashionMNIST() or another set"))
	}
	if err := e.Data.Check(); err != nil {
		return fail("Data", err)
	}
	n := e.Data.Train.N
	if e.Batch < 2 || e.Batch > n {
		return fail("Batch", fmt.Errorf("%d is not between 2, the fewest a contrastive loss can compare, and %d, the training images", e.Batch, n))
	}
	if e.Steps < 1 || e.Steps > math.MaxInt32 {
		return fail("Steps", fmt.Errorf("%d is not between 1 and %d", e.Steps, math.MaxInt32))
	}
	if err := e.Encoder.Check(); err != nil {
		return fail("Encoder", err)
	}
	if err := e.Projector.Check(); err != nil {
		return fail("Projector", err)
	}
	if len(e.Projector.Widths) == 0 && !e.Sparse.None() {
		return fail("Sparse", fmt.Errorf("a SparseHead needs a projector layer; Projector has none"))
	}
	if err := e.Active.Check(); err != nil {
		return fail("Active", err)
	}
	for i, f := range e.Features {
		if f < 0 || slices.Contains(e.Features[:i], f) {
			return fail("Features", fmt.Errorf("feature %d is negative or named twice", f))
		}
	}
	if e.Features != nil && (len(e.Features) == 0 || len(e.Projector.Widths) == 0) {
		return fail("Features", fmt.Errorf("it names the features that the projector reads, and there are none, or no projector"))
	}
	if err := e.Predictor.Check(); err != nil {
		return fail("Predictor", err)
	}
	if err := e.Target.Check(); err != nil {
		return fail("Target", err)
	}
	if p := e.Prototypes; p.Count < 0 || p.Count > net.MaxWidth || p.Frozen < 0 {
		return fail("Prototypes", fmt.Errorf("%d prototypes, frozen for %d steps; neither can be negative, nor the first above %d", p.Count, p.Frozen, net.MaxWidth))
	}
	if err := e.Small.Check(); err != nil {
		return fail("Small", err)
	}
	if d := e.Data.Train; e.Small.Count > 0 && e.Encoder.Kind == "mlp" && (e.Small.Size != d.Height || e.Small.Size != d.Width) {
		return fail("Encoder", fmt.Errorf("an MLP reads images of one size, and the small crops are %d×%[1]d where images are %d×%d; use another encoder, or crops of that size",
			e.Small.Size, d.Height, d.Width))
	}
	if e.OneWay && !e.Target.On() {
		return fail("OneWay", fmt.Errorf("view b goes through the target alone, and there is none; give it one, as ssl.EMA(0.996)"))
	}
	if err := e.Loss.check(e); err != nil {
		if s, ok := err.(*SettingError); ok {
			return s
		}
		return fail("Loss", err)
	}
	if err := e.Sparse.Check(); err != nil {
		return fail("Sparse", err)
	}
	if e.Sparse.On == sparse.Predictor && len(e.Predictor.Widths) == 0 {
		return fail("Sparse", fmt.Errorf("it acts on the predictor, and there is none; use sparse.FirstLayer, or give the experiment a Predictor"))
	}
	if err := e.Optimizer.Check(); err != nil {
		return fail("Optimizer", err)
	}
	if err := e.checkKnobs(); err != nil {
		return fail("Knobs", err)
	}
	if err := e.Panel.Check(); err != nil {
		return fail("Panel", err)
	}
	for _, k := range e.knobs() {
		if err := k.accepts(*k.value); err != nil {
			return fail(k.field, err)
		}
	}
	return fail("Views", e.Views.Check())
}

// String prints every setting, one a line.
func (e *Experiment) String() string {
	if e == nil {
		return "no experiment"
	}
	var b strings.Builder
	v := reflect.ValueOf(*e)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch field.Interface().(type) {
		case fmt.Stringer:
			fmt.Fprintf(&b, "%-12s %v\n", name, field.Interface())
		default:
			if field.Kind() == reflect.Struct {
				fmt.Fprintf(&b, "%-12s %s\n", name, fields(field))
			} else {
				fmt.Fprintf(&b, "%-12s %v\n", name, field.Interface())
			}
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// fields prints a struct as "Name value, Name value".
func fields(v reflect.Value) string {
	parts := make([]string, v.NumField())
	for i := range parts {
		value := v.Field(i).Interface()
		if f, ok := value.(float64); ok {
			value = fmt.Sprintf("%.4g", f)
		}
		parts[i] = fmt.Sprintf("%s %v", v.Type().Field(i).Name, value)
	}
	return strings.Join(parts, ", ")
}
