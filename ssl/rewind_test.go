package ssl

import (
	"slices"
	"strings"
	"testing"
)

// A run that goes back ends as one that never went on, also when it is taken up from its
// directory afterwards; and it can go forth again.
func TestRewind(t *testing.T) {
	l := newLab(t)
	straight := startPaused(t, l, killedExperiment(), 0)
	followPlan(t, straight)
	want := digest(t, straight)

	lab := NewLab(l.Backend())
	dir := t.TempDir()
	r := startPaused(t, lab, killedExperiment(), 0)
	if err := r.Rewind(0); err == nil || !strings.Contains(err.Error(), "it has no checkpoints; Keep gives it some") {
		t.Errorf("Rewind of a run that is not kept = %v", err)
	}
	must(t, r.Keep(dir, Policy{Every: 1000, Last: 10}))
	must1(r.Set("temperature", 0.3))
	must(t, r.Step(6))
	must(t, r.Save(dir))
	must1(r.Set("lambda", 3))
	must1(r.Resize(Projector, 30))
	must(t, r.Step(6))
	must(t, r.Save(dir))
	far := digest(t, r)
	if err := r.Rewind(7); err == nil || !strings.Contains(err.Error(), "it has no checkpoint of step 7; there are those of steps 0, 6, 12") {
		t.Errorf("Rewind to a step without a checkpoint = %v", err)
	}
	must(t, r.Rewind(6))
	if r.Steps() != 6 || r.Status() != Paused || len(r.Journal()) != 1 || r.Metrics().Len() != 6 {
		t.Errorf("after Rewind(6): %v, journal\n%v", r, r.Journal())
	}
	must(t, r.Rewind(12)) // forth
	if got := digest(t, r); got != far {
		t.Error("going forth again does not lead where the run was")
	}
	must(t, r.Rewind(6))
	must(t, r.Step(1))
	lab.Close()

	again := NewLab(l.Backend())
	defer again.Close()
	resumed, notes, err := again.resume(dir, true, toy)
	must(t, err)
	followPlan(t, resumed)
	if got := digest(t, resumed); got != want || len(notes) > 0 {
		t.Errorf("resumed after rewinding, the run ends otherwise; notes %q, journal\n%v", notes, resumed.Journal())
	}
	must(t, resumed.Save(dir))
	m, err := ReadMetrics(dir)
	must(t, err)
	if m.Len() != resumed.Steps() || !slices.Equal(m.Values["loss"], resumed.Metrics().Values["loss"]) {
		t.Errorf("the log has the metrics of %d steps, the run of %d, or others", m.Len(), resumed.Steps())
	}
}
