package jupyter

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/gossl/gossl/kernel"
)

// Comms are the comms of a kernel: two-way connections between something in the
// session and something in a client's page, such as a widget.
type Comms struct {
	k *server

	mu      sync.Mutex
	open    map[string]*Comm
	targets map[string]func(*Comm, Event)
	now     *output // of the comm message being handled; nil: none is
	within  []func(context.Context) context.Context
}

// Event is what a comm's other side sends.
type Event struct {
	Data    json.RawMessage
	Buffers [][]byte
}

// Comm is one comm.
type Comm struct {
	ID, Target string
	// OnMessage and OnClose, which may be nil, are called for what the other side
	// does, on the goroutine of the shell or subshell that it chose. Set them
	// before the comm is used: in the target's function, or right after Open.
	OnMessage func(Event)
	OnClose   func(Event)

	comms *Comms
}

func newComms(k *server) *Comms {
	return &Comms{k: k, open: map[string]*Comm{}, targets: map[string]func(*Comm, Event){}}
}

// Handle registers what happens when a client opens a comm to a target. A client
// that names an unknown target is told that its comm is closed.
func (c *Comms) Handle(target string, opened func(*Comm, Event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.targets[target] = opened
}

// Within adds something to the context of every cell that begins from now on.
func (c *Comms) Within(add func(context.Context) context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.within = append(c.within, add)
}

// context is what cells run in.
func (c *Comms) context(ctx context.Context) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, add := range c.within {
		ctx = add(ctx)
	}
	return ctx
}

// Open opens a comm to a target in the clients. The comm is made ready by prepare,
// which may be nil, before any message can reach it.
func (c *Comms) Open(target string, data any, metadata map[string]any, buffers [][]byte, prepare func(*Comm)) (*Comm, error) {
	comm := &Comm{ID: newID(), Target: target, comms: c}
	if prepare != nil {
		prepare(comm)
	}
	raw, err := marshal(data)
	if err != nil {
		return nil, fmt.Errorf("comm %s: %w", target, err)
	}
	c.mu.Lock()
	c.open[comm.ID] = comm
	c.mu.Unlock()
	c.send("comm_open", commContent{comm.ID, target, raw}, metadata, buffers)
	return comm, nil
}

// Closed reports whether the kernel has shut down.
func (c *Comms) Closed() bool { return c.k.ctx.Err() != nil }

// Send sends data to the comm's other side.
func (m *Comm) Send(data any, buffers ...[]byte) error {
	return m.emit("comm_msg", data, buffers)
}

// Close ends the comm and tells the other side. Closing twice does no harm.
func (m *Comm) Close(data any) error {
	if !m.comms.remove(m) {
		return nil
	}
	return m.emit("comm_close", data, nil)
}

func (m *Comm) emit(msgType string, data any, buffers [][]byte) error {
	raw, err := marshal(data)
	if err != nil {
		return fmt.Errorf("comm %s: %w", m.Target, err)
	}
	m.comms.send(msgType, commContent{CommID: m.ID, Data: raw}, nil, buffers)
	return nil
}

// remove forgets a comm; false means that it was not open.
func (c *Comms) remove(m *Comm) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open[m.ID] != m {
		return false
	}
	delete(c.open, m.ID)
	return true
}

// send publishes a comm message, behind the text of the cell that it comes from.
func (c *Comms) send(msgType string, content commContent, metadata map[string]any, buffers [][]byte) {
	o := outgoing{msgType: msgType, content: content, buffers: buffers}
	if metadata != nil {
		o.metadata = metadata
	}
	if out := c.output(); out != nil {
		out.mu.Lock()
		defer out.mu.Unlock()
		out.flush()
		o.parent = out.parent
	}
	c.k.publish(o)
}

// output is that of the cell which the calling goroutine belongs to, else of the
// comm message that is being handled, else nil.
func (c *Comms) output() *output {
	if cell := kernel.Current(); cell != nil {
		if out, ok := cell.Context().Value(outputKey{}).(*output); ok {
			return out
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// handle calls a comm's function; what it sends answers the request.
func (c *Comms) handle(r *request, f func(Event), data json.RawMessage) {
	if f == nil {
		return
	}
	c.mu.Lock()
	before := c.now
	c.now = r.out
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.now = before
		c.mu.Unlock()
	}()
	f(Event{data, r.buffers})
}

func (c *Comms) find(id string) *Comm {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[id]
}

// commOpen is a client that opens a comm.
func (k *server) commOpen(r *request) (any, error) {
	var q commContent
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	c := k.comms
	comm := &Comm{ID: q.CommID, Target: q.TargetName, comms: c}
	c.mu.Lock()
	opened := c.targets[q.TargetName]
	_, taken := c.open[q.CommID]
	if opened != nil && !taken && q.CommID != "" {
		c.open[q.CommID] = comm
	}
	c.mu.Unlock()
	if opened == nil || taken || q.CommID == "" {
		k.opts.Logf("comm_open %q to %q: no such target, or the comm is open already", q.CommID, q.TargetName)
		if !taken {
			r.out.send("comm_close", commContent{CommID: q.CommID, Data: json.RawMessage("{}")})
		}
		return nil, nil
	}
	c.handle(r, func(e Event) { opened(comm, e) }, q.Data)
	return nil, nil
}

// commMsg is a message from a comm's other side.
func (k *server) commMsg(r *request) (any, error) {
	var q commContent
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	if comm := k.comms.find(q.CommID); comm != nil {
		k.comms.handle(r, comm.OnMessage, q.Data)
	}
	return nil, nil
}

// commClose is a comm that its other side has closed.
func (k *server) commClose(r *request) (any, error) {
	var q commContent
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	if comm := k.comms.find(q.CommID); comm != nil && k.comms.remove(comm) {
		k.comms.handle(r, comm.OnClose, q.Data)
	}
	return nil, nil
}

// commInfo lists the open comms, of one target or of all.
func (k *server) commInfo(r *request) (any, error) {
	var q commInfoRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	k.comms.mu.Lock()
	defer k.comms.mu.Unlock()
	reply := commInfoReply{Status: "ok", Comms: map[string]commTarget{}}
	for id, comm := range k.comms.open {
		if q.TargetName == nil || *q.TargetName == comm.Target {
			reply.Comms[id] = commTarget{comm.Target}
		}
	}
	return reply, nil
}
