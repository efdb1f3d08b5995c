package ssl

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Status says what a run is doing.
type Status string

// The statuses of a run.
const (
	Compiling Status = "compiling" // its training step, before the first one
	Training  Status = "training"
	Paused    Status = "paused"
	Done      Status = "done"    // all its steps; the weights are still there
	Stopped   Status = "stopped" // by Stop or by its lab's end
	Failed    Status = "failed"  // see Run.Err
)

// over reports whether a run in this status trains no more, short of being extended.
func (s Status) over() bool { return s == Done || s == Stopped || s == Failed }

// Run is an experiment that trains in the background, or has. One goroutine owns its model;
// the methods, which may be called from any goroutine, send it their wishes, and it grants
// them between two steps. Steps count from 1.
type Run struct {
	lab       *Lab
	name      string
	requests  chan request  // to the owner
	quit      chan struct{} // closed to make the owner end
	quitOnce  sync.Once
	ended     chan struct{} // closed when the owner has ended
	builds    atomic.Int64
	begun     *Experiment // as it was started
	share     share       // of the device's time
	lineage   string      // shared with its forks: the user's functions are the same
	rehearsal *rehearsal  // what it repeats of a recorded run; nil: nothing

	mu      sync.Mutex
	changed chan struct{} // closed and replaced whenever anything below changes
	exp     *Experiment   // as it is now; never changed in place
	status  Status
	err     error
	step    int // steps done
	metrics Metrics
	journal Journal
	final   *weights // when ended
	report  *Report  // of the last evaluation

	schedules    map[string]schedule // those in force
	held         map[*Callback]bool  // callbacks that the training waits for
	script       []pending           // edits of a journal that are still to be made
	environments []Environment
	keeper       *keeper // nil while it is not kept in a directory
	logged       int     // edits that the directory's log has been given
}

// request is a wish to the owner, which answers on done.
type request struct {
	do   func(o *owner) error
	done chan error
}

// Name is the run's name in its lab, such as "simclr-1".
func (r *Run) Name() string { return r.name }

// Experiment is a copy of the run's experiment as it is now: knobs and widths after the edits.
func (r *Run) Experiment() *Experiment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.exp.Clone()
}

// Steps is the number of steps done.
func (r *Run) Steps() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.step
}

// Status says what the run is doing.
func (r *Run) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Err is why the run failed, nil if it did not.
func (r *Run) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Builds counts how often the training graph has been built: once for the start, or never if
// another run of the lab has a step like it, and once for every change of a shape; never for
// a knob.
func (r *Run) Builds() int { return int(r.builds.Load()) }

// Metrics are the values measured so far.
func (r *Run) Metrics() Metrics {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.metrics.clone()
}

// Journal is the list of edits so far.
func (r *Run) Journal() Journal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(Journal(nil), r.journal...)
}

// String is one line: name, status, step, loss.
func (r *Run) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := fmt.Sprintf("%s: %s, step %d of %d", r.name, r.status, r.step, r.exp.Steps)
	if loss := r.metrics.Last("loss"); !math.IsNaN(loss) {
		s += fmt.Sprintf(", loss %.4f", loss)
	}
	if !r.exp.Sparse.None() {
		s += fmt.Sprintf(", λ %.5g", r.exp.Sparse.Lambda)
	}
	if r.err != nil {
		s += ": " + r.err.Error()
	}
	return s
}

// Wait returns when the run has done all its steps (nil), has been stopped (nil), or has
// failed (why); or, with the context's error, when the calling cell is interrupted, which
// leaves the run training.
func (r *Run) Wait() error { return r.WaitContext(cellContext()) }

// WaitContext is Wait under a context.
func (r *Run) WaitContext(ctx context.Context) error {
	r.expect(math.MaxInt)
	return r.await(ctx, func() (bool, error) { return r.status.over(), r.err })
}

// WaitStep returns when n steps are done. It is an error if the run ends before that, and
// the context's when the calling cell is interrupted.
func (r *Run) WaitStep(n int) error { return r.WaitStepContext(cellContext(), n) }

// WaitStepContext is WaitStep under a context.
func (r *Run) WaitStepContext(ctx context.Context, n int) error {
	r.expect(n)
	return r.await(ctx, func() (bool, error) {
		switch {
		case r.step >= n:
			return true, nil
		case n > r.exp.Steps:
			return true, fmt.Errorf("%s has %d steps in all; step %d never comes", r.name, r.exp.Steps, n)
		case r.status.over():
			return true, r.endedError()
		}
		return false, nil
	})
}

// WaitEpoch returns when the run has gone n times through its training images, by the batch
// and the data that it has now. Its errors are those of [Run.WaitStep].
func (r *Run) WaitEpoch(n int) error {
	ctx := cellContext()
	for {
		r.mu.Lock()
		perEpoch := r.exp.Data.Train.N / r.exp.Batch
		r.mu.Unlock()
		if err := r.WaitStepContext(ctx, n*perEpoch); err != nil {
			return fmt.Errorf("epoch %d, of %d steps each: %w", n, perEpoch, err)
		}
		r.mu.Lock()
		met := r.step >= n*(r.exp.Data.Train.N/r.exp.Batch)
		r.mu.Unlock()
		if met {
			return nil
		}
	}
}

// WaitUntil returns the first step, of those done from now on and the last one done, after
// which the condition holds, given the metrics up to it; none is left out, however slow the
// condition. It is an error if the run ends before that, and the context's when the calling
// cell is interrupted.
func (r *Run) WaitUntil(condition func(step int, m Metrics) bool) (step int, err error) {
	if condition == nil {
		return 0, fmt.Errorf("wait for %s: the condition is nil", r.name)
	}
	ctx := cellContext()
	for step = max(r.Steps(), 1); ; step++ {
		if err := r.WaitStepContext(ctx, step); err != nil {
			return 0, fmt.Errorf("the condition has not been met: %w", err)
		}
		if condition(step, r.Metrics().until(step)) {
			return step, nil
		}
	}
}

// await returns when met, called under the lock after every change, says so.
func (r *Run) await(ctx context.Context, met func() (bool, error)) error {
	for {
		r.mu.Lock()
		ok, err := met()
		changed := r.changed
		r.mu.Unlock()
		if ok {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s was interrupted, the run goes on: %w", r.name, context.Cause(ctx))
		}
	}
}

// publish changes what others see of the run, and tells those who wait.
func (r *Run) publish(change func()) {
	r.mu.Lock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
	r.mu.Unlock()
}

// endedError says why the run takes no more edits; it is called under the lock.
func (r *Run) endedError() error {
	switch {
	case r.err != nil:
		return fmt.Errorf("%w: %s failed at step %d: %w", ErrEnded, r.name, r.step, r.err)
	case r.status == Done:
		return fmt.Errorf("%w: %s has done all its %d steps; Extend gives it more", ErrEnded, r.name, r.step)
	default:
		return fmt.Errorf("%w: %s was stopped at step %d", ErrEnded, r.name, r.step)
	}
}

// ask has the owner do something between two steps, and returns its error. If the calling
// cell is interrupted before the owner takes the request, it is not done at all.
func (r *Run) ask(do func(o *owner) error) error {
	q := request{do: do, done: make(chan error, 1)}
	ctx := cellContext()
	select {
	case r.requests <- q:
		return <-q.done
	case <-r.ended:
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.endedError()
	case <-ctx.Done():
		return fmt.Errorf("%s: interrupted before the step ended, nothing was changed: %w", r.name, context.Cause(ctx))
	}
}

// edit is ask for requests that only a run with steps to come can grant.
func (r *Run) edit(do func(o *owner) error) error {
	return r.ask(func(o *owner) error {
		if o.status.over() {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.endedError()
		}
		return do(o)
	})
}

// halt makes the owner end after its present step, without waiting for it.
func (r *Run) halt() { r.quitOnce.Do(func() { close(r.quit) }) }

// Stop ends the run after its present step and waits for that. Its weights stay, on the
// host: it can be evaluated, plotted and saved, but trains no more. Stopping a run that has
// done all its steps frees its memory on the device.
func (r *Run) Stop() {
	r.reachStop(cellContext())
	r.halt()
	<-r.ended
}

// imagesPerSecond over the last steps; 0 before the first. Called under the lock.
func (r *Run) imagesPerSecond() float64 {
	seconds := r.metrics.Mean("seconds", 20)
	if !(seconds > 0) {
		return 0
	}
	return float64(r.exp.Batch) / seconds
}

// remaining time of the run by the pace of the last steps.
func (r *Run) remaining() time.Duration {
	seconds := r.metrics.Mean("seconds", 20)
	if !(seconds > 0) {
		return 0
	}
	return time.Duration(seconds * float64(r.exp.Steps-r.step) * float64(time.Second)).Round(time.Second)
}

// StepTime is the median time of the last hundred steps, at most; 0 before the first.
func (r *Run) StepTime() time.Duration {
	r.mu.Lock()
	seconds := r.metrics.clone().Values["seconds"]
	r.mu.Unlock()
	last := slices.Clone(seconds[len(seconds)-min(100, len(seconds)):])
	if len(last) == 0 {
		return 0
	}
	slices.Sort(last)
	return time.Duration(last[len(last)/2] * float64(time.Second))
}
