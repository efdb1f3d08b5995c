package ssl

import "fmt"

// Replay trains an experiment again and makes the journal's edits at their steps, so that on
// the same backend the run ends with the same weights, bit for bit. The experiment is the one
// that was started, not the one that the edits made of it: [Run.Beginning].
func (l *Lab) Replay(e *Experiment, journal Journal) (*Run, error) {
	for i, edit := range journal {
		if edit.Step < 1 || i > 0 && edit.Step < journal[i-1].Step {
			return nil, fmt.Errorf("replay: edit %d, %v, is out of order", i+1, edit)
		}
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	e = e.Clone()
	if err := e.discover(l.backend); err != nil {
		return nil, err
	}
	return l.start(e, beginning{script: journal.script()})
}

// Replay repeats an experiment on the default lab, see [Lab.Replay]. It panics with an error
// if it cannot be started.
func Replay(e *Experiment, journal Journal) *Run {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	r, err := l.Replay(e, journal)
	if err != nil {
		panic(err)
	}
	return r
}

// Beginning is the experiment as the run was started with it, before any edit.
func (r *Run) Beginning() *Experiment { return r.begun.Clone() }

// due reports whether the script has an edit for the next step.
func (o *owner) due() bool { return len(o.script) > 0 && o.script[0].Step <= o.step+1 }

// repeat makes the script's edits for the next step. It is called before anybody else's edit
// for that step can be granted.
func (o *owner) repeat() error {
	for o.due() && !o.holds() {
		e := o.script[0]
		o.repeating = &e
		err := o.make(e.Edit)
		o.repeating = nil
		o.script = o.script[1:]
		o.run.publish(func() { o.run.script = o.script })
		if err != nil {
			return fmt.Errorf("repeating %v: %w", e.Edit, err)
		}
		o.repeated()
	}
	return nil
}

// make makes an edit of a journal.
func (o *owner) make(e Edit) error {
	switch e.Verb {
	case "set":
		return o.set(e.Name, e.To)
	case "resize":
		return o.resize(Part(e.Name), int(e.To))
	case "schedule":
		return o.schedule(e.Name, e.Values)
	case "loss":
		if e.Loss != nil {
			return o.setLoss(*e.Loss)
		}
	case "sparse":
		if e.Sparse != nil {
			return o.setSparse(*e.Sparse)
		}
	case "prune":
		return o.prune(e.From)
	case "reshape":
		return o.reshape(Part(e.Name), e.Widths)
	case "batch":
		return o.setBatch(int(e.To))
	case "data":
		if e.Data != nil {
			set, err := o.run.lab.resolve(*e.Data)
			if err != nil {
				return err
			}
			return o.setData(set)
		}
	case "optimizer":
		if e.Optimizer != nil {
			return o.setOptimizer(*e.Optimizer)
		}
	case "change":
		if e.Experiment != nil && e.Data != nil {
			next := e.Experiment.Clone()
			var err error
			if next.Data, err = o.run.lab.resolve(*e.Data); err != nil {
				return err
			}
			return o.setExperiment(next)
		}
	case "import":
		return o.load(e.Name, e.Note)
	case "extend":
		return o.extend(int(e.To - e.From))
	}
	return fmt.Errorf("the verb %q is unknown, or lacks what it changes to", e.Verb)
}
