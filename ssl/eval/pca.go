package eval

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// PCA returns the coordinates of every row along the first k principal components, the
// directions of greatest variance, and the share of the variance that each explains.
// A component's sign is chosen so that its largest entry is positive, which makes the
// result reproducible. k may be at most min(Rows, Dim); time grows with the cube of Dim.
func PCA(f Features, k int) (coordinates Features, explained []float64, err error) {
	if k < 1 || k > min(f.Rows, f.Dim) {
		return Features{}, nil, fmt.Errorf("eval: PCA of [%d, %d] features has 1 to %d components, not %d", f.Rows, f.Dim, min(f.Rows, f.Dim), k)
	}
	c := f.centred()
	var eigen mat.EigenSym
	if !eigen.Factorize(scatter(c, float64(max(f.Rows-1, 1))), true) {
		return Features{}, nil, fmt.Errorf("eval: PCA: the eigenvalues did not converge; the features span too many orders of magnitude")
	}
	values := eigen.Values(nil) // smallest first
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	directions := mat.NewDense(f.Dim, k, nil)
	sum := 0.0
	for _, v := range values {
		sum += max(v, 0)
	}
	for j := range k {
		at := f.Dim - 1 - j
		largest := 0.0
		for i := range f.Dim {
			if v := vectors.At(i, at); math.Abs(v) > math.Abs(largest) {
				largest = v
			}
		}
		for i := range f.Dim {
			directions.Set(i, j, vectors.At(i, at)*math.Copysign(1, largest))
		}
		share := 0.0
		if sum > 0 {
			share = max(values[at], 0) / sum
		}
		explained = append(explained, share)
	}
	var out mat.Dense
	out.Mul(mat.NewDense(c.Rows, c.Dim, c.Data), directions)
	return Features{f.Rows, k, out.RawMatrix().Data}, explained, nil
}
