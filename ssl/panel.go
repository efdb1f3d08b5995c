package ssl

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/eval"
)

// Panel says how often a run measures its representations while it trains. The measures of
// [eval.Measure] are metrics of the steps at which they are taken, on representations h and
// projections z: "rankme_h", "effective_rank_h", "stable_rank_h", "participation_h",
// "alpha_req_h", "uniformity_h", "std_h", "dead_h", and the same with _z.
type Panel struct {
	Every  int // steps; 0 for never
	Images int // test images, or training images where there are none, from the first on
}

// String is such as "every 50 steps on 500 images".
func (p Panel) String() string {
	if p.Every == 0 {
		return "none"
	}
	return fmt.Sprintf("every %d steps on %d images", p.Every, p.Images)
}

// Check reports a number that cannot be.
func (p Panel) Check() error {
	if p.Every < 0 || p.Every > 0 && (p.Images < 2 || p.Images > maxPanel) {
		return fmt.Errorf("every %d steps on %d images; at least 2 images and at most %d are measured", p.Every, p.Images, maxPanel)
	}
	return nil
}

const maxPanel = 10000

// reader computes h and z of some images with the variables of a program that trains.
type reader struct {
	key    string
	images *tensors.Tensor
	store  *model.Store
	exec   *model.Exec
}

// newReader compiles the encoder and the projector of an experiment, without training.
func newReader(l *Lab, e *Experiment, key string) (_ *reader, err error) {
	defer catch("the model", &err)
	split := e.Data.Test
	if split.N == 0 {
		split = e.Data.Train
	}
	split = split.Slice(0, min(e.Panel.Images, split.N))
	shape := shapes.Make(dtypes.Uint8, split.N, split.Height, split.Width, split.Channels)
	r := &reader{key: key, store: model.NewStore(), images: tensors.FromFlatDataAndDimensions(split.Images, shape.Dimensions...)}
	r.exec, err = model.NewExecCanonical(l.backend, r.store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		e.constants(g)
		h, z := forward(s, e, DivScalar(ConvertDType(in[0], dtypes.Float32), 255))
		return []*Node{h, z}
	}, 1, 2, false, false, false)
	if err == nil {
		_, err = r.exec.Compile(shape)
	}
	if err != nil {
		r.close()
		return nil, buildError("the model", err)
	}
	return r, nil
}

func (r *reader) close() {
	if r.exec != nil {
		r.exec.Finalize()
	}
	r.store.Finalize()
	r.images.FinalizeAll()
}

// read computes h and z with the variables of p, which it only borrows.
func (r *reader) read(p *program) (h, z eval.Features, err error) {
	defer catch("the model", &err)
	c := p.shared
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.admit(p); err != nil {
		return h, z, err
	}
	defer func() {
		for v := range r.store.IterVariables() {
			_ = v.SetValuePreservingOld(nil)
		}
	}()
	for v := range r.store.IterVariables() {
		trained := c.store.GetVariable(v.Path())
		if trained == nil {
			return h, z, fmt.Errorf("there is no variable %s", v.Path())
		}
		value, err := trained.Value()
		if err == nil {
			err = v.SetValuePreservingOld(value)
		}
		if err != nil {
			return h, z, err
		}
	}
	out, err := r.exec.Exec(r.images)
	if err != nil {
		return h, z, err
	}
	features := make([]eval.Features, len(out))
	for i, t := range out {
		flat, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return h, z, err
		}
		if features[i], err = eval.FromFloat32(flat, t.Shape().Dimensions[1]); err != nil {
			return h, z, err
		}
		t.FinalizeAll()
	}
	return features[0], features[1], nil
}

// panel adds the measures of the panel to a step's metrics, where it is due. A failure is
// shown, and the run goes on without.
func (o *owner) panel(values map[string]float64) {
	p := o.exp.Panel
	if p.Every == 0 || o.step%p.Every != 0 {
		return
	}
	err := func() error {
		key, err := o.prog.key()
		if err != nil {
			return err
		}
		key += fmt.Sprintf(" %d images of %p", p.Images, o.exp.Data)
		for _, k := range o.exp.Knobs { // constants of its graph
			key += fmt.Sprint(k.Name, k.Value)
		}
		if o.reader == nil || o.reader.key != key {
			if o.reader != nil {
				o.reader.close()
				o.reader = nil
			}
			if o.reader, err = newReader(o.run.lab, o.exp, key); err != nil {
				return err
			}
		}
		h, z, err := o.reader.read(o.prog)
		if err != nil {
			return err
		}
		var ofZ eval.Collapse
		var errZ error
		var both sync.WaitGroup
		both.Go(func() { ofZ, errZ = measure(z) })
		ofH, err := measure(h)
		both.Wait()
		if err := errors.Join(err, errZ); err != nil {
			return err
		}
		for suffix, c := range map[string]eval.Collapse{"_h": ofH, "_z": ofZ} {
			for name, v := range map[string]float64{
				"rankme": c.RankMe, "effective_rank": c.EffectiveRank, "stable_rank": c.StableRank, "participation": c.Participation,
				"alpha_req": c.AlphaReQ, "uniformity": c.Uniformity, "std": c.NormalizedStd, "dead": float64(c.Dead),
			} {
				if !math.IsInf(v, 0) {
					values[name+suffix] = v
				}
			}
		}
		return nil
	}()
	if err != nil && !o.panelFailed {
		o.panelFailed = true
		o.run.tell(fmt.Sprintf("the panel of step %d: %v; the run goes on", o.step, err))
	}
}

// measure is [eval.Measure] whose panic is an error.
func measure(f eval.Features) (c eval.Collapse, err error) {
	defer catch("the panel", &err)
	return eval.Measure(f), nil
}

// tell shows a line below the cell that the calling goroutine belongs to.
func (r *Run) tell(text string) {
	if show := currentHost().Show; show != nil {
		show("", map[string]any{"text/plain": r.name + ": " + text})
	}
}
