package widgets

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"sync"
)

// ViewMIME is the type of the form that shows a widget in a page with a widget manager.
const ViewMIME = "application/vnd.jupyter.widget-view+json"

// Widget is what can be shown and put into boxes: every control of this package.
type Widget interface{ model() *Model }

// Model is what all widgets have in common: a state that is the same here and in every page that shows it.
type Model struct {
	class  *class
	layout *Model
	style  *Model

	mu        sync.Mutex
	state     map[string]any
	children  []Widget
	host      *Host
	channel   Channel // nil: never shown
	closed    bool
	observers []func(Event)
}

// Event is what a user did: gave traits new values, or clicked.
type Event struct {
	Changed map[string]any // by trait
	Clicked bool
}

// newModel makes a model with its layout and style.
func newModel(c *class, state map[string]any) *Model {
	m := &Model{class: c, state: c.state()}
	maps.Copy(m.state, state)
	if c.style != nil {
		m.style = newModel(c.style, nil)
	}
	if c.dom {
		m.layout = newModel(layoutClass, c.layout)
	}
	return m
}

func (m *Model) model() *Model { return m }

// Get returns a trait by its name in the protocol, such as "description" or "disabled"; nil when there is none.
func (m *Model) Get(trait string) any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state[trait]
}

// Set changes a trait here and in every page: Set("disabled", true).
func (m *Model) Set(trait string, v any) error {
	m.mu.Lock()
	err := m.check(trait, &v)
	m.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %s: %w", m.class.name, trait, err)
	}
	return m.update(map[string]any{trait: v})
}

// check refuses what a trait cannot be; the lock is held.
func (m *Model) check(trait string, v *any) error {
	if _, known := m.state[trait]; !known || trait[0] == '_' {
		return errors.New("there is no such trait")
	}
	raw, err := json.Marshal(*v)
	if err != nil || m.class.takes[trait] == nil {
		return err
	}
	if *v, err = m.class.take(trait, raw); err != nil || m.class.valid == nil {
		return err
	}
	return m.class.valid(m.state, trait, *v)
}

// Layout sets a property of the widget's layout by its CSS name with underscores: Layout("width", "400px").
func (m *Model) Layout(property, value string) error {
	if m.layout == nil {
		return fmt.Errorf("%s has no layout", m.class.name)
	}
	return m.layout.update(map[string]any{property: value})
}

// Observe has f called with everything that a user does to the widget, at once and by the goroutine that received it:
// f must not wait. OnChange and OnClick of the widgets are what cells want.
func (m *Model) Observe(f func(Event)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observers = append(m.observers, f)
}

// later has f called in turn with what the event says, on behalf of the calling cell.
func (m *Model) later(f func(Event) func()) {
	h := current()
	run := bind(h)
	m.Observe(func(e Event) {
		call := f(e)
		switch {
		case call == nil:
		case h == nil:
			run(call, nil)
		default:
			h.calls.add(func() { run(call, nil) })
		}
	})
}

// open makes the model known to the pages, after those that it names.
func (m *Model) open(h *Host) error {
	m.mu.Lock()
	done, closed, children := m.channel != nil, m.closed, m.children
	m.mu.Unlock()
	if closed {
		return errors.New("it is closed")
	}
	if done {
		return nil
	}
	for _, w := range m.parts(children) {
		if err := w.open(h); err != nil {
			return err
		}
	}
	m.mu.Lock()
	m.host = h
	m.name()
	m.mu.Unlock()
	ch, err := h.Open(End{State: m.snapshot, Receive: m.receive, Closed: m.forget})
	if err != nil {
		return fmt.Errorf("%s: %w", m.class.name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.channel = ch
	return nil
}

// parts are the models that this one's state names.
func (m *Model) parts(children []Widget) []*Model {
	var all []*Model
	for _, p := range []*Model{m.layout, m.style} {
		if p != nil {
			all = append(all, p)
		}
	}
	for _, w := range children {
		all = append(all, w.model())
	}
	return all
}

// name puts the names of other models into the state; the lock is held.
func (m *Model) name() {
	if m.layout != nil {
		m.state["layout"] = m.layout.ref()
	}
	if m.style != nil {
		m.state["style"] = m.style.ref()
	}
	if m.class.box {
		refs := []string{}
		for _, w := range m.children {
			refs = append(refs, w.model().ref())
		}
		m.state["children"] = refs
	}
}

// ref is how the state of one model names another.
func (m *Model) ref() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return "IPY_MODEL_" + m.channel.ID()
}

func (m *Model) snapshot() map[string]any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.state)
}

// update changes traits here and in every page.
func (m *Model) update(state map[string]any) error {
	m.mu.Lock()
	maps.Copy(m.state, state)
	ch, closed := m.channel, m.closed
	m.mu.Unlock()
	if ch == nil || closed {
		return nil
	}
	return ch.Send(message("update", state))
}

func message(method string, state map[string]any) map[string]any {
	return map[string]any{"method": method, "state": state, "buffer_paths": []any{}}
}

// receive takes a message from a page. Values that the model cannot have are put right in the page.
func (m *Model) receive(data json.RawMessage) {
	var q struct {
		Method  string
		State   map[string]json.RawMessage
		Content struct{ Event string }
	}
	if json.Unmarshal(data, &q) != nil {
		return
	}
	switch q.Method {
	case "request_state":
		m.update(m.snapshot())
	case "update":
		m.changed(q.State)
	case "custom":
		if q.Content.Event == "click" {
			m.tell(Event{Clicked: true})
		}
	}
}

func (m *Model) changed(sent map[string]json.RawMessage) {
	taken, wrong := map[string]any{}, map[string]any{}
	m.mu.Lock()
	for trait, raw := range sent {
		was, known := m.state[trait]
		if !known {
			continue
		}
		v, err := m.class.take(trait, raw)
		if err == nil && m.class.valid != nil {
			err = m.class.valid(m.state, trait, v)
		}
		if err != nil {
			wrong[trait] = was
			continue
		}
		m.state[trait], taken[trait] = v, v
	}
	ch := m.channel
	m.mu.Unlock()
	if ch == nil {
		return
	}
	// Other pages, and the one that sent it, wait for the echo.
	ch.Send(message("echo_update", taken))
	if len(wrong) > 0 {
		ch.Send(message("update", wrong))
	}
	if len(taken) > 0 {
		m.tell(Event{Changed: taken})
	}
}

func (m *Model) tell(e Event) {
	m.mu.Lock()
	observers := m.observers
	m.mu.Unlock()
	for _, f := range observers {
		f(e)
	}
}

// forget notes that the model is in no page any more.
func (m *Model) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
}

// Closed reports whether the widget has been closed, here or by a page.
func (m *Model) Closed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.closed
}

// Close removes the widget, and those inside, from every page. A closed widget keeps its values and is not shown
// again. Closing twice does no harm.
func (m *Model) Close() error {
	m.mu.Lock()
	was, ch, children := m.closed, m.channel, m.children
	m.closed = true
	m.mu.Unlock()
	if was {
		return nil
	}
	var errs []error
	if ch != nil {
		errs = append(errs, ch.Close())
	}
	for _, p := range m.parts(children) {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// String is what the widget holds, as text.
func (m *Model) String() string { return plain(m) }

// MIMEBundle is the widget as a cell shows it: live where the page has a widget manager, else what it holds.
func (m *Model) MIMEBundle() map[string]any {
	b := map[string]any{"text/plain": plain(m), "text/html": static(m)}
	h := current()
	if h == nil {
		return b
	}
	if err := m.open(h); err != nil {
		text := fmt.Sprintf("%s cannot be shown: %v", m.class.name, err)
		return map[string]any{"text/plain": text, "text/html": html.EscapeString(text)}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	b[ViewMIME] = map[string]any{"version_major": 2, "version_minor": 1, "model_id": m.channel.ID()}
	return b
}
