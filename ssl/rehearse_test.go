package ssl

import (
	"encoding/json"
	"reflect"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"
)

// rehearseAs makes the lab's next runs repeat records, by way of their text, until the test ends.
func rehearseAs(t *testing.T, records ...Record) {
	t.Helper()
	text, err := json.Marshal(records)
	must(t, err)
	var read []Record
	must(t, json.Unmarshal(text, &read))
	Rehearse(read)
	t.Cleanup(func() { Rehearse(nil) })
}

// Cells that run again as fast as they can make the edits of the record at its steps.
func TestRehearse(t *testing.T) {
	l := newLab(t)
	r := edited(t, l)
	rehearseAs(t, r.Record())
	l2 := newLab(t)
	e := toyExperiment()
	e.Steps = 24
	again, err := l2.Start(e)
	must(t, err)
	if step, err := again.Set("temperature", 0.25); err != nil || step != 1 {
		t.Errorf("Set gives step %d, %v; want the record's 1", step, err)
	}
	if step, err := again.Set("lambda", 0.4); err != nil || step != 5 {
		t.Errorf("Set gives step %d, %v; want the record's 5", step, err)
	}
	if step, err := again.Resize(Projector, 20); err != nil || step != 5 {
		t.Errorf("Resize gives step %d, %v; want the record's 5", step, err)
	}
	// What the cells no longer ask for is made as well, but for an extension of a run that was done.
	must(t, again.Wait())
	if again.Steps() != 24 {
		t.Errorf("the run is done after %d steps, want 24", again.Steps())
	}
	must(t, again.Extend(4))
	must(t, again.Wait())
	sameWeights(t, "rehearsed", allWeights(t, again), allWeights(t, r))
	if a, b := again.Journal().String(), r.Journal().String(); a != b {
		t.Errorf("the rehearsed journal is\n%s\nwant\n%s", a, b)
	}
	if a, b := again.Record(), r.Record(); !reflect.DeepEqual(a, b) {
		t.Errorf("the rehearsed record is %v\nwant %v", a, b)
	}
}

// A loss that a cell defines is waited for; a run that was stopped is stopped at the same step; an edit that the record
// has not is made.
func TestRehearseWaits(t *testing.T) {
	l := newLab(t)
	first := startPaused(t, l, toyExperiment(), 3)
	mine := func() Loss {
		return NewLoss("rehearsed-mine", func(za, zb, temperature *Node) *Node { return ReduceAllMean(Square(Sub(za, zb))) })
	}
	must1(first.SetLoss(mine()))
	must(t, first.Step(5))
	first.Stop()
	lossesMu.Lock()
	delete(losses, "rehearsed-mine")
	lossesMu.Unlock()

	rehearseAs(t, first.Record())
	l2 := newLab(t)
	again, err := l2.Start(toyExperiment())
	must(t, err)
	must(t, again.WaitStep(3))
	if step, err := again.SetLoss(mine()); err != nil || step != 4 {
		t.Errorf("SetLoss gives step %d, %v; want the record's 4", step, err)
	}
	again.Stop()
	if again.Steps() != 8 {
		t.Errorf("the run stopped after %d steps, want the record's 8", again.Steps())
	}
	sameWeights(t, "rehearsed", allWeights(t, again), allWeights(t, first))

	third := startPaused(t, l2, toyExperiment(), 0) // has no record
	if step, err := third.Set("lambda", 0.3); err != nil || step != 1 {
		t.Errorf("Set gives step %d, %v", step, err)
	}
	if _, err := again.Set("lambda", -1); err == nil {
		t.Error("a wrong edit is no error")
	}
}
