package ssl

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/net"
)

// follow turns the variables of one experiment into those of another that differs in heads,
// loss, optimiser, batch or data: what both have is kept, what changed its size follows unit
// by unit, what is new begins as in a new run, the target equal to the trained networks, and
// the rest goes. It says what was lost or begins anew.
func follow(backend compute.Backend, old, next *Experiment, w weights, seed int64) (_ weights, notes []string, err error) {
	s := &surgery{weights: w.share(), seed: seed}
	dim, wanted := old.Projector.Out(0), next.Projector.Out(0)
	predicts := dim > 0 && wanted > 0 && old.Predictor.Out(0) == dim && next.Predictor.Out(0) == wanted // the same units
	keep, err := s.head("projector", old.Projector, next.Projector, nil)
	if err != nil {
		return w, nil, err
	}
	if keep != nil && len(old.Predictor.Widths) > 0 {
		if err := s.remap("/predictor/layer1/weights", 0, keep, wanted, nil); err != nil {
			return w, nil, err
		}
	}
	outputs := keep
	if !predicts {
		outputs = nil
	}
	if _, err := s.head("predictor", old.Predictor, next.Predictor, outputs); err != nil {
		return w, nil, err
	}
	fresh := model.NewStore()
	defer fresh.Finalize()
	if err := traceIn(backend, next, fresh); err != nil {
		return w, nil, err
	}
	fitted, err := s.fit(fresh, keep, dim, wanted)
	return fitted, s.notes, err
}

// surgery changes variables on the host.
type surgery struct {
	weights
	seed  int64
	notes []string
}

func (s *surgery) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// head changes an MLP from one description to another: first its depth, then its hidden
// widths, then its outputs, of which outputs, if not nil, says which ones stay. It returns
// those that do, nil if all do.
func (s *surgery) head(part string, old, next net.MLP, outputs []int) (keep []int, err error) {
	scope := "/" + part
	if len(old.Widths) == 0 || len(next.Widths) == 0 {
		s.remove(scope + "/")
		return nil, nil
	}
	widths := slices.Clone(old.Widths)
	for len(widths) > len(next.Widths) {
		n := len(widths)
		if err := s.dropLayer(scope, n); err != nil {
			return nil, err
		}
		widths = slices.Delete(widths, n-2, n-1)
		s.note("layer %d of the %s is gone, the next takes its linear part over", n-1, part)
	}
	for len(widths) < len(next.Widths) {
		n := len(widths)
		width, err := s.addLayer(scope, n, next, next.Widths[n-1])
		if err != nil {
			return nil, err
		}
		widths = slices.Insert(widths, n-1, width)
		switch {
		case next.Norm && n > 1:
			s.note("layer %d of the %s is new and passes its input on, but in training without the mean and the scale of each batch, which batch norm takes out", n, part)
		case next.Norm:
			s.note("layer %d of the %s is new and changes what it computes: batch norm takes the mean and the scale of each batch out", n, part)
		}
	}
	for i := range len(widths) - 1 {
		if widths[i] == next.Widths[i] {
			continue
		}
		share, err := s.hidden(fmt.Sprintf("%s/layer%d", scope, i+1), fmt.Sprintf("%s/layer%d", scope, i+2), widths[i], next.Widths[i])
		if err != nil {
			return nil, err
		}
		if share < 1 {
			s.note("the units kept of layer %d carry %.1f %%", i+1, 100*share)
		}
	}
	last := len(widths) - 1
	if widths[last] == next.Widths[last] {
		return nil, nil
	}
	keep, share, err := s.outputs(fmt.Sprintf("%s/layer%d", scope, last+1), widths[last], next.Widths[last], outputs)
	switch {
	case err != nil:
		return nil, err
	case share < 1:
		s.note("the outputs kept of the %s carry %.1f %%", part, 100*share)
	case next.NormLast:
		s.note("the %s's outputs are normalised, so that the new ones count at once", part)
	}
	return keep, nil
}

// hidden changes the number of units between layer in and layer out: what new units compute
// does not go out yet.
func (s *surgery) hidden(in, out string, old, wanted int) (kept float64, err error) {
	wIn, rows, _, err := s.matrix(in + "/weights")
	if err != nil {
		return 0, err
	}
	wOut, _, outs, err := s.matrix(out + "/weights")
	if err != nil {
		return 0, err
	}
	keep, kept := strongest(wIn, wOut, rows, old, outs, min(old, wanted))
	columns := freshColumns(wIn, rows, old, wanted-len(keep), s.seed, in)
	if err := s.columns(in, keep, wanted, columns); err != nil {
		return 0, err
	}
	return kept, s.remap(out+"/weights", 0, keep, wanted, nil)
}

// outputScale is how large new outputs are beside the old ones: so small that what is
// computed stays the same in float32, and not zero, where a loss of cosines has no slope.
const outputScale = 1e-3

// outputs changes the number of units that leave the last layer of a head; keep says which
// of the present ones stay, nil the largest.
func (s *surgery) outputs(layer string, old, wanted int, keep []int) (_ []int, kept float64, err error) {
	w, rows, _, err := s.matrix(layer + "/weights")
	if err != nil {
		return nil, 0, err
	}
	strengths, kept := strongest(w, nil, rows, old, 0, min(old, wanted))
	if keep == nil {
		keep = strengths
	}
	columns := freshColumns(w, rows, old, wanted-len(keep), s.seed, layer)
	for i := range columns {
		columns[i] *= outputScale
	}
	return keep, kept, s.columns(layer, keep, wanted, columns)
}

// columns gives a layer other units: weights, biases, norm, and the moments of all.
func (s *surgery) columns(layer string, keep []int, wanted int, fresh []float64) error {
	for _, path := range slices.Clone(s.paths) {
		var err error
		switch base, _ := mirrored(path); {
		case base != path: // with its weight
		case path == layer+"/weights":
			err = s.remap(path, 1, keep, wanted, func(row, k int) float64 { return fresh[row*(wanted-len(keep))+k] })
		case strings.HasPrefix(path, layer+"/"):
			start := 0.0
			if strings.HasSuffix(path, "/scale") || strings.HasSuffix(path, "/variance") {
				start = 1
			}
			err = s.remap(path, 1, keep, wanted, func(int, int) float64 { return start })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remap makes one axis (0 rows, 1 columns; a vector is one row) of a variable hold the units
// of keep and then new ones, up to wanted; and of its target's copy and its moments. A new
// unit's values are those of fresh, by row or column and number of the new unit; zero for nil
// and for moments.
func (s *surgery) remap(weight string, axis int, keep []int, wanted int, fresh func(other, k int) float64) error {
	for _, path := range slices.Clone(s.paths) {
		base, moment := mirrored(path)
		if base != weight {
			continue
		}
		values, rows, columns, err := s.matrix(path)
		if err != nil {
			return err
		}
		others := rows
		if axis == 0 {
			others = columns
		}
		next := make([]float64, others*wanted)
		for other := range others {
			for k := range wanted {
				to, from := other*wanted+k, func(u int) int { return other*columns + u }
				if axis == 0 {
					to, from = k*others+other, func(u int) int { return u*columns + other }
				}
				switch {
				case k < len(keep):
					next[to] = values[from(keep[k])]
				case fresh != nil && !moment:
					next[to] = fresh(other, k-len(keep))
				}
			}
		}
		dims := []int{others, wanted}
		switch {
		case s.values[path].Rank() == 1:
			dims = []int{wanted}
		case axis == 0:
			dims = []int{wanted, others}
		}
		s.put(path, net.Tensor(s.values[path].DType(), next, dims...))
	}
	return nil
}

// rename moves the variables below a weight's scope, the target's copies and moments too.
func (s *surgery) rename(from, to string) {
	for i, path := range s.paths {
		base, _ := mirrored(path)
		if rest, ok := strings.CutPrefix(base, from); ok {
			renamed := strings.TrimSuffix(path, base) + to + rest
			s.values[renamed] = s.values[path]
			delete(s.values, path)
			s.paths[i] = renamed
		}
	}
}

// remove drops the variables below a weight's scope, with the target's copies and moments.
func (s *surgery) remove(scope string) {
	for _, path := range slices.Clone(s.paths) {
		if base, _ := mirrored(path); strings.HasPrefix(base, scope) {
			s.drop(path)
		}
	}
}

func (s *surgery) drop(path string) {
	delete(s.values, path)
	s.paths = slices.DeleteFunc(s.paths, func(p string) bool { return p == path })
}

// fit makes the variables those of a new run's store: in its order, of its shapes. The
// projections had dim units, of which keep stay, nil for all, and have wanted.
func (s *surgery) fit(store *model.Store, keep []int, dim, wanted int) (weights, error) {
	out := weights{values: map[string]*tensors.Tensor{}}
	begun := map[string]bool{}
	for v := range store.IterVariables() {
		path := v.Path()
		have := s.values[path]
		if have != nil && have.Shape().Equal(v.Shape()) {
			out.put(path, have)
			continue
		}
		var fresh *tensors.Tensor
		if trained, ok := strings.CutPrefix(path, targetScope); ok && out.values[trained] != nil && have == nil {
			out.put(path, out.values[trained])
			continue
		}
		if v.HasValue() {
			value, err := v.Value()
			if err == nil {
				fresh, err = value.LocalClone()
			}
			if err != nil {
				return out, err
			}
		}
		switch {
		case have == nil && fresh == nil: // the program initialises it
		case have == nil:
			out.put(path, fresh)
			if part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/"); !strings.HasPrefix(path, optimizerScope) && !begun[part] {
				begun[part] = true
				s.note("%s is new, or in part", part)
			}
		default:
			next, err := s.array(path, have, fresh, keep, dim, wanted)
			if err != nil {
				return out, err
			}
			out.put(path, next)
		}
	}
	return out, nil
}

// array makes a state, or the prototypes, of another shape: an axis of the projections'
// units follows them, of any other the first entries stay and new ones are as in a new run.
func (s *surgery) array(path string, have, fresh *tensors.Tensor, keep []int, dim, wanted int) (*tensors.Tensor, error) {
	base, moment := mirrored(path)
	if !strings.HasPrefix(base, "/state/") && base != prototypesPath || fresh == nil || have.Rank() != fresh.Rank() || have.Rank() > 2 {
		return nil, fmt.Errorf("%s has shape %s and would need %s; heads can change, the encoder and what depends on the images' size cannot", path, have.Shape(), fresh.Shape())
	}
	from, rows, columns, err := s.matrix(path)
	if err != nil {
		return nil, err
	}
	f := weights{values: map[string]*tensors.Tensor{path: fresh}}
	to, newRows, newColumns, err := f.matrix(path)
	if err != nil {
		return nil, err
	}
	units := func(old, new int) (func(k int) int, bool) {
		if keep != nil && old == dim && new == wanted && old != new {
			return func(k int) int {
				if k < len(keep) {
					return keep[k]
				}
				return -1
			}, true
		}
		return func(k int) int {
			if k < old {
				return k
			}
			return -1
		}, false
	}
	row, rowUnits := units(rows, newRows)
	column, columnUnits := units(columns, newColumns)
	for i := range newRows {
		for j := range newColumns {
			r, c := row(i), column(j)
			switch {
			case r >= 0 && c >= 0:
				to[i*newColumns+j] = from[r*columns+c]
			case r < 0 && rowUnits || c < 0 && columnUnits || moment: // of a unit that is new
				to[i*newColumns+j] = 0
			}
		}
	}
	return net.Tensor(have.DType(), to, fresh.Shape().Dimensions...), nil
}

// strongest picks the n units with the largest ‖weights in‖·‖weights out‖ (of the first alone
// where wOut is nil), in their present order, and the share of the sum over all units that they carry.
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
		if wOut == nil {
			b = 1
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
