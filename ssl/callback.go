package ssl

import (
	"fmt"
	"sync"
)

// Callback is a function of the user's that is called as a run trains, see [Run.Every].
type Callback struct {
	run  *Run
	quit chan struct{}
	once sync.Once
	done chan struct{}
	err  error // set before done is closed

	next int // step of the next call, or of the one in progress; guarded by the run's lock
}

// Every calls f after every n-th step (those whose number n divides), with the step's number
// and the metrics up to it. It returns at once: f runs in a goroutine that belongs to the
// calling cell, one call after the other, and not in the training, which neither waits for it
// nor is harmed by it. A slow f falls behind and misses no step. A panic in f ends the
// callback, is shown below the calling cell, and is the callback's Err. The callback ends with
// its run. [Callback.Hold] has the training wait for it. Every panics with an error if n is
// below 1 or f is nil.
func (r *Run) Every(n int, f func(step int, m Metrics)) *Callback {
	if n < 1 || f == nil {
		panic(fmt.Errorf("ssl: a callback every %d steps: give a number above 0 and a function", n))
	}
	c := &Callback{run: r, quit: make(chan struct{}), done: make(chan struct{})}
	c.next = (r.Steps()/n + 1) * n
	if !r.lab.joinCalls() {
		close(c.done)
		return c
	}
	go func() {
		defer r.lab.calls.Done()
		defer c.end()
		for step := c.next; c.reach(step); step += n {
			if c.err = c.call(f, step); c.err != nil {
				if show := currentHost().Show; show != nil {
					show("", map[string]any{"text/plain": c.err.Error()})
				}
				return
			}
			r.mu.Lock()
			c.next = step + n
			held := r.held[c]
			r.mu.Unlock()
			if held {
				r.wake()
			}
		}
	}()
	return c
}

// Hold has the training wait, from now on, for each call before it does its next step, and
// returns the callback: what f sets in the run takes effect at the step after the one it was
// called for, the same every time. f must not wait for the run itself. A run that is to end
// does not wait.
func (c *Callback) Hold() *Callback {
	r := c.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held == nil {
		r.held = map[*Callback]bool{}
	}
	select {
	case <-c.done:
	default:
		r.held[c] = true
	}
	return c
}

// end says that the callback is over; nothing waits for it any more.
func (c *Callback) end() {
	r := c.run
	r.mu.Lock()
	held := r.held[c]
	delete(r.held, c)
	close(c.done)
	r.mu.Unlock()
	if held {
		r.wake()
	}
}

// awaitsCallback reports whether a callback that holds the training has a call of the steps
// done to make yet.
func (r *Run) awaitsCallback() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.held {
		if c.next <= r.step {
			return true
		}
	}
	return false
}

// OnStep is Every step.
func (r *Run) OnStep(f func(step int, m Metrics)) *Callback { return r.Every(1, f) }

// reach waits until a step is done; false if it never will be, or the callback is stopped.
func (c *Callback) reach(step int) bool {
	r := c.run
	for {
		r.mu.Lock()
		there, over, changed := r.step >= step, r.status == Stopped || r.status == Failed, r.changed
		r.mu.Unlock()
		select {
		case <-c.quit:
			return false
		default:
		}
		if there || over {
			return there
		}
		select {
		case <-changed:
		case <-r.ended:
			// Look once more: the last step and the end can come together.
			r.mu.Lock()
			there = r.step >= step
			r.mu.Unlock()
			return there
		case <-c.quit:
			return false
		}
	}
}

// call calls f with the metrics up to a step; a panic is an error.
func (c *Callback) call(f func(int, Metrics), step int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a callback of %s panicked at step %d and is called no more: %w", c.run.name, step, asError(p))
		}
	}()
	f(step, c.run.Metrics().until(step))
	return nil
}

// Stop ends the callback; a call in progress goes on to its end.
func (c *Callback) Stop() { c.once.Do(func() { close(c.quit) }) }

// Done is closed when the callback will not be called again.
func (c *Callback) Done() <-chan struct{} { return c.done }

// Err is the panic that ended the callback, nil while it has not ended so.
func (c *Callback) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}
