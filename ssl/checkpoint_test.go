package ssl

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gossl/gossl/ssl/data"
)

// A run that is saved, loaded in another lab and resumed ends bit for bit where one that was
// never interrupted ends, edits included.
func TestSaveAndResume(t *testing.T) {
	l := newLab(t)
	edits := func(r *Run) {
		must1(r.Set("lambda", 0.7))
		must1(r.Resize(Projector, 20))
		must(t, r.Step(3))
	}
	straight := startPaused(t, l, toyExperiment(), 5)
	edits(straight)
	must1(straight.Set("lr", 0.02))
	must(t, straight.Resume())
	must(t, straight.Wait())

	first := startPaused(t, l, toyExperiment(), 5)
	edits(first)
	must1(first.Set("lr", 0.02))
	dir := filepath.Join(t.TempDir(), "a", "b")
	must(t, first.Save(dir))

	other := NewLab(l.Backend())
	t.Cleanup(other.Close)
	second, err := other.Load(dir, toy)
	must(t, err)
	if second.Steps() != 8 || second.Status() == Training {
		t.Errorf("loaded: %v", second)
	}
	sameWeights(t, "loaded", allWeights(t, second), allWeights(t, first))
	if a, b := second.Experiment().String(), first.Experiment().String(); a != b {
		t.Errorf("the loaded experiment is\n%s\nwant\n%s", a, b)
	}
	must(t, second.Resume())
	must(t, second.Wait())
	sameWeights(t, "resumed", allWeights(t, second), allWeights(t, straight))
	a, b := second.Metrics(), straight.Metrics()
	for _, name := range b.Names() {
		if name == "seconds" {
			continue
		}
		for i, v := range b.Values[name] {
			if w := a.Values[name][i]; w != v && (w == w || v == v) {
				t.Fatalf("metric %s at step %d is %g, want %g", name, i+1, w, v)
			}
		}
	}
	if second.Journal().String() != straight.Journal().String() {
		t.Errorf("journal:\n%v\nwant:\n%v", second.Journal(), straight.Journal())
	}

	must(t, second.Save(dir)) // done: can be saved, loaded and evaluated without training
	third, err := other.Load(dir, nil)
	must(t, err)
	must(t, third.Wait())
	if third.Status() != Done || third.Builds() != 0 {
		t.Errorf("loaded after its end: %v, %d builds", third, third.Builds())
	}
	_, err = third.EvaluateContext(context.Background())
	must(t, err)
	if _, err := other.Load(savedIn(t, dir)[0], nil); err != nil {
		t.Errorf("the checkpoint before: %v", err)
	}
}

// checkpointBytes makes a small file and its contents.
func checkpointBytes(t *testing.T) []byte {
	t.Helper()
	var w weights
	w.values = map[string]*tensors.Tensor{}
	w.put("/a", tensors.FromFlatDataAndDimensions([]float32{1, 2, 3, 4, 5, 6}, 2, 3))
	w.put("/b", tensors.FromFlatDataAndDimensions([]uint8{7, 8}, 2))
	w.put("/scalar", tensors.FromScalar(3.5))
	var b bytes.Buffer
	must(t, writeSafetensors(&b, w, map[string]string{"format": "gossl", "text": "λ \"quoted\"\n"}))
	return b.Bytes()
}

func TestSafetensorsRoundTrip(t *testing.T) {
	file := checkpointBytes(t)
	w, metadata, err := readSafetensors(file)
	must(t, err)
	if metadata["text"] != "λ \"quoted\"\n" || strings.Join(w.paths, " ") != "/a /b /scalar" {
		t.Errorf("read %v, %v", w.paths, metadata)
	}
	var again bytes.Buffer
	must(t, writeSafetensors(&again, w, metadata))
	if !bytes.Equal(again.Bytes(), file) {
		t.Error("writing what was read gives other bytes")
	}
}

// A file that is cut anywhere, or altered anywhere, is an error.
func TestSafetensorsDamaged(t *testing.T) {
	file := checkpointBytes(t)
	for n := range file {
		if _, _, err := readSafetensors(file[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes: no error", n, len(file))
		}
		altered := bytes.Clone(file)
		altered[n] ^= 0x41
		if _, _, err := readSafetensors(altered); err == nil {
			t.Fatalf("byte %d altered: no error", n)
		}
		zeroed := bytes.Clone(file)
		clear(zeroed[n:])
		if _, _, err := readSafetensors(zeroed); err == nil && !bytes.Equal(zeroed, file) {
			t.Fatalf("zero-filled from byte %d: no error", n)
		}
	}
}

func FuzzSafetensors(f *testing.F) {
	f.Add([]byte{})
	header, _ := json.Marshal(map[string]any{"__metadata__": map[string]string{}, "x": tensorHeader{"F32", []int{1 << 40, 1 << 40}, [2]int64{0, 4}}})
	f.Add(append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...))
	f.Fuzz(func(t *testing.T, file []byte) {
		if w, _, err := readSafetensors(file); err == nil {
			for _, p := range w.paths {
				_ = w.values[p].Shape()
			}
		}
	})
}

// A damaged checkpoint is refused with its name, says where the last good one is, and changes
// nothing in the lab.
func TestLoadRefuses(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 2)
	dir := t.TempDir()
	must(t, r.Save(dir))
	must(t, r.Step(1))
	must(t, r.Save(dir))
	file := savedIn(t, dir)[1]
	content, err := os.ReadFile(file)
	must(t, err)
	runs := len(l.Runs())
	refuse := func(what, path string, set *data.Set, want ...string) {
		t.Helper()
		_, err := l.Load(path, set)
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: Load = %v, want %q", what, err, w)
			}
		}
	}
	must(t, os.WriteFile(file, content[:len(content)-1], 0o644))
	refuse("truncated", dir, nil, file, "cut short or damaged", "the checkpoint before it is "+savedIn(t, dir)[0])
	must(t, os.WriteFile(file, nil, 0o644))
	refuse("empty", dir, nil, "too short for a checkpoint")
	must(t, os.WriteFile(file, []byte(strings.Repeat("no checkpoint ", 99)), 0o644))
	refuse("text", dir, nil, "cut short, or no checkpoint")
	refuse("missing", filepath.Join(dir, "nowhere"), nil, "no such file")
	refuse("empty directory", t.TempDir(), nil, "there is no checkpoint in it")
	must(t, os.WriteFile(file, content, 0o644))
	refuse("other data", dir, toySet(90, 60), "trained on other data, toy, 96 + 60 images")

	w, metadata, err := readSafetensors(content)
	must(t, err)
	alter := func(change func(w *weights, metadata map[string]string)) {
		t.Helper()
		w2, m2 := w.share(), map[string]string{}
		for k, v := range metadata {
			m2[k] = v
		}
		change(&w2, m2)
		var b bytes.Buffer
		must(t, writeSafetensors(&b, w2, m2))
		must(t, os.WriteFile(file, b.Bytes(), 0o644))
	}
	alter(func(_ *weights, m map[string]string) { m["version"] = "99" })
	refuse("version", dir, nil, `version "99"; this gossl reads "gossl", version "2"`)
	alter(func(w *weights, _ map[string]string) {
		w.put("/projector/layer2/weights", tensors.FromFlatDataAndDimensions(make([]float32, 12), 4, 3))
	})
	refuse("shape", dir, nil, "projector", "shape (Float32)[4, 3]")
	alter(func(w *weights, _ map[string]string) { w.paths = w.paths[1:] })
	refuse("a variable missing", dir, nil, "1 of the", "are missing")
	alter(func(_ *weights, m map[string]string) {
		m["experiment"] = strings.Replace(m["experiment"], `"Name":"nt-xent"`, `"Name":"my own"`, 1)
	})
	refuse("a loss of the user's", dir, nil, `loss "my own" is unknown`, "ssl.NewLoss")
	alter(func(_ *weights, m map[string]string) { m["step"] = "-4" })
	refuse("step", dir, nil, "its step is -4")

	if len(l.Runs()) != runs {
		t.Errorf("refused checkpoints left %d runs, want %d", len(l.Runs()), runs)
	}
	must(t, r.Step(1))
	_, err = l.Load(savedIn(t, dir)[0], nil)
	must(t, err)
}

// savedIn lists the checkpoints of a directory, oldest first.
func savedIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := checkpoints(dir)
	must(t, err)
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	return paths
}

const childDir = "GOSSL_TEST_SAVE_INTO"

// The disk fills while saving: an error, the last checkpoint as it was, nothing left over,
// the run unharmed. A child process limits the size of its files, which the kernel enforces
// as it would a full disk.
func TestSaveOnAFullDisk(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		saveWithLimit(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSaveOnAFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
}

func saveWithLimit(t *testing.T, dir string) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 2)
	must(t, r.Save(dir))
	good, err := os.ReadFile(savedIn(t, dir)[0])
	must(t, err)
	must(t, r.Step(1))
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	for limit := uint64(0); limit < uint64(len(good)); limit += uint64(len(good)/7 + 1) {
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: old.Max}))
		err := r.Save(dir)
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old))
		if err == nil || !strings.Contains(err.Error(), "the checkpoints that were there are as they were") {
			t.Errorf("Save with files limited to %d bytes = %v", limit, err)
		}
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	now, err := os.ReadFile(savedIn(t, dir)[0])
	must(t, err)
	if len(entries) != 2 || !bytes.Equal(now, good) {
		t.Errorf("after failed saves the directory has %v", entries)
	}
	must(t, r.Step(1))
	must(t, r.Save(dir))
}

// A directory that cannot be made, or written, is an error that names it.
func TestSaveNowhere(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 1)
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	if err := r.Save(filepath.Join(file, "dir")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("Save below a file = %v", err)
	}
}
