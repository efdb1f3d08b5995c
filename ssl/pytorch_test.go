package ssl

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// python, when given, trains in PyTorch anew and writes what the test compares with.
var python = flag.String("pytorch", "", "record testdata/simclr_steps.json with this `python`, which has torch and safetensors")

const simclrSteps = "testdata/simclr_steps.json"

// A whole training of SimCLR, views, batch norm, momentum, decay and schedule included, has
// the losses of the same training in PyTorch from the same weights, order of images and
// random numbers; see internal/golden/record/simclr.py.
func TestTrainsAsPyTorch(t *testing.T) {
	set, err := data.EmbeddedFashionMNIST()
	must(t, err)
	e := NewSimCLR(set.First(512, 16))
	e.Encoder = net.ConvEncoder(8, 16)
	e.Projector = net.MLP{Widths: []int{16, 8}}
	e.Batch, e.Steps, e.Seed = 64, 24, 3 // three epochs
	r := startPaused(t, newLab(t), e, 0)
	if *python != "" {
		recordPyTorch(t, r, e)
	}
	text, err := os.ReadFile(simclrSteps)
	must(t, err)
	var want []float64
	must(t, json.Unmarshal(text, &want))
	if len(want) != e.Steps {
		t.Fatalf("%d recorded losses, want %d", len(want), e.Steps)
	}
	must(t, r.Resume())
	must(t, r.Wait())
	for i, got := range r.Metrics().Values["contrast"] {
		if math.Abs(got-want[i]) > 2e-4*want[i] {
			t.Errorf("step %d: loss %.6f, PyTorch's %.6f", i, got, want[i])
		}
	}
}

// recordPyTorch hands the beginning of a run and all its inputs to PyTorch.
func recordPyTorch(t *testing.T, r *Run, e *Experiment) {
	dir := t.TempDir()
	must(t, r.Save(filepath.Join(dir, "run")))
	type step struct {
		Indices []int32
		Draws   []float32
	}
	var in struct {
		Height, Width int
		Images        []byte // base64 in JSON
		Steps         []step
	}
	f := newFeeder(e)
	in.Height, in.Width, in.Images = e.Data.Train.Height, e.Data.Train.Width, e.Data.Train.Images
	for i := range e.Steps {
		in.Steps = append(in.Steps, step{append([]int32(nil), f.indices(i)...), f.draws(i)})
	}
	raw, err := json.Marshal(in)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "inputs.json"), raw, 0o644))
	cmd := exec.Command(*python, "internal/golden/record/simclr.py", dir, simclrSteps)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
