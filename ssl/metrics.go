package ssl

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Metrics are the values measured at every step of a run, in memory. A value that a step did
// not have is NaN.
//
//	loss        what is minimised, the penalty's term included
//	contrast    the loss of the projections alone
//	lambda      weight of the penalty (with a SparseHead, as the two below and zero)
//	penalty     Ω(W), without λ, before the step
//	negligible  share of features of W whose group is below 1 % of the longest, after the step
//	zero        share of features whose group is exactly zero, after the step
//	strength    λ times the factor that leads it to a target (with one only)
//	temperature of the loss
//	ema         momentum of the target after its schedule (with a Target)
//	lr          learning rate after its schedule
//	seconds     that the step took
type Metrics struct {
	First  int                  // number of the first step; steps count from 1
	Values map[string][]float64 // by name, one value a step
}

// Names lists the metrics, sorted.
func (m Metrics) Names() []string {
	names := make([]string, 0, len(m.Values))
	for n := range m.Values {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Len is the number of steps measured.
func (m Metrics) Len() int {
	n := 0
	for _, v := range m.Values {
		n = max(n, len(v))
	}
	return n
}

// Steps are the steps' numbers.
func (m Metrics) Steps() []float64 {
	out := make([]float64, m.Len())
	for i := range out {
		out[i] = float64(m.First + i)
	}
	return out
}

// Last is the newest value of a metric, NaN if there is none.
func (m Metrics) Last(name string) float64 {
	v := m.Values[name]
	if len(v) == 0 {
		return math.NaN()
	}
	return v[len(v)-1]
}

// Mean is the mean of a metric over the last n steps, NaN if there are none.
func (m Metrics) Mean(name string, n int) float64 {
	v := m.Values[name]
	v = v[len(v)-min(n, len(v)):]
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// String is the newest value of each metric.
func (m Metrics) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "step %d", m.First+m.Len()-1)
	for _, n := range m.Names() {
		fmt.Fprintf(&b, ", %s %.4g", n, m.Last(n))
	}
	return b.String()
}

// record appends one step's values; metrics that are new, or missing, are filled with NaN.
func (m *Metrics) record(values map[string]float64) {
	n := m.Len()
	if m.Values == nil {
		m.Values = map[string][]float64{}
	}
	for name, v := range values {
		series := m.Values[name]
		for len(series) < n {
			series = append(series, math.NaN())
		}
		m.Values[name] = append(series, v)
	}
	for name, series := range m.Values {
		for len(series) < n+1 {
			series = append(series, math.NaN())
		}
		m.Values[name] = series
	}
}

// clone copies m. Series only ever grow, so their present values can be shared.
func (m Metrics) clone() Metrics {
	c := Metrics{First: m.First, Values: make(map[string][]float64, len(m.Values))}
	for n, v := range m.Values {
		c.Values[n] = v[:len(v):len(v)]
	}
	return c
}

// until is m without the steps after one.
func (m Metrics) until(step int) Metrics {
	c := m.clone()
	n := max(step-m.First+1, 0)
	for name, v := range c.Values {
		c.Values[name] = v[:min(n, len(v)):min(n, len(v))]
	}
	return c
}
