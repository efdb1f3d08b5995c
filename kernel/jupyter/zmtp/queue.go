package zmtp

import "sync"

// item is one thing to write to a peer: a message or a command.
type item struct {
	msg     Message
	command []byte
}

func (it item) size() int { return it.msg.size() + len(it.command) }

// queue holds what waits for one peer. Pushing never blocks, so that a peer that
// does not read delays nobody else.
type queue struct {
	mu     sync.Mutex
	items  []item
	bytes  int           // of items, and of what take handed out and is not yet written
	closed bool          // nothing may be pushed any more
	wake   chan struct{} // holds a token while there is news for the writer
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// push appends an item unless that would take the queue above limit bytes. An
// item larger than the limit is accepted when nothing else waits.
func (q *queue) push(it item, limit int) bool {
	size := it.size()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.bytes > 0 && q.bytes+size > limit {
		return false
	}
	q.items = append(q.items, it)
	q.bytes += size
	q.signal()
	return true
}

// close lets the writer drain what is queued, and then end.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take hands out all items; last reports that none will follow.
func (q *queue) take() (items []item, last bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.items = q.items, nil
	return items, q.closed
}

// written gives back the bytes of an item that has left.
func (q *queue) written(it item) {
	q.mu.Lock()
	q.bytes -= it.size()
	q.mu.Unlock()
}

// waiting is the number of bytes not yet written.
func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes
}
