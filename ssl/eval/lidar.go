package eval

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// LiDAR is the effective rank of the linear discriminant analysis between images, views
// of one image being its class: rows i·views to (i+1)·views−1 are the views of image i.
// (Thilak et al. 2023, arXiv:2312.04000.) Within-class scatter is regularised by
// 1e-4·I and eigenvalues by 1e-8, the paper's and stable-pretraining's values. At least
// two images of two views each are needed.
func LiDAR(f Features, views int) (float64, error) {
	const delta, epsilon = 1e-4, 1e-8
	if views < 2 || f.Rows%views != 0 || f.Rows/views < 2 {
		return 0, fmt.Errorf("eval: LiDAR needs at least 2 images of at least 2 views each, not %d rows in groups of %d", f.Rows, views)
	}
	images := f.Rows / views
	means := Features{images, f.Dim, make([]float64, images*f.Dim)}
	within := Features{f.Rows, f.Dim, make([]float64, len(f.Data))}
	for i := range images {
		group := Features{views, f.Dim, f.Data[i*views*f.Dim : (i+1)*views*f.Dim]}
		mean := group.columnMeans()
		copy(means.Row(i), mean)
		for k := range views {
			for j, v := range group.Row(k) {
				within.Row(i*views + k)[j] = v - mean[j]
			}
		}
	}
	between := means.centred()
	sw := scatter(within, float64(images*(views-1)))
	for j := range f.Dim {
		sw.SetSym(j, j, sw.At(j, j)+delta)
	}
	// The eigenvalues of Sw^-½ Sb Sw^-½ are the squared singular values of B L^-ᵀ, with
	// Sw = L Lᵀ and Sb = BᵀB/(images−1): no square root of a matrix is needed.
	var chol mat.Cholesky
	if !chol.Factorize(sw) {
		return 0, fmt.Errorf("eval: LiDAR: the scatter within images is not positive definite; the features are too large (largest entry of the scatter %.3g)", mat.Max(sw))
	}
	var l mat.TriDense
	chol.LTo(&l)
	var white mat.Dense
	if err := white.Solve(&l, mat.NewDense(images, f.Dim, between.Data).T()); err != nil {
		return 0, fmt.Errorf("eval: LiDAR: %w", err)
	}
	sigma := SingularValues(Features{f.Dim, images, white.RawMatrix().Data})
	sum, lambda := 0.0, make([]float64, f.Dim)
	for i := range lambda {
		if i < len(sigma) {
			lambda[i] = sigma[i] * sigma[i] / float64(images-1)
		}
		lambda[i] += epsilon
		sum += lambda[i]
	}
	entropy := 0.0
	for _, v := range lambda {
		p := v / sum
		entropy -= p * math.Log(p)
	}
	return math.Exp(entropy), nil
}

// scatter is FᵀF/over.
func scatter(f Features, over float64) *mat.SymDense {
	s := mat.NewSymDense(f.Dim, nil)
	s.SymOuterK(1/over, mat.NewDense(f.Rows, f.Dim, f.Data).T())
	return s
}
