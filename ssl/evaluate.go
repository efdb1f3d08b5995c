package ssl

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gossl/gossl/ssl/eval"
	"github.com/gossl/gossl/ssl/sparse"
)

// Report says what a run has learnt, measured on its data set's test images. Shares are
// between 0 and 1.
type Report struct {
	Run     string
	Step    int              // steps done
	Linear  float64          // accuracy of the linear probe on h
	KNN     map[int]float64  // accuracy of weighted kNN on h, by number of neighbours
	RankH   float64          // RankMe of the representations h
	RankZ   float64          // RankMe of the projections z
	Sparse  *sparse.Measures // of the projector's first layer; nil without a projector
	Train   int              // images that the probes learnt from
	Test    int              // images that they were scored on
	Seconds float64          // that the evaluation took
}

// Evaluate measures the run as it stands; a run that trains goes on meanwhile. It panics with
// an error where there are no labelled images or weights, or the calling cell is interrupted;
// [Run.EvaluateContext] returns it.
func (r *Run) Evaluate() *Report {
	rep, err := r.EvaluateContext(cellContext())
	if err != nil {
		panic(err)
	}
	return rep
}

// EvaluateContext is Evaluate under a context.
func (r *Run) EvaluateContext(ctx context.Context) (*Report, error) {
	begun := time.Now()
	m, err := r.snapshot()
	if err != nil {
		return nil, err
	}
	w, e := m.weights, m.exp
	train, test, classes := e.Data.Train, e.Data.Test, len(e.Data.Classes)
	if train.Labels == nil || test.Labels == nil {
		return nil, fmt.Errorf("evaluate %s: data set %s needs labelled training and test images for its probes", r.name, e.Data.Name)
	}
	rep := &Report{Run: r.name, Step: m.step, KNN: map[int]float64{}, Train: train.N, Test: test.N}
	hTrain, _, err := r.lab.represent(ctx, e, w, train)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", r.name, err)
	}
	hTest, zTest, err := r.lab.represent(ctx, e, w, test)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", r.name, err)
	}
	probe, err := eval.NewLinearProbe().Fit(ctx, hTrain, train.Labels, classes)
	if err != nil {
		return nil, err
	}
	if rep.Linear, err = probe.Score(hTest, test.Labels); err != nil {
		return nil, err
	}
	knn := eval.NewKNN()
	scores, err := knn.Score(ctx, hTrain, train.Labels, hTest, test.Labels, classes)
	if err != nil {
		return nil, err
	}
	for i, k := range knn.K {
		rep.KNN[k] = scores[i]
	}
	rep.RankH, rep.RankZ = eval.RankMe(hTest), eval.RankMe(zTest)
	if len(e.Projector.Widths) > 0 {
		values, rows, columns, err := w.matrix(firstLayerPath)
		if err != nil {
			return nil, err
		}
		m := sparse.Measure(values, rows, columns)
		rep.Sparse = &m
	}
	rep.Seconds = time.Since(begun).Seconds()
	r.publish(func() { r.report = rep })
	return rep, nil
}

// String is a table of two columns.
func (p *Report) String() string {
	var b strings.Builder
	for _, row := range p.rows() {
		fmt.Fprintf(&b, "%-24s %s\n", row[0], row[1])
	}
	return strings.TrimRight(b.String(), "\n")
}

// MIMEBundle is the table as text and HTML.
func (p *Report) MIMEBundle() map[string]any {
	var b strings.Builder
	b.WriteString("<table>")
	for _, row := range p.rows() {
		fmt.Fprintf(&b, "<tr><td style=\"text-align:left\">%s</td><td>%s</td></tr>", row[0], row[1])
	}
	b.WriteString("</table>")
	return map[string]any{"text/plain": p.String(), "text/html": b.String()}
}

func (p *Report) rows() [][2]string {
	percent := func(v float64) string { return fmt.Sprintf("%.2f %%", 100*v) }
	rows := [][2]string{
		{"run", fmt.Sprintf("%s after %d steps", p.Run, p.Step)},
		{"linear probe", percent(p.Linear)},
	}
	for _, k := range eval.NewKNN().K {
		rows = append(rows, [2]string{fmt.Sprintf("kNN %d", k), percent(p.KNN[k])})
	}
	rows = append(rows,
		[2]string{"RankMe h", fmt.Sprintf("%.1f", p.RankH)},
		[2]string{"RankMe z", fmt.Sprintf("%.1f", p.RankZ)})
	if s := p.Sparse; s != nil {
		rows = append(rows,
			[2]string{"negligible features", fmt.Sprintf("%d of %d (%.1f %%)", s.Negligible, s.Features, 100*s.Share())},
			[2]string{"of these exactly zero", fmt.Sprint(s.Zero)},
			[2]string{"effective features", fmt.Sprintf("%.1f", s.Effective)})
	}
	return append(rows, [2]string{"images", fmt.Sprintf("%d to learn from, %d to score on, in %.1f s", p.Train, p.Test, p.Seconds)})
}
