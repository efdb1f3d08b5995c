package zmtp

// Rep is a bound REP socket that answers each request by a function.
type Rep struct{ *socket }

// NewRep makes a REP socket, to which REQ and DEALER sockets connect. answer gets
// the frames behind the envelope and returns those of the reply; it is called on
// the peer's own goroutine, several at a time. A nil answer sends the request back.
func NewRep(opts Options, answer func(Message) Message) *Rep {
	r := &Rep{newSocket("REP", []string{"REQ", "DEALER"}, opts)}
	r.onMessage = func(p *Peer, m Message) {
		// The envelope, up to and with the empty frame, goes back unchanged.
		body := 0
		for i, f := range m {
			if len(f) == 0 {
				body = i + 1
				break
			}
		}
		if body == 0 {
			return // no envelope: not a request
		}
		reply := m[body:]
		if answer != nil {
			reply = answer(reply)
		}
		out := append(append(Message{}, m[:body]...), reply...)
		p.send(out, false)
	}
	return r
}
