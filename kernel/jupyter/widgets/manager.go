package widgets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/jupyter"
	"github.com/gossl/gossl/kernel/widgets"
)

const (
	target        = "jupyter.widget"
	controlTarget = "jupyter.widget.control"
	version       = "2.1.0"
)

// Manager connects the widgets of a kernel with the pages that show it.
type Manager struct {
	comms *jupyter.Comms
	host  *widgets.Host

	mu     sync.Mutex
	models map[string]widgets.End // by id, the comm's
}

// NewManager returns the manager on a kernel's comms, which its cells make their widgets with. It answers clients that
// ask for the state of all widgets, as a reloaded page does.
func NewManager(c *jupyter.Comms) *Manager {
	m := &Manager{comms: c, models: map[string]widgets.End{}}
	m.host = &widgets.Host{Open: m.open, Bind: bind, Show: show, Render: render}
	c.Within(func(ctx context.Context) context.Context { return widgets.WithHost(ctx, m.host) })
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
	ends := make(map[string]widgets.End, len(m.models))
	for id, e := range m.models {
		ends[id] = e
	}
	m.mu.Unlock()
	states := map[string]any{}
	for id, e := range ends {
		state := e.State()
		states[id] = map[string]any{
			"model_name": state["_model_name"], "model_module": state["_model_module"],
			"model_module_version": state["_model_module_version"], "state": state,
		}
	}
	return states
}

// line is a model's comm.
type line struct {
	m    *Manager
	comm *jupyter.Comm
}

func (l line) ID() string          { return l.comm.ID }
func (l line) Send(data any) error { return l.comm.Send(data) }

func (l line) Close() error {
	l.m.forget(l.comm.ID)
	return l.comm.Close(map[string]any{})
}

// open opens the comm of a model.
func (m *Manager) open(e widgets.End) (widgets.Channel, error) {
	comm, err := m.comms.Open(target, map[string]any{"state": e.State(), "buffer_paths": []any{}},
		map[string]any{"version": version}, nil, func(comm *jupyter.Comm) {
			comm.OnMessage = func(msg jupyter.Event) { e.Receive(msg.Data) }
			comm.OnClose = func(jupyter.Event) {
				m.forget(comm.ID)
				e.Closed()
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			m.models[comm.ID] = e
		})
	if err != nil {
		return nil, err
	}
	return line{m, comm}, nil
}

func (m *Manager) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.models, id)
}

// bind makes functions run on behalf of the cell that calls it. How one failed is told where its output goes.
func bind() func(func(), widgets.Sink) error {
	c := kernel.Current()
	return func(f func(), to widgets.Sink) error {
		if c == nil {
			f()
			return nil
		}
		fe := c.Frontend()
		var err error
		if to == nil {
			err = c.Call(nil, f)
		} else {
			fe = sink{to, c.Frontend()}
			err = c.Call(fe, f)
		}
		if err != nil && !errors.Is(err, kernel.ErrClosed) {
			fe.Stream("stderr", err.Error()+"\n")
		}
		return err
	}
}

// sink is a Frontend that shows in a widget.
type sink struct {
	widgets.Sink
	cell kernel.Frontend
}

func (s sink) Display(id string, b kernel.Bundle) { s.Sink.Display(id, b.JSON()) }

func (s sink) Input(prompt string, secret bool) (string, error) { return s.cell.Input(prompt, secret) }

// show shows a bundle below the calling cell.
func show(bundle map[string]any) {
	if c := kernel.Current(); c != nil {
		c.Frontend().Display("", bundle)
	}
}

// render makes the bundle of a value.
func render(v any) map[string]any {
	if c := kernel.Current(); c != nil {
		return c.Session().Show(v).JSON()
	}
	return kernel.Bundle{kernel.TextPlain: fmt.Sprint(v)}.JSON()
}
