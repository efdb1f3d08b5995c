package ssl

import (
	"fmt"
	"math"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// Prune cuts the features that a SparseHead has silenced out of the projector: its first
// layer then has a row for each feature that is left, and Experiment.Features names them. What
// goes are the features whose weights are no longer than share of the longest; share 0 takes
// exact zeros alone, and the projector computes what it did, but for rounding. It costs one
// build of the step; the optimiser's moments and the target's copy follow. The journal says
// what share of the weights' length went. The representations h stay whole. A run that has
// done all its steps can be pruned too.
func (r *Run) Prune(share float64) (step int, err error) {
	err = r.ask(func(o *owner) error {
		step = o.step + 1
		return o.prune(share)
	})
	if err != nil {
		return 0, err
	}
	return step, nil
}

func (o *owner) prune(share float64) error {
	if !(share >= 0 && share < 1) {
		return fmt.Errorf("prune: share %g is not between 0 and 1; sparse.NegligibleShare is %g", share, sparse.NegligibleShare)
	}
	if len(o.exp.Projector.Widths) == 0 {
		return fmt.Errorf("prune: there is no projector")
	}
	if o.exp.Active.K != 0 {
		return fmt.Errorf("prune: activation %s chooses among all features; it cannot be kept when some are cut out", o.exp.Active)
	}
	state, err := o.prog.copyOut()
	if err != nil {
		return err
	}
	keep, lost, err := alive(state, share)
	if err != nil {
		return err
	}
	rows := state.values[firstLayerPath].Shape().Dim(0)
	if len(keep) == rows {
		return fmt.Errorf("prune: all %d features have weights longer than %g of the longest; nothing was done", rows, share)
	}
	next := o.exp.Clone()
	next.Features = nil
	for _, j := range keep {
		if o.exp.Features != nil {
			j = o.exp.Features[j]
		}
		next.Features = append(next.Features, j)
	}
	if err := keepRows(&state, firstLayerPath, keep); err != nil {
		return err
	}
	if err := o.rebuild(next, state); err != nil {
		return err
	}
	o.commit(next, Edit{Step: o.step + 1, Verb: "prune", Name: string(Projector), From: share, To: float64(len(keep)),
		Note: fmt.Sprintf("%d of %d features left; those cut carried %.2g %% of the length", len(keep), rows, 100*lost)})
	return nil
}

// alive are the features whose weights are longer than share of the longest, and what share
// of the sum of lengths the others have. One is always left.
func alive(w weights, share float64) (keep []int, lost float64, err error) {
	values, rows, columns, err := w.matrix(firstLayerPath)
	if err != nil {
		return nil, 0, err
	}
	lengths := make([]float64, rows)
	total, cut := 0.0, 0.0
	for j := range lengths {
		for _, v := range values[j*columns : (j+1)*columns] {
			lengths[j] += v * v
		}
		lengths[j] = math.Sqrt(lengths[j])
		total += lengths[j]
	}
	longest := slices.Max(lengths)
	for j, l := range lengths {
		if l > share*longest || l == longest && len(keep) == 0 {
			keep = append(keep, j)
		} else {
			cut += l
		}
	}
	if total > 0 {
		lost = cut / total
	}
	return keep, lost, nil
}

// keepRows keeps some rows of a matrix, and of all that mirrors it.
func keepRows(w *weights, path string, keep []int) error {
	for _, p := range slices.Clone(w.paths) {
		if base, _ := mirrored(p); base != path {
			continue
		}
		values, _, columns, err := w.matrix(p)
		if err != nil {
			return err
		}
		next := make([]float64, 0, len(keep)*columns)
		for _, j := range keep {
			next = append(next, values[j*columns:(j+1)*columns]...)
		}
		w.put(p, net.Tensor(w.values[p].DType(), next, len(keep), columns))
	}
	return nil
}

// selectFeatures takes columns of h [n, features], by a product with a matrix of zeros and
// ones, whose gradient is one too.
func selectFeatures(h *Node, features []int) *Node {
	have := h.Shape().Dim(1)
	if last := slices.Max(features); last >= have {
		panic(fmt.Errorf("the projector is to read feature %d, and the encoder gives %d", last, have))
	}
	choose := make([]float64, have*len(features))
	for i, f := range features {
		choose[f*len(features)+i] = 1
	}
	return Dot(h, Reshape(ConstAsDType(h.Graph(), h.DType(), choose), have, len(features))).Product()
}
