package ssl

import (
	"context"
	"math"
	"slices"
	"strconv"
	"sync"
)

// Record is what a saved session keeps of a run, so that running its cells again repeats it.
type Record struct {
	Run     string             `json:"run"`
	Method  string             `json:"method"`
	Backend string             `json:"backend"` // that it trained on
	Seed    int64              `json:"seed"`
	Steps   int                `json:"steps"` // done
	Status  Status             `json:"status"`
	Journal Journal            `json:"journal,omitempty"`
	Results map[string]float64 `json:"results,omitempty"` // losses and the like after the last step; measures of the last evaluation
}

// Records are the records of the default lab's runs, in the order of their start.
func Records() []Record {
	var list []Record
	for _, r := range Runs() {
		list = append(list, r.Record())
	}
	return list
}

// Record is what a saved session keeps of the run.
func (r *Run) Record() Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec := Record{
		Run: r.name, Method: r.exp.Method, Backend: r.lab.backend.Name(), Seed: r.exp.Seed, Steps: r.step, Status: r.status,
		Journal: append(Journal(nil), r.journal...), Results: map[string]float64{},
	}
	for _, name := range r.metrics.Names() {
		if v := r.metrics.Last(name); name != "seconds" && !math.IsNaN(v) && !math.IsInf(v, 0) {
			rec.Results[name] = v
		}
	}
	if p := r.report; p != nil {
		rec.Results["linear"], rec.Results["rankme_h"], rec.Results["rankme_z"] = p.Linear, p.RankH, p.RankZ
		for k, v := range p.KNN {
			rec.Results["knn"+strconv.Itoa(k)] = v
		}
	}
	return rec
}

var (
	rehearsalMu sync.Mutex
	rehearsals  map[string]Record
)

// Rehearse makes the runs to come repeat recorded ones, by their names: each makes the edits of
// its record's journal at their steps. Where a cell asks for an edit that the journal has, the
// call waits for that step instead of making it again, so that a saved session ends with the
// same weights, however fast its cells run. A run that had been stopped waits at that step to
// be stopped again. Nil ends it.
func Rehearse(records []Record) {
	rehearsalMu.Lock()
	defer rehearsalMu.Unlock()
	rehearsals = map[string]Record{}
	for _, rec := range records {
		rehearsals[rec.Run] = rec
	}
}

// rehearsal is what a run that repeats a recorded one still has to come.
type rehearsal struct {
	edits   Journal
	claimed []bool // by a call
	made    int    // how many edits have been made
	stop    int    // the step at which it was stopped; 0: it was not
}

// rehearse gives a new run the edits of its record. What the run brings with it, being a fork,
// has been made already.
func (r *Run) rehearse(from *beginning) {
	rehearsalMu.Lock()
	rec, ok := rehearsals[r.name]
	rehearsalMu.Unlock()
	if !ok || from.script != nil || len(rec.Journal) < len(from.journal) {
		return
	}
	edits := slices.Clone(rec.Journal[len(from.journal):])
	r.rehearsal = &rehearsal{edits: edits, claimed: make([]bool, len(edits))}
	from.script = edits.script()
	r.script = from.script
	if rec.Status == Stopped {
		r.rehearsal.stop = rec.Steps
	}
}

// claim finds an edit that a call asks for in what the run rehearses, and waits for it. It is
// false when the edit is not there, and is to be made as ever.
func (r *Run) claim(asked Edit) (step int, ok bool, err error) {
	r.mu.Lock()
	h, at := r.rehearsal, -1
	if h != nil {
		at = slices.IndexFunc(h.edits, func(e Edit) bool { return e.Verb == asked.Verb && e.Name == asked.Name && sameAim(e, asked) })
		for at >= 0 && h.claimed[at] {
			next := slices.IndexFunc(h.edits[at+1:], func(e Edit) bool { return e.Verb == asked.Verb && e.Name == asked.Name && sameAim(e, asked) })
			if next < 0 {
				at = -1
				break
			}
			at += 1 + next
		}
	}
	if at < 0 {
		r.mu.Unlock()
		return 0, false, nil
	}
	h.claimed[at] = true
	step = h.edits[at].Step
	r.mu.Unlock()
	if asked.Verb == "loss" { // the run may wait for a loss that a cell has only now defined
		if err := r.ask(func(o *owner) error { o.wake(); return nil }); err != nil {
			return 0, true, err
		}
	}
	return step, true, r.await(cellContext(), func() (bool, error) {
		if h.made > at {
			return true, nil
		}
		if r.status == Stopped || r.status == Failed {
			return true, r.endedError()
		}
		return false, nil
	})
}

// sameAim reports whether two edits of one kind lead to the same. A knob and a width are told
// by their value, all else by its kind alone.
func sameAim(a, b Edit) bool {
	return a.To == b.To || a.Verb != "set" && a.Verb != "resize"
}

// repeated notes that the script's next edit has been made.
func (o *owner) repeated() {
	o.run.publish(func() {
		if h := o.run.rehearsal; h != nil {
			h.made++
		}
	})
}

// holds reports whether the run has to wait for a cell before its next step: the loss that it
// is to change to is not defined yet, or it was stopped here.
func (o *owner) holds() bool {
	h := o.run.rehearsal
	if h == nil {
		return false
	}
	if o.due() && o.script[0].Loss != nil {
		if _, err := o.script[0].Loss.find(); err != nil {
			o.held = true
		}
	}
	if h.stop > 0 && o.step >= h.stop {
		o.held = true
	}
	if o.held {
		o.become(Paused)
	}
	return o.held
}

// wake ends what holds began.
func (o *owner) wake() {
	if o.held {
		o.held = false
		o.become(Training)
	}
}

// reachStop waits until a run that repeats one that was stopped stands where that did. An
// interrupt of the calling cell ends the wait.
func (r *Run) reachStop(ctx context.Context) {
	if h := r.rehearsal; h != nil && h.stop > 0 {
		_ = r.await(ctx, func() (bool, error) { return r.step >= h.stop || r.status.over(), nil })
	}
}
