package eval

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// SingularValues returns the singular values of the features as they are, not centred,
// largest first: min(Rows, Dim) of them.
func SingularValues(f Features) []float64 {
	a := mat.NewDense(f.Rows, f.Dim, f.Data)
	var small mat.Matrix = a
	// A = QR has R's singular values; for many rows and few columns R is tiny. Going by
	// the eigenvalues of AᵀA would be faster and lose half of the digits.
	if f.Rows > 2*f.Dim {
		var qr mat.QR
		qr.Factorize(a)
		var r mat.Dense
		qr.RTo(&r)
		small = r.Slice(0, f.Dim, 0, f.Dim)
	}
	var svd mat.SVD
	if !svd.Factorize(small, mat.SVDNone) {
		// Features are finite, and for finite matrices the iteration converges.
		panic("eval: the singular values of finite features did not converge")
	}
	return svd.Values(nil)
}

// RankMe is the effective rank of the features by which representations are compared
// without labels: exp of the entropy of p = σ/Σσ + 1e-7, σ being the singular values.
// Between 1 (collapsed to a line) and min(Rows, Dim). (Garrido et al. 2023,
// arXiv:2210.02885, eq. 1–2.) It is 0 for features that are all zero.
func RankMe(f Features) float64 { return RankMeOf(SingularValues(f)) }

// RankMeOf is [RankMe] for given singular values.
func RankMeOf(sigma []float64) float64 {
	const epsilon = 1e-7
	sum := total(sigma)
	if sum == 0 {
		return 0
	}
	entropy := 0.0
	for _, s := range sigma {
		p := s/sum + epsilon
		entropy -= p * math.Log(p)
	}
	return math.Exp(entropy)
}

// EffectiveRank is exp of the entropy of x/Σx, of singular values (Roy and Vetterli
// 2007) or of the eigenvalues of a covariance. Zeros count nothing; it is 0 when all
// are zero.
func EffectiveRank(x []float64) float64 {
	sum := total(x)
	if sum == 0 {
		return 0
	}
	entropy := 0.0
	for _, v := range x {
		if p := v / sum; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}

// StableRank is Σσ²/σ₁², of singular values: at most the rank, and unmoved by tiny ones.
// It is 0 when all are zero.
func StableRank(sigma []float64) float64 {
	sum, top := 0.0, 0.0
	for _, s := range sigma {
		sum += s * s
		top = max(top, s*s)
	}
	if top == 0 {
		return 0
	}
	return sum / top
}

// CovarianceSpectrum returns the eigenvalues of the features' covariance (unbiased: over
// Rows−1), largest first. They are the squared singular values of the centred features,
// which keeps small ones exact. It has min(Rows, Dim) values, all zero for a single row.
func CovarianceSpectrum(f Features) []float64 {
	sigma := SingularValues(f.centred())
	n := float64(max(f.Rows-1, 1))
	for i, s := range sigma {
		sigma[i] = s * s / n
	}
	return sigma
}

// ParticipationRatio is (Σλ)²/Σλ² of the eigenvalues of a covariance: how many
// directions take part in the variance. It is 0 when all are zero.
func ParticipationRatio(eigenvalues []float64) float64 {
	sum, squares := 0.0, 0.0
	for _, v := range eigenvalues {
		sum += v
		squares += v * v
	}
	if squares == 0 {
		return 0
	}
	return sum * sum / squares
}

// AlphaReQ is the exponent α of the power law λⱼ ∝ j^−α fitted, by least squares in
// logarithms, to the eigenvalues of a covariance, largest first; α near 1 goes with good
// representations. (Agrawal et al. 2022, arXiv:2202.05808.) Eigenvalues below 1e-12 of the
// largest are rounding errors and left out. It is NaN with fewer than two left.
func AlphaReQ(eigenvalues []float64) float64 {
	if len(eigenvalues) == 0 {
		return math.NaN()
	}
	var n, sx, sy, sxx, sxy float64
	for j, v := range eigenvalues {
		if v <= 1e-12*eigenvalues[0] {
			break
		}
		x, y := math.Log(float64(j+1)), math.Log(v)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return -(n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func total(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}
