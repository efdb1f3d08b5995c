package rt

import (
	"sync"
	"sync/atomic"
	"time"
)

// Sleep is time.Sleep.
func Sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ended():
		interrupted()
	}
}

// Lock is l.Lock.
func Lock(l sync.Locker) {
	if t, ok := l.(interface{ TryLock() bool }); ok && t.TryLock() {
		return
	}
	acquire(l.Lock, l.Unlock)
}

// RLock is l.RLock.
func RLock(l *sync.RWMutex) {
	if !l.TryRLock() {
		acquire(l.RLock, l.RUnlock)
	}
}

// Unlock is l.Unlock. A mutex that is not locked ends the goroutine, not the process.
func Unlock(l *sync.Mutex) {
	if l.TryLock() {
		l.Unlock()
		Fatal("sync: unlock of unlocked mutex")
	}
	l.Unlock()
}

// UnlockRW is l.Unlock.
func UnlockRW(l *sync.RWMutex) {
	if l.TryRLock() {
		l.RUnlock()
		Fatal("sync: Unlock of unlocked RWMutex")
	}
	l.Unlock()
}

// RUnlock is l.RUnlock.
func RUnlock(l *sync.RWMutex) {
	if l.TryLock() {
		l.Unlock()
		Fatal("sync: RUnlock of unlocked RWMutex")
	}
	l.RUnlock()
}

// acquire waits for a lock in a goroutine of its own, so that an interrupt can
// leave; a lock that comes too late is given back.
func acquire(lock, unlock func()) {
	end := ended()
	if end == nil {
		lock()
		return
	}
	const (
		waiting = iota
		taken
		left
	)
	var state atomic.Int32
	got := make(chan struct{})
	go func() {
		lock()
		if state.CompareAndSwap(waiting, taken) {
			close(got)
		} else {
			unlock()
		}
	}()
	select {
	case <-got:
	case <-end:
		if !state.CompareAndSwap(waiting, left) {
			<-got
			unlock()
		}
		interrupted()
	}
}

// Wait is wg.Wait.
func Wait(wg *sync.WaitGroup) { waitFor(wg.Wait) }

// waitFor calls wait in a goroutine of its own and returns with it, or unwinds.
func waitFor(wait func()) {
	end := ended()
	if end == nil {
		wait()
		return
	}
	got := make(chan struct{})
	go func() {
		wait()
		close(got)
	}()
	select {
	case <-got:
	case <-end:
		interrupted()
	}
}

// CondWait is c.Wait. An interrupted caller holds c.L again while its deferred
// calls run, as they expect.
func CondWait(c *sync.Cond) {
	end := ended()
	if end == nil {
		c.Wait()
		return
	}
	got := make(chan struct{})
	go func() {
		c.Wait()
		close(got)
	}()
	select {
	case <-got:
	case <-end:
		for waiting := true; waiting; { // our waiter may not have begun to wait yet
			c.Broadcast() // the others look at their condition again
			select {
			case <-got:
				waiting = false
			case <-time.After(time.Millisecond):
			}
		}
		interrupted()
	}
}
