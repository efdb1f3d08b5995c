package zmtp

import (
	"sync"
	"sync/atomic"
	"time"
)

// Peer is one connection that a bound socket has accepted.
type Peer struct {
	identity string
	conn     *Conn
	out      *queue
	dropped  atomic.Uint64
	drained  chan struct{} // closed when the writer has ended
	gone     chan struct{} // closed when the reader has ended
	progress chan struct{} // holds a token after something was written
	moved    atomic.Int64  // when that was, in Unix nanoseconds

	mu     sync.Mutex
	topics map[string]int // what an XPUB peer subscribed to, and how often
}

// Identity is what the peer calls itself, or a name made for it when it has none.
func (p *Peer) Identity() []byte { return []byte(p.identity) }

// Dropped is how many messages were not sent because the peer did not read.
func (p *Peer) Dropped() uint64 { return p.dropped.Load() }

// send queues a message; false means that it was dropped.
func (p *Peer) send(m Message, essential bool) bool {
	if p.out.push(item{msg: m}, p.conn.opts.Queue, essential) {
		return true
	}
	p.dropped.Add(1)
	return false
}

// write sends what is queued until the queue is closed and empty, or the
// connection fails.
func (p *Peer) write() {
	defer close(p.drained)
	for range p.out.wake {
		items, last := p.out.take()
		for i, it := range items {
			var err error
			if it.command != nil {
				err = writeFrame(p.conn.w, p.conn.mech.seal(frame{command: true, body: it.command}))
			} else {
				err = p.conn.write(it.msg)
			}
			items[i] = item{} // a long batch frees its messages as it goes
			p.out.written(it)
			p.moved.Store(time.Now().UnixNano())
			select {
			case p.progress <- struct{}{}:
			default:
			}
			if err != nil {
				p.conn.Close()
				return
			}
		}
		if p.conn.w.Flush() != nil {
			p.conn.Close()
			return
		}
		if last {
			return
		}
	}
}

// subscribed reports whether the peer wants messages that begin with topic.
func (p *Peer) subscribed(topic []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, all := p.topics[""]; all {
		return true
	}
	for t := range p.topics {
		if len(t) <= len(topic) && string(topic[:len(t)]) == t {
			return true
		}
	}
	return false
}

// stallTime is how long a peer may take nothing before nobody waits for it.
const stallTime = time.Second

// stalled reports whether nothing could be written to the peer for a while.
func (p *Peer) stalled() bool {
	return time.Since(time.Unix(0, p.moved.Load())) > stallTime
}
