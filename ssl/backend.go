package ssl

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/gossl/gossl/ssl/sparse"
)

// BackendInfo says what runs train on.
type BackendInfo struct {
	Name   string // "xla", "go"
	About  string // one line: device, plugin, version
	PureGo bool   // the pure-Go backend, where a convolutional experiment wants fewer steps
}

// String is the line about the backend.
func (b BackendInfo) String() string { return b.About }

// Info says what the lab's runs train on.
func (l *Lab) Info() BackendInfo {
	name := l.backend.String()
	return BackendInfo{Name: name, About: l.about, PureGo: name == "go"}
}

// Backend says what the default lab's runs train on, and opens it if this is its first use.
// It panics with an error if none can be opened.
func Backend() BackendInfo {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	return l.Info()
}

var (
	presetMu sync.Mutex
	presets  map[string]float64
)

// Preset makes every experiment that is started from now on begin with these values of its
// knobs, whatever its own are, as "gossl run --set name=value" asks; nil ends it. An unknown name or
// a value out of range is an error of the start; a knob that exists, but not in this
// experiment, such as lambda without a SparseHead, is passed over.
func Preset(knobs map[string]float64) {
	presetMu.Lock()
	defer presetMu.Unlock()
	presets = maps.Clone(knobs)
}

// preset returns a copy of e with the preset knobs.
func preset(e *Experiment) (*Experiment, error) {
	if e == nil {
		return nil, e.Check()
	}
	presetMu.Lock()
	knobs := maps.Clone(presets)
	presetMu.Unlock()
	e = e.Clone()
	for _, name := range slices.Sorted(maps.Keys(knobs)) {
		d, err := e.knob(name)
		if err != nil && isKnob(name) {
			continue
		}
		if err == nil {
			err = d.accepts(knobs[name])
		}
		if err != nil {
			return nil, fmt.Errorf("preset %s=%g: %w", name, knobs[name], err)
		}
		*d.value = knobs[name]
	}
	return e, nil
}

// isKnob reports whether some experiment has a knob of this name.
func isKnob(name string) bool {
	full := NewSimCLR(nil)
	full.Sparse = sparse.GroupHoyer(1)
	_, err := full.knob(name)
	return err == nil
}
