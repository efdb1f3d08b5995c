package eval

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/data"
)

// pooled are the features of testdata/make_sklearn.py: pixels averaged over 4×4 squares.
func pooled(t *testing.T, s data.Split) Features {
	t.Helper()
	f := Features{s.N, 49, make([]float64, s.N*49)}
	for i := range s.N {
		for p, v := range s.Pixels(i) {
			f.Row(i)[p/28/4*7+p%28/4] += float64(v) / 16 / 255
		}
	}
	return f
}

func TestLinearProbeAgreesWithSklearn(t *testing.T) {
	set, err := data.EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	train, test := pooled(t, set.Train), pooled(t, set.Test)
	var file struct {
		Cases []struct {
			C            float64
			TestAccuracy float64 `json:"test_accuracy"`
			TestLogLoss  float64 `json:"test_log_loss"`
			CoefNorm     float64 `json:"coef_norm"`
			First        []int32
		}
	}
	readGolden(t, "sklearn.json", &file)
	for _, want := range file.Cases {
		p := NewLinearProbe()
		p.C = want.C
		m, err := p.Fit(context.Background(), train, set.Train.Labels, 10)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Converged {
			t.Errorf("C = %v: not converged after %d iterations", want.C, m.Iterations)
		}
		acc, err := m.Score(test, set.Test.Labels)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(acc-want.TestAccuracy) > 0.0005+1e-12 {
			t.Errorf("C = %v: accuracy %.4f, scikit-learn's %.4f", want.C, acc, want.TestAccuracy)
		}
		near(t, "log loss", m.logLoss(test, set.Test.Labels), want.TestLogLoss, 1e-3)
		near(t, "‖W‖", math.Sqrt(dot(m.Weights, m.Weights)), want.CoefNorm, 1e-2)
		got, err := m.Predict(test.Head(50))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want.First) {
			t.Errorf("C = %v: first classes %v, scikit-learn's %v", want.C, got, want.First)
		}
	}
}

// logLoss is the mean cross-entropy, written from its definition.
func (m *Linear) logLoss(f Features, labels []int32) (loss float64) {
	for i := range f.Rows {
		sum, own := 0.0, 0.0
		for c := range m.Classes {
			logit := m.Bias[c]
			for j, v := range f.Row(i) {
				logit += m.Weights[c*m.Dim+j] * (v - m.Mean[j]) * m.Scale[j]
			}
			sum += math.Exp(logit)
			if c == int(labels[i]) {
				own = logit
			}
		}
		loss += (math.Log(sum) - own) / float64(f.Rows)
	}
	return loss
}

// TestLogisticGradient compares the objective's gradient with finite differences.
func TestLogisticGradient(t *testing.T) {
	x := formula(30, 4, 1)
	labels := make([]int32, 30)
	for i := range labels {
		labels[i] = int32(i * i % 3)
	}
	o := newLogistic(x, labels, 3, 0.05)
	if err := o.precondition(); err != nil {
		t.Fatal(err)
	}
	phi := make([]float64, 3*5)
	for i := range phi {
		phi[i] = math.Sin(float64(i))
	}
	grad := make([]float64, len(phi))
	o.gradient(grad, phi)
	const h = 1e-5
	for i := range phi {
		up, down := slices.Clone(phi), slices.Clone(phi)
		up[i] += h
		down[i] -= h
		near(t, "derivative", grad[i], (o.value(up)-o.value(down))/(2*h), 1e-6)
	}
}

func TestLinearProbeSameOnAnyNumberOfProcessors(t *testing.T) {
	x := formula(500, 6, 3)
	labels := make([]int32, 500)
	for i := range labels {
		labels[i] = int32(i % 5)
	}
	fit := func() *Linear {
		m, err := NewLinearProbe().Fit(context.Background(), x, labels, 5)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	many := fit()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := fit()
	if !slices.Equal(many.Weights, one.Weights) {
		t.Error("weights differ between one processor and several")
	}
}

func TestLinearProbeDeadFeature(t *testing.T) {
	x := formula(40, 3, 5)
	labels := make([]int32, 40)
	for i := range labels {
		x.Row(i)[1] = 7
		labels[i] = int32(i % 2)
		x.Row(i)[0] = float64(i % 2)
	}
	m, err := NewLinearProbe().Fit(context.Background(), x, labels, 2)
	if err != nil {
		t.Fatal(err)
	}
	if acc, err := m.Score(x, labels); err != nil || acc != 1 {
		t.Errorf("Score = %v, %v; want 1 on separable classes", acc, err)
	}
}

func TestProbeBadInput(t *testing.T) {
	x, labels := formula(6, 2, 1), []int32{0, 1, 0, 1, 0, 1}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	fit := func(p LinearProbe, l []int32) error {
		_, err := p.Fit(context.Background(), x, l, 2)
		return err
	}
	predict := func(k KNN, q Features) error {
		_, err := k.Predict(context.Background(), x, labels, q, 2)
		return err
	}
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"too few labels", fit(NewLinearProbe(), labels[:5]), "5 labels for 6 rows"},
		{"label out of range", fit(NewLinearProbe(), []int32{0, 1, 0, 1, 0, 2}), "label 2 of row 5"},
		{"negative label", fit(NewLinearProbe(), []int32{0, 1, 0, 1, 0, -1}), "label -1 of row 5"},
		{"C zero", fit(LinearProbe{MaxIterations: 1, Tolerance: 1}, labels), "C = 0"},
		{"C not a number", fit(LinearProbe{C: math.NaN(), MaxIterations: 1, Tolerance: 1}, labels), "C = NaN"},
		{"no iterations", fit(LinearProbe{C: 1, Tolerance: 1}, labels), "MaxIterations 0"},
		{"kNN temperature zero", predict(KNN{K: []int{1}}, x), "temperature 0"},
		{"kNN without K", predict(KNN{Temperature: 1}, x), "set K"},
		{"kNN of none", predict(KNN{K: []int{0}, Temperature: 1}, x), "0 neighbours"},
		{"kNN of other width", predict(NewKNN(), formula(3, 3, 1)), "2 features, the queries 3"},
	}
	for _, tt := range tests {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want one with %q", tt.name, tt.err, tt.want)
		}
	}
	if _, err := NewLinearProbe().Fit(ctx, x, labels, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("Fit after cancellation: error = %v, want context.Canceled", err)
	}
	if _, err := NewKNN().Predict(ctx, x, labels, x, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("Predict after cancellation: error = %v, want context.Canceled", err)
	}
}
