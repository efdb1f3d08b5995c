package ssl

import (
	"fmt"

	"github.com/gossl/gossl/ssl/plot"
)

// Plot is a figure of the run so far over its steps: the losses, the learning rate and, with
// a SparseHead, λ and the share of silenced features, with a Panel, RankMe; every edit is a mark. It can be saved
// with its Save, as PNG, SVG or PDF.
func (r *Run) Plot() *plot.Figure {
	r.mu.Lock()
	name := r.name
	m, journal := r.metrics.clone(), append(Journal(nil), r.journal...)
	r.mu.Unlock()
	x := m.Steps()
	_, sparse := m.Values["lambda"] // also of a SparseHead that has been swapped out
	series := func(metric, name string) plot.Series { return plot.Series{Name: name, X: x, Y: m.Values[metric]} }
	f := &plot.Figure{Title: name, XLabel: "step"}
	panel := func(label string, s ...plot.Series) {
		f.Panels = append(f.Panels, plot.Panel{Label: label, Series: s})
	}
	if m.Len() == 0 {
		panel("loss")
		return f
	}
	if sparse {
		panel("loss", series("contrast", "contrast"), series("loss", "with penalty"))
		panel("λ", series("lambda", "λ"))
		panel("share of features", series("negligible", "negligible"), series("zero", "zero"))
	} else {
		panel("loss", series("contrast", "contrast"))
	}
	panel("learning rate", series("lr", "lr"))
	if m.Values["rankme_h"] != nil {
		panel("RankMe", measured(m, "rankme_h", "h"), measured(m, "rankme_z", "z"))
	}
	for _, e := range journal {
		f.Marks = append(f.Marks, plot.Mark{X: float64(e.Step), Text: fmt.Sprintf("%s %.5g", e.Name, e.To)})
	}
	return f
}

// measured is a metric at the steps that have it.
func measured(m Metrics, metric, name string) plot.Series {
	s := plot.Series{Name: name}
	for i, v := range m.Values[metric] {
		if v == v {
			s.X, s.Y = append(s.X, float64(m.First+i)), append(s.Y, v)
		}
	}
	return s
}
