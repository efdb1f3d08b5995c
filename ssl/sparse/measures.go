package sparse

import (
	"math"
	"sort"

	. "github.com/gomlx/gomlx/core/graph"
	"gonum.org/v1/gonum/mat"
)

// NegligibleShare: a feature group shorter than this share of the longest is negligible.
const NegligibleShare = 0.01

// NegligibleNode is the share of feature groups of W [features, width] that are negligible,
// a scalar in [0, 1], inside a graph.
func NegligibleNode(w *Node) *Node {
	n := StopGradient(norms(w, 1))
	small := LessOrEqual(n, MulScalar(ReduceAndKeep(n, ReduceMax, 0), NegligibleShare))
	return ReduceAllMean(Where(small, OnesLike(n), ZerosLike(n)))
}

// ZeroNode is the share of feature groups that are exactly zero, inside a graph.
func ZeroNode(w *Node) *Node {
	n := StopGradient(norms(w, 1))
	return ReduceAllMean(Where(LessOrEqual(n, ZerosLike(n)), OnesLike(n), ZerosLike(n)))
}

// Measures describes how sparse a matrix is by its input features.
type Measures struct {
	Features   int       // rows of W
	Zero       int       // groups that are exactly zero
	Negligible int       // groups at or below [NegligibleShare] of the longest, zeros included
	Hoyer      float64   // of the group lengths: 0 all equal, 1 a single one (Hoyer 2004)
	Gini       float64   // of the group lengths: 0 all equal, towards 1 a single one
	Effective  float64   // exp of the entropy of the group lengths: how many features count
	Longest    float64   // length of the longest group
	Singular   []float64 // singular values of W, largest first; nil where W is not finite, or larger than about 1500×1500
}

// Share is the share of negligible groups, in [0, 1].
func (m Measures) Share() float64 {
	if m.Features == 0 {
		return 0
	}
	return float64(m.Negligible) / float64(m.Features)
}

// Measure computes the measures of w, row-major [features, width].
func Measure(w []float64, features, width int) Measures {
	m := Measures{Features: features}
	lengths := make([]float64, features)
	var sum, squares float64
	for j := range lengths {
		var s float64
		for _, v := range w[j*width : (j+1)*width] {
			s += v * v
		}
		lengths[j] = math.Sqrt(s)
		sum += lengths[j]
		squares += s
		m.Longest = max(m.Longest, lengths[j])
	}
	var entropy, weighted float64
	sort.Float64s(lengths)
	for i, l := range lengths {
		if l == 0 {
			m.Zero++
		}
		if l <= NegligibleShare*m.Longest {
			m.Negligible++
		}
		if l > 0 {
			p := l / sum
			entropy -= p * math.Log(p)
		}
		weighted += float64(i+1) * l
	}
	if sum == 0 {
		return m
	}
	m.Singular = singularValues(w, features, width)
	n := float64(features)
	m.Effective = math.Exp(entropy)
	m.Gini = 2*weighted/(n*sum) - (n+1)/n
	if features > 1 {
		m.Hoyer = (math.Sqrt(n) - sum/math.Sqrt(squares)) / (math.Sqrt(n) - 1)
	}
	return m
}

// maxSingular bounds the work of singular values, features·width·the smaller of both: a few
// seconds.
const maxSingular = 4e9

// singularValues of w, row-major [features, width], largest first.
func singularValues(w []float64, features, width int) []float64 {
	if float64(features)*float64(width)*float64(min(features, width)) > maxSingular {
		return nil
	}
	for _, v := range w {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	}
	var svd mat.SVD
	if features == 0 || width == 0 || !svd.Factorize(mat.NewDense(features, width, w), mat.SVDNone) {
		return nil
	}
	return svd.Values(nil)
}
