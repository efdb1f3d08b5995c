package eval

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPCA(t *testing.T) {
	// Points on a plane in five dimensions, 3 times as far along one direction.
	n := 200
	f := Features{n, 5, make([]float64, n*5)}
	u, v := []float64{2. / 3, 0, -2. / 3, 1. / 3, 0}, []float64{0, 0.6, 0, 0, 0.8}
	for i := range n {
		a, b := 3*math.Cos(2*math.Pi*float64(i)/float64(n)), math.Sin(2*math.Pi*float64(i)/float64(n))
		for j := range 5 {
			f.Row(i)[j] = 7 + a*u[j] + b*v[j]
		}
	}
	c, explained, err := PCA(f, 3)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "first share", explained[0], 0.9, 1e-9)
	near(t, "second share", explained[1], 0.1, 1e-9)
	if explained[2] > 1e-12 {
		t.Errorf("third share = %v, want 0", explained[2])
	}
	for i := range n {
		a := 3 * math.Cos(2*math.Pi*float64(i)/float64(n))
		// u has two largest entries of opposite sign: either orientation is legal for it.
		if math.Abs(math.Abs(c.Row(i)[0])-math.Abs(a)) > 1e-9 {
			t.Fatalf("row %d has first coordinate %v, want ±%v", i, c.Row(i)[0], a)
		}
		if b := math.Sin(2 * math.Pi * float64(i) / float64(n)); math.Abs(c.Row(i)[1]-b) > 1e-9 {
			t.Fatalf("row %d has second coordinate %v, want %v", i, c.Row(i)[1], b)
		}
	}
	for _, k := range []int{0, 6} {
		if _, _, err := PCA(f, k); err == nil || !strings.Contains(err.Error(), "has 1 to 5 components") {
			t.Errorf("PCA of %d components: error %v", k, err)
		}
	}
}

func TestMeasureAndAlarm(t *testing.T) {
	good := formula(400, 6, 3)
	c := Measure(good)
	near(t, "RankMe", c.RankMe, RankMe(good), 0)
	near(t, "Uniformity", c.Uniformity, Uniformity(good), 0)
	near(t, "Participation", c.Participation, ParticipationRatio(CovarianceSpectrum(good)), 0)
	if c.Alarm() != "" || c.Dead != 0 || strings.Contains(c.String(), "alarm") {
		t.Errorf("alarm %q, %d dead", c.Alarm(), c.Dead)
	}
	spoil := func(change func(row []float64, i int)) Collapse {
		f := formula(400, 6, 3)
		for i := range f.Rows {
			change(f.Row(i), i)
		}
		return Measure(f)
	}
	tests := []struct {
		name string
		c    Collapse
		want string
	}{
		{"constant", spoil(func(r []float64, _ int) { copy(r, []float64{1, 2, 3, 4, 5, 6}) }), "every image has the same"},
		{"zero", spoil(func(r []float64, _ int) { clear(r) }), "every image has the same"},
		{"ray", spoil(func(r []float64, i int) {
			for j := range r {
				r[j] = float64(i+1) * float64(j+1)
			}
		}), "differ in length alone"},
		{"line", spoil(func(r []float64, i int) {
			for j := range r {
				r[j] = math.Sin(float64(i)) * float64(j+1)
			}
		}), "collapsed to a line"},
		{"dead features", spoil(func(r []float64, _ int) { clear(r[2:]) }), "4 of 6 features are dead"},
	}
	for _, tt := range tests {
		if !strings.Contains(tt.c.Alarm(), tt.want) {
			t.Errorf("%s: alarm %q, want one with %q\n%v", tt.name, tt.c.Alarm(), tt.want, tt.c)
		}
		if html, ok := tt.c.MIMEBundle()["text/html"].(string); !ok || !strings.Contains(html, tt.want) {
			t.Errorf("%s: the notebook's table lacks the alarm", tt.name)
		}
	}
}

func TestFewLabels(t *testing.T) {
	labels := make([]int32, 1000)
	for i := range labels {
		labels[i] = int32(min(i/100, 3)) // 100, 100, 100 and 700
	}
	rows, err := FewLabels(labels, 5, 0.1, 7)
	if err != nil {
		t.Fatal(err)
	}
	counts := make([]int, 5)
	for _, r := range rows {
		counts[labels[r]]++
	}
	if !slices.Equal(counts, []int{10, 10, 10, 70, 0}) || !slices.IsSorted(rows) {
		t.Errorf("counts %v, want [10 10 10 70 0]", counts)
	}
	again, err := FewLabels(labels, 5, 0.1, 7)
	if err != nil || !slices.Equal(rows, again) {
		t.Errorf("the same seed chooses other rows (%v)", err)
	}
	other, err := FewLabels(labels, 5, 0.1, 8)
	if err != nil || slices.Equal(rows, other) {
		t.Errorf("another seed chooses the same rows (%v)", err)
	}
	one, err := FewLabels(labels, 5, 1e-9, 7)
	if err != nil || len(one) != 4 {
		t.Errorf("the least share chooses %v, %v; want one row a class", one, err)
	}
	for _, share := range []float64{0, -1, 1.1, math.NaN()} {
		if _, err := FewLabels(labels, 5, share, 7); err == nil {
			t.Errorf("a share of %v gives no error", share)
		}
	}
	if _, err := FewLabels(labels, 3, 0.1, 7); err == nil || !strings.Contains(err.Error(), "label 3 of row 300") {
		t.Errorf("error = %v, want one about the label", err)
	}
	f := formula(5, 2, 1).Pick([]int{4, 0})
	if f.Rows != 2 || f.Row(0)[1] != formula(5, 2, 1).Row(4)[1] {
		t.Errorf("Pick = %v", f)
	}
}
