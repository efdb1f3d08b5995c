package durable

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// ErrLocked is the cause when somebody else holds a lock.
var ErrLocked = errors.New("it is locked")

// Lock is the right of one process, and of one holder in it, to a directory. The operating
// system takes it back when the process ends, however it ends.
type Lock struct{ f *flock.Flock }

// Acquire takes the lock at path, a file that is made if need be and stays, and does not
// wait: if it is taken the error wraps [ErrLocked] and names the process that has it.
func Acquire(path string) (*Lock, error) {
	f := flock.New(path)
	ok, err := f.TryLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		holder := "another process"
		if text, err := os.ReadFile(path); err == nil {
			if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
				holder = fmt.Sprintf("process %d", pid)
				if pid == os.Getpid() {
					holder = "another run of this process"
				}
			}
		}
		return nil, fmt.Errorf("%w by %s", ErrLocked, holder)
	}
	// Only for the message above; the lock is the operating system's.
	_ = os.WriteFile(path, fmt.Appendf(nil, "%d\n", os.Getpid()), 0o644)
	return &Lock{f}, nil
}

// Release gives the lock back; again is allowed.
func (l *Lock) Release() error { return l.f.Unlock() }
