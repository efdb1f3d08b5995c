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
	Status  Status             `json:"status"`
	Steps   int                `json:"steps,omitempty"` // done, of a run that is over
	Journal Journal            `json:"journal,omitempty"`
	Results map[string]float64 `json:"results,omitempty"` // of a run that is over: its metrics after the last step, and the measures of its last evaluation
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
		Run: r.name, Method: r.exp.Method, Backend: r.lab.backend.Name(), Seed: r.exp.Seed, Status: r.status,
		Journal: append(Journal(nil), r.journal...),
	}
	if !r.status.over() {
		rec.Status = Training // whatever it does at this moment
		return rec
	}
	rec.Steps, rec.Results = r.step, map[string]float64{}
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

// Rehearse makes the runs to come repeat recorded ones, by their names: the edits of the record's
// journal take effect at their steps. A run waits before the step of an edit until a cell asks
// for it, so that cells see what they saw, and a call that asks early waits for its step. An edit
// that no cell asks for, such as one made from a panel, is made by itself once a cell waits for
// that step or for the end. A run that had been stopped ends at the same step. Nil ends it.
func Rehearse(records []Record) {
	rehearsalMu.Lock()
	rehearsals = map[string]Record{}
	for _, rec := range records {
		rehearsals[rec.Run] = rec
	}
	rehearsalMu.Unlock()
	if len(records) == 0 {
		for _, r := range Runs() {
			r.expect(math.MaxInt)
		}
	}
}

// rehearsal is what a run repeats of a recorded one. It is guarded by the run's lock.
type rehearsal struct {
	edits   Journal
	claimed []bool // by a call
	made    int    // how many edits have been made
	upto    int    // edits up to this step need no call
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
	// A run that was done and then extended stands still until a cell extends it again.
	edits := slices.DeleteFunc(slices.Clone(rec.Journal[len(from.journal):]), func(e Edit) bool {
		return e.Verb == "extend" && e.Step > int(e.From)
	})
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
	h := r.rehearsal
	if h == nil {
		return 0, false, nil
	}
	r.mu.Lock()
	at := -1
	for i, e := range h.edits {
		if !h.claimed[i] && e.Verb == asked.Verb && e.Name == asked.Name && sameAim(e, asked) {
			at, h.claimed[i] = i, true
			break
		}
	}
	r.mu.Unlock()
	if at < 0 {
		return 0, false, nil
	}
	r.wake()
	return h.edits[at].Step, true, r.await(cellContext(), func() (bool, error) {
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

// expect says that a cell waits for a step, so that edits up to it will not be asked for.
func (r *Run) expect(step int) {
	h := r.rehearsal
	if h == nil {
		return
	}
	r.mu.Lock()
	h.upto = max(h.upto, step)
	r.mu.Unlock()
	r.wake()
}

// wake makes the owner look again whether it may go on; a run that has ended needs none.
func (r *Run) wake() {
	select {
	case r.requests <- request{do: func(*owner) error { return nil }, done: make(chan error, 1)}:
	case <-r.ended:
	}
}

// repeated notes that the script's next edit has been made.
func (o *owner) repeated() {
	o.run.publish(func() {
		if h := o.run.rehearsal; h != nil {
			h.made++
		}
	})
}

// holds reports whether the run has to wait for a cell before its next step, for an edit or for
// being stopped.
func (o *owner) holds() bool {
	r := o.run
	h := r.rehearsal
	if h == nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	held := o.due() && !h.claimed[h.made] && h.edits[h.made].Step > h.upto
	if h.stop > 0 && o.step >= h.stop {
		held = true
		if h.upto == math.MaxInt { // whoever waits for its end is not going to stop it
			r.halt()
		}
	}
	return held
}

// reachStop waits until a run that repeats one that was stopped stands where that did. An
// interrupt of the calling cell ends the wait.
func (r *Run) reachStop(ctx context.Context) {
	if h := r.rehearsal; h != nil && h.stop > 0 {
		r.expect(h.stop)
		_ = r.await(ctx, func() (bool, error) { return r.step >= h.stop || r.status.over(), nil })
	}
}
