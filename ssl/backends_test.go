package ssl

import (
	"context"
	"math"
	"testing"

	"github.com/gossl/gossl/ssl/device"
)

// A journal repeated on another backend has the same losses for its first fifty steps, to one
// part in ten thousand: what float32 sums in another order grow to in so many steps.
func TestReplayOnAnotherBackend(t *testing.T) {
	l := newLab(t)
	if l.Info().PureGo {
		t.Skip("compared with the pure-Go backend when the tests run on XLA")
	}
	e := toyExperiment()
	e.Steps = 50
	r := startPaused(t, l, e, 0)
	must(t, r.Step(5))
	must1(r.Set("lambda", 0.4))
	must(t, r.Step(5))
	must1(r.Set("lr", 0.02))
	must1(r.Resize(Projector, 20))
	must(t, r.Step(10))
	must1(r.Set("crop_min", 0.5))
	must(t, r.Step(10))
	must1(r.SetSparse(r.Experiment().Sparse.WithLayers("every layer")))
	must1(r.Resize(Projector, 10))
	must(t, r.Step(99))

	backend, _, err := device.Open(context.Background(), "go", device.Options{})
	must(t, err)
	other := NewLab(backend)
	t.Cleanup(func() { other.Close(); backend.Finalize() })
	again, err := other.Replay(r.Beginning(), r.Journal())
	must(t, err)
	must(t, again.Wait())
	worst := 0.0
	for i, v := range r.Metrics().Values["loss"] {
		worst = math.Max(worst, math.Abs(again.Metrics().Values["loss"][i]-v)/math.Abs(v))
	}
	t.Logf("losses differ by at most %.2g of them", worst)
	if worst > 1e-4 {
		t.Errorf("losses differ by %.2g of them, want at most 1e-4", worst)
	}
	a, b := r.Environments(), again.Environments()
	if len(a) != 1 || len(b) != 1 || a[0].same(b[0]) || a[0].Plugin == "" || a[0].Threads == 0 || a[0].Versions["go"] == "" {
		t.Errorf("environments %v and %v", a, b)
	}
}
