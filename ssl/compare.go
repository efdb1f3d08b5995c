package ssl

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/gossl/gossl/ssl/plot"
)

// RunList are runs, which print as a table.
type RunList []*Run

// String is one run a line: name, status, steps, loss, SparseHead, time of a step, edits.
func (l RunList) String() string {
	if len(l) == 0 {
		return "no runs"
	}
	return text(l.rows())
}

// MIMEBundle is the table as text and HTML.
func (l RunList) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": l.String(), "text/html": table(l.rows())}
}

// MIMEBundle is the run's line as text, and as a table of one row.
func (r *Run) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": r.String(), "text/html": table(RunList{r}.rows())}
}

func (l RunList) rows() [][]string {
	rows := [][]string{{"run", "status", "step", "loss", "λ", "negligible", "step time", "edits", "priority"}}
	for _, r := range l {
		p, m := r.Progress(), r.Metrics()
		rows = append(rows, []string{
			p.Run, string(p.Status), fmt.Sprintf("%d/%d", p.Step, p.Steps), number(p.Loss, "%.4f"), number(p.Lambda, "%.4g"),
			number(100*m.Last("negligible"), "%.0f %%"), r.StepTime().String(), fmt.Sprint(len(r.Journal())), fmt.Sprintf("%g", r.Priority()),
		})
	}
	return rows
}

// Comparison is a table of what runs have in common and not, see [Lab.Compare].
type Comparison struct {
	Rows [][]string // the first names the columns: a run each
	runs []*Run
}

// Compare sets runs beside each other: the newest values of their metrics, as means of the
// last ten steps, and the settings in which they differ now.
func (l *Lab) Compare(runs ...*Run) *Comparison { return Compare(runs...) }

// Compare sets runs beside each other, see [Lab.Compare]; they may be of several labs.
func Compare(runs ...*Run) *Comparison {
	c := &Comparison{runs: runs}
	row := func(name string, value func(r *Run) string) {
		cells := []string{name}
		for _, r := range runs {
			cells = append(cells, value(r))
		}
		c.Rows = append(c.Rows, cells)
	}
	row("", func(r *Run) string { return r.Name() })
	row("status", func(r *Run) string { return string(r.Status()) })
	row("steps", func(r *Run) string { return fmt.Sprint(r.Steps()) })
	var names []string
	metrics := map[*Run]Metrics{}
	settings := map[*Run]map[string]string{}
	var order []string
	for _, r := range runs {
		metrics[r] = r.Metrics()
		for _, n := range metrics[r].Names() {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		settings[r] = map[string]string{}
		for line := range strings.Lines(r.Experiment().String()) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
			settings[r][name] = strings.TrimSpace(value)
			if !slices.Contains(order, name) {
				order = append(order, name)
			}
		}
	}
	slices.Sort(names)
	for _, n := range names {
		row(n, func(r *Run) string { return number(metrics[r].Mean(n, 10), "%.4g") })
	}
	for _, n := range order {
		if differs := slices.ContainsFunc(runs, func(r *Run) bool { return settings[r][n] != settings[runs[0]][n] }); differs {
			row(n, func(r *Run) string { return settings[r][n] })
		}
	}
	return c
}

// String is the table.
func (c *Comparison) String() string { return text(c.Rows) }

// MIMEBundle is the table as text and HTML.
func (c *Comparison) MIMEBundle() map[string]any {
	return map[string]any{"text/plain": c.String(), "text/html": table(c.Rows)}
}

// Plot is a figure with a curve a run of the loss that compares the projections, and of λ
// and the share of silenced features where a run has them.
func (c *Comparison) Plot() *plot.Figure {
	f := &plot.Figure{Title: "comparison", XLabel: "step"}
	for _, p := range []struct{ label, metric string }{{"loss", "contrast"}, {"λ", "lambda"}, {"negligible features", "negligible"}} {
		var series []plot.Series
		for _, r := range c.runs {
			m := r.Metrics()
			if y := m.Values[p.metric]; len(y) > 0 {
				series = append(series, plot.Series{Name: r.Name(), X: m.Steps(), Y: y})
			}
		}
		if len(series) > 0 || p.metric == "contrast" {
			f.Panels = append(f.Panels, plot.Panel{Label: p.label, Series: series})
		}
	}
	return f
}

// number formats a value, and shows one that is missing as a dash.
func number(v float64, format string) string {
	if v != v {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

// text aligns a table's columns.
func text(rows [][]string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// table is a table as HTML, the first row its head.
func table(rows [][]string) string {
	var b strings.Builder
	b.WriteString("<table>")
	for i, row := range rows {
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		b.WriteString("<tr>")
		for _, value := range row {
			fmt.Fprintf(&b, "<%s style=\"text-align:left\">%s</%s>", cell, html.EscapeString(value), cell)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	return b.String()
}
