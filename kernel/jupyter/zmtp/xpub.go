package zmtp

import (
	"fmt"
	"time"
)

// XPub is a bound XPUB socket: it sends each message to the peers that subscribed
// to its beginning, and says when somebody subscribes.
type XPub struct {
	*socket
	onSubscribe func(*Peer, string)

	// What was sent before anybody subscribed: the first subscriber gets it,
	// since its request may have overtaken its subscription on another socket.
	// Guarded by mu; nil once there was a subscriber.
	early      []Message
	earlyBytes int
	began      bool
}

// maxEarly bounds what is kept for the first subscriber, in bytes.
const maxEarly = 4 << 20

// Limits on what one subscriber may ask us to remember.
const (
	maxTopics = 1024
	maxTopic  = 1024
)

// NewXPub makes an XPUB socket, to which SUB and XSUB sockets connect.
// onSubscribe, which may be nil, is called for each new subscription on the peer's own
// goroutine. What it sends to that peer arrives before any message of the
// subscription; it may use SendTo alone.
//
// What is sent while nobody has ever subscribed is kept, up to 4 MiB, and given to
// the first subscriber.
func NewXPub(opts Options, onSubscribe func(p *Peer, topic string)) *XPub {
	x := &XPub{socket: newSocket("XPUB", []string{"SUB", "XSUB"}, opts), onSubscribe: onSubscribe}
	x.onCommand = func(p *Peer, name string, data []byte) error {
		switch name {
		case "SUBSCRIBE":
			return x.subscribe(p, string(data))
		case "CANCEL":
			x.cancel(p, string(data))
		}
		return nil
	}
	// Before ZMTP 3.1 a subscription was a message: 1 or 0, then the topic.
	x.onMessage = func(p *Peer, m Message) {
		if len(m) != 1 || len(m[0]) == 0 {
			return
		}
		switch topic := string(m[0][1:]); m[0][0] {
		case 1:
			if x.subscribe(p, topic) != nil {
				p.conn.Close()
			}
		case 0:
			x.cancel(p, topic)
		}
	}
	return x
}

func (x *XPub) subscribe(p *Peer, topic string) error {
	x.mu.Lock()
	defer x.mu.Unlock() // no message of the subscription goes out in between
	p.mu.Lock()
	if len(topic) > maxTopic || len(p.topics) >= maxTopics {
		p.mu.Unlock()
		return fmt.Errorf("zmtp: more than %d subscriptions, or one longer than %d bytes", maxTopics, maxTopic)
	}
	p.topics[topic]++
	p.mu.Unlock()
	if x.onSubscribe != nil {
		x.onSubscribe(p, topic)
	}
	for _, m := range x.early {
		if p.subscribed(m[0]) {
			p.send(m, true)
		}
	}
	x.early, x.began = nil, true
	return nil
}

func (x *XPub) cancel(p *Peer, topic string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.topics[topic]--; p.topics[topic] <= 0 {
		delete(p.topics, topic)
	}
}

// Send queues a message for every peer that subscribed to the beginning of its
// first frame. A peer whose queue is full misses it; an essential message may
// still use a reserve of 4 MiB there, so that a reader that is merely slow hears,
// for instance, that a cell has ended.
func (x *XPub) Send(m Message, essential bool) {
	if len(m) == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock() // one order of messages for all peers
	if !x.began && x.earlyBytes+m.size() <= maxEarly {
		x.early = append(x.early, m)
		x.earlyBytes += m.size()
	}
	for p := range x.peers {
		if p.subscribed(m[0]) {
			p.send(m, essential)
		}
	}
}

// SendTo queues a message for one peer; false means that it was dropped.
func (x *XPub) SendTo(p *Peer, m Message) bool { return p.send(m, true) }

// Relieve waits until no subscriber has more than limit bytes waiting, yet no
// longer than patience, and not for one that has stopped reading.
func (x *XPub) Relieve(limit int, patience time.Duration) {
	deadline := time.Now().Add(patience)
	for {
		var slow *Peer
		x.mu.Lock()
		for p := range x.peers {
			if p.out.waiting() > limit && !p.stalled() {
				slow = p
				break
			}
		}
		x.mu.Unlock()
		if slow == nil {
			return
		}
		t := time.NewTimer(time.Until(deadline))
		select {
		case <-slow.progress:
			t.Stop()
		case <-slow.gone:
			t.Stop()
		case <-t.C:
			return
		}
	}
}
