package ssl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlot(t *testing.T) {
	l := newLab(t)
	r := startPaused(t, l, toyExperiment(), 0)
	if f := r.Plot(); len(f.Panels) == 0 || f.String() == "" {
		t.Error("a run without steps has no figure")
	}
	must(t, r.Step(6))
	must1(r.Set("lambda", 0.5))
	must1(r.Resize(Projector, 16))
	must(t, r.Step(6))
	f := r.Plot()
	if len(f.Panels) != 4 || len(f.Marks) != 2 || f.Marks[0].Text != "lambda 0.5" || f.Marks[1].X != 7 {
		t.Errorf("figure with %d panels, marks %v", len(f.Panels), f.Marks)
	}
	for _, p := range f.Panels {
		for _, s := range p.Series {
			if len(s.X) != 12 || len(s.Y) != 12 {
				t.Errorf("series %s has %d steps and %d values, want 12", s.Name, len(s.X), len(s.Y))
			}
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"run.png", "run.svg"} {
		must(t, f.Save(filepath.Join(dir, name)))
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if text := f.String(); !strings.Contains(text, "loss") {
		t.Errorf("the figure as text:\n%s", text)
	}
}
