package eval_test

import (
	"context"
	"testing"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/eval"
)

// pixels returns the reference experiment's raw-pixel features: the first 20,000
// training images and all test images of Fashion-MNIST.
func pixels(b *testing.B, width int) (train, test eval.Features, trainLabels, testLabels []int32) {
	b.Helper()
	set, err := data.LoadFashionMNIST("")
	if err != nil {
		b.Fatal(err)
	}
	set = set.First(20000, 10000)
	b.Logf("%v", set)
	cut := func(s data.Split) eval.Features {
		dim := s.Height * s.Width
		all := s.Floats()
		flat := make([]float32, 0, s.N*width)
		for i := range s.N {
			flat = append(flat, all[i*dim+(dim-width)/2:i*dim+(dim-width)/2+width]...)
		}
		f, err := eval.FromFloat32(flat, width)
		if err != nil {
			b.Fatal(err)
		}
		return f
	}
	return cut(set.Train), cut(set.Test), set.Train.Labels, set.Test.Labels
}

// BenchmarkPixels prints what the reference measured as 81.70 % (linear), 81.76 % and
// 75.29 % (20 and 200 neighbours), when all of Fashion-MNIST is installed.
func BenchmarkPixels(b *testing.B) {
	train, test, trainLabels, testLabels := pixels(b, 784)
	for b.Loop() {
		reportProbes(b, train, test, trainLabels, testLabels)
	}
}

// BenchmarkProbes128 is the work of evaluating a 128-dimensional representation.
func BenchmarkProbes128(b *testing.B) {
	train, test, trainLabels, _ := pixels(b, 128)
	b.Run("linear", func(b *testing.B) {
		for b.Loop() {
			m, err := eval.NewLinearProbe().Fit(context.Background(), train, trainLabels, 10)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(m.Iterations), "iterations")
			if !m.Converged {
				b.Error("not converged")
			}
		}
	})
	b.Run("knn", func(b *testing.B) {
		for b.Loop() {
			if _, err := eval.NewKNN().Predict(context.Background(), train, trainLabels, test, 10); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rankme", func(b *testing.B) {
		for b.Loop() {
			eval.RankMe(test)
		}
	})
	b.Run("uniformity", func(b *testing.B) {
		for b.Loop() {
			eval.Uniformity(test)
		}
	})
}

func reportProbes(b *testing.B, train, test eval.Features, trainLabels, testLabels []int32) {
	b.Helper()
	m, err := eval.NewLinearProbe().Fit(context.Background(), train, trainLabels, 10)
	if err != nil {
		b.Fatal(err)
	}
	acc, err := m.Score(test, testLabels)
	if err != nil {
		b.Fatal(err)
	}
	near, err := eval.NewKNN().Score(context.Background(), train, trainLabels, test, testLabels, 10)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(100*acc, "%linear")
	b.ReportMetric(100*near[0], "%knn20")
	b.ReportMetric(100*near[1], "%knn200")
	b.ReportMetric(float64(m.Iterations), "iterations")
}
