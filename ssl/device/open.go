package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// Options say how [Open] may go about it. The zero value is good.
type Options struct {
	Store     *Store         // where plugins are; nil for [DefaultStore]
	NoInstall bool           // never download anything
	Progress  func(Progress) // told how far an installation has come; may be nil
}

// Info says which backend was opened, and why.
type Info struct {
	Name     string   // "go", "xla:cpu", "xla:cuda": also valid as the name of a backend
	Platform string   // "go", "cpu", "cuda", "tpu"
	Plugin   string   // path of the PJRT plugin; "" for the pure-Go backend
	Version  string   // package and version of the plugin; "" when unknown
	API      string   // version of its PJRT interface
	SHA256   string   // of the plugin's library, where it was installed by gossl
	Devices  []string // one line each
	Note     string   // one line to show to the user; "" when there is nothing to say
}

// String is one line: the backend, its version, and the plugin's place.
func (i Info) String() string {
	if i.Plugin == "" {
		return "go: the pure-Go backend"
	}
	s := i.Name
	if i.Version != "" {
		s += ": " + i.Version
	}
	s += fmt.Sprintf(", PJRT %s, %d device", i.API, len(i.Devices))
	if len(i.Devices) != 1 {
		s += "s"
	}
	return s + ", " + i.Plugin
}

// EnvName is the environment variable that names a backend when the caller does not.
const EnvName = compute.ConfigEnvVar // GOMLX_BACKEND

// goCost is what the pure-Go backend costs, measured on SimCLR's step.
const goCost = "it needs nothing and trains 4 to 100 times slower"

// Open opens a backend. A name, or else GOMLX_BACKEND, decides: "go" is the pure-Go
// backend, "cpu", "cuda", "cuda:1" and "tpu" are XLA on that device, "xla" is XLA on
// the best one, "xla:/path/plugin.so" is any PJRT plugin; a plugin's name from [Pins] is
// that plugin. Options may follow: "cpu,threads=2,devices=1" sets the threads and the
// devices of XLA on the CPU, "cuda,memory_fraction=0.5" is one of go-xla's. A named backend is opened or the error says why not; a plugin of the
// table that is not there is installed first.
//
// Without a name it is what [Store.Use] kept; else the best installed plugin: CUDA where there is such a device, TPU,
// CPU; else the CPU plugin is installed; else, when that does not work (no network: after
// 10 s), the pure-Go backend, which [Info].Note then says in one line.
//
// A plugin is checked against its hash and tried in a process of its own before it is
// loaded. The caller calls Finalize on the backend when it is done.
func Open(ctx context.Context, name string, opts Options) (compute.Backend, Info, error) {
	b, info, err := open(ctx, name, opts)
	if err == nil {
		remember(b, info)
	}
	return b, info, err
}

func open(ctx context.Context, name string, opts Options) (compute.Backend, Info, error) {
	s := opts.Store
	if s == nil {
		var err error
		if s, err = DefaultStore(); err != nil {
			switch {
			case name == "go" || name == "" && os.Getenv(EnvName) == "go":
				return openGo("")
			case name == "" && os.Getenv(EnvName) == "":
				return openGo(fallbackNote([]error{err}))
			}
			return nil, Info{}, err
		}
	}
	origin := ""
	if name == "" {
		if name = os.Getenv(EnvName); name != "" {
			origin = " (from " + EnvName + ")"
		}
	}
	if name == "" {
		var err error
		if name, err = s.Choice(); err != nil {
			return nil, Info{}, err
		}
		origin = " (kept by `gossl backend use`)"
	}
	if name == "" {
		b, info, err := s.openBest(ctx, target{}, opts, true)
		if err != nil {
			return nil, Info{}, err
		}
		unused := idle(hasCUDA() && !s.hasPlugin("cuda"), nvidiaDriver(), hasTPU() && !s.hasPlugin("tpu"))
		info.Note = strings.Join(slices.DeleteFunc([]string{info.Note, unused}, func(s string) bool { return s == "" }), "; ")
		return b, info, nil
	}
	t, err := s.parseName(name)
	if err != nil {
		return nil, Info{}, fmt.Errorf("%w%s", err, origin)
	}
	var b compute.Backend
	var info Info
	switch {
	case t.goBackend:
		b, info, err = openGo("")
	case t.path != "":
		b, info, err = s.openPlugin(ctx, Plugin{Path: t.path}, t.options)
	case t.pinned != "":
		b, info, err = s.openPinned(ctx, t.pinned, t.options, opts)
	default:
		b, info, err = s.openBest(ctx, t, opts, false)
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("backend %q%s: %w", name, origin, err)
	}
	return b, info, nil
}

func openGo(note string) (compute.Backend, Info, error) {
	// One operation after the other, each on all processors: with operations side by side, its
	// pool of workers (compute v0.1.2) can wait for itself and hang.
	b, err := gobackend.New("ops_sequential")
	if err != nil {
		return nil, Info{}, fmt.Errorf("device: pure-Go backend: %w", err)
	}
	return b, Info{Name: "go", Platform: "go", Devices: []string{"this process"}, Note: note}, nil
}

// openBest goes down the order of plugins for t.device, or for any. fallback allows the
// pure-Go backend at the end.
func (s *Store) openBest(ctx context.Context, t target, opts Options, fallback bool) (compute.Backend, Info, error) {
	pinned := t.device // what to install when nothing works
	if pinned == "" {
		pinned = "cpu"
	}
	var failures []error
	broken := false
	for _, p := range s.order(t.device, fallback) {
		b, info, err := s.openPlugin(ctx, p, t.options)
		if err == nil {
			info.Note = strings.Join(notes(failures), "; ")
			return b, info, nil
		}
		if ctx.Err() != nil {
			return nil, Info{}, err
		}
		failures = append(failures, err)
		var damaged *CorruptError
		broken = broken || p.Name == pinned && !errors.As(err, &damaged)
	}
	switch pin, err := s.pin(pinned); {
	case broken: // it is installed, sound, and does not work: another copy would not either
	case err != nil:
		failures = append(failures, err)
	case opts.NoInstall:
		failures = append(failures, fmt.Errorf("device: plugin %q is not installed; `gossl backend install %s` installs it", pin.Name, pin.Name))
	default:
		b, info, err := s.openPinned(ctx, pinned, t.options, opts)
		if err == nil {
			info.Note = strings.Join(notes(mended(failures)), "; ")
			return b, info, nil
		}
		if ctx.Err() != nil {
			return nil, Info{}, err
		}
		failures = append(failures, err)
	}
	if !fallback {
		return nil, Info{}, errors.Join(failures...)
	}
	return openGo(fallbackNote(failures))
}

// fallbackNote is the line that says why there is no XLA, and what that costs.
func fallbackNote(failures []error) string {
	return fmt.Sprintf("using the pure-Go backend: %s (--backend go chooses it without trying); XLA is not available: %s", goCost, strings.Join(notes(failures), "; "))
}

// order lists what is installed for a device, or for all in order of preference; of
// equals, what gossl installed comes first, in the table's order. Unless it was asked for
// by name, a device that is not there is left out.
func (s *Store) order(device string, automatic bool) []Plugin {
	all := s.List()
	var out []Plugin
	for _, d := range []struct {
		name    string
		present func() bool
	}{{"cuda", hasCUDA}, {"tpu", hasTPU}, {"cpu", func() bool { return true }}} {
		if device != "" && device != d.name || (automatic || device == "") && !d.present() {
			continue
		}
		for _, p := range all {
			if p.Path != "" && p.Device == d.name {
				out = append(out, p)
			}
		}
	}
	return out
}

// openPinned installs a plugin of the table where it is missing or damaged, and opens it.
func (s *Store) openPinned(ctx context.Context, name, options string, opts Options) (compute.Backend, Info, error) {
	pin, err := s.pin(name)
	if err != nil {
		return nil, Info{}, err
	}
	p := s.describe(pin)
	if absent := map[string]bool{"cuda": !hasCUDA(), "tpu": !hasTPU()}; p.Path == "" && absent[pin.Device] {
		return nil, Info{}, fmt.Errorf("device: there is no %s device here, so plugin %q (%d MB) is not fetched to open it; `gossl backend install %s` fetches it all the same", strings.ToUpper(pin.Device), name, pin.Size()/1_000_000, name)
	}
	if p.Path == "" || verifyQuick(s.home(pin), name) != nil {
		if opts.NoInstall {
			return nil, Info{}, fmt.Errorf("device: plugin %q is not installed, or damaged; `gossl backend install %s` installs it", name, name)
		}
		if p, err = s.Install(ctx, name, opts.Progress); err != nil {
			return nil, Info{}, err
		}
	}
	return s.openPlugin(ctx, p, options)
}

// openPlugin checks, probes and loads a plugin.
func (s *Store) openPlugin(ctx context.Context, p Plugin, options string) (compute.Backend, Info, error) {
	var sum string
	if pin, err := s.pin(p.Name); err == nil {
		home := s.home(pin)
		if err := verifyQuick(home, p.Name); err != nil {
			return nil, Info{}, err
		}
		m, err := readManifest(home, p.Name)
		if err != nil {
			return nil, Info{}, err
		}
		for _, f := range m.Files {
			if filepath.Join(home, filepath.FromSlash(f.Path)) == p.Path {
				sum = f.SHA256
			}
		}
	}
	if strings.Contains(p.Path, ",") {
		return nil, Info{}, fmt.Errorf("device: plugin %s: go-xla cannot open a path with a comma in it; move the plugin, or set %s", p.Path, CacheEnv)
	}
	if _, err := os.Stat(p.Path); err != nil {
		return nil, Info{}, fmt.Errorf("device: plugin %s: %w; `gossl backend list` shows what there is", p.Path, err)
	}
	answer, err := s.probeCached(ctx, p.Path, options)
	if err != nil {
		return nil, Info{}, err
	}
	b, err := newXLA(p.Path, answer.Platform, options)
	if err != nil {
		return nil, Info{}, explainPlugin(p.Path, err.Error(), "")
	}
	platform := strings.ToLower(answer.Platform)
	if platform == "host" {
		platform = "cpu"
	}
	return b, Info{
		Name: "xla:" + platform, Platform: platform, Plugin: p.Path, Version: p.Version,
		API: answer.API, SHA256: sum, Devices: answer.Devices,
	}, nil
}

// mended says of damaged plugins that they were replaced.
func mended(failures []error) (out []error) {
	for _, err := range failures {
		var damaged *CorruptError
		if errors.As(err, &damaged) {
			err = fmt.Errorf("plugin %q was damaged (%s: %s) and has been installed again", damaged.Plugin, damaged.File, damaged.Detail)
		}
		out = append(out, err)
	}
	return out
}

// notes shortens errors for a line that a user reads.
func notes(errs []error) (out []string) {
	for _, err := range errs {
		out = append(out, strings.TrimPrefix(strings.ReplaceAll(err.Error(), "\n", " "), "device: "))
	}
	return out
}
