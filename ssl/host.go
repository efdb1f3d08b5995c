package ssl

import (
	"context"
	"sync"

	"github.com/gomlx/compute"
)

// Host is what package ssl needs from the program it runs in: a terminal, a notebook kernel,
// a script runner. The zero Host is a plain Go program: nothing is shown, and blocking calls
// cannot be interrupted.
type Host struct {
	// Context is the context of the calling cell; calls that wait (Wait, WaitStep, Step,
	// Evaluate, …) return when it is cancelled. The training goes on. Nil means
	// context.Background.
	Context func() context.Context

	// Show displays a bundle (MIME type to content) or updates in place the one shown before
	// under the same id, below the cell that the calling goroutine belongs to. Goroutines
	// started by a call of this package belong to the cell that made the call. Nil shows
	// nothing.
	Show func(id string, bundle map[string]any)

	// Panel shows controls for a run below the calling cell. Nil: there are none.
	Panel func(*Run) error

	// Open opens the backend of the default lab, at its first use, and says in one line what
	// it is. Nil opens what package device finds best.
	Open func(ctx context.Context) (backend compute.Backend, about string, err error)
}

var (
	hostMu sync.RWMutex
	host   Host
)

// SetHost tells the package where it runs. It is called once, before the first run.
func SetHost(h Host) {
	hostMu.Lock()
	defer hostMu.Unlock()
	host = h
}

func currentHost() Host {
	hostMu.RLock()
	defer hostMu.RUnlock()
	return host
}

// cellContext is the calling cell's context.
func cellContext() context.Context {
	if f := currentHost().Context; f != nil {
		if ctx := f(); ctx != nil {
			return ctx
		}
	}
	return context.Background()
}
