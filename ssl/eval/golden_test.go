package eval

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// formula is the generator of the golden inputs: see meta.generator in the file.
func formula(n, d int, seed float64) Features {
	f := Features{n, d, make([]float64, n*d)}
	for i := range n {
		for j := range d {
			a, b := float64(i), float64(j)
			f.Data[i*d+j] = math.Sin(a*0.37+b*1.3+seed*0.71) + 0.5*math.Cos(a*b*0.11+seed*1.9)
		}
	}
	return f
}

func readGolden(t *testing.T, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// near fails unless got is want to a relative tolerance, or to 1e-14 absolutely.
func near(t *testing.T, what string, got, want, rtol float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > rtol*math.Abs(want)+1e-14 {
		t.Errorf("%s = %.17g, want %.17g (relative difference %.1e, allowed %.0e)", what, got, want, math.Abs(got-want)/math.Abs(want), rtol)
	}
}

func product(a, b Features) Features {
	out := Features{a.Rows, b.Dim, make([]float64, a.Rows*b.Dim)}
	for i := range a.Rows {
		for k := range a.Dim {
			for j := range b.Dim {
				out.Data[i*b.Dim+j] += a.Data[i*a.Dim+k] * b.Data[k*b.Dim+j]
			}
		}
	}
	return out
}

func TestMetricsGolden(t *testing.T) {
	var file struct {
		Metrics []struct {
			Name    string
			Metrics struct {
				SingularValues []float64 `json:"singular_values"`
				EffectiveRank  float64   `json:"effective_rank_roy_vetterli"`
				RankMe         float64   `json:"rankme_eps1e-7_paper"`
				StableRank     float64   `json:"stable_rank"`
				Cov            []float64 `json:"cov_eigenvalues"`
				Participation  float64   `json:"participation_ratio"`
				EffectiveCov   float64   `json:"effective_rank_of_cov_eigs"`
				Alpha          float64   `json:"alpha_req_all"`
				Uniformity     float64   `json:"uniformity_t2"`
				NormalizedStd  float64   `json:"feature_std_of_l2_normalised_mean"`
				ColumnStd      float64   `json:"col_std_mean_unbiased"`
			}
			Value float64
		}
	}
	readGolden(t, "golden.json", &file)
	scaled := formula(32, 8, 41)
	for i := range scaled.Data {
		scaled.Data[i] /= float64(i%8 + 1)
	}
	inputs := []Features{formula(12, 6, 40), formula(32, 8, 41), product(formula(32, 3, 42), formula(3, 8, 43)), scaled}
	for i, f := range inputs {
		want := file.Metrics[i].Metrics
		t.Run(file.Metrics[i].Name, func(t *testing.T) {
			sigma, cov := SingularValues(f), CovarianceSpectrum(f)
			for j, s := range want.SingularValues {
				if s > 1e-12 {
					near(t, "singular value", sigma[j], s, 1e-9)
				}
			}
			for j, v := range want.Cov {
				if v > 1e-6 { // the recorded small ones are rounding errors of eigvalsh
					near(t, "covariance eigenvalue", cov[j], v, 1e-9)
				}
			}
			near(t, "RankMe", RankMe(f), want.RankMe, 1e-9)
			near(t, "EffectiveRank(σ)", EffectiveRank(sigma), want.EffectiveRank, 1e-9)
			near(t, "StableRank", StableRank(sigma), want.StableRank, 1e-9)
			near(t, "ParticipationRatio", ParticipationRatio(cov), want.Participation, 1e-9)
			near(t, "EffectiveRank(λ)", EffectiveRank(cov), want.EffectiveCov, 1e-9)
			near(t, "Uniformity", Uniformity(f), want.Uniformity, 1e-9)
			near(t, "NormalizedStd", NormalizedStd(f), want.NormalizedStd, 1e-9)
			near(t, "mean FeatureStd", total(FeatureStd(f))/float64(f.Dim), want.ColumnStd, 1e-9)
			rtol := 1e-9
			if i == 0 {
				rtol = 1e-6 // its smallest eigenvalue, 1.36e-10, was recorded with six digits right
			}
			near(t, "AlphaReQ", AlphaReQ(cov), want.Alpha, rtol)
		})
	}
	alignment, err := Alignment(formula(12, 6, 40), formula(12, 6, 44))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Alignment", alignment, file.Metrics[4].Value, 1e-9)
	views, images := formula(40, 6, 45), formula(10, 6, 46)
	for r := range views.Rows {
		for j := range views.Dim {
			views.Row(r)[j] += 2 * images.Row(r / 4)[j]
		}
	}
	lidar, err := LiDAR(views, 4)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "LiDAR", lidar, file.Metrics[5].Value, 1e-9)
}

func TestKNNGolden(t *testing.T) {
	var file struct{ KNN struct{ Output []int32 } }
	readGolden(t, "golden.json", &file)
	labels := make([]int32, 40)
	for i := range labels {
		labels[i] = int32(7 * i % 4)
	}
	got, err := KNN{K: []int{5}, Temperature: 0.1}.Predict(context.Background(), formula(40, 5, 20), labels, formula(10, 5, 21), 4)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range file.KNN.Output {
		if got[0][i] != want {
			t.Errorf("query %d is given class %d, want %d", i, got[0][i], want)
		}
	}
}
