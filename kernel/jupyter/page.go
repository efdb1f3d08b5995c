package jupyter

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/jupyter/gonb"
)

// connectTime is how long a page may take to connect before a cell is told that none does.
const connectTime = 15 * time.Second

// page is what GoNB's packages reach in the user's page: elements that a cell shows. A script in the page opens a
// comm. A page that is reloaded opens another, and the newest counts.
type page struct {
	k *server

	mu         sync.Mutex
	comm       *Comm // nil: not connected
	asked      *frontend
	display    string // id of the script's display, until the page has connected
	waiting    []pageMessage
	subscribed map[string]bool
	pongs      chan struct{}
}

// pageMessage is a value for an address in the page, or a request for the page's own.
type pageMessage struct {
	Address string `json:"address"`
	Value   any    `json:"value"`
	Request bool   `json:"request,omitempty"`
}

func newPage(k *server) *page {
	p := &page{k: k, subscribed: map[string]bool{}, pongs: make(chan struct{}, 1)}
	k.comms.Handle(gonb.Target, func(c *Comm, _ Event) { p.opened(c) })
	return p
}

// fromPage reports whether a request comes from the script in the page.
func (k *server) fromPage(r *request) bool {
	if !strings.HasPrefix(r.header.MsgType, "comm_") || r.header.MsgType == "comm_info_request" {
		return false
	}
	var q commContent
	if decode(r, &q) != nil {
		return false
	}
	if r.header.MsgType == "comm_open" {
		return q.TargetName == gonb.Target
	}
	comm := k.comms.find(q.CommID)
	return comm != nil && comm.Target == gonb.Target
}

// connect shows the script that connects the page, once under each cell that wants it: the page may be another by
// now. Values wait until it has connected.
func (p *page) connect(f *frontend) {
	if f == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked == f {
		return
	}
	p.asked, p.display = f, "gonb-page-"+newID()
	f.out.display(p.display, map[string]any{kernel.TextHTML: gonb.PageScript(kernelID(p.k.connectionFile), p.k.ident)})
	if p.comm != nil {
		return
	}
	time.AfterFunc(connectTime, func() {
		p.mu.Lock()
		alone := p.comm == nil && p.asked == f
		p.mu.Unlock()
		if alone && f.ctx.Err() == nil && p.k.current.Load() == f {
			p.k.refuse("gonbui: no page has connected, so nobody answers what comms, dom and widgets ask; they need a notebook that is open in a browser")
		}
	})
}

// opened is a page that has connected.
func (p *page) opened(c *Comm) {
	c.OnMessage = p.received
	c.OnClose = func(Event) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.comm == c {
			p.comm = nil
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.comm = c
	for _, m := range p.waiting {
		p.post(m)
	}
	p.waiting = nil
	if p.display != "" { // the script is not to be saved
		p.asked.out.display(p.display, map[string]any{kernel.TextHTML: ""})
		p.display = ""
	}
}

func (p *page) post(m pageMessage) {
	if err := p.comm.Send(m); err != nil {
		p.k.opts.Logf("gonbui: %s: %v", m.Address, err)
	}
}

func (p *page) subscribe(address string, on bool) {
	p.connect(p.k.current.Load())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.subscribed[address] = on
	if !on {
		delete(p.subscribed, address)
	}
}

func (p *page) send(address string, value any, request bool) {
	p.connect(p.k.current.Load())
	p.mu.Lock()
	defer p.mu.Unlock()
	m := pageMessage{address, value, request}
	if p.comm == nil {
		p.waiting = append(p.waiting, m)
		return
	}
	p.post(m)
}

// received is a value from the page.
func (p *page) received(e Event) {
	var m struct {
		Address string          `json:"address"`
		Value   json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(e.Data, &m); err != nil {
		p.k.opts.Logf("gonbui: from the page: %v", err)
		return
	}
	if m.Address == gonb.Pong {
		select {
		case p.pongs <- struct{}{}:
		default:
		}
		return
	}
	p.mu.Lock()
	heard := p.subscribed[m.Address]
	p.mu.Unlock()
	if !heard || p.k.gonb == nil {
		return
	}
	if err := p.k.gonb.Deliver(m.Address, m.Value); err != nil {
		p.k.opts.Logf("gonbui: %s: %v", m.Address, err)
	}
}

// ConnectPage shows the script that connects the page, for the command %widgets.
func (f *frontend) ConnectPage() error {
	if f.k.browser == nil {
		return errors.New("GoNB's packages are not connected in this kernel")
	}
	f.k.browser.connect(f)
	return nil
}

// PingPage asks the page for a sign of life, until ctx ends.
func (f *frontend) PingPage(ctx context.Context) error {
	if err := f.ConnectPage(); err != nil {
		return err
	}
	p := f.k.browser
	select {
	case <-p.pongs: // of an earlier ping
	default:
	}
	p.send(gonb.Ping, true, false)
	select {
	case <-p.pongs:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
