package ssl

import (
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	l := newLab(t)
	if s := l.Runs().String(); s != "no runs" {
		t.Errorf("a new lab's runs print as %q", s)
	}
	a := startPaused(t, l, toyExperiment(), 3)
	b := must1(a.Fork(map[string]float64{"lambda": 2}))
	must(t, b.Pause())
	c := l.Compare(a, b)
	text := c.String()
	for _, want := range []string{"simclr-1", "simclr-2", "contrast", "lr ", "Sparse"} {
		if !strings.Contains(text, want) {
			t.Errorf("the comparison lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Encoder") || strings.Contains(text, "Batch") {
		t.Errorf("the comparison shows settings that do not differ:\n%s", text)
	}
	if f := c.Plot(); len(f.Panels) != 3 || len(f.Panels[0].Series) != 2 {
		t.Errorf("the figure has panels %+v", f.Panels)
	}
	runs := l.Runs().String()
	if lines := strings.Split(runs, "\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], "simclr-1  paused  3/40") {
		t.Errorf("runs:\n%s", runs)
	}
	if b := l.Runs()[1].MIMEBundle(); b["text/plain"] != l.Runs()[1].String() || !strings.Contains(b["text/html"].(string), "simclr-2") {
		t.Errorf("a run shows as %v", b)
	}
	if html := l.Runs().MIMEBundle()["text/html"].(string); !strings.Contains(html, "<th") || !strings.Contains(html, "simclr-2") {
		t.Errorf("runs as HTML: %s", html)
	}
}
