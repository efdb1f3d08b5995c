package command

import (
	"fmt"
	"strings"

	"github.com/gossl/gossl/kernel"
)

// Knob is a setting of a run that can change while it trains.
type Knob struct {
	Name            string
	Value, Min, Max float64 // the limits are inclusive
	Meaning         string  // a few words
}

// Tunable is a Run that lists its knobs.
type Tunable interface {
	Run
	KnobList() []Knob
}

// Live is a Tunable whose panel shows how it trains, and can do more.
type Live interface {
	Tunable
	Steps() int                          // done so far
	Over() bool                          // it trains no more
	Step(n int) error                    // train n steps and pause
	Checkpoint() (dir string, err error) // write one
	HeadWidth() int                      // of the projector's first layer; 0: it has none
}

// Paneler is what a Frontend implements that can show controls for a run.
type Paneler interface{ Panel(Tunable) error }

var _ = register(&Command{Name: "panel", Usage: "[RUN]", Help: "show a run's knobs: as controls in a notebook, as text elsewhere", Run: panel})

func panel(c *Call) (kernel.Result, error) {
	words := strings.Fields(c.Args)
	if len(words) > 1 {
		return kernel.Result{}, usage("want one run")
	}
	run, _, err := c.pick(words, len(words) == 1)
	if err != nil {
		return kernel.Result{}, err
	}
	t, ok := run.(Tunable)
	if !ok {
		return kernel.Result{}, fmt.Errorf("run %q does not list its knobs", run.Name())
	}
	if fe, ok := c.Front().(Paneler); ok {
		return kernel.Result{}, fe.Panel(t)
	}
	c.Printf("%s\n%%set KNOB VALUE changes one\n", PanelText(t))
	return kernel.Result{}, nil
}

// PanelText is a run's panel where there are no controls.
func PanelText(t Tunable) string {
	var b strings.Builder
	b.WriteString(t.String())
	for _, k := range t.KnobList() {
		fmt.Fprintf(&b, "\n  %-13s %-10.4g [%g, %g]  %s", k.Name, k.Value, k.Min, k.Max, k.Meaning)
	}
	if l, ok := t.(Live); ok && l.HeadWidth() > 0 {
		fmt.Fprintf(&b, "\n  %-13s %d", "head width", l.HeadWidth())
	}
	return b.String()
}
