package widgets

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Host is where widgets live: a kernel whose clients have pages.
type Host struct {
	// Open makes a model known to every page.
	Open func(End) (Channel, error)
	// Bind returns what runs functions on behalf of the cell that calls Bind: with its streams, displays and name. A
	// Sink that is not nil gets what the function shows in their place. The error is how the function failed.
	Bind func() func(f func(), to Sink) error
	// Show shows a bundle, MIME type to content, below the calling cell.
	Show func(bundle map[string]any)
	// Render makes the bundle of a value, fit for JSON.
	Render func(v any) map[string]any

	calls queue
}

// End is a model as its host needs it.
type End struct {
	State   func() map[string]any // all of it
	Receive func(json.RawMessage) // a message of the widget protocol from a page
	Closed  func()                // a page has closed the model
}

// Channel is a model's line to every page.
type Channel interface {
	ID() string
	Send(data any) error
	Close() error
}

// Sink is where the output of a function goes. Its methods may be called from several goroutines.
type Sink interface {
	Stream(name, text string)                 // "stdout" or "stderr"
	Display(id string, bundle map[string]any) // fit for JSON; an id again means an update in place
}

type hostKey struct{}

// WithHost gives the cells of a context their host.
func WithHost(ctx context.Context, h *Host) context.Context {
	return context.WithValue(ctx, hostKey{}, h)
}

// current is the host of the calling cell, nil when it has none.
func current() *Host {
	if c := rt.Current(); c != nil {
		h, _ := c.Context().Value(hostKey{}).(*Host)
		return h
	}
	return nil
}

// bind makes functions run later as the calling cell does; without a host they just run.
func bind(h *Host) func(func(), Sink) error {
	if h == nil {
		return func(f func(), _ Sink) error {
			rt.Callback(f)()
			return nil
		}
	}
	return h.Bind()
}

// queue runs functions one after the other, in a goroutine that lasts as long as there are some.
type queue struct {
	mu      sync.Mutex
	waiting []func()
	busy    bool
}

func (q *queue) add(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, f)
	if q.busy {
		return
	}
	q.busy = true
	go q.work()
}

func (q *queue) work() {
	for {
		q.mu.Lock()
		if len(q.waiting) == 0 {
			q.waiting, q.busy = nil, false
			q.mu.Unlock()
			return
		}
		f := q.waiting[0]
		q.waiting = q.waiting[1:]
		q.mu.Unlock()
		f()
	}
}
