package eval

import (
	"context"
	"errors"
	"fmt"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"math"

	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// LinearProbe is the settings of the linear probe: multinomial logistic regression on
// standardised features, with an L2 penalty on the weights, fitted to convergence.
// It minimises C·Σ loss + ‖W‖²/2, the bias unpenalised, as scikit-learn's
// LogisticRegression does, and agrees with it.
type LinearProbe struct {
	C             float64 // inverse strength of the penalty
	MaxIterations int     // an upper bound; convergence takes 50–300
	Tolerance     float64 // largest gradient of the mean loss that counts as converged
}

// NewLinearProbe returns the settings of the reference results: C = 1; the tolerance is
// ten times stricter than scikit-learn's.
func NewLinearProbe() LinearProbe {
	return LinearProbe{C: 1, MaxIterations: 500, Tolerance: 1e-5}
}

// Linear is a fitted linear probe.
type Linear struct {
	Classes, Dim int
	Weights      []float64 // [Classes, Dim], on standardised features
	Bias         []float64 // [Classes]
	Mean, Scale  []float64 // [Dim] each: a feature x enters as (x − Mean)·Scale
	Loss         float64   // mean cross-entropy plus penalty, at the end
	Iterations   int       // that it took
	Converged    bool      // whether Tolerance was reached within MaxIterations
}

// Fit fits the probe. The result depends on the input alone, not on the number of
// processors. It returns the context's error when that is cancelled.
func (p LinearProbe) Fit(ctx context.Context, f Features, labels []int32, classes int) (*Linear, error) {
	if err := checkLabels("linear probe", f, labels, classes); err != nil {
		return nil, err
	}
	if !(p.C > 0) || math.IsInf(p.C, 0) {
		return nil, fmt.Errorf("eval: linear probe: C = %v must be positive; the usual value is 1", p.C)
	}
	if p.MaxIterations < 1 || !(p.Tolerance > 0) {
		return nil, fmt.Errorf("eval: linear probe: MaxIterations %d and Tolerance %v must be positive", p.MaxIterations, p.Tolerance)
	}
	m := &Linear{Classes: classes, Dim: f.Dim}
	x := m.standardize(f)
	obj := newLogistic(x, labels, classes, 1/(p.C*float64(f.Rows)))
	if err := obj.precondition(); err != nil {
		return nil, err
	}
	problem := optimize.Problem{
		Func: obj.value,
		Grad: obj.gradient,
		Status: func() (optimize.Status, error) {
			if err := ctx.Err(); err != nil {
				return optimize.Failure, err
			}
			if obj.worst <= p.Tolerance {
				return optimize.GradientThreshold, nil
			}
			return optimize.NotTerminated, nil
		},
	}
	settings := &optimize.Settings{MajorIterations: p.MaxIterations, GradientThreshold: 1e-300, Converger: optimize.NeverTerminate{}, Concurrent: 0}
	result, err := optimize.Minimize(problem, make([]float64, classes*(f.Dim+1)), settings, &optimize.LBFGS{Store: 10})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if result == nil {
		return nil, fmt.Errorf("eval: linear probe: %w", err)
	}
	// At the limits of float64 the line search finds no lower point: that is the minimum.
	if err != nil && !errors.Is(err, optimize.ErrLinesearcherFailure) && !errors.Is(err, optimize.ErrNoProgress) && !errors.Is(err, optimize.ErrLinesearcherBound) {
		return nil, fmt.Errorf("eval: linear probe: %w", err)
	}
	theta := obj.unpack(result.X)
	m.Loss = obj.evaluate(result.X)
	m.Weights, m.Bias = theta[:classes*f.Dim], theta[classes*f.Dim:]
	m.Iterations, m.Converged = result.MajorIterations, result.Status == optimize.GradientThreshold
	return m, nil
}

// Predict returns the class of every row.
func (m *Linear) Predict(f Features) ([]int32, error) {
	if f.Dim != m.Dim {
		return nil, fmt.Errorf("eval: the probe was fitted on %d features, not %d", m.Dim, f.Dim)
	}
	out := make([]int32, f.Rows)
	inParallel(f.Rows, func(from, to int) {
		row, logits := make([]float64, f.Dim), make([]float64, m.Classes)
		for i := from; i < to; i++ {
			for j, v := range f.Row(i) {
				row[j] = (v - m.Mean[j]) * m.Scale[j]
			}
			for c := range logits {
				logits[c] = m.Bias[c] + dot(row, m.Weights[c*m.Dim:(c+1)*m.Dim])
			}
			out[i] = largest(logits)
		}
	})
	return out, nil
}

// Score returns the share of rows that are given their label, between 0 and 1.
func (m *Linear) Score(f Features, labels []int32) (float64, error) {
	if err := checkLabels("linear probe", f, labels, m.Classes); err != nil {
		return 0, err
	}
	got, err := m.Predict(f)
	if err != nil {
		return 0, err
	}
	return accuracy(got, labels), nil
}

// standardize takes mean and scale from f, and returns f standardised by them.
func (m *Linear) standardize(f Features) Features {
	m.Mean, m.Scale = f.columnMeans(), FeatureStd(f)
	for j, s := range m.Scale {
		m.Scale[j] = 1 / (s + 1e-6) // a dead feature becomes 0, not NaN
	}
	x := Features{f.Rows, f.Dim, make([]float64, len(f.Data))}
	for i := range f.Rows {
		src, dst := f.Row(i), x.Row(i)
		for j, v := range src {
			dst[j] = (v - m.Mean[j]) * m.Scale[j]
		}
	}
	return x
}

// logistic is the objective in coordinates φ in which its curvature is nearly the same
// in all directions: W = L⁻ᵀφ with LLᵀ = XᵀX/(n·classes) + λI, about the Hessian at
// W = 0. L-BFGS then needs about a quarter of the iterations, to the same minimum.
type logistic struct {
	x       Features
	labels  []int32
	classes int
	lambda  float64 // the penalty of the mean loss
	l       blas64.Triangular
	at      []float64 // the φ that loss and grad belong to
	loss    float64
	grad    []float64 // with respect to φ
	worst   float64   // largest entry of the gradient with respect to W and the bias
	parts   [][]float64
	losses  []float64
}

// sums is the number of partial sums, fixed so that rounding does not depend on the
// number of processors.
const sums = 16

func newLogistic(x Features, labels []int32, classes int, lambda float64) *logistic {
	o := &logistic{x: x, labels: labels, classes: classes, lambda: lambda, worst: math.Inf(1),
		grad: make([]float64, classes*(x.Dim+1)), losses: make([]float64, sums), parts: make([][]float64, sums)}
	for i := range o.parts {
		o.parts[i] = make([]float64, classes*(x.Dim+1))
	}
	return o
}

// precondition computes L. A sample of the rows is enough for that.
func (o *logistic) precondition() error {
	rows := min(o.x.Rows, max(4096, 4*o.x.Dim))
	h := scatter(o.x.Head(rows), float64(rows*o.classes))
	for j := range o.x.Dim {
		h.SetSym(j, j, h.At(j, j)+o.lambda)
	}
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		return fmt.Errorf("eval: linear probe: the features are numerically singular; raise the penalty by a smaller C")
	}
	var l mat.TriDense
	chol.LTo(&l)
	o.l = l.RawTriangular()
	return nil
}

func (o *logistic) value(phi []float64) float64 { return o.evaluate(phi) }

func (o *logistic) gradient(dst, phi []float64) {
	o.evaluate(phi)
	copy(dst, o.grad)
}

// unpack returns weights [classes, dim] and bias [classes] for φ.
func (o *logistic) unpack(phi []float64) []float64 {
	k, d := o.classes, o.x.Dim
	theta := make([]float64, len(phi))
	copy(theta, phi[:k*d])
	for c := range k {
		blas64.Trsv(blas.Trans, o.l, blas64.Vector{N: d, Inc: 1, Data: theta[c*d : (c+1)*d]})
	}
	for c := range k {
		theta[k*d+c] = phi[k*d+c] * math.Sqrt(float64(k))
	}
	return theta
}

// evaluate computes loss and gradient at φ, once for each φ.
func (o *logistic) evaluate(phi []float64) float64 {
	if o.at != nil && equal(o.at, phi) {
		return o.loss
	}
	o.at = append(o.at[:0], phi...)
	k, d, n := o.classes, o.x.Dim, o.x.Rows
	theta := o.unpack(phi)
	inParallel(sums, func(from, to int) {
		logits := make([]float64, k)
		for s := from; s < to; s++ {
			o.losses[s] = o.rows(theta, o.parts[s], logits, s*n/sums, (s+1)*n/sums)
		}
	})
	g := make([]float64, len(phi))
	o.loss = 0
	for s := range sums {
		o.loss += o.losses[s] / float64(n)
		for i, v := range o.parts[s] {
			g[i] += v / float64(n)
		}
	}
	for i, w := range theta[:k*d] {
		o.loss += o.lambda / 2 * w * w
		g[i] += o.lambda * w
	}
	o.worst = 0
	for _, v := range g {
		o.worst = max(o.worst, math.Abs(v))
	}
	copy(o.grad, g[:k*d])
	for c := range k {
		blas64.Trsv(blas.NoTrans, o.l, blas64.Vector{N: d, Inc: 1, Data: o.grad[c*d : (c+1)*d]})
		o.grad[k*d+c] = g[k*d+c] * math.Sqrt(float64(k))
	}
	return o.loss
}

// rows adds up the loss of rows from to to, and its gradient into part.
func (o *logistic) rows(theta, part, logits []float64, from, to int) (loss float64) {
	k, d := o.classes, o.x.Dim
	clear(part)
	for i := from; i < to; i++ {
		row := o.x.Row(i)
		top := math.Inf(-1)
		for c := range k {
			logits[c] = theta[k*d+c] + dot(row, theta[c*d:(c+1)*d])
			top = max(top, logits[c])
		}
		sum := 0.0
		label := int(o.labels[i])
		loss += top - logits[label]
		for c, v := range logits {
			logits[c] = math.Exp(v - top)
			sum += logits[c]
		}
		loss += math.Log(sum)
		for c := range k {
			p := logits[c] / sum
			if c == label {
				p--
			}
			vector.Daxpy(d, p, row, 1, part[c*d:(c+1)*d], 1)
			part[k*d+c] += p
		}
	}
	return loss
}

var vector gonum.Implementation

func dot(a, b []float64) float64 { return vector.Ddot(len(a), a, 1, b, 1) }

func equal(a, b []float64) bool {
	for i, v := range a {
		if v != b[i] {
			return false
		}
	}
	return true
}
