package ssl

import (
	"fmt"
	"math"
	"strings"

	"github.com/gossl/gossl/ssl/sparse"
)

// Knob is a number that can be changed while a run trains, from one step to the next and
// without rebuilding anything.
type Knob struct {
	Name     string
	Value    float64
	Min, Max float64 // inclusive
	Meaning  string
}

// String is such as "lambda 0.05 [0, 1e+06] weight of the SparseHead penalty".
func (k Knob) String() string {
	return fmt.Sprintf("%-13s %-10.4g [%g, %g]  %s", k.Name, k.Value, k.Min, k.Max, k.Meaning)
}

func (k Knob) accepts(v float64) error {
	if math.IsNaN(v) || v < k.Min || v > k.Max {
		return fmt.Errorf("%s %g is not between %g and %g", k.Name, v, k.Min, k.Max)
	}
	return nil
}

// dial is a knob and the field of the experiment that it turns.
type dial struct {
	Knob
	field string
	value *float64
}

// knobs lists the knobs of e, in a fixed order: their values enter the compiled step as one
// vector in this order.
func (e *Experiment) knobs() []dial {
	var d []dial
	if !e.Sparse.None() {
		d = append(d, dial{Knob{"lambda", e.Sparse.Lambda, 0, sparse.MaxLambda, "weight of the SparseHead penalty"}, "Sparse", &e.Sparse.Lambda})
	}
	d = append(d, e.Loss.dials(&e.Temperature)...)
	d = append(d, e.Optimizer.dials()...)
	if e.Target.On() {
		d = append(d, dial{Knob{"ema", e.Target.Momentum, 0, 1, "momentum of the target, before its schedule"}, "Target", &e.Target.Momentum})
	}
	for _, s := range e.Views.Settings() {
		d = append(d, dial{Knob{s.Name, *s.Value, s.Min, s.Max, s.Meaning}, "Views", s.Value})
	}
	for _, s := range e.Small.Settings() {
		d = append(d, dial{Knob{s.Name, *s.Value, s.Min, s.Max, s.Meaning}, "Small", s.Value})
	}
	for i := range e.Knobs {
		d = append(d, dial{e.Knobs[i], "Knobs", &e.Knobs[i].Value})
	}
	return d
}

// allKnobs are the names of e's knobs, and lambda.
func (e *Experiment) allKnobs() []string {
	names := []string{"lambda"}
	for _, d := range e.knobs() {
		names = append(names, d.Name)
	}
	return names
}

// knob finds one by name; the error names them all.
func (e *Experiment) knob(name string) (dial, error) {
	dials := e.knobs()
	names := make([]string, len(dials))
	for i, d := range dials {
		if d.Name == name {
			return d, nil
		}
		names[i] = d.Name
	}
	err := fmt.Errorf("knob %q: unknown; this run has %s", name, strings.Join(names, ", "))
	if name == "lambda" {
		err = fmt.Errorf("%w (lambda comes with a SparseHead: set Experiment.Sparse before the start)", err)
	}
	return dial{}, err
}

// with returns a copy of e in which one knob has another value, checked as a whole.
func (e *Experiment) with(name string, v float64) (*Experiment, error) {
	c := e.Clone()
	d, err := c.knob(name)
	if err != nil {
		return nil, err
	}
	if err := d.accepts(v); err != nil {
		return nil, fmt.Errorf("knob %w", err)
	}
	*d.value = v
	if err := c.Views.Check(); err != nil {
		return nil, fmt.Errorf("knob %q: %w", name, err)
	}
	return c, nil
}
