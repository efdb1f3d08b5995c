package ssl

import (
	"fmt"
	"maps"
	"slices"
)

// schedule is a knob's value at each of a number of steps.
type schedule struct {
	First  int // number of the first step
	Values []float64
}

// at is the value at a step; after its last the schedule keeps that value.
func (s schedule) at(step int) (float64, bool) {
	i := min(step-s.First, len(s.Values)-1)
	if i < 0 {
		return 0, false
	}
	return s.Values[i], true
}

// Schedule makes a knob follow a function of the step, from the next step to the run's last,
// and returns that next step. The function is called here and now, once for every step to
// come, so that it runs in the calling cell and not in the training: a panic of its own is
// the caller's, and a value out of range is an error that names the step and changes nothing.
// Setting the knob ends its schedule. A schedule of "lr" takes the place of the optimiser's
// own, which becomes "constant"; one of "ema" that of the target's.
func (r *Run) Schedule(knob string, f func(step int) float64) (step int, err error) {
	return r.follow(knob, f, func(_ *owner, _ int, v float64) (float64, error) { return v, nil })
}

// ScheduleFactor is [Run.Schedule] that multiplies: from the next step on the knob is what it
// would have been, by its present value or by the schedule that it has, the optimiser's of "lr"
// and the target's of "ema" included, times the function of the step.
func (r *Run) ScheduleFactor(knob string, f func(step int) float64) (step int, err error) {
	return r.follow(knob, f, func(o *owner, step int, v float64) (float64, error) {
		now, err := o.planned(knob, step)
		return now * v, err
	})
}

// follow calls f for every step to come and makes the knob follow what value makes of each.
func (r *Run) follow(knob string, f func(step int) float64, value func(o *owner, step int, v float64) (float64, error)) (step int, err error) {
	if f == nil {
		return 0, fmt.Errorf("schedule of %s: the function is nil", knob)
	}
	if step, ok, err := r.claim(Edit{Verb: "schedule", Name: knob}); ok {
		return step, err
	}
	r.mu.Lock()
	from, steps := r.step+1, r.exp.Steps
	_, err = r.exp.knob(knob)
	r.mu.Unlock()
	if err != nil { // before the function is called
		return 0, err
	}
	values := make([]float64, 0, max(steps-from+1, 0))
	for s := from; s <= steps; s++ {
		values = append(values, f(s))
	}
	err = r.edit(func(o *owner) error {
		step = o.step + 1 // training has gone on meanwhile
		rest := slices.Clone(values[min(step-from, len(values)):])
		for i, v := range rest {
			if rest[i], err = value(o, step+i, v); err != nil {
				return err
			}
		}
		return o.schedule(knob, rest)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

// planned is the value that a knob would have at a step, counted from 1.
func (o *owner) planned(knob string, step int) (float64, error) {
	if s, ok := o.schedules[knob]; ok {
		if v, ok := s.at(step); ok {
			return v, nil
		}
	}
	d, err := o.exp.knob(knob)
	if err != nil {
		return 0, err
	}
	switch knob {
	case "lr":
		return o.exp.Optimizer.rate(step-1, o.exp.Steps), nil
	case "ema":
		return o.exp.Target.at(step-1, o.exp.Steps), nil
	}
	return *d.value, nil
}

// schedule makes a knob follow values from the next step on.
func (o *owner) schedule(knob string, values []float64) error {
	old, err := o.exp.knob(knob)
	if err != nil {
		return err
	}
	if len(values) == 0 {
		return fmt.Errorf("schedule of %s: no step is left to follow it", knob)
	}
	for i, v := range values {
		if _, err := o.exp.with(knob, v); err != nil {
			return fmt.Errorf("schedule of %s at step %d: %w", knob, o.step+1+i, err)
		}
	}
	next := o.exp.Clone()
	switch knob {
	case "lr":
		next.Optimizer.Schedule, next.Optimizer.Warmup = "constant", 0
	case "ema":
		next.Target.Schedule = "constant"
	}
	from := *old.value
	o.schedules[knob] = schedule{o.step + 1, slices.Clone(values)}
	o.commit(next, Edit{
		Step: o.step + 1, Verb: "schedule", Name: knob, From: from, To: values[len(values)-1],
		Values: slices.Clone(values), Note: fmt.Sprintf("over %d steps", len(values)),
	})
	return nil
}

// follow sets the knobs that have a schedule to their values for the next step.
func (o *owner) follow() {
	if len(o.schedules) == 0 {
		return
	}
	next := o.exp.Clone()
	for _, knob := range slices.Sorted(maps.Keys(o.schedules)) {
		d, err := next.knob(knob)
		if err != nil { // the knob went with what it belonged to
			delete(o.schedules, knob)
			continue
		}
		if v, ok := o.schedules[knob].at(o.step + 1); ok {
			*d.value = v
		}
	}
	o.exp = next
	o.run.publish(func() { o.run.exp, o.run.schedules = next, maps.Clone(o.schedules) })
}
