package ssl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/internal/durable"
)

// checkpointVersion is raised when an older gossl could not read what a newer one writes.
const checkpointVersion = "2"

const metricsPrefix = "gossl/metrics/"

// DataRef says which data set a checkpoint, or an edit, speaks of, and how it was read; the
// images are not in it.
type DataRef struct {
	Name          string
	Fingerprint   string // [data.Set.Fingerprint]
	Train, Test   int    // images
	Height, Width int    // of an image
	Channels      int
	Origin        data.Origin // zero for a set that a program made
}

// String is such as "CIFAR-10, 50000 + 10000 images of 32×32×3, read from cifar10:/data/cifar".
func (d DataRef) String() string {
	s := fmt.Sprintf("%s, %d + %d images of %d×%d×%d", d.Name, d.Train, d.Test, d.Height, d.Width, d.Channels)
	if d.Origin.Loader != "" {
		s += ", read from " + d.Origin.String()
	}
	return s
}

// refer is the reference of a set; its fingerprint is computed once a lab.
func (l *Lab) refer(s *data.Set) DataRef {
	l.mu.Lock()
	ref, ok := l.refs[s]
	l.mu.Unlock()
	if ok {
		return ref
	}
	ref = DataRef{s.Name, s.Fingerprint(), s.Train.N, s.Test.N, s.Train.Height, s.Train.Width, s.Train.Channels, s.Origin}
	l.mu.Lock()
	l.refs[s] = ref
	l.mu.Unlock()
	return ref
}

func (l *Lab) referIfAny(s *data.Set) DataRef {
	if s == nil {
		return DataRef{}
	}
	return l.refer(s)
}

// errDamaged is the cause when a file does not hold what was written to it, so that the one
// before it may serve.
var errDamaged = errors.New("the file is damaged")

// name of the checkpoint's file: its number in the directory, and its step.
func (c Checkpoint) name() string {
	return fmt.Sprintf("checkpoint-%06d-step-%d.safetensors", c.number, c.Step)
}

// checkpoints lists the checkpoints of a directory by number, without reading their weights.
func checkpoints(dir string) ([]Checkpoint, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []Checkpoint
	for _, e := range entries {
		c := Checkpoint{Path: filepath.Join(dir, e.Name()), Score: math.NaN()}
		if n, _ := fmt.Sscanf(e.Name(), "checkpoint-%d-step-%d.safetensors", &c.number, &c.Step); n != 2 || c.name() != e.Name() {
			continue
		}
		if text, err := safetensorsMetadata(c.Path); err == nil && text["score"] != "" {
			if v, err := strconv.ParseFloat(text["score"], 64); err == nil {
				c.Score = v
			}
		}
		files = append(files, c)
	}
	slices.SortFunc(files, func(a, b Checkpoint) int { return a.number - b.number })
	return files, nil
}

// addCheckpoint writes a moment as the newest checkpoint of a directory and then removes those
// that the policy does not want; what it returns is there. The caller holds the lock.
func addCheckpoint(dir string, files []Checkpoint, m moment, p Policy) ([]Checkpoint, error) {
	c := Checkpoint{Step: m.step, number: 1, Score: math.NaN()}
	before := m.metrics.First - 1
	for _, f := range files {
		c.number = f.number + 1
		if f.Step < m.step {
			before = f.Step
		}
	}
	if p.Best != "" {
		c.Score = m.metrics.mean(p.Best, before+1, m.step)
	}
	c.Path = filepath.Join(dir, c.name())
	if err := writeCheckpoint(c, m, p); err != nil {
		return files, err
	}
	stay, remove := p.divide(append(slices.Clone(files), c))
	for _, f := range remove {
		if err := os.Remove(f.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
			stay = append(stay, f) // until the next one
		}
	}
	slices.SortFunc(stay, func(a, b Checkpoint) int { return a.number - b.number })
	return stay, nil
}

// header is what a checkpoint holds beside tensors, each member a text of its metadata.
type header struct {
	Experiment   *Experiment         `json:"experiment"`
	Beginning    *Experiment         `json:"beginning"`
	Data         DataRef             `json:"data"`
	Begun        DataRef             `json:"begun"` // data that the run was started with
	Journal      Journal             `json:"journal"`
	Schedules    map[string]schedule `json:"schedules"`
	Script       []pending           `json:"script"`
	Environments []Environment       `json:"environments"`
	Policy       Policy              `json:"policy"`
	Step         int                 `json:"step"`
	First        int                 `json:"first"`  // step of the metrics
	Logged       int                 `json:"logged"` // edits of the directory's log that it has
}

// writeCheckpoint writes a moment to a file of its own.
func writeCheckpoint(c Checkpoint, m moment, p Policy) error {
	text, err := json.Marshal(header{
		Experiment: m.exp, Beginning: m.begun, Data: m.lab.refer(m.exp.Data), Begun: m.lab.referIfAny(m.begun.Data), Journal: m.journal, Schedules: m.schedules,
		Script: m.script, Environments: m.environments, Policy: p, Step: m.step, First: m.metrics.First, Logged: m.logged,
	})
	if err != nil {
		return err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return err
	}
	metadata := map[string]string{"format": "gossl", "version": checkpointVersion}
	for name, value := range members {
		metadata[name] = string(value)
	}
	if !math.IsNaN(c.Score) {
		metadata["score"] = strconv.FormatFloat(c.Score, 'g', -1, 64)
	}
	w := m.weights.share()
	for _, name := range m.metrics.Names() {
		w.put(metricsPrefix+name, tensors.FromFlatDataAndDimensions(m.metrics.Values[name], m.metrics.Len()))
	}
	return durable.WriteFile(c.Path, func(out io.Writer) error { return writeSafetensors(out, w, metadata) })
}

// readCheckpoint reads what writeCheckpoint wrote; the experiments lack their data, which now
// and begun refer to.
func readCheckpoint(file string) (m *moment, now, begun DataRef, err error) {
	fail := func(err error) (*moment, DataRef, DataRef, error) { return nil, DataRef{}, DataRef{}, err }
	content, err := os.ReadFile(file)
	if err != nil {
		return fail(err)
	}
	w, metadata, err := readSafetensors(content)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", errDamaged, err))
	}
	if v := metadata["version"]; metadata["format"] != "gossl" || v != checkpointVersion {
		return fail(fmt.Errorf("its format is %q, version %q; this gossl reads \"gossl\", version %q", metadata["format"], v, checkpointVersion))
	}
	h := header{Experiment: &Experiment{}, Beginning: &Experiment{}}
	for name, to := range map[string]any{
		"experiment": h.Experiment, "beginning": h.Beginning, "data": &h.Data, "begun": &h.Begun, "journal": &h.Journal, "schedules": &h.Schedules,
		"script": &h.Script, "environments": &h.Environments, "policy": &h.Policy, "step": &h.Step, "first": &h.First, "logged": &h.Logged,
	} {
		if err := json.Unmarshal([]byte(metadata[name]), to); err != nil {
			return fail(fmt.Errorf("its %s is damaged: %w", name, err))
		}
	}
	switch {
	case h.Step < 0:
		return fail(fmt.Errorf("its step is %d", h.Step))
	case h.First < 1:
		return fail(fmt.Errorf("its first step is %d", h.First))
	}
	m = &moment{
		exp: h.Experiment, begun: h.Beginning, step: h.Step, journal: h.Journal, schedules: h.Schedules, script: h.Script,
		environments: h.Environments, logged: h.Logged, policy: h.Policy,
		metrics: Metrics{First: h.First, Values: map[string][]float64{}},
		weights: weights{values: map[string]*tensors.Tensor{}},
	}
	for _, path := range w.paths {
		if name, ok := strings.CutPrefix(path, metricsPrefix); ok {
			values, err := tensors.CopyFlatData[float64](w.values[path])
			if err != nil {
				return fail(fmt.Errorf("its metric %s: %w", name, err))
			}
			m.metrics.Values[name] = values
			continue
		}
		m.weights.put(path, w.values[path])
	}
	return m, h.Data, h.Begun, nil
}
