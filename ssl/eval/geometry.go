package eval

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Alignment is the mean of ‖a−b‖² over pairs of rows, both normalised to length one:
// how far the two views of an image are apart, between 0 and 4. (Wang and Isola 2020,
// arXiv:2005.10242, α = 2.)
func Alignment(a, b Features) (float64, error) {
	if err := sameShape(a, b); err != nil {
		return 0, err
	}
	a, b = a.Normalized(), b.Normalized()
	sum := 0.0
	for i, v := range a.Data {
		d := v - b.Data[i]
		sum += d * d
	}
	return sum / float64(a.Rows), nil
}

// Uniformity is the logarithm of the mean of exp(−2‖x−y‖²) over all pairs of different
// rows, normalised to length one: 0 when all are equal, about −4 when they fill a
// sphere of many dimensions. (Wang and Isola 2020, arXiv:2005.10242, t = 2.) Work and time
// grow with the square of the rows: 10,000 rows of 128 take about a second on two cores;
// pass f.Head(2000) for an estimate. It is 0 for a single row.
func Uniformity(f Features) float64 {
	if f.Rows < 2 {
		return 0
	}
	f = f.Normalized()
	const block = 512
	sim := make([]float64, block*block)
	var sum float64
	for lo := 0; lo < f.Rows; lo += block {
		rows := min(block, f.Rows-lo)
		for lo2 := lo; lo2 < f.Rows; lo2 += block {
			cols := min(block, f.Rows-lo2)
			c := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: sim[:rows*cols]}
			if lo == lo2 { // the pairs that count are above the diagonal
				blas64.Syrk(blas.NoTrans, 1, f.general(lo, rows), 0, blas64.Symmetric{N: rows, Stride: cols, Uplo: blas.Upper, Data: c.Data})
			} else {
				blas64.Gemm(blas.NoTrans, blas.Trans, 1, f.general(lo, rows), f.general(lo2, cols), 0, c)
			}
			part := 0.0
			for i := range rows {
				for j := range cols {
					if lo+i < lo2+j {
						// ‖x−y‖² = 2 − 2⟨x, y⟩ on the sphere, and 0 ≤ it in exact arithmetic.
						part += math.Exp(-2 * max(0, 2-2*c.Data[i*cols+j]))
					}
				}
			}
			sum += part
		}
	}
	pairs := float64(f.Rows) * float64(f.Rows-1) / 2
	return math.Log(sum / pairs)
}

// FeatureStd returns the standard deviation of each feature over the rows (unbiased): a
// feature at 0 is dead. All are 0 for a single row.
func FeatureStd(f Features) []float64 { return f.std(max(f.Rows-1, 1)) }

// NormalizedStd is the mean over features of their standard deviation (biased), after
// rows were normalised to length one: near 1/√Dim for representations that spread
// evenly, 0 for collapsed ones. (Chen and He 2021, arXiv:2011.10566, fig. 2.)
func NormalizedStd(f Features) float64 {
	return total(f.Normalized().std(f.Rows)) / float64(f.Dim)
}

func (f Features) std(over int) []float64 {
	mean, out := f.columnMeans(), make([]float64, f.Dim)
	for i := range f.Rows {
		for j, v := range f.Row(i) {
			out[j] += (v - mean[j]) * (v - mean[j])
		}
	}
	for j, v := range out {
		out[j] = math.Sqrt(v / float64(over))
	}
	return out
}

// general is n rows from lo on, for BLAS.
func (f Features) general(lo, n int) blas64.General {
	return blas64.General{Rows: n, Cols: f.Dim, Stride: f.Dim, Data: f.Data[lo*f.Dim : (lo+n)*f.Dim]}
}
