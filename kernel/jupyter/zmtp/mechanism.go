package zmtp

import "fmt"

// mechanism is how two peers open a connection and what they do to each frame
// afterwards.
type mechanism interface {
	name() string
	server() bool
	// handshake runs after the greetings and returns the peer's metadata.
	handshake(c *Conn, own metadata) (metadata, error)
	// seal turns a frame into what goes over the wire; open is its inverse.
	seal(f frame) frame
	open(f frame) (frame, error)
}

// null is the NULL mechanism: no authentication, no encryption (RFC 37).
type null struct{}

func (null) name() string                { return "NULL" }
func (null) server() bool                { return false }
func (null) seal(f frame) frame          { return f }
func (null) open(f frame) (frame, error) { return f, nil }

// handshake exchanges READY commands.
func (null) handshake(c *Conn, own metadata) (metadata, error) {
	if err := c.writeCommand("READY", properNames(own).encode()); err != nil {
		return nil, err
	}
	data, err := c.expectCommand("READY")
	if err != nil {
		return nil, err
	}
	return parseMetadata(data)
}

// writeCommand sends one unsealed command at once.
func (c *Conn) writeCommand(name string, data ...[]byte) error {
	if err := writeFrame(c.w, frame{command: true, body: command(name, data...)}); err != nil {
		return err
	}
	return c.w.Flush()
}

// expectCommand reads one unsealed command of the given name; an ERROR command
// becomes its reason.
func (c *Conn) expectCommand(want string) ([]byte, error) {
	f, err := c.r.next()
	if err != nil {
		return nil, unexpected(err)
	}
	if !f.command {
		return nil, fmt.Errorf("zmtp: a message came in place of %s", want)
	}
	name, data, err := parseCommand(f.body)
	if err != nil {
		return nil, err
	}
	if name == "ERROR" {
		return nil, fmt.Errorf("zmtp: the peer refused the handshake: %q", errorReason(data))
	}
	if name != want {
		return nil, fmt.Errorf("zmtp: command %q in place of %s", name, want)
	}
	return data, nil
}

// errorReason reads the text of an ERROR command.
func errorReason(data []byte) string {
	if len(data) > 0 && int(data[0]) <= len(data)-1 {
		return string(data[1 : 1+int(data[0])])
	}
	return ""
}
