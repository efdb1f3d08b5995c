package eval

import (
	"fmt"
	"math"
)

// Features is a matrix of finite numbers: one row for each image, one column for each
// feature. Make one with [FromFloat32] or [FromRows], which check it.
type Features struct {
	Rows, Dim int
	Data      []float64 // [Rows, Dim], row-major
}

// FromFloat32 makes features of a flat, row-major matrix with dim columns, as a tensor
// of representations is copied from a device. A length that is no multiple of dim, no
// row at all, and a NaN or an infinity are errors.
func FromFloat32(flat []float32, dim int) (Features, error) {
	wide := make([]float64, len(flat))
	for i, v := range flat {
		wide[i] = float64(v)
	}
	return FromFloat64(wide, dim)
}

// FromFloat64 makes features of a flat, row-major matrix with dim columns, which it keeps.
// Its errors are those of [FromFloat32].
func FromFloat64(flat []float64, dim int) (Features, error) {
	if dim <= 0 || len(flat) == 0 || len(flat)%dim != 0 {
		return Features{}, fmt.Errorf("eval: %d numbers do not make rows of %d features", len(flat), dim)
	}
	f := Features{Rows: len(flat) / dim, Dim: dim, Data: flat}
	for i, v := range flat {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Features{}, fmt.Errorf("eval: feature %d of row %d is %v; the network has diverged: lower its learning rate, or go back to an earlier checkpoint", i%dim, i/dim, v)
		}
	}
	return f, nil
}

// FromRows makes features of rows of equal length. Its errors are those of
// [FromFloat32].
func FromRows(rows [][]float64) (Features, error) {
	if len(rows) == 0 {
		return Features{}, fmt.Errorf("eval: no rows of features")
	}
	flat := make([]float64, 0, len(rows)*len(rows[0]))
	for i, r := range rows {
		if len(r) != len(rows[0]) {
			return Features{}, fmt.Errorf("eval: row %d has %d features, row 0 has %d", i, len(r), len(rows[0]))
		}
		flat = append(flat, r...)
	}
	return FromFloat64(flat, len(rows[0]))
}

// Row returns row i; it is shared with f.
func (f Features) Row(i int) []float64 { return f.Data[i*f.Dim : (i+1)*f.Dim : (i+1)*f.Dim] }

// Head returns the first n rows, or all when there are fewer; they are shared with f.
func (f Features) Head(n int) Features {
	n = min(max(n, 0), f.Rows)
	return Features{n, f.Dim, f.Data[: n*f.Dim : n*f.Dim]}
}

// Normalized returns a copy whose rows have length one. A row of zeros stays as it is.
func (f Features) Normalized() Features {
	out := Features{f.Rows, f.Dim, make([]float64, len(f.Data))}
	for i := range f.Rows {
		src, dst := f.Row(i), out.Row(i)
		var sum float64
		for _, v := range src {
			sum += v * v
		}
		if sum == 0 {
			continue
		}
		scale := 1 / math.Sqrt(sum)
		for j, v := range src {
			dst[j] = v * scale
		}
	}
	return out
}

// columnMeans returns the mean of each feature.
func (f Features) columnMeans() []float64 {
	mean := make([]float64, f.Dim)
	for i := range f.Rows {
		for j, v := range f.Row(i) {
			mean[j] += v
		}
	}
	for j := range mean {
		mean[j] /= float64(f.Rows)
	}
	return mean
}

// centred returns a copy whose columns have mean zero.
func (f Features) centred() Features {
	mean := f.columnMeans()
	out := Features{f.Rows, f.Dim, make([]float64, len(f.Data))}
	for i := range f.Rows {
		src, dst := f.Row(i), out.Row(i)
		for j, v := range src {
			dst[j] = v - mean[j]
		}
	}
	return out
}

// sameShape reports two sets of features that should be pairs and are not.
func sameShape(a, b Features) error {
	if a.Rows != b.Rows || a.Dim != b.Dim {
		return fmt.Errorf("eval: features [%d, %d] and [%d, %d] should have one shape", a.Rows, a.Dim, b.Rows, b.Dim)
	}
	return nil
}
