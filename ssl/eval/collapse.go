package eval

import (
	"fmt"
	"math"
	"strings"
)

// Collapse is the panel of measures that tell whether representations have collapsed.
// [Measure] takes it.
type Collapse struct {
	Rows, Dim     int
	RankMe        float64   // 1 to Dim
	EffectiveRank float64   // of the covariance's eigenvalues
	StableRank    float64   // 1 to Dim
	Participation float64   // participation ratio of the covariance's eigenvalues
	AlphaReQ      float64   // near 1 for good representations; NaN without two eigenvalues
	Uniformity    float64   // 0 collapsed, near −4 spread out; of at most 2,000 rows
	NormalizedStd float64   // 0 collapsed, 1/√Dim spread out
	Dead          int       // features whose standard deviation is below 1e-6
	Sigma         []float64 // singular values of the features as they are, largest first
}

// Measure takes every measure that one set of features has.
func Measure(f Features) Collapse {
	cov := CovarianceSpectrum(f)
	c := Collapse{
		Rows: f.Rows, Dim: f.Dim, Sigma: SingularValues(f),
		EffectiveRank: EffectiveRank(cov), Participation: ParticipationRatio(cov), AlphaReQ: AlphaReQ(cov),
		Uniformity: Uniformity(f.Head(2000)), NormalizedStd: NormalizedStd(f),
	}
	c.RankMe, c.StableRank = RankMeOf(c.Sigma), StableRank(c.Sigma)
	for _, s := range FeatureStd(f) {
		if s < 1e-6 {
			c.Dead++
		}
	}
	return c
}

// Alarm says in one sentence what is wrong, or is "" when nothing is: NaN aside, that all
// rows are equal, that they lie on a line, or that most features are dead.
func (c Collapse) Alarm() string {
	switch {
	case c.Rows < 2:
		return ""
	case c.Dead == c.Dim:
		return "collapsed: every image has the same representation"
	case c.NormalizedStd < 1e-4/math.Sqrt(float64(c.Dim)):
		return "collapsed: representations differ in length alone, and normalised they are all equal"
	case c.Dim > 1 && c.RankMe < 1.05:
		return fmt.Sprintf("collapsed to a line: RankMe is %.2f of %d", c.RankMe, c.Dim)
	case 2*c.Dead > c.Dim:
		return fmt.Sprintf("%d of %d features are dead", c.Dead, c.Dim)
	}
	return ""
}

func (c Collapse) lines() [][2]string {
	out := [][2]string{
		{"RankMe", fmt.Sprintf("%.2f of %d", c.RankMe, min(c.Rows, c.Dim))},
		{"effective rank (cov.)", fmt.Sprintf("%.2f", c.EffectiveRank)},
		{"stable rank", fmt.Sprintf("%.2f", c.StableRank)},
		{"participation ratio", fmt.Sprintf("%.2f", c.Participation)},
		{"α-ReQ", fmt.Sprintf("%.3f", c.AlphaReQ)},
		{"uniformity", fmt.Sprintf("%.3f", c.Uniformity)},
		{"std, normalised", fmt.Sprintf("%.4f (spread out: %.4f)", c.NormalizedStd, 1/math.Sqrt(float64(c.Dim)))},
		{"dead features", fmt.Sprintf("%d of %d", c.Dead, c.Dim)},
	}
	if a := c.Alarm(); a != "" {
		out = append(out, [2]string{"alarm", a})
	}
	return out
}

// String is a table of two columns.
func (c Collapse) String() string {
	var b strings.Builder
	for _, l := range c.lines() {
		fmt.Fprintf(&b, "%-22s %s\n", l[0], l[1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// MIMEBundle is the table for a notebook.
func (c Collapse) MIMEBundle() map[string]any {
	var b strings.Builder
	b.WriteString("<table>")
	for _, l := range c.lines() {
		fmt.Fprintf(&b, "<tr><td style=\"text-align:left\">%s</td><td style=\"text-align:left\">%s</td></tr>", l[0], l[1])
	}
	b.WriteString("</table>")
	return map[string]any{"text/plain": c.String(), "text/html": b.String()}
}
