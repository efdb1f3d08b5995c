package zmtp

import (
	"bytes"
	"fmt"
	"io"
)

// greetingSize is the length of what both peers send first (RFC 37).
const greetingSize = 64

// greeting says which version and mechanism a peer speaks.
type greeting struct {
	major, minor byte
	mechanism    string
	asServer     bool
}

// encode writes signature, version, mechanism, as-server and filler.
func (g greeting) encode() []byte {
	b := make([]byte, greetingSize)
	b[0], b[9] = 0xFF, 0x7F
	b[10], b[11] = g.major, g.minor
	copy(b[12:32], g.mechanism)
	if g.asServer {
		b[32] = 1
	}
	return b
}

// readGreeting reads the other side's greeting, and refuses peers that speak a
// protocol older than ZMTP 3.0 (libzmq before 4.0).
func readGreeting(r io.Reader) (greeting, error) {
	b := make([]byte, greetingSize)
	// The signature first: an older peer, or a web browser, sends no more.
	if _, err := io.ReadFull(r, b[:11]); err != nil {
		return greeting{}, fmt.Errorf("zmtp: no greeting: %w", unexpected(err))
	}
	if b[0] != 0xFF || b[9]&1 != 1 {
		return greeting{}, fmt.Errorf("zmtp: the peer does not speak ZMTP")
	}
	if b[10] < 3 {
		return greeting{}, fmt.Errorf("zmtp: the peer speaks ZMTP %d, 3 is needed (libzmq 4.0 or newer)", b[10])
	}
	if _, err := io.ReadFull(r, b[11:]); err != nil {
		return greeting{}, fmt.Errorf("zmtp: greeting cut short: %w", unexpected(err))
	}
	mechanism, _, _ := bytes.Cut(b[12:32], []byte{0})
	return greeting{major: b[10], minor: b[11], mechanism: string(mechanism), asServer: b[32] == 1}, nil
}
