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
	"github.com/gossl/gossl/kernel/widgets"
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
	p := &panel{m: m, run: run, status: widgets.NewHTML(statusHTML(run, nil)), sliders: map[string]slider{}}
	column := []widgets.Widget{p.status}
	for _, k := range run.KnobList() {
		s := p.knob(k)
		p.sliders[k.Name] = s
		column = append(column, s)
	}
	live, isLive := run.(command.Live)
	if isLive && live.HeadWidth() > 0 {
		p.addHead(live)
		column = append(column, p.head)
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
	column = append(column, p.buttons(actions))
	if isLive {
		p.figure = widgets.NewHTML(figureHTML(run))
		column = append(column, p.figure)
		go p.follow(live)
	}
	b := kernel.Bundle(widgets.NewVBox(column...).MIMEBundle())
	b[kernel.TextPlain] = command.PanelText(run)
	return b, nil
}

// slider is a slider of either kind.
type slider interface {
	widgets.Widget
	Value() float64
	SetValue(float64) error
	Get(trait string) any
	Set(trait string, v any) error
	Observe(func(widgets.Event))
}

// panel is the controls of one run.
type panel struct {
	m       *Manager
	run     command.Tunable
	status  *widgets.HTML
	sliders map[string]slider // by knob
	head    *widgets.IntText  // nil: there is none
	figure  *widgets.HTML     // nil: there is none

	mu   sync.Mutex
	note string // what the last action has to say
}

// action is a button.
type action struct {
	label, icon string
	do          func() error
}

func (p *panel) buttons(actions []action) *widgets.Box {
	var row []widgets.Widget
	for _, a := range actions {
		b := widgets.NewButton(a.label).Icon(a.icon)
		b.Observe(func(e widgets.Event) {
			if e.Clicked {
				p.told(a.do())
			}
		})
		row = append(row, b)
	}
	return widgets.NewHBox(row...)
}

// addHead adds the field of the head's width. A width that the run refuses is put right.
func (p *panel) addHead(run command.Live) {
	p.head = widgets.NewIntText("head width", run.HeadWidth())
	p.head.Observe(func(e widgets.Event) {
		width, ok := e.Changed["value"].(int)
		if !ok {
			return
		}
		_, err := run.Resize("projector", width)
		if err != nil {
			p.head.SetValue(run.HeadWidth())
		}
		p.told(err)
	})
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
	p.status.SetValue(text)
	if p.figure != nil {
		p.figure.SetValue(figureHTML(p.run))
	}
}

// follow draws the panel anew while the run trains, until it is over or its widgets
// are closed.
func (p *panel) follow(run command.Live) {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	drawn := run.Steps()
	for range tick.C {
		if p.status.Closed() || p.m.comms.Closed() {
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
		if s := p.sliders[k.Name]; s != nil && s.Value() != k.Value {
			move(s, k.Value)
		}
	}
	if live, ok := p.run.(command.Live); ok && p.head != nil && p.head.Value() != live.HeadWidth() {
		p.head.SetValue(live.HeadWidth())
	}
}

// move moves a handle, and the end of the slider when the value lies beyond it.
func move(s slider, v float64) {
	if s.SetValue(v) == nil {
		return
	}
	end := v
	if _, log := s.(*widgets.FloatLogSlider); log {
		if v <= 0 {
			return // no power of ten
		}
		end = math.Log10(v)
	}
	trait := "max"
	if lowest, ok := s.Get("min").(float64); ok && end < lowest {
		trait = "min"
	}
	s.Set(trait, end)
	s.SetValue(v)
}

// figureHTML is the run's figure.
func figureHTML(run command.Tunable) string {
	forms := kernel.Rich(run.Plot())
	if png, ok := forms[kernel.ImagePNG].([]byte); ok {
		return `<img style="max-width: 100%" src="data:image/png;base64,` + base64.StdEncoding.EncodeToString(png) + `">`
	}
	return "<pre>" + html.EscapeString(forms.Text()) + "</pre>"
}

// knob makes the slider of one knob. A value that the run refuses moves the handle
// back.
func (p *panel) knob(k command.Knob) slider {
	s := sliderFor(k)
	s.Observe(func(e widgets.Event) {
		v, ok := e.Changed["value"].(float64)
		if !ok {
			return
		}
		_, err := p.run.Set(k.Name, v)
		if err != nil {
			if now, get := p.run.Get(k.Name); get == nil {
				move(s, now)
			}
		}
		p.told(err)
	})
	return s
}

// sliderFor makes a slider for the span of a knob.
func sliderFor(k command.Knob) slider {
	if k.Max-k.Min <= linearRange || k.Value <= 0 {
		top := k.Max
		if top-k.Min > linearRange { // the value is 0, which has no power of ten
			top = k.Min + 1
		}
		return widgets.NewFloatSlider(k.Name, k.Value, k.Min, top)
	}
	at := math.Round(math.Log10(k.Value))
	return widgets.NewFloatLogSlider(k.Name, k.Value, at-decades, math.Min(at+decades, math.Log10(k.Max)))
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
