package jupyter

import (
	"fmt"
	"slices"
	"sync"
)

// shell is a queue of requests and the goroutine that answers them in order: the
// main shell, or a subshell, which is answered while the main shell is busy.
type shell struct {
	id string // empty: the main shell

	mu      sync.Mutex
	queue   []*request
	deleted bool
	wake    chan struct{} // holds a token while there is news
}

// shells are all shells of a kernel, the main one under the empty id.
type shells struct {
	mu   sync.Mutex
	byID map[string]*shell
	wg   sync.WaitGroup
}

// start makes a shell and its goroutine, which ends when the shell is deleted and
// its queue empty, or when the server stops; cells that wait then are aborted.
func (k *server) start(id string) *shell {
	s := &shell{id: id, wake: make(chan struct{}, 1)}
	k.shells.mu.Lock()
	k.shells.byID[id] = s
	k.shells.mu.Unlock()
	k.shells.wg.Go(func() {
		for {
			r, last := s.take()
			switch {
			case r != nil:
				r.aborted = r.aborted || k.ctx.Err() != nil
				k.dispatch(r, shellHandlers)
			case last || k.ctx.Err() != nil:
				return
			default:
				select {
				case <-s.wake:
				case <-k.ctx.Done():
				}
			}
		}
	})
	return s
}

// put queues a request; false means that the shell has been deleted.
func (s *shell) put(r *request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.deleted {
		return false
	}
	r.shell = s
	s.queue = append(s.queue, r)
	s.signal()
	return true
}

func (s *shell) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take removes the first request; last reports that none will follow.
func (s *shell) take() (r *request, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return nil, s.deleted
	}
	r = s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	return r, false
}

// abort marks what is queued: its cells will not run.
func (s *shell) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.queue {
		r.aborted = true
	}
}

// route puts a shell request into the queue of the shell that its header names.
// What a page says to GoNB's packages is for the cell that runs, and waits for nothing.
func (k *server) route(r *request) {
	if k.fromPage(r) {
		k.dispatch(r, shellHandlers)
		return
	}
	k.shells.mu.Lock()
	s := k.shells.byID[r.header.SubshellID]
	k.shells.mu.Unlock()
	if s != nil && s.put(r) {
		return
	}
	unknown := func(*server, *request) (any, error) {
		return nil, fmt.Errorf("subshell %q: there is none; it was deleted, or belongs to another kernel", r.header.SubshellID)
	}
	k.dispatch(r, map[string]handler{r.header.MsgType: unknown})
}

func (k *server) createSubshell(*request) (any, error) {
	return createSubshellReply{"ok", k.start(newID()).id}, nil
}

// deleteSubshell ends a subshell. Cells in its queue are aborted; one that runs
// goes on to its end.
func (k *server) deleteSubshell(r *request) (any, error) {
	var q deleteSubshellRequest
	if err := decode(r, &q); err != nil {
		return nil, err
	}
	k.shells.mu.Lock()
	s := k.shells.byID[q.SubshellID]
	if s == nil || q.SubshellID == "" {
		k.shells.mu.Unlock()
		return nil, fmt.Errorf("subshell %q: there is none", q.SubshellID)
	}
	delete(k.shells.byID, q.SubshellID)
	k.shells.mu.Unlock()
	s.abort()
	s.mu.Lock()
	s.deleted = true
	s.signal()
	s.mu.Unlock()
	return statusReply{"ok"}, nil
}

func (k *server) listSubshells(*request) (any, error) {
	k.shells.mu.Lock()
	defer k.shells.mu.Unlock()
	ids := []string{}
	for id := range k.shells.byID {
		if id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return listSubshellReply{"ok", ids}, nil
}
