package ssl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
)

// The files of a checkpoint directory: the newest checkpoint, and the one before it.
const (
	checkpointFile = "checkpoint.safetensors"
	previousFile   = "previous.safetensors"
)

// checkpointVersion is raised when an older gossl could not read what a newer one writes.
const checkpointVersion = "1"

const metricsPrefix = "gossl/metrics/"

// dataRef says which data set a checkpoint belongs to; the images are not in it.
type dataRef struct {
	Name, Fingerprint string
	Train, Test       int
	Height, Width     int
	Channels          int
}

func refer(s *data.Set) dataRef {
	return dataRef{s.Name, s.Fingerprint(), s.Train.N, s.Test.N, s.Train.Height, s.Train.Width, s.Train.Channels}
}

// Save writes a checkpoint of the run into a directory, which is made if need be: weights,
// moments, running statistics, experiment, journal, metrics. The run is held for a copy of
// its variables only, between two steps.
//
// The file is checkpoint.safetensors; the one that was there stays as previous.safetensors.
// It is written under another name and renamed when it is whole and on the disk, so that a
// full disk or a power cut leaves the last good one.
func (r *Run) Save(dir string) error {
	m, err := r.snapshot()
	if err != nil {
		return err
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("save %s: it failed, and its weights are not worth keeping: %w", r.name, err)
	}
	w, metrics := m.weights, m.metrics
	metadata := map[string]string{
		"format": "gossl", "version": checkpointVersion,
		"step": strconv.Itoa(m.step), "first": strconv.Itoa(metrics.First), "backend": r.lab.about,
	}
	for key, value := range map[string]any{"experiment": m.exp, "beginning": r.begun, "data": refer(m.exp.Data),
		"journal": m.journal, "schedules": m.schedules} {
		text, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("save %s: %s: %w", r.name, key, err)
		}
		metadata[key] = string(text)
	}
	for _, name := range metrics.Names() {
		w.put(metricsPrefix+name, tensors.FromFlatDataAndDimensions(metrics.Values[name], metrics.Len()))
	}
	if err := writeCheckpoint(dir, w, metadata); err != nil {
		return fmt.Errorf("save %s into %s: %w; the checkpoint that was there is as it was", r.name, dir, err)
	}
	return nil
}

// writeCheckpoint writes a new file beside the present one and then takes its place.
func writeCheckpoint(dir string, w weights, metadata map[string]string) (err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".checkpoint-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := writeSafetensors(f, w, metadata); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	now, before := filepath.Join(dir, checkpointFile), filepath.Join(dir, previousFile)
	if err := os.Rename(now, before); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(f.Name(), now); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the renames durable, where directories can be synced.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// Load makes a run of a checkpoint: of a directory that [Run.Save] wrote, or of one of its
// files. The run is paused where the checkpoint was made, or done. The data set is the one
// given, or else found again: among those the lab has used, or Fashion-MNIST; it must have
// the pixels and labels that the run was trained on. Losses and encoders of your own must be
// registered, by [NewLoss], before.
func (l *Lab) Load(path string, set *data.Set) (*Run, error) {
	file, err := checkpointPath(path)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	r, err := l.load(file, set)
	if err == nil {
		return r, nil
	}
	err = fmt.Errorf("load %s: %w", file, err)
	previous := filepath.Join(filepath.Dir(file), previousFile)
	if _, statErr := os.Stat(previous); statErr == nil && filepath.Base(file) == checkpointFile {
		err = fmt.Errorf("%w; the checkpoint before it is %s", err, previous)
	}
	return nil, err
}

// Load makes a run of a checkpoint on the default lab, see [Lab.Load]. It panics with an
// error if it cannot.
func Load(path string, set ...*data.Set) *Run {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	var s *data.Set
	if len(set) > 0 {
		s = set[0]
	}
	r, err := l.Load(path, s)
	if err != nil {
		panic(err)
	}
	return r
}

// checkpointPath is the file itself, or that of a directory. Between the two renames of a
// save the directory has the previous one only.
func checkpointPath(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return path, nil
	}
	for _, name := range []string{checkpointFile, previousFile} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return filepath.Join(path, name), nil
		}
	}
	return "", fmt.Errorf("there is no %s in it", checkpointFile)
}

func (l *Lab) load(file string, set *data.Set) (*Run, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	w, metadata, err := readSafetensors(content)
	if err != nil {
		return nil, err
	}
	if v := metadata["version"]; metadata["format"] != "gossl" || v != checkpointVersion {
		return nil, fmt.Errorf("its format is %q, version %q; this gossl reads \"gossl\", version %q", metadata["format"], v, checkpointVersion)
	}
	var e, begun Experiment
	var ref dataRef
	from := beginning{paused: true}
	for key, to := range map[string]any{"experiment": &e, "data": &ref, "journal": &from.journal,
		"schedules": &from.schedules, "beginning": &begun} {
		if err := json.Unmarshal([]byte(metadata[key]), to); err != nil {
			return nil, fmt.Errorf("its %s is damaged: %w", key, err)
		}
	}
	if from.step, err = strconv.Atoi(metadata["step"]); err != nil || from.step < 0 {
		return nil, fmt.Errorf("its step is %q", metadata["step"])
	}
	if from.metrics.First, err = strconv.Atoi(metadata["first"]); err != nil || from.metrics.First < 1 {
		return nil, fmt.Errorf("its first step is %q", metadata["first"])
	}
	from.metrics.Values = map[string][]float64{}
	var state weights
	state.values = map[string]*tensors.Tensor{}
	for _, path := range w.paths {
		if name, ok := strings.CutPrefix(path, metricsPrefix); ok {
			values, err := tensors.CopyFlatData[float64](w.values[path])
			if err != nil {
				return nil, fmt.Errorf("its metric %s: %w", name, err)
			}
			from.metrics.Values[name] = values
			continue
		}
		state.put(path, w.values[path])
	}
	from.weights = &state
	if e.Data, err = l.resolve(ref, set); err != nil {
		return nil, err
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	begun.Data, from.begun = e.Data, &begun
	if err := l.agrees(&e, state); err != nil {
		return nil, err
	}
	return l.start(&e, from)
}

// agrees builds the step over the loaded variables without compiling it: a checkpoint whose
// experiment and variables do not belong together is refused here.
func (l *Lab) agrees(e *Experiment, w weights) error {
	store, err := w.store()
	if err != nil {
		return err
	}
	defer store.Finalize()
	known := store.NumVariables()
	if err := traceIn(l.backend, e, store); err != nil {
		return err
	}
	if n := store.NumVariables(); n != known {
		return fmt.Errorf("%d of the %d variables of its experiment are missing", n-known, n)
	}
	return nil
}

// resolve finds the data set that a checkpoint speaks of.
func (l *Lab) resolve(ref dataRef, given *data.Set) (*data.Set, error) {
	if given != nil {
		if given.Fingerprint() != ref.Fingerprint {
			return nil, fmt.Errorf("it was trained on other data, %s with %d + %d images, than the set given, %s; give it that set",
				ref.Name, ref.Train, ref.Test, given)
		}
		return given, nil
	}
	if s := l.known(ref.Fingerprint); s != nil {
		return s, nil
	}
	if s, err := data.LoadFashionMNIST(""); err == nil && s.Name == ref.Name {
		for _, s := range []*data.Set{s, s.First(ref.Train, ref.Test)} {
			if s.Fingerprint() == ref.Fingerprint {
				return s, nil
			}
		}
	}
	return nil, fmt.Errorf("it was trained on %s, %d + %d images of %d×%d×%d, which this lab has not seen; load that set and give it: ssl.Load(path, set)",
		ref.Name, ref.Train, ref.Test, ref.Height, ref.Width, ref.Channels)
}
