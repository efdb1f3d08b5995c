package widgets

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
)

// linearRange is the widest range that gets a plain slider; what reaches further,
// such as a weight between 0 and a million, gets one through powers of ten.
const linearRange = 10

// decades is how many powers of ten such a slider spans on each side of the value
// that the knob has when the panel is made.
const decades = 3

// Panel makes controls for a run: a slider for each knob, and buttons. What a user
// does takes effect at the run's next step and enters its journal, as if a cell
// had done it. The text is for clients without widgets.
func (m *Manager) Panel(run command.Tunable) (kernel.Bundle, error) {
	status, err := m.NewText(statusHTML(run, nil))
	if err != nil {
		return nil, err
	}
	told := func(err error) { status.SetHTML(statusHTML(run, err)) }
	column := []*Widget{status.Widget}
	for _, k := range run.KnobList() {
		s, err := m.knob(run, k, told)
		if err != nil {
			return nil, err
		}
		column = append(column, s.Widget)
	}
	var row []*Widget
	for _, b := range []struct {
		label, icon string
		do          func() error
	}{
		{"Pause", "pause", run.Pause}, {"Resume", "play", run.Resume},
		{"Stop", "stop", func() error { run.Stop(); return nil }},
		{"Refresh", "refresh", func() error { return nil }},
	} {
		w, err := m.NewButton(b.label, b.icon, func() { told(b.do()) })
		if err != nil {
			return nil, err
		}
		row = append(row, w)
	}
	buttons, err := m.NewRow(row...)
	if err != nil {
		return nil, err
	}
	panel, err := m.NewColumn(append(column, buttons)...)
	if err != nil {
		return nil, err
	}
	return panel.Bundle(command.PanelText(run)), nil
}

// knob makes the slider of one knob. A value that the run refuses moves the handle
// back.
func (m *Manager) knob(run command.Tunable, k command.Knob, told func(error)) (s *Slider, err error) {
	changed := func(v float64) {
		_, err := run.Set(k.Name, v)
		if err != nil {
			if now, get := run.Get(k.Name); get == nil {
				s.SetValue(now)
			}
		}
		told(err)
	}
	if k.Max-k.Min <= linearRange || k.Value <= 0 {
		top := k.Max
		if top-k.Min > linearRange { // the value is 0, which has no power of ten
			top = k.Min + 1
		}
		s, err = m.NewSlider(k.Name, k.Value, k.Min, top, changed)
		return s, err
	}
	at := math.Round(math.Log10(k.Value))
	s, err = m.NewLogSlider(k.Name, k.Value, at-decades, math.Min(at+decades, math.Log10(k.Max)), changed)
	return s, err
}

// statusHTML is the panel's first line: where the run stands, and what went wrong.
func statusHTML(run command.Tunable, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<b>%s</b>", html.EscapeString(run.String()))
	if err != nil {
		fmt.Fprintf(&b, `<br><span style="color:#b00020">%s</span>`, html.EscapeString(err.Error()))
	}
	return b.String()
}
