package ssl

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gossl/gossl/ssl/device"
)

// Environment is what a run trained on, from one step on: what decides, beside experiment and
// edits, whether its numbers come out the same again.
type Environment struct {
	From     int               `json:"from"`     // number of the first step that ran here
	Platform string            `json:"platform"` // operating system and architecture, such as "linux/amd64"
	Threads  int               `json:"threads"`  // that Go code, and XLA by default, may use at once
	Backend  string            `json:"backend"`  // "go", "xla"
	Device   string            `json:"device"`   // what the backend calls the device
	Plugin   string            `json:"plugin,omitempty"`
	SHA256   string            `json:"sha256,omitempty"`   // of the plugin
	Versions map[string]string `json:"versions,omitempty"` // of Go, gossl, and the modules that compute
}

// String is one line.
func (e Environment) String() string {
	parts := []string{e.Device, e.Platform, fmt.Sprintf("%d threads", e.Threads)}
	if e.Plugin != "" {
		parts = append(parts, "plugin "+e.Plugin)
	}
	if e.SHA256 != "" {
		parts = append(parts, "SHA-256 "+e.SHA256[:min(12, len(e.SHA256))])
	}
	for _, name := range computing {
		if v := e.Versions[name]; v != "" {
			parts = append(parts, name+" "+v)
		}
	}
	return fmt.Sprintf("from step %d: %s", e.From, strings.Join(parts, ", "))
}

// same reports whether a run on both gives the same numbers, as far as can be known.
func (e Environment) same(other Environment) bool {
	differs := slices.ContainsFunc(computing, func(name string) bool { return e.Versions[name] != other.Versions[name] })
	return !differs && e.Platform == other.Platform && e.Threads == other.Threads &&
		e.Backend == other.Backend && e.Device == other.Device && e.SHA256 == other.SHA256
}

// modules that compute a run's numbers, by the name in Environment.Versions.
var modules = map[string]string{
	"gomlx": "github.com/gomlx/gomlx", "compute": "github.com/gomlx/compute", "go-xla": "github.com/gomlx/go-xla",
}

// computing are the names in Environment.Versions, in the order in which they are shown.
var computing = []string{"gossl", "go", "gomlx", "compute", "go-xla"}

// environment of the lab, for a run that begins or goes on at a step.
func (l *Lab) environment(from int) Environment {
	e := Environment{
		From: from, Platform: runtime.GOOS + "/" + runtime.GOARCH, Threads: runtime.GOMAXPROCS(0),
		Backend: l.backend.String(), Device: l.about, Versions: map[string]string{"go": runtime.Version()},
	}
	if info, ok := device.Opened(l.backend); ok {
		e.Plugin, e.SHA256 = info.Plugin, info.SHA256
	}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return e
	}
	e.Versions["gossl"] = build.Main.Version
	for name, path := range modules {
		for _, m := range append([]*debug.Module{&build.Main}, build.Deps...) {
			if m.Path == path {
				e.Versions[name] = m.Version
			}
		}
	}
	return e
}

// noteEnvironment adds where a run goes on, if that is elsewhere than before.
func noteEnvironment(all []Environment, now Environment) []Environment {
	if n := len(all); n > 0 && all[n-1].same(now) {
		return all
	}
	return append(slices.Clone(all), now)
}

// Environments are what the run has trained on: one entry for the start, and one for every
// time that it went on elsewhere.
func (r *Run) Environments() []Environment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.environments)
}
