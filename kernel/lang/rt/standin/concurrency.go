package standin

import (
	"context"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// What starts goroutines of its own must start them as the cell's: their output
// finds the cell, an interrupt ends them, a panic is reported and ends nothing else.
var _ = add(map[string]any{
	"time.AfterFunc":          AfterFunc,
	"context.AfterFunc":       ContextAfterFunc,
	"(*sync.WaitGroup).Go":    WaitGroupGo,
	"(sync.Locker).Lock":      rt.Lock,
	"(sync.Locker).Unlock":    Unlock,
	"(*sync.RWMutex).RLocker": RLocker,
})

// AfterFunc is time.AfterFunc.
func AfterFunc(d time.Duration, f func()) *time.Timer {
	return time.AfterFunc(d, rt.Callback(f))
}

// ContextAfterFunc is context.AfterFunc.
func ContextAfterFunc(ctx context.Context, f func()) (stop func() bool) {
	return context.AfterFunc(ctx, rt.Callback(f))
}

// WaitGroupGo is the method Go of a sync.WaitGroup.
func WaitGroupGo(wg *sync.WaitGroup, f func()) {
	wg.Add(1)
	rt.Go(func() {
		defer wg.Done()
		f()
	})
}

// Unlock is the method of a sync.Locker.
func Unlock(l sync.Locker) {
	switch l := l.(type) {
	case *sync.Mutex:
		rt.Unlock(l)
	case *sync.RWMutex:
		rt.UnlockRW(l)
	default:
		l.Unlock()
	}
}

// RLocker is the method of a sync.RWMutex.
func RLocker(l *sync.RWMutex) sync.Locker { return readLocker{l} }

type readLocker struct{ l *sync.RWMutex }

func (r readLocker) Lock()         { rt.RLock(r.l) }
func (r readLocker) Unlock()       { rt.RUnlock(r.l) }
func (r readLocker) TryLock() bool { return r.l.TryRLock() }
