package ssl

import (
	"context"
	"strings"
	"testing"
)

// Fine-tuning and the few-label probe learn the toy's classes, leave the run as it was, and
// give the same result again.
func TestFineTune(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyMethod(t, "byol"), 10)
	before := allWeights(t, r)
	f := NewFineTuning(1)
	f.Epochs, f.Batch, f.LearningRate = 12, 16, 0.05
	f.Views.Flip, f.Views.CropMin = 0, 0.9 // the toy's classes are directions
	got := must1(r.FineTune(context.Background(), f))
	if got.Labels != 96 || got.Accuracy < 0.8 || !(got.Loss < 0.8) {
		t.Errorf("%v, want at least 80 %% of three classes", got)
	}
	again := must1(r.FineTune(context.Background(), f))
	if again.Accuracy != got.Accuracy || again.Loss != got.Loss {
		t.Errorf("again: %v, first: %v", again, got)
	}
	accuracy, labels, err := r.FewLabels(context.Background(), 0.1, 1)
	if err != nil || labels != 9 || accuracy < 0.4 {
		t.Errorf("a probe of a tenth of the labels: %.2f of %d, %v", accuracy, labels, err)
	}
	sameWeights(t, "after fine-tuning", allWeights(t, r), before)
}

func TestFineTuneRefuses(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 1)
	for _, test := range []struct {
		change func(f *FineTuning)
		want   string
	}{
		{func(f *FineTuning) { f.Share = 0 }, "share 0 of the labels"},
		{func(f *FineTuning) { f.Epochs = 0 }, "0 epochs"},
		{func(f *FineTuning) { f.Batch = 1 }, "batch 1"},
		{func(f *FineTuning) { f.LearningRate = -1 }, "learning rate -1"},
		{func(f *FineTuning) { f.Views.CropMin = 0 }, "crop_min is 0"},
	} {
		f := NewFineTuning(0.5)
		test.change(&f)
		if _, err := r.FineTune(context.Background(), f); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("FineTune = %v, want %q", err, test.want)
		}
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.FineTune(stopped, NewFineTuning(0.5)); err == nil || !strings.Contains(err.Error(), "interrupted after 0") {
		t.Errorf("FineTune under a cancelled context = %v", err)
	}
	if _, _, err := r.FewLabels(context.Background(), 2, 1); err == nil || !strings.Contains(err.Error(), "a share of 2 of the labels") {
		t.Errorf("a probe of twice the labels = %v", err)
	}
}
