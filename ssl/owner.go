package ssl

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"sync/atomic"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// owner is what the goroutine of a run alone touches: the model and where it stands. GoMLX
// hands variables to the device during a step and does not lock them.
type owner struct {
	run    *Run
	exp    *Experiment // a copy is changed and then put here; what others hold stays as it is
	prog   *program
	feed   *feeder
	images *tensors.Tensor
	step   int // steps done
	until  int // pause when this many are done; 0 for never
	status Status

	schedules   map[string]schedule // by knob
	reader      *reader             // for the panel; nil before the first one
	panelFailed bool

	script    []pending // edits of a run that is repeated, not yet made
	repeating *pending  // the one of them that is being made
	keeper    *keeper   // nil while the run is not kept in a directory
	held      bool      // until a callback returns, or a cell does what the script has for the next step
}

// beginning is where a run starts: at step 0 with fresh weights, or where another stood.
type beginning struct {
	weights *weights // nil for fresh ones
	step    int
	paused  bool
	metrics Metrics
	journal Journal

	schedules    map[string]schedule
	script       []pending // edits to be made at their steps
	environments []Environment
	begun        *Experiment // as it was started; nil for the run's own
	keeper       *keeper     // of the directory that it comes from, if it stays there
	lineage      string      // of the run that it goes on from in this lab; "" for its own
}

// start makes the run of an experiment that has been checked; it is the run's own copy.
func (l *Lab) start(e *Experiment, from beginning) (*Run, error) {
	if from.metrics.First == 0 {
		from.metrics.First = from.step + 1
	}
	r := &Run{
		lab: l, exp: e, begun: e, status: Compiling, schedules: maps.Clone(from.schedules), step: from.step, metrics: from.metrics, journal: from.journal,
		script: from.script, environments: noteEnvironment(from.environments, l.environment(from.step+1)), keeper: from.keeper,
		requests: make(chan request), quit: make(chan struct{}), ended: make(chan struct{}), changed: make(chan struct{}),
	}
	if from.begun != nil {
		r.begun = from.begun
	}
	r.share.priority = 1
	r.lineage = from.lineage
	if r.lineage == "" {
		r.lineage = fmt.Sprint(lineages.Add(1))
	}
	if err := l.add(r); err != nil {
		return nil, err
	}
	r.rehearse(&from)
	o := &owner{run: r, exp: e, step: from.step, feed: newFeeder(e), status: Compiling, schedules: maps.Clone(from.schedules), script: from.script, keeper: from.keeper}
	if o.schedules == nil {
		o.schedules = map[string]schedule{}
	}
	if o.keeper != nil {
		r.logged = o.keeper.number
		o.keeper.start(r)
	}
	go o.live(from)
	return r, nil
}

// lineages counts the runs that do not go on from others.
var lineages atomic.Int64

// live is the life of the run's goroutine.
func (o *owner) live(from beginning) {
	r := o.run
	defer r.lab.work.Done()
	defer close(r.ended)
	err := errors.New("its goroutine was ended from outside") // by runtime.Goexit in a user's function
	defer func() { o.end(err) }()
	err = o.work(from)
}

// work trains until the run is to end (nil) or fails.
func (o *owner) work(from beginning) (err error) {
	defer catch("the run", &err)
	if err := o.prepare(from); err != nil {
		return err
	}
	if err := o.repeat(); err != nil {
		return err
	}
	for o.serve() {
		if o.run.rehearsal != nil { // a cell may have asked for the next edit
			if err := o.repeat(); err != nil {
				return err
			}
		}
		if o.held = o.holds() || o.run.awaitsCallback(); o.held {
			continue
		}
		if o.step >= o.exp.Steps { // the script has not extended it
			o.become(Done)
			continue
		}
		o.follow()
		if err := o.train(); err != nil {
			return err
		}
	}
	return nil
}

// prepare compiles the program and puts the images on the device.
func (o *owner) prepare(from beginning) (err error) {
	r := o.run
	store := model.NewStore()
	if from.weights != nil {
		if store, err = from.weights.store(); err != nil {
			return err
		}
	}
	o.prog = newProgram(r.lab, o.exp, store, r.lineage, &r.builds)
	idle := from.weights != nil && (from.paused || o.step >= o.exp.Steps)
	if !idle { // a loaded run may never train: its first step compiles
		if err = o.prog.compile(); err != nil {
			return err
		}
	}
	if o.images, err = r.lab.borrow(o.exp.Data); err != nil {
		return err
	}
	switch {
	case o.step >= o.exp.Steps:
		o.become(Done)
	case from.paused:
		o.become(Paused)
	default:
		o.become(Training)
	}
	return nil
}

// maxGrants bounds the requests that are granted between two steps, so that a run trains on
// however fast edits come.
const maxGrants = 64

// serve grants the requests that wait; while there is nothing to train it waits for them. It
// returns false when the run is to end.
func (o *owner) serve() bool {
	for granted := 0; ; granted++ {
		if o.status == Training && !(o.held && granted == 0) {
			if granted >= maxGrants {
				return true
			}
			select {
			case <-o.run.quit:
				return false
			case q := <-o.run.requests:
				o.grant(q)
			default:
				return true
			}
			continue
		}
		o.run.lab.turns.leave(&o.run.share)
		select {
		case <-o.run.quit:
			return false
		case q := <-o.run.requests:
			o.grant(q)
		}
	}
}

// grant does what a request asks; the requester always gets an answer.
func (o *owner) grant(q request) {
	o.run.lab.turns.leave(&o.run.share) // it can take its time
	err := errors.New("the request was ended from outside")
	defer func() { q.done <- err }()
	func() {
		defer catch("the request", &err)
		err = q.do(o)
	}()
}

// train does one step, when it is this run's turn on the device.
func (o *owner) train() error {
	r := o.run
	in := o.feed.inputs(o.exp, o.step)
	r.lab.turns.take(&r.share)
	begun := time.Now()
	out, err := o.prog.run(o.images, in)
	seconds := time.Since(begun).Seconds()
	r.lab.turns.done(&r.share, seconds, true)
	in.free()
	if err != nil {
		return fmt.Errorf("step %d: %w", o.step+1, err)
	}
	values := map[string]float64{"seconds": seconds}
	for i, name := range o.prog.metrics {
		values[name] = float64(out[i])
	}
	set := o.exp.values(o.step)
	for i, d := range o.exp.knobs() {
		if d.field != "Views" && d.field != "Small" {
			values[d.Name] = float64(set[i])
		}
	}
	o.step++
	if loss := values["loss"]; !math.IsNaN(loss) && !math.IsInf(loss, 0) {
		o.panel(values)
	}
	finished := o.step >= o.exp.Steps
	switch {
	case finished && !o.due():
		o.status = Done
	case o.step == o.until:
		o.status, o.until = Paused, 0
	}
	r.publish(func() {
		r.step, r.status = o.step, o.status
		r.metrics.record(values)
	})
	if loss := values["loss"]; math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("the loss is %g at step %d: the weights are spoiled; start again, or from a checkpoint, with a lower lr (now %g) or a higher temperature (now %g)",
			loss, o.step, o.exp.Optimizer.LearningRate, o.exp.Temperature)
	}
	if o.keeper != nil && (finished || o.keeper.due(o.step)) {
		o.checkpoint()
	}
	return o.repeat()
}

// checkpoint has the run's directory take a copy of the run as it stands; writing it is the
// keeper's work.
func (o *owner) checkpoint() {
	m, err := o.moment()
	if err != nil {
		o.keeper.report(fmt.Errorf("copy the weights at step %d: %w", o.step, err))
		return
	}
	o.keeper.offer(m, nil)
}

// become changes the status.
func (o *owner) become(s Status) {
	o.status = s
	o.run.lab.turns.leave(&o.run.share)
	o.run.publish(func() { o.run.status = s })
}

// end copies the weights to the host and frees what lies on the device. A run that had done
// all its steps stays done.
func (o *owner) end(err error) {
	r := o.run
	r.lab.turns.leave(&r.share)
	status := Stopped
	switch {
	case err != nil:
		status = Failed
	case o.status == Done:
		status = Done
	}
	var final *weights
	if o.prog != nil {
		if w, copyErr := o.prog.copyOut(); copyErr == nil && len(w.paths) > 0 {
			final = &w
		}
		o.prog.close()
	}
	if o.reader != nil {
		o.reader.close()
	}
	if o.images != nil {
		r.lab.giveBack(o.exp.Data)
	}
	r.publish(func() { r.status, r.err, r.final = status, err, final })
	if o.keeper != nil {
		if final != nil && err == nil {
			r.mu.Lock()
			m := r.moment()
			r.mu.Unlock()
			m.weights = final.share()
			o.keeper.offer(m, nil)
		}
		o.keeper.close()
	}
}
