package widgets

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/jupyter"
)

const (
	target        = "jupyter.widget"
	controlTarget = "jupyter.widget.control"
	version       = "2.1.0"
	viewMIME      = "application/vnd.jupyter.widget-view+json"
)

// Manager keeps the widgets of a kernel.
type Manager struct {
	comms *jupyter.Comms

	mu      sync.Mutex
	widgets map[string]*Widget // by model id, the comm's id
}

// NewManager returns the manager on a kernel's comms, and answers clients that ask
// for the state of all widgets, as a reloaded page does.
func NewManager(c *jupyter.Comms) *Manager {
	m := &Manager{comms: c, widgets: map[string]*Widget{}}
	c.Handle(controlTarget, func(comm *jupyter.Comm, _ jupyter.Event) {
		comm.OnMessage = func(e jupyter.Event) {
			var q struct{ Method string }
			if json.Unmarshal(e.Data, &q) == nil && q.Method == "request_states" {
				comm.Send(map[string]any{"method": "update_states", "states": m.states(), "buffer_paths": []any{}})
			}
		}
	})
	return m
}

// states returns every model, as a page needs it to show them again.
func (m *Manager) states() map[string]any {
	m.mu.Lock()
	all := make([]*Widget, 0, len(m.widgets))
	for _, w := range m.widgets {
		all = append(all, w)
	}
	m.mu.Unlock()
	states := map[string]any{}
	for _, w := range all {
		state := w.snapshot()
		states[w.comm.ID] = map[string]any{
			"model_name": state["_model_name"], "model_module": state["_model_module"],
			"model_module_version": state["_model_module_version"], "state": state,
		}
	}
	return states
}

// Widget is one model: its state is the same here and in every page that shows it.
type Widget struct {
	m    *Manager
	comm *jupyter.Comm

	mu    sync.Mutex
	state map[string]any
	on    func(event)
}

// event is what a user did: changed values, or a custom message such as a click.
type event struct {
	changed map[string]json.RawMessage
	custom  string
}

// open makes a model of the given class with the given state.
func (m *Manager) open(c class, state map[string]any, on func(event)) (*Widget, error) {
	w := &Widget{m: m, state: c.state(), on: on}
	for k, v := range state {
		w.state[k] = v
	}
	comm, err := m.comms.Open(target, map[string]any{"state": w.state, "buffer_paths": []any{}},
		map[string]any{"version": version}, nil, func(comm *jupyter.Comm) {
			w.comm = comm
			comm.OnMessage = w.receive
			comm.OnClose = func(jupyter.Event) { m.forget(w) }
		})
	if err != nil {
		return nil, fmt.Errorf("widget %s: %w", c.model, err)
	}
	m.mu.Lock()
	m.widgets[comm.ID] = w
	m.mu.Unlock()
	return w, nil
}

func (m *Manager) forget(w *Widget) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.widgets, w.comm.ID)
}

// ref is how the state of one model names another.
func (w *Widget) ref() string { return "IPY_MODEL_" + w.comm.ID }

// Bundle is what shows the widget: its view, and a text for clients without one.
func (w *Widget) Bundle(text string) kernel.Bundle {
	return kernel.Bundle{
		kernel.TextPlain: text,
		viewMIME:         map[string]any{"version_major": 2, "version_minor": 1, "model_id": w.comm.ID},
	}
}

// Close removes the widget from every page.
func (w *Widget) Close() error {
	w.m.forget(w)
	return w.comm.Close(map[string]any{})
}

// update changes values here and in every page.
func (w *Widget) update(state map[string]any) error {
	w.mu.Lock()
	for k, v := range state {
		w.state[k] = v
	}
	w.mu.Unlock()
	return w.comm.Send(map[string]any{"method": "update", "state": state, "buffer_paths": []any{}})
}

// open reports whether the widget is shown still, for all the kernel knows.
func (w *Widget) open() bool {
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	return w.m.widgets[w.comm.ID] == w && !w.m.comms.Closed()
}

// moved reports whether the widget's value is another number than v.
func (w *Widget) moved(v float64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch now := w.state["value"].(type) {
	case float64:
		return now != v
	case int:
		return float64(now) != v
	case json.RawMessage: // as a page sent it
		var x float64
		return json.Unmarshal(now, &x) == nil && x != v
	}
	return false
}

func (w *Widget) snapshot() map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	state := make(map[string]any, len(w.state))
	for k, v := range w.state {
		state[k] = v
	}
	return state
}

// receive takes a message from a page.
func (w *Widget) receive(e jupyter.Event) {
	var q struct {
		Method  string
		State   map[string]json.RawMessage
		Content struct{ Event string }
	}
	if json.Unmarshal(e.Data, &q) != nil {
		return
	}
	switch q.Method {
	case "request_state":
		w.update(w.snapshot())
	case "update":
		w.mu.Lock()
		for k, v := range q.State {
			if _, ok := w.state[k]; ok {
				w.state[k] = v
			} else {
				delete(q.State, k) // not a value of this model
			}
		}
		w.mu.Unlock()
		// Other pages, and the one that sent it, wait for the echo.
		w.comm.Send(map[string]any{"method": "echo_update", "state": q.State, "buffer_paths": []any{}})
		if w.on != nil {
			w.on(event{changed: q.State})
		}
	case "custom":
		if w.on != nil {
			w.on(event{custom: q.Content.Event})
		}
	}
}
