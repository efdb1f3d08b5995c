package ssl

import (
	"fmt"

	"github.com/gossl/gossl/ssl/sparse"
)

// SetLoss gives a run another loss while it trains, and returns the first step that uses it,
// the next one. It costs one build of the step; weights and moments stay. Knobs of the old
// loss go and those of the new one come. If anything fails the run goes on as it was.
func (r *Run) SetLoss(l Loss) (step int, err error) {
	return r.swap(func(o *owner) error { return o.setLoss(l) })
}

// SetSparse gives a run another SparseHead while it trains, or none, and returns the first
// step that uses it, the next one. It costs one build of the step; weights and moments stay.
// To change λ alone, Set the knob "lambda", which costs nothing.
func (r *Run) SetSparse(h sparse.Head) (step int, err error) {
	return r.swap(func(o *owner) error { return o.setSparse(h) })
}

func (r *Run) swap(do func(o *owner) error) (step int, err error) {
	err = r.edit(func(o *owner) error {
		step = o.step + 1
		return do(o)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

func (o *owner) setLoss(l Loss) error {
	next := o.exp.Clone()
	next.Loss = l
	next = next.Clone() // the coefficients are the caller's
	return o.replace(next, Edit{Verb: "loss", Name: "loss", Loss: &next.Loss, Note: fmt.Sprintf("%v instead of %v", l, o.exp.Loss)})
}

func (o *owner) setSparse(h sparse.Head) error {
	next := o.exp.Clone()
	next.Sparse = h
	return o.replace(next, Edit{Verb: "sparse", Name: "sparse", From: o.exp.Sparse.Lambda, To: h.Lambda, Sparse: &h,
		Note: fmt.Sprintf("%v instead of %v", h, o.exp.Sparse)})
}

// replace rebuilds the step for next over the present variables.
func (o *owner) replace(next *Experiment, e Edit) error {
	if err := next.Check(); err != nil {
		return err
	}
	state, err := copyOut(o.prog.store)
	if err != nil {
		return err
	}
	if err := o.rebuild(next, state); err != nil {
		return err
	}
	for knob := range o.schedules {
		if _, err := next.knob(knob); err != nil {
			delete(o.schedules, knob)
		}
	}
	e.Step = o.step + 1
	o.commit(next, e)
	return nil
}
