package ssl

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// An exported encoder has PyTorch's names and shapes, and comes back bit for bit; a replay
// reads the file again, and only that file.
func TestExportAndImport(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 6
	r := startPaused(t, l, e, 2)
	file := filepath.Join(t.TempDir(), "encoder.safetensors")
	must(t, r.Export(file))
	w, _, err := readSafetensors(must1(os.ReadFile(file)))
	must(t, err)
	if d := w.values["conv2.weight"].Shape().Dimensions; len(d) != 4 || d[0] != 8 || d[1] != 4 || w.values["conv2.norm.running_var"] == nil {
		t.Errorf("exported %v; conv2.weight has shape %v, want [8 4 3 3]", w.paths, d)
	}
	want := allWeights(t, r)
	must(t, r.Step(2))
	if step := must1(r.Import(file)); step != 5 {
		t.Errorf("Import returned step %d, want 5", step)
	}
	for path, v := range allWeights(t, r) {
		if strings.HasPrefix(path, encoderScope) && v != want[path] {
			t.Errorf("%s did not come back", path)
		}
	}
	must(t, r.Step(2))
	again := must1(l.Replay(r.Beginning(), r.Journal()))
	must(t, again.Wait())
	sameWeights(t, "replayed", allWeights(t, again), allWeights(t, r))

	twin := startPaused(t, l, e, 1)
	before := allWeights(t, twin)
	refuse := func(want string, change func(w *weights)) {
		t.Helper()
		given := w.share()
		change(&given)
		f, err := os.Create(file)
		must(t, err)
		must(t, writeSafetensors(f, given, map[string]string{}))
		must(t, f.Close())
		if _, err := twin.Import(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Import = %v, want %q", err, want)
		}
	}
	refuse("it has no conv1.weight", func(w *weights) { w.paths = w.paths[1:] })
	refuse("conv2.weight has another shape", func(w *weights) {
		w.put("conv2.weight", tensors.FromFlatDataAndDimensions(make([]float32, 8*4), 8, 4, 1, 1))
	})
	refuse("save the model in float32", func(w *weights) {
		w.put("conv2.weight", tensors.FromFlatDataAndDimensions(make([]float64, 8*4*9), 8, 4, 3, 3))
	})
	refuse("has no conv3.weight", func(w *weights) { w.put("conv3.weight", tensors.FromFlatDataAndDimensions([]float32{1}, 1)) })
	if _, err := twin.Import(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("Import of no file succeeded")
	}
	sameWeights(t, "after refused imports", allWeights(t, twin), before)
	again = must1(l.Replay(r.Beginning(), r.Journal()))
	if err := again.Wait(); err == nil || !strings.Contains(err.Error(), "the file is another than when it was imported") {
		t.Errorf("a replay with another file = %v", err)
	}
}

// TorchPython names the environment variable of a Python that has torch and torchvision.
const torchPython = "GOSSL_TORCH_PYTHON"

// torchvision's ResNet-18 computes what gossl's does with its weights, and the other way.
func TestTorchvision(t *testing.T) {
	python := os.Getenv(torchPython)
	if python == "" {
		t.Skipf("%s names no Python with torch and torchvision", torchPython)
	}
	const n = 8
	rng := net.Stream(1, "images")
	split := data.Split{N: n, Height: 32, Width: 32, Channels: 3, Images: make([]uint8, n*32*32*3)}
	for i := range split.Images {
		split.Images[i] = uint8(rng.IntN(256))
	}
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	planes := make([]float32, 0, len(split.Images))
	for i := range n {
		for c := range 3 {
			for p := range 32 * 32 {
				planes = append(planes, float32(split.Images[(i*32*32+p)*3+c])/255)
			}
		}
	}
	write := func(name string, values []float32) {
		must(t, os.WriteFile(file(name), must1(binary.Append(nil, binary.LittleEndian, values)), 0o644))
	}
	write("images", planes)
	script := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(python, append([]string{"torchvision/compare.py"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("compare.py %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	l := newLab(t)
	e := NewSimCLR(&data.Set{Name: "noise", Train: split})
	e.Encoder, e.Batch, e.Steps = net.ResNet18(false), 4, 2
	r := startPaused(t, l, e, 1)
	features := func() []float32 {
		m, err := r.snapshot()
		must(t, err)
		h, _, err := l.represent(context.Background(), m.exp, m.weights, split)
		must(t, err)
		out := make([]float32, len(h.Data))
		for i, v := range h.Data {
			out[i] = float32(v)
		}
		return out
	}
	must(t, r.Export(file("ours")))
	write("features", features())
	gap, err := strconv.ParseFloat(script("load", file("ours"), file("images"), file("features")), 64)
	must(t, err)
	if !(gap < 1e-4) {
		t.Errorf("torchvision's features with gossl's weights differ by %g", gap)
	}
	script("make", file("theirs"), file("images"), file("features"))
	must1(r.Import(file("theirs")))
	content, want := must1(os.ReadFile(file("features"))), make([]float32, n*512)
	must1(binary.Decode(content, binary.LittleEndian, want))
	worst, largest := 0.0, 0.0
	for i, v := range features() {
		worst = math.Max(worst, math.Abs(float64(v-want[i])))
		largest = math.Max(largest, math.Abs(float64(want[i])))
	}
	if !(worst < 1e-4*largest) {
		t.Errorf("gossl's features with torchvision's weights differ by %g", worst/largest)
	}
	t.Logf("relative differences %.2g and %.2g", gap, worst/largest)
}
