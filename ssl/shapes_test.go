package ssl

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// nextLoss trains one step and returns its loss without penalties.
func nextLoss(t testing.TB, r *Run) float64 {
	t.Helper()
	must(t, r.Step(1))
	return r.Metrics().Last("contrast")
}

// twins are two runs of an experiment after the same steps.
func twins(t testing.TB, e *Experiment, steps int) (a, b *Run) {
	t.Helper()
	l := newLab(t)
	return startPaused(t, l, e, steps), startPaused(t, l, e, steps)
}

// Wider hidden layers, and a layer more where there is no batch norm, change no loss
// by more than 1e-5 of it, in every method; the run then trains on.
func TestWideningKeepsEveryMethod(t *testing.T) {
	for _, name := range methodsHere(t) {
		t.Run(name, func(t *testing.T) {
			e := toyMethod(t, name)
			wide := func(m net.MLP, add bool) []int {
				w := slices.Clone(m.Widths)
				for i := range len(w) - 1 {
					w[i] += 5
				}
				if add && len(w) > 0 && !m.Norm && (!m.GELU || len(w) > 1) {
					w = slices.Insert(w, len(w)-1, w[max(len(w)-2, 0)])
				}
				return w
			}
			r, twin := twins(t, e, 3)
			builds := r.Builds()
			must1(r.Change(func(e *Experiment) {
				e.Projector.Widths, e.Predictor.Widths = wide(e.Projector, true), wide(e.Predictor, true)
			}))
			if got, want := nextLoss(t, r), nextLoss(t, twin); math.Abs(got-want) > 1e-5*math.Abs(want) {
				t.Errorf("loss after widening %.8g, without %.8g", got, want)
			}
			if shapes := len(e.Projector.Widths); r.Builds() != builds+min(shapes, 1) { // without heads nothing changes
				t.Errorf("%d builds, want one more than %d", r.Builds(), builds)
			}
			must(t, r.Step(3))
			if len(e.Projector.Widths) == 0 {
				return
			}
			must1(r.Resize(Projector, 7)) // narrower
			must(t, r.Step(2))
			if j := r.Journal(); !strings.Contains(j.String(), "carry") {
				t.Errorf("the journal does not say what narrowing lost:\n%v", j)
			}
			follows(t, r)
		})
	}
}

// methodsHere are all methods on the pure-Go backend; where compiling takes its time, one for
// each kind of thing that follows a resize.
func methodsHere(t testing.TB) []string {
	if golden.Backend(t).String() == "go" {
		return Methods()
	}
	return []string{"simclr", "byol", "moco", "swav"}
}

// follows checks that the target has the shapes of the trained networks, and every moment
// that of its weight.
func follows(t testing.TB, r *Run) {
	t.Helper()
	w := variables(t, r)
	for path, v := range w.values {
		if base, _ := mirrored(path); w.values[base] != nil && !v.Shape().Equal(w.values[base].Shape()) {
			t.Errorf("%s has shape %s, %s has %s", path, v.Shape(), base, w.values[base].Shape())
		}
	}
}

// A wider output changes no loss of cosines whose head does not normalise its outputs, and
// everything that reads it follows, in every method, wider and narrower.
func TestOutputOfEveryMethod(t *testing.T) {
	same := []string{"simclr", "dcl", "byol", "moco", "dino", "swav"}
	for _, name := range methodsHere(t) {
		if name == "directclr" {
			continue // has no projector
		}
		t.Run(name, func(t *testing.T) {
			e := toyMethod(t, name)
			out := len(e.Projector.Widths) - 1
			widths := func(n int) []int {
				w := slices.Clone(e.Projector.Widths)
				w[out] = n
				return w
			}
			r, twin := twins(t, e, 3)
			must1(r.Reshape(Projector, widths(17)...))
			got, want := nextLoss(t, r), nextLoss(t, twin)
			if slices.Contains(same, name) && math.Abs(got-want) > 1e-5*math.Abs(want) {
				t.Errorf("loss after widening %.8g, without %.8g", got, want)
			}
			follows(t, r)
			if p := r.Experiment().Predictor; len(p.Widths) > 0 && p.Out(0) != 17 {
				t.Errorf("the predictor %s did not follow", p)
			}
			must(t, r.Step(3))
			w := variables(t, r)
			values, rows, columns, err := w.matrix(fmt.Sprintf("/projector/layer%d/weights", out+1))
			must(t, err)
			moved := false
			for i := range rows {
				moved = moved || values[i*columns+16] != 0
			}
			if !moved {
				t.Error("a new output is still zero after training")
			}
			must1(r.Reshape(Projector, widths(8)...))
			must(t, r.Step(2))
			follows(t, r)
			if z := projections(t, r); len(z.Data)%8 != 0 || z.Dim != 8 {
				t.Errorf("projections of dimension %d, want 8", z.Dim)
			}
		})
	}
}

// A layer goes, or comes where there was none, and the rest stays.
func TestDepth(t *testing.T) {
	e := toyExperiment()
	e.Projector.Widths = []int{12, 10, 6}
	r, twin := twins(t, e, 4)
	must1(r.Reshape(Projector, 12, 12, 10, 6))
	if got, want := nextLoss(t, r), nextLoss(t, twin); math.Abs(got-want) > 1e-5*math.Abs(want) {
		t.Errorf("loss with a layer more %.8g, without %.8g", got, want)
	}
	must1(r.Reshape(Projector, 12, 6))
	must(t, r.Step(1))
	must1(r.Reshape(Projector, 6))
	must(t, r.Step(1))
	must1(r.Reshape(Projector, 9, 6))
	must(t, r.Step(1))
	must1(r.SetSparse(sparse.Head{}))
	must1(r.Reshape(Projector))
	must(t, r.Step(1))
	must1(r.Reshape(Projector, 8, 6))
	must(t, r.Step(2))
	if j := r.Journal(); !strings.Contains(j[1].Note, "layer 3 of the projector is gone") || !strings.Contains(j[len(j)-1].Note, "projector is new") {
		t.Errorf("journal:\n%v", j)
	}
	again, err := r.lab.Replay(r.Beginning(), r.Journal())
	must(t, err)
	must(t, again.WaitStep(r.Steps()))
	must(t, again.Pause())
	must(t, r.Step(again.Steps()-r.Steps()+1))
	must(t, again.Step(1))
	sameWeights(t, "replayed", allWeights(t, again), allWeights(t, r))
}

// A new layer of a head with batch norm passes its input on with the running statistics, and
// nearly so in training, where it cannot do so for every batch.
func TestDepthWithNorm(t *testing.T) {
	for _, head := range []net.MLP{
		{Widths: []int{12, 10, 6}, Norm: true}, {Widths: []int{12, 10, 6}, Norm: true, NormLast: true},
		{Widths: []int{12, 10, 6}, Norm: true, GELU: true}, {Widths: []int{12, 10, 6}, NormLast: true, GELU: true},
	} {
		t.Run(head.String(), func(t *testing.T) {
			e := toyExperiment()
			e.Projector, e.Batch = head, 48
			r, twin := twins(t, e, 12)
			before := projections(t, r)
			must1(r.Reshape(Projector, 12, 10, 10, 13, 6))
			if gap := relativeGap(projections(t, r), before); gap > 1e-5 {
				t.Errorf("projections with the running statistics differ by %g of the largest", gap)
			}
			follows(t, r)
			got, want := nextLoss(t, r), nextLoss(t, twin)
			within := 0.1
			if !head.Norm {
				within = 1e-5
			}
			if math.Abs(got-want) > within*want {
				t.Errorf("loss with two layers more %.8g, without %.8g", got, want)
			}
			if note := r.Journal()[0].Note; head.Norm != strings.Contains(note, "which batch norm takes out") {
				t.Errorf("the journal says %q", note)
			}
			must(t, r.Step(3))
		})
	}
}

// Batch, data, optimiser and method change in a running experiment; the whole is repeated bit
// for bit, and survives a checkpoint.
func TestChangeEverything(t *testing.T) {
	l := newLab(t)
	e := toyExperiment()
	e.Steps = 30
	r := startPaused(t, l, e, 3)
	must1(r.SetBatch(24))
	must(t, r.Step(2))
	other := toySet(60, 30)
	must1(r.SetData(other))
	must(t, r.Step(2))
	must1(r.SetOptimizer(NewAdam(0.003)))
	must(t, r.Step(2))
	dir := t.TempDir()
	must(t, r.Save(dir))
	must1(r.SetSparse(sparse.Head{}))
	step := must1(r.Change(func(e *Experiment) {
		e.Method, e.Loss, e.Target = "byol", BYOL, EMA(0.99)
		e.Predictor = net.MLP{Widths: []int{10, 6}, Norm: true}
		e.Batch = 20
	}))
	if step != r.Steps()+1 {
		t.Errorf("Change returned step %d, want %d", step, r.Steps()+1)
	}
	begun := allWeights(t, r)
	if begun[targetScope+firstLayerPath] != begun[firstLayerPath] {
		t.Error("the new target does not begin as the trained networks")
	}
	must(t, r.Step(2))
	must1(r.SetData(toy))
	must1(r.Change(func(e *Experiment) { e.Loss, e.Target, e.Predictor = NTXent, Target{}, net.MLP{} }))
	must(t, r.Step(99))
	if got := r.Builds(); got != 8 {
		t.Errorf("%d builds, want one for the start and one for each of 7 changes", got)
	}
	again, err := l.Replay(r.Beginning(), r.Journal())
	must(t, err)
	must(t, again.Wait())
	sameWeights(t, "replayed", allWeights(t, again), allWeights(t, r))
	if a, b := again.Journal().String(), r.Journal().String(); a != b {
		t.Errorf("the replayed journal is\n%s\nwant\n%s", a, b)
	}

	lab := NewLab(l.Backend())
	defer lab.Close()
	lab.meet(toy)
	loaded, err := lab.Load(dir, other)
	must(t, err)
	if loaded.Experiment().Data != other || loaded.Beginning().Data != toy {
		t.Error("the checkpoint's data sets are not those of the run's end and start")
	}
	must(t, loaded.Step(1))
}

// What cannot be is refused with the setting, and leaves the run bit for bit as it was.
func TestChangeRefuses(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 2)
	before, exp := allWeights(t, r), r.Experiment().String()
	grey := toySet(30, 30)
	colour := toySet(96, 30)
	colour.Train.N, colour.Train.Channels, colour.Train.Labels = 32, 3, colour.Train.Labels[:32]
	colour.Test.N, colour.Test.Channels, colour.Test.Labels = 10, 3, colour.Test.Labels[:10]
	broken := *grey
	broken.Train.Images = nil
	for _, test := range []struct {
		err  error
		want string
	}{
		{second(r.Reshape(Projector, 0)), "width 0 of layer 1"},
		{second(r.Reshape(Projector, 12, 1<<20)), "width 1048576 of layer 2"},
		{second(r.Reshape(Projector, 12, 6)), "already is 12-6"},
		{second(r.Reshape(Predictor, 4)), "no predictor"},
		{second(r.Reshape(Projector)), "setting Sparse: a SparseHead needs a projector layer"},
		{second(r.SetBatch(1)), "setting Batch: 1 is not between 2"},
		{second(r.SetBatch(97)), "setting Batch: 97"},
		{second(r.SetData(nil)), "setting Data: there is none"},
		{second(r.SetData(&broken)), "setting Data: "},
		{second(r.SetData(colour)), "/encoder/conv1/weights"},
		{second(r.SetOptimizer(Optimizer{Name: "sdg"})), `setting Optimizer: name "sdg" is unknown`},
		{second(r.SetLoss(BYOL)), `setting Predictor: loss "byol" needs it`},
		{second(r.Change(nil)), "the function is nil"},
		{second(r.Change(func(e *Experiment) { e.Encoder = net.ConvEncoder(4) })), "setting Encoder: it is fixed for the run"},
		{second(r.Change(func(e *Experiment) { e.Seed++ })), "setting Seed: it is fixed"},
		{second(r.Change(func(e *Experiment) { e.Steps++ })), "setting Steps: it is fixed for the run; Extend"},
		{second(r.Change(func(e *Experiment) { e.Temperature = math.NaN() })), "setting Temperature: temperature NaN"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%v, want %q", test.err, test.want)
		}
	}
	sameWeights(t, "after refused changes", allWeights(t, r), before)
	if r.Experiment().String() != exp || len(r.Journal()) != 0 || r.Builds() != 1 {
		t.Errorf("refused changes left %d edits, %d builds and\n%v", len(r.Journal()), r.Builds(), r.Experiment())
	}
	if n := len(l.images); n != 1 {
		t.Errorf("%d data sets on the device, want 1", n)
	}
	must(t, r.Step(1))
}
