package ssl

import "fmt"

// Panel shows controls for the run below the calling cell: a slider for each knob, a field for
// the width of the projector's first layer, buttons (pause, resume, step, checkpoint, stop) and
// the figure of [Run.Plot], which follows the run. What a user does with them takes effect at
// the next step and enters the journal, as if a cell had done it. Where there are no controls,
// as in a terminal, it shows the knobs as text. Checkpoints go to checkpoints/NAME in the
// working directory. Outside of a session it is an error.
func (r *Run) Panel() error {
	show := currentHost().Panel
	if show == nil {
		return fmt.Errorf("panel of %s: there is no session to show it in; Knobs and Set do the same from a program", r.name)
	}
	return show(r)
}
