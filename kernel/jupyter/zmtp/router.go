package zmtp

import "context"

// Router is a bound ROUTER socket: it receives from all its peers, each in turn,
// and sends to the one it names.
type Router struct {
	*socket
	in chan Received
}

// Received is a message and the peer that sent it.
type Received struct {
	From *Peer
	Message
}

// NewRouter makes a ROUTER socket, to which DEALER, REQ and ROUTER sockets connect.
func NewRouter(opts Options) *Router {
	r := &Router{socket: newSocket("ROUTER", []string{"DEALER", "REQ", "ROUTER"}, opts), in: make(chan Received)}
	// A peer's next message is read once this one has been taken, so a flood
	// from one peer waits in that peer's own connection.
	r.onMessage = func(p *Peer, m Message) {
		select {
		case r.in <- Received{p, m}:
		case <-r.closed:
		}
	}
	return r
}

// Recv waits for the next message. It returns ErrClosed once Close has begun, and
// the context's error when that ends first.
func (r *Router) Recv(ctx context.Context) (Received, error) {
	select {
	case m := <-r.in:
		return m, nil
	case <-r.closed:
		return Received{}, ErrClosed
	case <-ctx.Done():
		return Received{}, ctx.Err()
	}
}

// Send queues a message for a peer, or, when that connection has ended, for one of
// the same identity that has taken its place. False means that there is none, or
// that the peer has not read for so long that its queue is full.
func (r *Router) Send(p *Peer, m Message) bool {
	select {
	case <-p.gone:
		if p = r.Find(p.Identity()); p == nil {
			return false
		}
	default:
	}
	return p.send(m, true)
}

// Find returns a connected peer of that identity, or nil.
func (r *Router) Find(identity []byte) *Peer {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.peers {
		if p.identity != string(identity) {
			continue
		}
		select {
		case <-p.gone: // about to be removed
		default:
			return p
		}
	}
	return nil
}
