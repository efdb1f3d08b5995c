package ssl

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// Part names a part of the model that can be resized while it trains.
type Part string

// The parts that can be resized.
const (
	Projector Part = "projector"
	Predictor Part = "predictor"
)

// Resize gives the hidden layers of a part another width while the run trains, and returns
// the first step of the new size, which is the next one. It costs one build of the step.
//
// Widening does not change the function: new units enter with no weight out of them. Into
// them they get random weights, feature by feature of the scale that the feature has in the
// old units, so that a feature that SparseHead has silenced stays silent. Narrowing keeps
// the units that carry most, by the product of the norms of their weights in and out; the
// journal says what share is lost. The optimiser's moments and the target follow. If anything
// fails the run goes on as it was.
func (r *Run) Resize(part Part, width int) (step int, err error) {
	return r.change(Edit{Verb: "resize", Name: string(part), To: float64(width)}, func(o *owner) error { return o.resize(part, width) })
}

// Reshape gives a part other layers while the run trains: any number of them, of any widths,
// the last being the dimension of what the part puts out. It returns the first step that has
// them and costs one build of the step, as [Run.Resize], which it extends:
//
//   - A wider output has new units of a thousandth of the others' size, so that losses of
//     cosines stay as they are; a loss that counts dimensions, such as VICReg's, or a head
//     that normalises its outputs, changes with their number. A narrower one keeps the largest.
//     What reads the output follows: predictor, prototypes, queues, covariances. So does the
//     width of predictions that are compared with projections.
//   - A new layer stands before the last one and passes on what it gets: exactly, where the head
//     has no batch norm and the layer is not its first. With batch norm it does so with the
//     running statistics, as a run is evaluated; in training it takes the mean and the scale of
//     each batch out of what it passes on, as batch norm does whatever its weights are, and
//     the loss changes with that. A layer goes from the same place, and the last takes over its
//     linear part.
//
// The journal says what was lost.
func (r *Run) Reshape(part Part, widths ...int) (step int, err error) {
	widths = slices.Clone(widths)
	return r.change(Edit{Verb: "reshape", Name: string(part)}, func(o *owner) error { return o.reshape(part, widths) })
}

// SetLoss gives a run another loss while it trains, and returns the first step that uses it,
// the next one. It costs one build of the step; weights and moments stay. Knobs of the old
// loss go and those of the new one come. A loss that compares other parts, such as a
// predictor's output, needs them: [Run.Change] gives the run both at once. If anything fails
// the run goes on as it was.
func (r *Run) SetLoss(l Loss) (step int, err error) {
	return r.change(Edit{Verb: "loss", Name: "loss"}, func(o *owner) error { return o.setLoss(l) })
}

// SetSparse gives a run another SparseHead while it trains, or none, and returns the first
// step that uses it, the next one. It costs one build of the step; weights and moments stay.
// To change λ alone, Set the knob "lambda", which costs nothing.
func (r *Run) SetSparse(h sparse.Head) (step int, err error) {
	return r.change(Edit{Verb: "sparse", Name: "sparse"}, func(o *owner) error { return o.setSparse(h) })
}

// SetBatch gives a run another number of images a step, from the next one on, and returns
// that. It costs one build of the step. The order of images is then that of a run with this
// batch from its start.
func (r *Run) SetBatch(images int) (step int, err error) {
	return r.change(Edit{Verb: "batch", Name: "batch"}, func(o *owner) error { return o.setBatch(images) })
}

// SetData gives a run another data set, from the next step on, and returns that. Its images
// must have the channels that the encoder reads, and the size, where the encoder depends on
// it. It costs one build of the step, if the number or size of images differs.
func (r *Run) SetData(set *data.Set) (step int, err error) {
	return r.change(Edit{Verb: "data", Name: "data"}, func(o *owner) error { return o.setData(set) })
}

// SetOptimizer gives a run another optimiser, from the next step on, and returns that. It
// costs one build of the step. Moments that both optimisers have stay, others begin at zero.
func (r *Run) SetOptimizer(opt Optimizer) (step int, err error) {
	return r.change(Edit{Verb: "optimizer", Name: "optimizer"}, func(o *owner) error { return o.setOptimizer(opt) })
}

// Change makes several changes at once, for one build of the step: edit is given a copy of
// the run's experiment and sets in it what is to be from the next step on, whose number is
// returned. Anything but the encoder, the seed and the number of steps can be changed; parts
// follow as by [Run.Reshape], and what is new, such as a target, begins as in a new run. An
// experiment that cannot be is an error, and the run goes on as it was.
func (r *Run) Change(edit func(e *Experiment)) (step int, err error) {
	if edit == nil {
		return 0, fmt.Errorf("change %s: the function is nil", r.name)
	}
	r.mu.Lock()
	next, edits := r.exp.Clone(), len(r.journal)
	r.mu.Unlock()
	edit(next) // here and now, in the calling cell: a panic is the caller's
	return r.change(Edit{Verb: "change", Name: "experiment"}, func(o *owner) error {
		if len(r.Journal()) != edits {
			return fmt.Errorf("change %s: another edit came between; try again", r.name)
		}
		return o.setExperiment(next.Clone())
	})
}

// change asks for an edit and says which step is the first that uses it. A run that repeats a
// recorded one may have it to come: asked is what the record calls it.
func (r *Run) change(asked Edit, do func(o *owner) error) (step int, err error) {
	if step, ok, err := r.claim(asked); ok {
		return step, err
	}
	err = r.edit(func(o *owner) error {
		step = o.step + 1
		return do(o)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

func (o *owner) resize(part Part, width int) error {
	next := o.exp.Clone()
	head, err := next.head(part)
	if err != nil {
		return err
	}
	hidden := len(head.Widths) - 1
	if hidden < 1 {
		return fmt.Errorf("the %s %s has no hidden layer to resize; Reshape gives it one", part, head)
	}
	if width < 1 || width > net.MaxWidth {
		return fmt.Errorf("width %d of the %s is not between 1 and %d", width, part, net.MaxWidth)
	}
	old := head.Widths[0]
	for i := range hidden {
		head.Widths[i] = width
	}
	if now, _ := o.exp.head(part); slices.Equal(head.Widths, now.Widths) {
		return fmt.Errorf("the %s already is %s; nothing was done", part, now)
	}
	return o.replace(next, Edit{Verb: "resize", Name: string(part), From: float64(old), To: float64(width)})
}

// head is a part that can be resized, of an experiment of one's own.
func (e *Experiment) head(part Part) (*net.MLP, error) {
	switch part {
	case Projector:
		return &e.Projector, nil
	case Predictor:
		if len(e.Predictor.Widths) == 0 {
			return nil, fmt.Errorf("this run has no predictor to resize")
		}
		return &e.Predictor, nil
	}
	return nil, fmt.Errorf("part %q cannot be resized; %q and %q can", part, Projector, Predictor)
}

func (o *owner) reshape(part Part, widths []int) error {
	next := o.exp.Clone()
	head, err := next.head(part)
	if err != nil {
		return err
	}
	now, _ := o.exp.head(part)
	if slices.Equal(widths, now.Widths) {
		return fmt.Errorf("the %s already is %s; nothing was done", part, now)
	}
	out := now.Out(0)
	head.Widths = slices.Clone(widths)
	// Predictions that are compared with projections have as many dimensions.
	if n := len(next.Predictor.Widths); part == Projector && n > 0 && o.exp.Predictor.Out(0) == out {
		next.Predictor.Widths[n-1] = head.Out(0)
	}
	return o.replace(next, Edit{Verb: "reshape", Name: string(part), From: float64(out), To: float64(head.Out(0)),
		Widths: slices.Clone(widths), Note: fmt.Sprintf("%s instead of %s", head, now)})
}

func (o *owner) setLoss(l Loss) error {
	next := o.exp.Clone()
	next.Loss = l
	next = next.Clone() // the coefficients are the caller's
	return o.replace(next, Edit{Verb: "loss", Name: "loss", Loss: &next.Loss, Note: fmt.Sprintf("%v instead of %v", l, o.exp.Loss)})
}

func (o *owner) setSparse(h sparse.Head) error {
	next := o.exp.Clone()
	next.Sparse = h
	return o.replace(next, Edit{Verb: "sparse", Name: "sparse", From: o.exp.Sparse.Lambda, To: h.Lambda, Sparse: &h,
		Note: fmt.Sprintf("%v instead of %v", h, o.exp.Sparse)})
}

func (o *owner) setBatch(images int) error {
	next := o.exp.Clone()
	next.Batch = images
	return o.replace(next, Edit{Verb: "batch", Name: "batch", From: float64(o.exp.Batch), To: float64(images)})
}

func (o *owner) setData(set *data.Set) error {
	next := o.exp.Clone()
	next.Data = set
	e := Edit{Verb: "data", Name: "data"}
	if err := set.Check(); err == nil {
		ref := o.run.lab.refer(set)
		e.Data, e.Note = &ref, fmt.Sprintf("%s instead of %s", set.Name, o.exp.Data.Name)
	}
	return o.replace(next, e)
}

func (o *owner) setOptimizer(opt Optimizer) error {
	next := o.exp.Clone()
	next.Optimizer = opt
	return o.replace(next, Edit{Verb: "optimizer", Name: "optimizer", From: o.exp.Optimizer.LearningRate, To: opt.LearningRate,
		Optimizer: &opt, Note: fmt.Sprintf("%s instead of %s", opt.Name, o.exp.Optimizer.Name)})
}

func (o *owner) setExperiment(next *Experiment) error {
	e := Edit{Verb: "change", Name: "experiment", Experiment: next.Clone()}
	if next.Data != nil && next.Data.Check() == nil {
		ref := o.run.lab.refer(next.Data)
		e.Data = &ref
	}
	var changed []string
	before, after := strings.Split(o.exp.String(), "\n"), strings.Split(next.String(), "\n")
	for i := range min(len(before), len(after)) {
		if before[i] != after[i] {
			changed = append(changed, strings.Join(strings.Fields(after[i]), " "))
		}
	}
	e.Note = strings.Join(changed, "; ")
	return o.replace(next, e)
}

// replace makes next the run's experiment, with the present variables as far as they fit; if
// that fails the run is as it was.
func (o *owner) replace(next *Experiment, e Edit) (err error) {
	if err := o.exp.becomes(next); err != nil {
		return err
	}
	if err := next.Check(); err != nil {
		return err
	}
	if err := next.fits(); err != nil {
		return err
	}
	if err := next.discover(o.run.lab.backend); err != nil {
		return err
	}
	state, err := o.prog.copyOut()
	if err != nil {
		return err
	}
	state, notes, err := follow(o.run.lab.backend, o.exp, next, state, o.exp.Seed+int64(o.step))
	if err != nil {
		return err
	}
	var images *tensors.Tensor
	if next.Data != o.exp.Data {
		o.run.lab.meet(next.Data)
		if images, err = o.run.lab.borrow(next.Data); err != nil {
			return err
		}
	}
	if err := o.rebuild(next, state); err != nil {
		if images != nil {
			o.run.lab.giveBack(next.Data)
		}
		return err
	}
	if images != nil {
		o.run.lab.giveBack(o.exp.Data)
		o.images = images
	}
	o.feed = newFeeder(next)
	for knob := range o.schedules {
		if _, err := next.knob(knob); err != nil {
			delete(o.schedules, knob)
		}
	}
	e.Step = o.step + 1
	if len(notes) > 0 {
		e.Note = strings.Join(append(slices.DeleteFunc([]string{e.Note}, func(s string) bool { return s == "" }), notes...), "; ")
	}
	o.commit(next, e)
	return nil
}

// becomes reports what cannot be changed while a run trains.
func (e *Experiment) becomes(next *Experiment) error {
	fail := func(setting, remedy string) error {
		return &SettingError{setting, fmt.Errorf("it is fixed for the run; %s", remedy)}
	}
	switch {
	case !reflect.DeepEqual(next.Encoder, e.Encoder):
		return fail("Encoder", "start another run")
	case next.Seed != e.Seed:
		return fail("Seed", "start another run")
	case next.Steps != e.Steps:
		return fail("Steps", "Extend gives the run more")
	}
	return nil
}

// rebuild compiles next over the given variables and, only when that has worked, puts it in
// the place of the present program.
func (o *owner) rebuild(next *Experiment, state weights) error {
	prog, err := o.build(next, state)
	if err != nil {
		return err
	}
	o.prog.close()
	o.prog = prog
	return nil
}

// build compiles an experiment over the given variables.
func (o *owner) build(e *Experiment, state weights) (*program, error) {
	store, err := state.store()
	if err != nil {
		return nil, err
	}
	prog := newProgram(o.run.lab, e, store, o.run.lineage, &o.run.builds)
	if err := prog.compile(); err != nil {
		prog.close()
		return nil, err
	}
	return prog, nil
}
