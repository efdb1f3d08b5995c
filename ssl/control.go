package ssl

import (
	"fmt"
	"maps"
	"strings"
)

// Set gives a knob another value and returns the first step that uses it, which is the next
// one. Nothing is rebuilt. An unknown knob, NaN or a value out of range is an error that
// names the legal ones and changes nothing.
func (r *Run) Set(knob string, value float64) (step int, err error) {
	if step, ok, err := r.claim(Edit{Verb: "set", Name: knob, To: value}); ok {
		return step, err
	}
	err = r.edit(func(o *owner) error {
		step = o.step + 1
		return o.set(knob, value)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

// set gives a knob another value and ends its schedule, if it has one.
func (o *owner) set(knob string, value float64) error {
	old, err := o.exp.knob(knob)
	if err != nil {
		return err
	}
	next, err := o.exp.with(knob, value)
	if err != nil {
		return err
	}
	delete(o.schedules, knob)
	o.commit(next, Edit{Step: o.step + 1, Verb: "set", Name: knob, From: *old.value, To: value})
	return nil
}

// commit makes next the experiment of the run, and notes the edit that led to it: first in
// the log of the run's directory, so that who sees it can rely on it.
func (o *owner) commit(next *Experiment, e Edit) {
	o.exp = next
	if o.keeper != nil && (o.repeating == nil || !o.repeating.Logged) {
		o.keeper.edit(e, o.repeating != nil)
	}
	o.run.publish(func() {
		o.run.exp, o.run.schedules = next, maps.Clone(o.schedules)
		o.run.journal = append(o.run.journal, e)
		if o.keeper != nil {
			o.run.logged = o.keeper.number
		}
	})
}

// Get is the value of a knob: of the learning rate, the one before its schedule.
func (r *Run) Get(knob string) (float64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, err := r.exp.knob(knob)
	if err != nil {
		return 0, err
	}
	return *d.value, nil
}

// Knobs lists what can be set while the run trains: name, value, range, meaning.
func (r *Run) Knobs() Knobs {
	r.mu.Lock()
	defer r.mu.Unlock()
	dials := r.exp.knobs()
	knobs := make(Knobs, len(dials))
	for i, d := range dials {
		knobs[i] = d.Knob
	}
	return knobs
}

// Knobs prints as a table.
type Knobs []Knob

// String is one knob a line.
func (k Knobs) String() string {
	lines := make([]string, len(k))
	for i, knob := range k {
		lines[i] = knob.String()
	}
	return strings.Join(lines, "\n")
}

// Pause holds the run after its present step.
func (r *Run) Pause() error {
	return r.edit(func(o *owner) error {
		o.until = 0
		o.become(Paused)
		return nil
	})
}

// Resume lets a paused run go on.
func (r *Run) Resume() error {
	return r.edit(func(o *owner) error {
		o.until = 0
		o.become(Training)
		return nil
	})
}

// Step trains n more steps, waits for them, and leaves the run paused, or done if these
// were its last.
func (r *Run) Step(n int) error {
	if n < 1 {
		return fmt.Errorf("cannot advance %s by %d steps; give a number above 0", r.name, n)
	}
	target := 0
	err := r.edit(func(o *owner) error {
		target = min(o.step+n, o.exp.Steps)
		o.until = target
		o.become(Training)
		return nil
	})
	if err != nil {
		return err
	}
	return r.WaitStep(target)
}

// Extend gives a run n more steps; one that was done trains on. Its learning rate's schedule
// then ends at the new last step, so a cosine rises again.
func (r *Run) Extend(n int) error {
	if n < 1 {
		return fmt.Errorf("cannot extend %s by %d steps; give a number above 0", r.name, n)
	}
	if _, ok, err := r.claim(Edit{Verb: "extend", Name: "steps"}); ok {
		return err
	}
	return r.ask(func(o *owner) error { return o.extend(n) })
}

// extend adds n steps, and wakes a run that was done.
func (o *owner) extend(n int) error {
	next := o.exp.Clone()
	next.Steps += n
	if err := next.Check(); err != nil {
		return err
	}
	o.commit(next, Edit{Step: o.step + 1, Verb: "extend", Name: "steps", From: float64(o.exp.Steps), To: float64(next.Steps)})
	if o.status == Done {
		o.become(Training)
	}
	return nil
}
