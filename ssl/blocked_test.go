package ssl

import (
	"strings"
	"testing"
)

// A callback that blocks holds neither the training nor, for long, the lab's end; a schedule
// that panics is the caller's and changes nothing.
func TestFunctionsThatBlockOrPanic(t *testing.T) {
	l := NewLab(newLab(t).Backend())
	e := toyExperiment()
	e.Steps = 20
	r := startPaused(t, l, e, 0)
	release := make(chan struct{})
	defer close(release)
	blocked := r.OnStep(func(int, Metrics) { <-release })
	func() {
		defer func() {
			if p := recover(); p != "no such step" {
				t.Errorf("the schedule's panic arrived as %v", p)
			}
		}()
		_, _ = r.Schedule("lambda", func(step int) float64 {
			if step == 7 {
				panic("no such step")
			}
			return 1
		})
	}()
	if _, err := r.Change(func(e *Experiment) { e.Batch = 0 }); err == nil || !strings.Contains(err.Error(), "setting Batch: 0") {
		t.Errorf("Change to a batch of nothing = %v", err)
	}
	must(t, r.Resume())
	must(t, r.Wait())
	if len(r.Journal()) != 0 {
		t.Errorf("journal: %v", r.Journal())
	}
	blocked.Stop()
	l.Close() // returns though the callback does not
}
