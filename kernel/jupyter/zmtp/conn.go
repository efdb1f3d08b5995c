package zmtp

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"
)

// Conn is one connection after its handshake. Its reading half and its writing
// half may be used by one goroutine each.
type Conn struct {
	nc   net.Conn
	r    frameReader
	w    *bufio.Writer
	mech mechanism
	peer metadata
	opts Options
}

// Handshake limits: commands before the peer is known are small.
const maxHandshakeFrame = 64 << 10

// Dial connects to a socket bound elsewhere, as a socket of the given type
// (DEALER, REQ, SUB, ...), with an optional identity that a ROUTER will see.
// With Options.Curve set, ServerKey is the bound side's public key.
// The context bounds connecting and the handshake.
func Dial(ctx context.Context, endpoint, socketType, identity string, opts Options) (*Conn, error) {
	network, address, err := splitEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("zmtp: %w", err)
	}
	var mech mechanism = null{}
	if opts.Curve != nil {
		mech = &curve{keys: *opts.Curve, peerKey: opts.ServerKey}
	}
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	c, err := handshake(nc, mech, metadata{propSocketType: socketType, propIdentity: identity}, opts)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return c, nil
}

// handshake opens a connection on nc within the options' time.
func handshake(nc net.Conn, mech mechanism, own metadata, opts Options) (*Conn, error) {
	opts = opts.withDefaults()
	c := &Conn{nc: nc, w: bufio.NewWriterSize(nc, 64<<10), mech: mech, opts: opts}
	in := bufio.NewReaderSize(nc, 64<<10)
	c.r = frameReader{r: in, max: maxHandshakeFrame}
	if err := nc.SetDeadline(time.Now().Add(opts.HandshakeTimeout)); err != nil {
		return nil, err
	}
	g := greeting{major: 3, minor: 1, mechanism: mech.name(), asServer: mech.server()}
	if _, err := nc.Write(g.encode()); err != nil {
		return nil, err
	}
	other, err := readGreeting(in)
	if err != nil {
		return nil, err
	}
	if other.mechanism != mech.name() {
		return nil, fmt.Errorf("zmtp: the peer uses mechanism %q, this socket %s", other.mechanism, mech.name())
	}
	if mech.name() == "CURVE" && other.asServer == mech.server() {
		return nil, fmt.Errorf("zmtp: both sides want the same part in the CURVE handshake")
	}
	if c.peer, err = mech.handshake(c, own); err != nil {
		return nil, err
	}
	c.r.max = opts.MaxFrame
	return c, nc.SetDeadline(time.Time{})
}

// Send writes one message and flushes it.
func (c *Conn) Send(m Message) error {
	if err := c.write(m); err != nil {
		return err
	}
	return c.w.Flush()
}

// write puts one message into the buffer.
func (c *Conn) write(m Message) error {
	for i, body := range m {
		if err := writeFrame(c.w, c.mech.seal(frame{more: i < len(m)-1, body: body})); err != nil {
			return err
		}
	}
	return nil
}

// Subscribe asks a publisher for every message whose first frame begins with topic.
func (c *Conn) Subscribe(topic string) error {
	if err := writeFrame(c.w, c.mech.seal(frame{command: true, body: command("SUBSCRIBE", []byte(topic))})); err != nil {
		return err
	}
	return c.w.Flush()
}

// Recv reads one message. Commands on the way are ignored, save that a PING is
// answered, which uses the writing half: a caller that both dials a peer that
// pings and writes from another goroutine must use one goroutine for both.
func (c *Conn) Recv() (Message, error) {
	for {
		m, f, err := c.next()
		if err != nil {
			return nil, err
		}
		if m != nil {
			return m, nil
		}
		name, data, err := parseCommand(f.body)
		if err != nil {
			return nil, err
		}
		if pong := pongFor(name, data); pong != nil {
			if err := writeFrame(c.w, c.mech.seal(frame{command: true, body: pong})); err != nil {
				return nil, err
			}
			if err := c.w.Flush(); err != nil {
				return nil, err
			}
		}
	}
}

// next reads one whole message, or one command frame (then the message is nil).
func (c *Conn) next() (Message, frame, error) {
	var m Message
	var total int64
	for {
		f, err := c.r.next()
		if err != nil {
			return nil, frame{}, err
		}
		if f, err = c.mech.open(f); err != nil {
			return nil, frame{}, err
		}
		if f.command {
			if m != nil {
				return nil, frame{}, fmt.Errorf("zmtp: a command inside a message")
			}
			return nil, f, nil
		}
		m = append(m, f.body)
		total += int64(len(f.body))
		if total > c.opts.MaxFrame || len(m) > maxFrames {
			return nil, frame{}, fmt.Errorf("zmtp: message of more than %d bytes or %d frames", c.opts.MaxFrame, maxFrames)
		}
		if !f.more {
			return m, frame{}, nil
		}
	}
}

// maxFrames bounds the parts of one message; a Jupyter message has one per
// identity, six of its own, and one per binary buffer.
const maxFrames = 4096

// pongFor answers a PING command with its context, as RFC 37 demands; nil for
// other commands. A PING holds a time-to-live of two bytes, then the context.
func pongFor(name string, data []byte) []byte {
	if name != "PING" || len(data) < 2 {
		return nil
	}
	return command("PONG", data[2:min(len(data), 18)])
}

// Close ends the connection at once.
func (c *Conn) Close() error { return c.nc.Close() }
