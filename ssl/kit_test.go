package ssl

import (
	"math"
	"testing"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// toySet has three classes of 8×8 images, told apart by the orientation of their stripes.
func toySet(train, test int) *data.Set {
	rng := net.Stream(1, "toy")
	split := func(n int) data.Split {
		s := data.Split{N: n, Height: 8, Width: 8, Channels: 1, Images: make([]uint8, n*64), Labels: make([]int32, n)}
		for i := range n {
			class, phase := i%3, rng.Float64()*6
			s.Labels[i] = int32(class)
			for y := range 8 {
				for x := range 8 {
					along := []float64{float64(x), float64(y), float64(x + y)}[class]
					v := 0.5 + 0.35*math.Sin(1.6*along+phase) + 0.1*(rng.Float64()-0.5)
					s.Images[i*64+y*8+x] = uint8(255 * v)
				}
			}
		}
		return s
	}
	return &data.Set{Name: "toy", Source: "stripes", Classes: []string{"|", "-", "/"}, Train: split(train), Test: split(test)}
}

var toy = toySet(96, 60)

// toyExperiment trains in milliseconds a step.
func toyExperiment() *Experiment {
	e := NewSimCLR(toy)
	e.Encoder = net.ConvEncoder(4, 8)
	e.Projector = net.MLP{Widths: []int{12, 6}}
	e.Sparse = sparse.GroupHoyer(0.1)
	e.Optimizer.LearningRate = 0.03 // at 0.1 so small a projector dies
	e.Batch, e.Steps, e.Seed = 16, 40, 7
	return e
}

// newLab is closed at the end of the test.
func newLab(t testing.TB) *Lab {
	t.Helper()
	l := NewLab(golden.Backend(t))
	t.Cleanup(l.Close)
	return l
}

// startPaused starts e and holds it after its first n steps.
func startPaused(t testing.TB, l *Lab, e *Experiment, n int) *Run {
	t.Helper()
	if err := e.Check(); err != nil {
		t.Fatal(err)
	}
	r, err := l.start(e.Clone(), beginning{paused: true})
	if err != nil {
		t.Fatal(err)
	}
	if n > 0 {
		must(t, r.Step(n))
	}
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// allWeights flattens every variable of a run, bit for bit, by path.
func allWeights(t testing.TB, r *Run) map[string]string {
	t.Helper()
	w := variables(t, r)
	out := map[string]string{}
	for path, v := range w.values {
		must(t, v.ConstBytes(func(b []byte) { out[path] = string(b) }))
	}
	return out
}

func sameWeights(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d variables, want %d", what, len(got), len(want))
	}
	for path, w := range want {
		if got[path] != w {
			t.Errorf("%s: %s differs", what, path)
			return
		}
	}
}

// variables of a run, as they are between two steps.
func variables(t testing.TB, r *Run) weights {
	t.Helper()
	m, err := r.snapshot()
	must(t, err)
	return m.weights
}
