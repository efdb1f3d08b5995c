package ssl

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// A directory that may not be written is an error that says so; it can still be loaded from.
func TestKeepReadOnly(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	kept(t, l, dir, DefaultPolicy, 2).Stop()
	must(t, os.Chmod(filepath.Dir(dir), 0o755)) // others may look into it
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	r := startPaused(t, l, killedExperiment(), 1)
	withoutRights(t, func() {
		if _, err := l.Resume(dir, toy); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Resume in a directory without the right to write = %v", err)
		}
		if err := r.Keep(filepath.Join(dir, "new")); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("Keep in a directory without the right to write = %v", err)
		}
		_, err := l.Load(dir, toy)
		must(t, err)
	})
	must(t, r.Step(1))
}

// withoutRights calls f without a superuser's right to write everywhere.
func withoutRights(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() == 0 {
		runtime.LockOSThread() // for good: the thread ends with this goroutine
		must(t, syscall.Setfsuid(65534))
		defer func() { must(t, syscall.Setfsuid(0)) }()
	}
	f()
}
