package eval

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"
)

func TestMetricsInClosedForm(t *testing.T) {
	identity := Features{4, 4, make([]float64, 16)}
	line := Features{4, 4, make([]float64, 16)}
	zero := Features{4, 4, make([]float64, 16)}
	for i := range 4 {
		identity.Row(i)[i] = 3
		copy(line.Row(i), []float64{1, 2, 3, 4})
	}
	near(t, "RankMe(3·I)", RankMe(identity), 4, 1e-5)
	near(t, "RankMe(collapsed)", RankMe(line), 1, 1e-5)
	near(t, "RankMe(0)", RankMe(zero), 0, 0)
	near(t, "EffectiveRank(3·I)", EffectiveRank(SingularValues(identity)), 4, 1e-12)
	near(t, "StableRank(3·I)", StableRank(SingularValues(identity)), 4, 1e-12)
	near(t, "StableRank(0)", StableRank(SingularValues(zero)), 0, 0)
	near(t, "ParticipationRatio", ParticipationRatio([]float64{2, 2, 2}), 3, 1e-12)
	near(t, "ParticipationRatio(0)", ParticipationRatio([]float64{0, 0}), 0, 0)
	near(t, "Uniformity(collapsed)", Uniformity(line), 0, 0)
	near(t, "Uniformity(one row)", Uniformity(line.Head(1)), 0, 0)
	near(t, "NormalizedStd(collapsed)", NormalizedStd(line), 0, 0)
	law := make([]float64, 50)
	for j := range law {
		law[j] = 7 * math.Pow(float64(j+1), -1.3)
	}
	near(t, "AlphaReQ(j^-1.3)", AlphaReQ(law), 1.3, 1e-12)
	if a := AlphaReQ([]float64{1, 0, 0}); !math.IsNaN(a) {
		t.Errorf("AlphaReQ of one eigenvalue = %v, want NaN", a)
	}
	same, err := Alignment(line, line)
	if err != nil || same != 0 {
		t.Errorf("Alignment(x, x) = %v, %v; want 0", same, err)
	}
}

// TestSingularValuesTallIsWide compares the QR way, taken for tall matrices, with the
// direct one, on a matrix and its transpose.
func TestSingularValuesTallIsWide(t *testing.T) {
	tall := formula(300, 7, 2)
	wide := Features{7, 300, make([]float64, len(tall.Data))}
	for i := range tall.Rows {
		for j, v := range tall.Row(i) {
			wide.Row(j)[i] = v
		}
	}
	a, b := SingularValues(tall), SingularValues(wide)
	if len(a) != 7 || len(b) != 7 {
		t.Fatalf("%d and %d singular values, want 7", len(a), len(b))
	}
	for i := range a {
		near(t, "singular value", a[i], b[i], 1e-12)
	}
}

// TestUniformityByLoops compares the blocked computation, over several blocks, with the
// definition.
func TestUniformityByLoops(t *testing.T) {
	f := formula(1100, 5, 9)
	n := f.Normalized()
	sum, pairs := 0.0, 0
	for i := range n.Rows {
		for j := range i {
			d2 := 0.0
			for k, v := range n.Row(i) {
				d2 += (v - n.Row(j)[k]) * (v - n.Row(j)[k])
			}
			sum += math.Exp(-2 * d2)
			pairs++
		}
	}
	near(t, "Uniformity", Uniformity(f), math.Log(sum/float64(pairs)), 1e-9)
}

// TestKNNByLoops compares with the definition for several K at once, K above the bank
// included, and with ties: the bank holds every row twice.
func TestKNNByLoops(t *testing.T) {
	bank, query := formula(700, 6, 20), formula(300, 6, 21)
	copy(bank.Data[350*6:], bank.Data[:350*6])
	labels := make([]int32, bank.Rows)
	for i := range labels {
		labels[i] = int32(7 * i % 5)
	}
	knn := KNN{K: []int{50, 1, 7, 5000}, Temperature: 0.2}
	got, err := knn.Predict(context.Background(), bank, labels, query, 5)
	if err != nil {
		t.Fatal(err)
	}
	b, q := narrow(bank.Normalized()), narrow(query.Normalized())
	for r := range query.Rows {
		sims := make([]neighbour, bank.Rows)
		for i := range sims {
			var s float64
			for j := range 6 {
				s += float64(b.Data[i*6+j]) * float64(q.Data[r*6+j])
			}
			sims[i] = neighbour{float32(s), int32(i)}
		}
		sort.Slice(sims, func(x, y int) bool { return sims[x].before(sims[y]) })
		for k, n := range knn.K {
			votes := make([]float64, 5)
			for _, s := range sims[:min(n, len(sims))] {
				votes[labels[s.index]] += math.Exp(float64(s.sim) / knn.Temperature)
			}
			best := largest(votes)
			// Rounding may swap neighbours whose similarity differs in the last bit.
			if g := got[k][r]; g != best && votes[best]-votes[g] > 1e-3*votes[best] {
				t.Errorf("query %d, K %d: class %d with %v votes, want %d with %v", r, n, g, votes[g], best, votes[best])
			}
		}
	}
	again, err := knn.Predict(context.Background(), bank, labels, query, 5)
	if err != nil {
		t.Fatal(err)
	}
	for k := range got {
		if !slices.Equal(got[k], again[k]) {
			t.Errorf("K %d: a second call gives other classes", knn.K[k])
		}
	}
}

func TestFeaturesBadInput(t *testing.T) {
	_, ragged := FromFloat32(make([]float32, 7), 3)
	_, empty := FromFloat32(nil, 3)
	_, nan := FromFloat32([]float32{1, 2, 3, float32(math.NaN())}, 2)
	_, inf := FromRows([][]float64{{1, math.Inf(1)}})
	_, uneven := FromRows([][]float64{{1, 2}, {3}})
	_, none := FromRows(nil)
	_, shape := Alignment(formula(2, 3, 1), formula(3, 2, 1))
	_, oneView := LiDAR(formula(4, 2, 1), 1)
	_, oneImage := LiDAR(formula(4, 2, 1), 4)
	for want, err := range map[string]error{
		"7 numbers do not make rows of 3": ragged, "0 numbers": empty, "feature 1 of row 1 is NaN; the network has diverged": nan,
		"feature 1 of row 0 is +Inf": inf, "row 1 has 1 features": uneven, "no rows": none, "[2, 3] and [3, 2]": shape,
		"groups of 1": oneView, "groups of 4": oneImage,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error = %v, want one with %q", err, want)
		}
	}
}
