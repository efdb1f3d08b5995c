package zmtp

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is what the methods of a closed socket return.
var ErrClosed = errors.New("zmtp: socket is closed")

// socket is what all bound sockets share: listeners, peers, and their end.
type socket struct {
	kind    string
	accepts []string // socket types that may connect
	opts    Options

	onMessage func(*Peer, Message)
	onCommand func(p *Peer, name string, data []byte) error

	mu        sync.Mutex
	peers     map[*Peer]struct{}
	opening   map[net.Conn]struct{} // connections in their handshake
	listeners []net.Listener
	closing   bool
	closed    chan struct{} // closed when Close begins
	wg        sync.WaitGroup
}

func newSocket(kind string, accepts []string, opts Options) *socket {
	return &socket{
		kind: kind, accepts: accepts, opts: opts.withDefaults(),
		onMessage: func(*Peer, Message) {},
		onCommand: func(*Peer, string, []byte) error { return nil },
		peers:     map[*Peer]struct{}{}, opening: map[net.Conn]struct{}{},
		closed: make(chan struct{}),
	}
}

// Bind listens on "tcp://HOST:PORT" (port 0 takes a free one) or "ipc://PATH" and
// returns the endpoint with its actual port. A socket may be bound several times.
func (s *socket) Bind(endpoint string) (string, error) {
	l, err := listen(endpoint)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		l.Close()
		return "", ErrClosed
	}
	s.listeners = append(s.listeners, l)
	s.wg.Add(1)
	go s.accept(l)
	if strings.HasPrefix(endpoint, "tcp://") {
		endpoint = "tcp://" + l.Addr().String()
	}
	return endpoint, nil
}

// accept takes connections until the listener is closed. When descriptors run
// out it waits a little instead of giving up.
func (s *socket) accept(l net.Listener) {
	defer s.wg.Done()
	for {
		nc, err := l.Accept()
		if err != nil {
			select {
			case <-s.closed:
				return
			case <-time.After(50 * time.Millisecond):
			}
			if errors.Is(err, net.ErrClosed) {
				return
			}
			s.opts.Logf("%s: accept: %v", s.kind, err)
			continue
		}
		s.mu.Lock()
		if s.closing {
			s.mu.Unlock()
			nc.Close()
			return
		}
		s.opening[nc] = struct{}{}
		s.wg.Add(1)
		s.mu.Unlock()
		go s.serve(nc)
	}
}

// anonymous numbers the peers that gave no identity.
var anonymous atomic.Uint32

// serve is the life of one connection: handshake, then reading until it ends.
func (s *socket) serve(nc net.Conn) {
	defer s.wg.Done()
	defer nc.Close()
	var mech mechanism = null{}
	if s.opts.Curve != nil {
		mech = &curve{keys: *s.opts.Curve, bound: true}
	}
	c, err := handshake(nc, mech, metadata{propSocketType: s.kind}, s.opts)
	if err == nil && !slices.Contains(s.accepts, c.peer[propSocketType]) {
		err = fmt.Errorf("zmtp: a %s socket cannot talk to %q", s.kind, c.peer[propSocketType])
	}
	if err == nil && len(c.peer[propIdentity]) > 255 {
		err = fmt.Errorf("zmtp: identity of %d bytes, the limit is 255", len(c.peer[propIdentity]))
	}
	if err != nil {
		s.mu.Lock()
		delete(s.opening, nc)
		s.mu.Unlock()
		s.opts.Logf("%s: refused a peer: %v", s.kind, err)
		return
	}
	p := &Peer{
		identity: c.peer[propIdentity], conn: c, out: newQueue(), topics: map[string]int{},
		drained: make(chan struct{}), gone: make(chan struct{}), progress: make(chan struct{}, 1),
	}
	if p.identity == "" {
		// A leading zero, as libzmq does: no peer may choose such a name itself.
		n := anonymous.Add(1)
		p.identity = string([]byte{0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
	}
	s.mu.Lock()
	delete(s.opening, nc)
	closing := s.closing
	if !closing {
		s.peers[p] = struct{}{}
	}
	s.mu.Unlock()
	if closing {
		return
	}
	go p.write()
	err = s.read(p)
	close(p.gone)
	nc.Close()
	p.out.close()
	<-p.drained
	s.mu.Lock()
	delete(s.peers, p)
	s.mu.Unlock()
	if err != nil {
		s.opts.Logf("%s: a peer was cut off: %v", s.kind, err)
	}
}

// read hands messages and commands on until the connection ends; the error is nil
// when the peer left between two messages.
func (s *socket) read(p *Peer) error {
	for {
		m, f, err := p.conn.next()
		if err != nil {
			if ordinaryEnd(err) {
				return nil
			}
			return err
		}
		if m != nil {
			s.onMessage(p, m)
			continue
		}
		name, data, err := parseCommand(f.body)
		if err != nil {
			return err
		}
		if pong := pongFor(name, data); pong != nil {
			p.out.push(item{command: pong}, p.conn.opts.Queue, true)
			continue
		}
		if err := s.onCommand(p, name, data); err != nil {
			return err
		}
	}
}

// Peers is the number of connections whose handshake is done.
func (s *socket) Peers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.peers)
}

// Close stops listening at once, gives what is queued until linger has passed to
// reach its peers, and ends all connections. When it returns the socket has no
// goroutine, descriptor or socket file left.
func (s *socket) Close(linger time.Duration) error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		s.wg.Wait()
		return ErrClosed
	}
	s.closing = true
	close(s.closed)
	for nc := range s.opening {
		nc.Close()
	}
	var err error
	for _, l := range s.listeners {
		err = errors.Join(err, l.Close())
	}
	peers := make([]*Peer, 0, len(s.peers))
	for p := range s.peers {
		peers = append(peers, p)
	}
	s.mu.Unlock()

	deadline := time.NewTimer(linger)
	defer deadline.Stop()
	expired := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		select {
		case <-deadline.C:
		case <-finished:
		}
		close(expired)
	}()
	var leaving sync.WaitGroup
	for _, p := range peers {
		p.out.close()
		leaving.Go(func() { p.leave(expired) })
	}
	leaving.Wait()
	close(finished)
	<-expired
	s.wg.Wait()
	return err
}

// leave ends a connection so that nothing written is lost: closing with unread
// input would reset the connection, and a reset discards what the peer has not
// yet read. So our half is shut first, and the rest when the peer has answered.
func (p *Peer) leave(expired <-chan struct{}) {
	defer p.conn.Close()
	select {
	case <-p.drained:
	case <-p.gone:
		return
	case <-expired:
		return
	}
	if half, ok := p.conn.nc.(interface{ CloseWrite() error }); ok {
		if half.CloseWrite() != nil {
			return
		}
	}
	select {
	case <-p.gone:
	case <-expired:
	}
}
