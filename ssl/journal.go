package ssl

import (
	"fmt"
	"strings"

	"github.com/gossl/gossl/ssl/sparse"
)

// Edit is one change made to a run while it trained.
type Edit struct {
	Step int     `json:"step"`           // number of the first step that used it; steps count from 1
	Verb string  `json:"verb"`           // what was done: "set", "schedule", "resize", "reshape", "loss", "sparse", "batch", "data", "optimizer", "prune", "change" or "extend"
	Name string  `json:"name"`           // of the knob, or of the part
	From float64 `json:"from"`           // value or width before
	To   float64 `json:"to"`             // value or width after
	Note string  `json:"note,omitempty"` // what else is to be said, such as what narrowing lost

	// What it was changed to, where a number does not say it.
	Values     []float64    `json:"values,omitempty"` // of a schedule, from Step on
	Widths     []int        `json:"widths,omitempty"` // of a part's layers
	Loss       *Loss        `json:"loss,omitempty"`
	Sparse     *sparse.Head `json:"sparse,omitempty"`
	Optimizer  *Optimizer   `json:"optimizer,omitempty"`
	Data       *DataRef     `json:"data,omitempty"`
	Experiment *Experiment  `json:"experiment,omitempty"` // of a change of several settings
}

// String is such as "step 101: lambda 0.05 → 0.5".
func (e Edit) String() string {
	switch e.Verb {
	case "import":
		return fmt.Sprintf("step %d: weights of %s, %s", e.Step, e.Name, e.Note)
	case "loss", "sparse", "optimizer", "data", "change":
		return fmt.Sprintf("step %d: %s %s", e.Step, e.Name, e.Note)
	}
	s := fmt.Sprintf("step %d: %s %g → %g", e.Step, e.Name, e.From, e.To)
	if e.Note != "" {
		s += " (" + e.Note + ")"
	}
	return s
}

// Journal are a run's edits in the order in which they took effect.
type Journal []Edit

// String is one edit a line.
func (j Journal) String() string {
	if len(j) == 0 {
		return "no edits"
	}
	lines := make([]string, len(j))
	for i, e := range j {
		lines[i] = e.String()
	}
	return strings.Join(lines, "\n")
}
