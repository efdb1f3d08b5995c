package ssl

import (
	"errors"
	"fmt"
	"slices"
)

// moment is a run between two steps: all that a checkpoint keeps.
type moment struct {
	lab     *Lab
	weights weights
	exp     *Experiment
	begun   *Experiment // as the run was started
	step    int         // steps done
	metrics Metrics
	journal Journal

	schedules    map[string]schedule
	script       []pending
	environments []Environment
	logged       int // lines that the directory's log of edits had been given
	policy       Policy
}

// pending is an edit that is to be made again at its step.
type pending struct {
	Edit
	Logged bool `json:"logged,omitempty"` // in the log of the run's directory already
}

// script makes the edits of a journal pending.
func (j Journal) script() []pending {
	s := make([]pending, len(j))
	for i, e := range j {
		s[i] = pending{Edit: e}
	}
	return s
}

// snapshot copies the run between two steps, or as it was left at its end.
func (r *Run) snapshot() (m moment, err error) {
	err = r.ask(func(o *owner) (err error) {
		m, err = o.moment()
		return err
	})
	if err == nil || !errors.Is(err, ErrEnded) {
		return m, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.final == nil {
		return m, fmt.Errorf("%s has no weights: %w", r.name, err)
	}
	m = r.moment()
	m.weights = r.final.share()
	return m, nil
}

// moment copies the run as it stands between two steps.
func (o *owner) moment() (moment, error) {
	w, err := o.prog.copyOut()
	if err != nil {
		return moment{}, err
	}
	o.run.mu.Lock()
	defer o.run.mu.Unlock()
	m := o.run.moment()
	m.weights = w
	return m, nil
}

// moment is all but the weights; it is called under the lock.
func (r *Run) moment() moment {
	return moment{
		lab:    r.lab,
		logged: r.logged,
		exp:    r.exp.Clone(), begun: r.begun, step: r.step, metrics: r.metrics.clone(), journal: slices.Clone(r.journal),
		schedules: r.schedules, script: slices.Clone(r.script), environments: slices.Clone(r.environments),
	}
}

// beginning is how a run goes on from the moment.
func (m *moment) beginning() beginning {
	return beginning{
		weights: &m.weights, step: m.step, metrics: m.metrics, journal: m.journal,
		schedules: m.schedules, script: m.script, environments: m.environments, begun: m.begun,
	}
}
