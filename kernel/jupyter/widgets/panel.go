package widgets

import (
	"encoding/base64"
	"fmt"
	"html"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
)

// linearRange is the widest range that gets a plain slider; what reaches further,
// such as a weight between 0 and a million, gets one through powers of ten.
const linearRange = 10

// decades is how many powers of ten such a slider spans on each side of the value
// that the knob has when the panel is made.
const decades = 3

// redraw is how often a panel is drawn anew at most, while its run trains.
const redraw = 500 * time.Millisecond

// Panel makes controls for a run: a slider for each knob, a field for the width of its
// head, buttons, and a figure that follows the run. What a user does takes effect at
// the run's next step and enters its journal, as if a cell had done it. The text is
// for clients without widgets.
func (m *Manager) Panel(run command.Tunable) (kernel.Bundle, error) {
	status, err := m.NewText(statusHTML(run, nil))
	if err != nil {
		return nil, err
	}
	p := &panel{m: m, run: run, status: status, sliders: map[string]*Slider{}}
	column := []*Widget{status.Widget}
	for _, k := range run.KnobList() {
		s, err := m.knob(run, k, p.told)
		if err != nil {
			return nil, err
		}
		p.sliders[k.Name] = s
		column = append(column, s.Widget)
	}
	live, isLive := run.(command.Live)
	if isLive && live.HeadWidth() > 0 {
		if err := p.addHead(live); err != nil {
			return nil, err
		}
		column = append(column, p.head.Widget)
	}
	actions := []action{
		{"Pause", "pause", run.Pause}, {"Resume", "play", run.Resume},
		{"Stop", "stop", func() error { run.Stop(); return nil }},
		{"Refresh", "refresh", func() error { return nil }},
	}
	if isLive {
		actions = append(actions[:2:2], append([]action{
			{"Step", "step-forward", func() error { return live.Step(1) }},
			{"Checkpoint", "save", p.checkpoint(live)},
		}, actions[2:]...)...)
	}
	buttons, err := p.buttons(actions)
	if err != nil {
		return nil, err
	}
	column = append(column, buttons)
	if isLive {
		if p.figure, err = m.NewText(figureHTML(run)); err != nil {
			return nil, err
		}
		column = append(column, p.figure.Widget)
		go p.follow(live)
	}
	box, err := m.NewColumn(column...)
	if err != nil {
		return nil, err
	}
	return box.Bundle(command.PanelText(run)), nil
}

// panel is the controls of one run.
type panel struct {
	m       *Manager
	run     command.Tunable
	status  *Text
	sliders map[string]*Slider // by knob
	head    *Field             // nil: there is none
	figure  *Text              // nil: there is none

	mu   sync.Mutex
	note string // what the last action has to say
}

// action is a button.
type action struct {
	label, icon string
	do          func() error
}

func (p *panel) buttons(actions []action) (*Widget, error) {
	var row []*Widget
	for _, a := range actions {
		w, err := p.m.NewButton(a.label, a.icon, func() { p.told(a.do()) })
		if err != nil {
			return nil, err
		}
		row = append(row, w)
	}
	return p.m.NewRow(row...)
}

// addHead adds the field of the head's width.
func (p *panel) addHead(run command.Live) (err error) {
	p.head, err = p.m.NewField("head width", run.HeadWidth(), func(width int) {
		_, err := run.Resize("projector", width)
		if err != nil {
			p.head.SetValue(run.HeadWidth())
		}
		p.told(err)
	})
	return err
}

func (p *panel) checkpoint(run command.Live) func() error {
	return func() error {
		dir, err := run.Checkpoint()
		if err == nil {
			p.mu.Lock()
			p.note = "checkpoint written to " + dir
			p.mu.Unlock()
		}
		return err
	}
}

// told shows where the run stands, and what went wrong with what a user did.
func (p *panel) told(err error) {
	p.mu.Lock()
	text := statusHTML(p.run, err)
	if err == nil && p.note != "" {
		text += "<br>" + html.EscapeString(p.note)
		p.note = ""
	}
	p.mu.Unlock()
	p.status.SetHTML(text)
	if p.figure != nil {
		p.figure.SetHTML(figureHTML(p.run))
	}
}

// follow draws the panel anew while the run trains, until it is over or its widgets
// are closed.
func (p *panel) follow(run command.Live) {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	drawn := run.Steps()
	for range tick.C {
		if !p.status.open() {
			return
		}
		over := run.Over()
		if steps := run.Steps(); steps != drawn || over {
			drawn = steps
			p.told(nil)
			p.values()
		}
		if over {
			return
		}
	}
}

// values moves the handles to what cells have set.
func (p *panel) values() {
	for _, k := range p.run.KnobList() {
		if s := p.sliders[k.Name]; s != nil && s.moved(k.Value) {
			s.SetValue(k.Value)
		}
	}
	if live, ok := p.run.(command.Live); ok && p.head != nil && p.head.moved(float64(live.HeadWidth())) {
		p.head.SetValue(live.HeadWidth())
	}
}

// figureHTML is the run's figure.
func figureHTML(run command.Tunable) string {
	forms := kernel.Rich(run.Plot())
	if svg, ok := forms["image/svg+xml"].(string); ok {
		return svg
	}
	if png, ok := forms[kernel.ImagePNG].([]byte); ok {
		return `<img style="max-width: 100%" src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(png) + `">`
	}
	return "<pre>" + html.EscapeString(forms.Text()) + "</pre>"
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
