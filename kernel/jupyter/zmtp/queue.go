package zmtp

import "sync"

// item is one thing to write to a peer: a message or a command.
type item struct {
	msg      Message
	command  []byte
	reserved bool // it counts for the reserve
}

func (it item) size() int { return it.msg.size() + len(it.command) }

// queue holds what waits for one peer. Pushing never blocks, so that a peer that
// does not read delays nobody else.
type queue struct {
	mu     sync.Mutex
	items  []item
	bytes  int           // of items, and of what take handed out and is not yet written
	extra  int           // the same of what is in the reserve
	closed bool          // nothing may be pushed any more
	wake   chan struct{} // holds a token while there is news for the writer
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// reserve is the room above a queue's limit that only essential messages may use.
const reserve = 4 << 20

// push appends an item unless more than limit bytes wait already: whoever reads gets
// also what is larger than the limit. An essential item may then use the reserve.
func (q *queue) push(it item, limit int, essential bool) bool {
	size := it.size()
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return false
	case q.bytes <= limit:
		q.bytes += size
	case essential && q.extra+size <= reserve:
		q.extra += size
		it.reserved = true
	default:
		return false
	}
	q.items = append(q.items, it)
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
	defer q.mu.Unlock()
	if it.reserved {
		q.extra -= it.size()
	} else {
		q.bytes -= it.size()
	}
}

// waiting is the number of bytes not yet written.
func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bytes + q.extra
}
