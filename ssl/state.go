package ssl

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// weights are a host copy of a run's variables: weights, running statistics, momenta.
type weights struct {
	paths  []string // in the order of their creation, which the graph depends on
	values map[string]*tensors.Tensor
}

// copyOut copies every variable of a store to the host.
func copyOut(store *model.Store) (weights, error) {
	w := weights{values: map[string]*tensors.Tensor{}}
	for v := range store.IterVariables() {
		value, err := v.Value()
		if err == nil {
			value, err = value.LocalClone()
		}
		if err != nil {
			return weights{}, fmt.Errorf("copy %s: %w", v.Path(), err)
		}
		w.put(v.Path(), value)
	}
	return w, nil
}

// store makes a new store that holds copies of w.
func (w weights) store() (*model.Store, error) {
	s := model.NewStore()
	for _, path := range w.paths {
		value, err := w.values[path].LocalClone()
		if err == nil {
			_, err = s.CreateVariable(path, value)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (w *weights) put(path string, value *tensors.Tensor) {
	if _, known := w.values[path]; !known {
		w.paths = append(w.paths, path)
	}
	w.values[path] = value
}

// share returns a weights that can be put to without changing w.
func (w weights) share() weights {
	c := weights{paths: append([]string(nil), w.paths...), values: make(map[string]*tensors.Tensor, len(w.values))}
	for p, v := range w.values {
		c.values[p] = v
	}
	return c
}

// matrix reads a float variable as rows·columns float64; a vector is one row.
func (w weights) matrix(path string) (values []float64, rows, columns int, err error) {
	t := w.values[path]
	if t == nil {
		return nil, 0, 0, fmt.Errorf("there is no variable %s", path)
	}
	dims := t.Shape().Dimensions
	switch len(dims) {
	case 1:
		rows, columns = 1, dims[0]
	case 2:
		rows, columns = dims[0], dims[1]
	default:
		return nil, 0, 0, fmt.Errorf("variable %s has shape %s, not a matrix", path, t.Shape())
	}
	err = t.ConstFlatData(func(flat any) {
		switch flat := flat.(type) {
		case []float32:
			values = make([]float64, len(flat))
			for i, v := range flat {
				values[i] = float64(v)
			}
		case []float64:
			values = append(values, flat...)
		}
	})
	if err == nil && values == nil && rows*columns > 0 {
		err = fmt.Errorf("variable %s is %s, not floating point", path, t.DType())
	}
	return values, rows, columns, err
}
