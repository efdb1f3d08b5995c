package device

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// tempPrefix begins the name of everything unfinished in a store.
const tempPrefix = ".tmp-"

// Install makes sure that the named plugin is in the store and sound: it downloads what
// is missing, checks it against the table's SHA-256, unpacks it beside its place and
// renames it there. An interrupted download is taken up where it stopped; nothing
// unfinished is ever taken for a plugin. Two processes at once are safe: the second
// waits and finds the work done. A damaged plugin is replaced.
//
// progress, which may be nil, is called from this goroutine.
func (s *Store) Install(ctx context.Context, name string, progress func(Progress)) (Plugin, error) {
	if progress == nil {
		progress = func(Progress) {}
	}
	pin, err := s.pin(name)
	if err != nil {
		return Plugin{}, err
	}
	unlock, err := s.lock(ctx, name, progress)
	if err != nil {
		return Plugin{}, err
	}
	defer unlock()
	if _, err := os.Stat(s.home(pin)); err == nil {
		if verifyAll(s.home(pin), name) == nil {
			return s.describe(pin), nil
		}
		if err := discard(s.home(pin)); err != nil {
			return Plugin{}, s.explainIO(err, pin.Size())
		}
	}
	s.sweep(pin)
	for _, part := range pin.Parts {
		if err := s.fetch(ctx, part, progress); err != nil {
			return Plugin{}, s.explainIO(err, pin.Size())
		}
	}
	if err := s.unpack(ctx, pin, progress); err != nil {
		return Plugin{}, s.explainIO(err, pin.Size())
	}
	for _, part := range pin.Parts {
		os.Remove(s.wheel(part)) // only a copy of what is now unpacked
	}
	return s.describe(pin), nil
}

// unpack puts the wheels of a pin into a folder of its own and gives it its name when
// all is there.
func (s *Store) unpack(ctx context.Context, pin Pin, progress func(Progress)) error {
	tmp, err := os.MkdirTemp(s.Dir, tempPrefix+pin.Name+"-")
	if err != nil {
		return fmt.Errorf("device: %w", err)
	}
	defer os.RemoveAll(tmp)
	m := manifest{Name: pin.Name, Version: pin.Version()}
	for _, part := range pin.Parts {
		files, err := unpackWheel(ctx, s.wheel(part), part.Package+" "+part.Version, tmp, progress)
		if err != nil {
			return fmt.Errorf("device: unpacking %s %s: %w", part.Package, part.Version, err)
		}
		for _, f := range files { // a later wheel's file takes the place of an earlier one's
			m.Files = slices.DeleteFunc(m.Files, func(old fileRecord) bool { return old.Path == f.Path })
			m.Files = append(m.Files, f)
		}
	}
	if _, err := os.Stat(filepath.Join(tmp, filepath.FromSlash(pin.Plugin))); err != nil {
		return fmt.Errorf("device: %s holds no %s: the table of plugins is wrong, please report it: %w", pin.Version(), pin.Plugin, err)
	}
	raw, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return fmt.Errorf("device: %w", err)
	}
	if err := writeAtomically(filepath.Join(tmp, manifestName), raw); err != nil {
		return fmt.Errorf("device: %w", err)
	}
	if stamp, err := m.stamps(tmp, pin.Name); err == nil && stamp != "" {
		if err := writeAtomically(filepath.Join(tmp, stampName), []byte(stamp)); err != nil {
			return fmt.Errorf("device: %w", err)
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("device: %w", err)
	}
	if err := os.Rename(tmp, s.home(pin)); err != nil {
		return fmt.Errorf("device: %w", err)
	}
	return nil
}

// lock takes the lock of one plugin, which ends with its process, and returns how to
// give it back.
func (s *Store) lock(ctx context.Context, name string, progress func(Progress)) (func(), error) {
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("device: no place to keep plugins: %w; set %s to a folder that can be written", err, CacheEnv)
	}
	l := flock.New(filepath.Join(s.Dir, name+".lock"))
	got, err := l.TryLock()
	if err == nil && !got {
		if progress != nil {
			progress(Progress{What: "waiting for another gossl that installs " + name})
		}
		_, err = l.TryLockContext(ctx, 50*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("device: lock %s: %w", l.Path(), err)
	}
	return func() { l.Close() }, nil
}

// sweep deletes what a killed installation of this plugin left behind. The lock is held,
// so nobody is at work in it.
func (s *Store) sweep(pin Pin) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix+pin.Name+"-") {
			os.RemoveAll(filepath.Join(s.Dir, e.Name()))
		}
	}
}

// explainIO adds the remedy to errors of the disk.
func (s *Store) explainIO(err error, download int64) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		// A CPU plugin unpacks to about four times its wheel.
		return fmt.Errorf("%w; the disk of %s is full: free about %d MB, or set %s to a folder elsewhere", err, s.Dir, 5*download/1_000_000+1, CacheEnv)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w; set %s to a folder that can be written", err, CacheEnv)
	}
	return err
}
