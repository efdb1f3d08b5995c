package ssl

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Rewind takes a run that is kept in a directory back to the newest of its checkpoints at a
// step: weights, knobs, shapes, schedules, journal and metrics are as they were there, and the
// run is paused. What came after is gone from the run; its checkpoints stay in the directory
// as long as the policy keeps them, and Rewind goes forth to them too. It costs one build of
// the step if shapes were others. If the checkpoint cannot be read, or the rewinding not be
// written, the run stays as it is.
func (r *Run) Rewind(step int) error {
	kept := r.Kept()
	if kept.Dir == "" {
		return fmt.Errorf("rewind %s: it has no checkpoints; Keep gives it some", r.name)
	}
	var file string
	var steps []string
	for _, c := range kept.Checkpoints {
		if c.Step == step {
			file = c.Path
		}
		if text := fmt.Sprint(c.Step); !slices.Contains(steps, text) {
			steps = append(steps, text)
		}
	}
	if file == "" {
		return fmt.Errorf("rewind %s: it has no checkpoint of step %d; there are those of steps %s", r.name, step, strings.Join(steps, ", "))
	}
	m, err := r.lab.read(file)
	if err == nil {
		err = r.ask(func(o *owner) error { return o.rewind(m) })
	}
	if err != nil {
		return fmt.Errorf("rewind %s to step %d: %w", r.name, step, err)
	}
	return nil
}

// rewind makes the run what it was at a moment. The directory has it as its newest checkpoint
// before anything changes.
func (o *owner) rewind(m *moment) error {
	r, k := o.run, o.keeper
	if k == nil {
		return errKeeperEnded
	}
	images, err := r.lab.borrow(m.exp.Data)
	if err != nil {
		return err
	}
	prog, err := o.build(m.exp, m.weights)
	if err != nil {
		r.lab.giveBack(m.exp.Data)
		return err
	}
	m.policy, m.logged = k.policy, k.number+1 // with the line about it
	m.environments = noteEnvironment(m.environments, r.lab.environment(m.step+1))
	if err := k.take(*m); err != nil {
		prog.close()
		r.lab.giveBack(m.exp.Data)
		return err
	}
	k.goBack(m.step)
	r.lab.giveBack(o.exp.Data)
	o.prog.close()
	o.prog, o.images, o.exp, o.feed = prog, images, m.exp, newFeeder(m.exp)
	o.step, o.until, o.script = m.step, 0, m.script
	if o.schedules = maps.Clone(m.schedules); o.schedules == nil {
		o.schedules = map[string]schedule{}
	}
	o.status = Paused
	if o.step >= o.exp.Steps {
		o.status = Done
	}
	r.publish(func() {
		r.exp, r.step, r.status, r.metrics, r.journal = m.exp, m.step, o.status, m.metrics, m.journal
		r.schedules, r.script, r.environments, r.logged = maps.Clone(o.schedules), m.script, m.environments, k.number
	})
	k.wentBack(m.step)
	return o.repeat()
}
