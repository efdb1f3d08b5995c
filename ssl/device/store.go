package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// CacheEnv names the environment variable that overrides where plugins are kept;
// without it they are below the user's cache folder, in gossl/plugins.
const CacheEnv = "GOSSL_CACHE"

// Store is a folder of installed plugins, and the table of what can be installed there.
type Store struct {
	Dir      string        // the folder; made when something is installed
	Pins     []Pin         // what can be installed
	Client   *http.Client  // for downloads; it should respect the proxy environment
	Patience time.Duration // how long a download may stand still, from its start on; 10 s
}

// Plugin is one PJRT plugin: installed, or installable, or found elsewhere.
type Plugin struct {
	Name      string // as `gossl backend` names it; the path for one found elsewhere
	Device    string // "cpu", "cuda" or "tpu"
	Version   string // package and version; "" when unknown
	Publisher string // who built it; "" when unknown
	Path      string // of the library; "" when it is not installed
	Origin    string // "installed by gossl", "found in DIR", "not installed (63 MB)"
	Note      string // why it is offered
}

// Progress tells how far an installation has come.
type Progress struct {
	What        string // "downloading xla-cpu-pjrt 0.0.1", "unpacking …", "waiting for …"
	Done, Total int64  // bytes; Total 0 when there is nothing to count
}

// DefaultStore is the user's store: $GOSSL_CACHE/plugins, or gossl/plugins below the
// user's cache folder, with the table [Pins].
func DefaultStore() (*Store, error) {
	dir := os.Getenv(CacheEnv)
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("device: no place to keep plugins: %w; set %s to a folder", err, CacheEnv)
		}
		dir = filepath.Join(cache, "gossl")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("device: %s: %w", CacheEnv, err)
	}
	return &Store{
		Dir:      filepath.Join(dir, "plugins"),
		Pins:     Pins,
		Client:   &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()},
		Patience: 10 * time.Second,
	}, nil
}

// List returns every plugin that can be installed on this machine, then those that
// were found in go-xla's folders. It loads none of them.
func (s *Store) List() []Plugin {
	var out []Plugin
	for _, pin := range s.here() {
		out = append(out, s.describe(pin))
	}
	return append(out, foundElsewhere()...)
}

// Verify compares every file of an installed plugin with the hash that was taken when
// its verified wheel was unpacked. The error is a [*CorruptError] when one differs, and
// an [fs.ErrNotExist] when the plugin is not installed.
func (s *Store) Verify(name string) (Plugin, error) {
	pin, err := s.pin(name)
	if err != nil {
		return Plugin{}, err
	}
	p := s.describe(pin)
	if p.Path == "" {
		return p, fmt.Errorf("device: plugin %q is not installed; `gossl backend install %s` installs it: %w", name, name, fs.ErrNotExist)
	}
	return p, verifyAll(s.home(pin), name)
}

// Remove deletes an installed plugin and what is left of its downloads. A session that
// has it loaded goes on; the next one does not find it.
func (s *Store) Remove(ctx context.Context, name string) error {
	pin, err := s.pin(name)
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.home(pin)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("device: plugin %q is not installed in %s: %w", name, s.Dir, err)
	}
	unlock, err := s.lock(ctx, name, nil)
	if err != nil {
		return err
	}
	defer unlock()
	for _, part := range pin.Parts {
		for _, p := range []string{s.partial(part), s.wheel(part)} {
			if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("device: removing plugin %q: %w", name, err)
			}
		}
	}
	if err := discard(s.home(pin)); err != nil {
		return fmt.Errorf("device: removing plugin %q: %w", name, err)
	}
	return nil
}

// here returns the rows of the table for this machine.
func (s *Store) here() []Pin {
	var out []Pin
	for _, pin := range s.Pins {
		if pin.Platform == runtime.GOOS+"/"+runtime.GOARCH {
			out = append(out, pin)
		}
	}
	return out
}

// pin finds the row for a name on this machine. "cuda" is the one that the driver here knows.
func (s *Store) pin(name string) (Pin, error) {
	if name == "cuda" && hasCUDA() {
		name = cudaFor(nvidiaDriver())
	}
	var legal []string
	for _, pin := range s.here() {
		if pin.Name == name {
			return pin, nil
		}
		legal = append(legal, pin.Name)
	}
	switch {
	case legal == nil:
		return Pin{}, fmt.Errorf("device: no plugin is known for %s/%s; install go-xla's own (github.com/gomlx/go-xla), or use the pure-Go backend with --backend go", runtime.GOOS, runtime.GOARCH)
	case name == "cuda":
		return Pin{}, fmt.Errorf("device: no NVIDIA GPU is here to choose a CUDA plugin by (there is no /dev/nvidia0; see nvidia-smi): name cuda13, for drivers from 580 on, or cuda12, from 525; this machine can install %s", strings.Join(legal, ", "))
	}
	return Pin{}, fmt.Errorf("device: plugin %q: unknown; this machine can install %s", name, strings.Join(legal, ", "))
}

// describe says what is known of a pinned plugin without reading its files.
func (s *Store) describe(pin Pin) Plugin {
	p := Plugin{Name: pin.Name, Device: pin.Device, Version: pin.Version(), Publisher: pin.Publisher, Note: pin.Note}
	lib := filepath.Join(s.home(pin), filepath.FromSlash(pin.Plugin))
	if _, err := os.Stat(filepath.Join(s.home(pin), manifestName)); err == nil {
		p.Path, p.Origin = lib, "installed by gossl"
	} else {
		p.Origin = fmt.Sprintf("not installed (%d MB)", (pin.Size()+500_000)/1_000_000)
	}
	return p
}

// home is the folder that a pin is installed in. The first part's hash is in its name, so
// that another version or build never passes for this one.
func (s *Store) home(pin Pin) string {
	return filepath.Join(s.Dir, fmt.Sprintf("%s-%s-%.12s", pin.Name, pin.Parts[0].Version, pin.Parts[0].SHA256))
}

// partial is where a part is downloaded to; it is trusted by nobody.
func (s *Store) partial(p Part) string { return filepath.Join(s.Dir, p.SHA256+".part") }

// wheel is where a part lies between the check of its hash and its unpacking.
func (s *Store) wheel(p Part) string { return filepath.Join(s.Dir, p.SHA256+".whl") }

// discard deletes a folder so that no moment shows half of it under its own name.
func discard(dir string) error {
	aside, err := os.MkdirTemp(filepath.Dir(dir), tempPrefix)
	if err != nil {
		return err
	}
	if err := os.Rename(dir, filepath.Join(aside, "old")); err != nil {
		os.Remove(aside)
		return err
	}
	return os.RemoveAll(aside)
}
