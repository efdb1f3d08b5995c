package ssl

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/gossl/gossl/ssl/net"
)

// Part names a part of the model that can be resized while it trains.
type Part string

// Projector is the projector: its hidden layers.
const Projector Part = "projector"

// Resize gives the hidden layers of a part another width while the run trains, and returns
// the first step of the new size, which is the next one. It costs one build of the step.
//
// Widening does not change the function: new units enter with no weight out of them. Into
// them they get random weights, feature by feature of the scale that the feature has in the
// old units, so that a feature that SparseHead has silenced stays silent. Narrowing keeps
// the units that carry most, by the product of the norms of their weights in and out; the
// journal says what share is lost. The optimiser's moments follow. If anything fails the run
// goes on as it was.
func (r *Run) Resize(part Part, width int) (step int, err error) {
	err = r.edit(func(o *owner) error {
		step = o.step + 1
		return o.resize(part, width)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

func (o *owner) resize(part Part, width int) error {
	if part != Projector {
		return fmt.Errorf("part %q cannot be resized; %q can", part, Projector)
	}
	if width < 1 || width > net.MaxWidth {
		return fmt.Errorf("width %d of the %s is not between 1 and %d", width, part, net.MaxWidth)
	}
	hidden := len(o.exp.Projector.Widths) - 1
	if hidden < 1 {
		return fmt.Errorf("the projector %s has no hidden layer to resize; give it one before the start, as net.MLP{Widths: []int{128, 64}}", o.exp.Projector)
	}
	next := o.exp.Clone()
	old := next.Projector.Widths[0]
	for i := range hidden {
		next.Projector.Widths[i] = width
	}
	if slices.Equal(next.Projector.Widths, o.exp.Projector.Widths) {
		return fmt.Errorf("the projector already is %s; nothing was done", o.exp.Projector)
	}
	if err := next.fits(); err != nil {
		return err
	}
	state, err := copyOut(o.prog.store)
	if err != nil {
		return err
	}
	kept, err := resizeMLP(&state, "/projector", o.exp.Projector.Widths, next.Projector.Widths, o.exp.Seed+int64(o.step))
	if err != nil {
		return err
	}
	if err := o.rebuild(next, state); err != nil {
		return err
	}
	e := Edit{Step: o.step + 1, Verb: "resize", Name: string(part), From: float64(old), To: float64(width)}
	if kept < 1 {
		e.Note = fmt.Sprintf("the units kept carry %.1f %%", 100*kept)
	}
	o.commit(next, e)
	return nil
}

// rebuild compiles next over the given variables and, only when that has worked, puts it in
// the place of the present program.
func (o *owner) rebuild(next *Experiment, state weights) error {
	store, err := state.store()
	if err != nil {
		return err
	}
	prog, err := newProgram(o.run.lab.backend, next, store, &o.run.builds)
	if err == nil {
		if err = prog.compile(next); err != nil {
			prog.close()
		}
	}
	if err != nil {
		return err
	}
	o.prog.close()
	o.prog = prog
	return nil
}

// resizeMLP changes the hidden widths of the layers under scope, moments included. It
// returns the smallest share of weight that any layer kept, 1 if none was narrowed.
func resizeMLP(w *weights, scope string, old, wanted []int, seed int64) (kept float64, err error) {
	kept = 1
	for i := range len(old) - 1 {
		if old[i] == wanted[i] {
			continue
		}
		in, out := fmt.Sprintf("%s/layer%d", scope, i+1), fmt.Sprintf("%s/layer%d", scope, i+2)
		share, err := resizeHidden(w, in, out, old[i], wanted[i], seed)
		if err != nil {
			return 0, err
		}
		kept = min(kept, share)
	}
	return kept, nil
}

// resizeHidden changes the number of units between layer in and layer out.
func resizeHidden(w *weights, in, out string, old, wanted int, seed int64) (kept float64, err error) {
	wIn, rows, _, err := w.matrix(in + "/weights")
	if err != nil {
		return 0, err
	}
	wOut, _, outs, err := w.matrix(out + "/weights")
	if err != nil {
		return 0, err
	}
	keep, kept := strongest(wIn, wOut, rows, old, outs, min(old, wanted))
	fresh := freshColumns(wIn, rows, old, wanted-len(keep), seed, in)

	// Every variable with the units as an axis, and its moments, follow.
	for _, path := range slices.Clone(w.paths) {
		base, moment := mirrored(path)
		var next []float64
		t := w.values[path]
		values, r, c, err := []float64(nil), 0, 0, error(nil)
		if strings.HasPrefix(base, in+"/") || base == out+"/weights" {
			if values, r, c, err = w.matrix(path); err != nil {
				return 0, err
			}
		}
		switch {
		case base == in+"/weights":
			next = make([]float64, r*wanted)
			for j := range r {
				for k, from := range keep {
					next[j*wanted+k] = values[j*c+from]
				}
				if !moment {
					for k := range wanted - len(keep) {
						next[j*wanted+len(keep)+k] = fresh[j*(wanted-len(keep))+k]
					}
				}
			}
			w.put(path, net.Tensor(t.DType(), next, r, wanted))
		case strings.HasPrefix(base, in+"/"): // biases, and the norm's scale, offset, mean, variance
			next = make([]float64, wanted)
			for k := range next {
				switch {
				case k < len(keep):
					next[k] = values[keep[k]]
				case !moment && (strings.HasSuffix(base, "/scale") || strings.HasSuffix(base, "/variance")):
					next[k] = 1
				}
			}
			w.put(path, net.Tensor(t.DType(), next, wanted))
		case base == out+"/weights":
			next = make([]float64, wanted*c) // rows of new units are zero
			for k, from := range keep {
				copy(next[k*c:(k+1)*c], values[from*c:(from+1)*c])
			}
			w.put(path, net.Tensor(t.DType(), next, wanted, c))
		}
	}
	return kept, nil
}

// strongest picks the n units with the largest ‖weights in‖·‖weights out‖, in their present
// order, and the share of the sum over all units that they carry.
func strongest(wIn, wOut []float64, rows, units, outs, n int) (keep []int, share float64) {
	strength := make([]float64, units)
	var total float64
	for k := range units {
		var a, b float64
		for j := range rows {
			a += wIn[j*units+k] * wIn[j*units+k]
		}
		for j := range outs {
			b += wOut[k*outs+j] * wOut[k*outs+j]
		}
		strength[k] = math.Sqrt(a * b)
		total += strength[k]
	}
	keep = make([]int, units)
	for k := range keep {
		keep[k] = k
	}
	sort.SliceStable(keep, func(i, j int) bool { return strength[keep[i]] > strength[keep[j]] })
	keep = keep[:n]
	var sum float64
	for _, k := range keep {
		sum += strength[k]
	}
	slices.Sort(keep)
	if n == units || total == 0 {
		return keep, 1
	}
	return keep, sum / total
}

// freshColumns draws the weights into n new units: row j has the scale that row j has in the
// present units; with no weights at all, that of a new layer.
func freshColumns(w []float64, rows, units, n int, seed int64, path string) []float64 {
	if n <= 0 {
		return nil
	}
	rng := net.Stream(seed, "resize"+path)
	scale := make([]float64, rows)
	alive := false
	for j := range scale {
		var s float64
		for _, v := range w[j*units : (j+1)*units] {
			s += v * v
		}
		scale[j] = math.Sqrt(3 * s / float64(units)) // a uniform in ±b has mean square b²/3
		alive = alive || s > 0
	}
	out := make([]float64, rows*n)
	for j := range rows {
		if !alive {
			scale[j] = 1 / math.Sqrt(float64(rows))
		}
		for k := range n {
			out[j*n+k] = scale[j] * (2*rng.Float64() - 1)
		}
	}
	return out
}
