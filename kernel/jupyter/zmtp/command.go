package zmtp

import (
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
)

// command builds the body of a command frame: the name's length, the name, the data.
func command(name string, data ...[]byte) []byte {
	body := append([]byte{byte(len(name))}, name...)
	for _, d := range data {
		body = append(body, d...)
	}
	return body
}

// parseCommand splits the body of a command frame.
func parseCommand(body []byte) (name string, data []byte, err error) {
	if len(body) == 0 || len(body) < 1+int(body[0]) || body[0] == 0 {
		return "", nil, fmt.Errorf("zmtp: malformed command of %d bytes", len(body))
	}
	n := 1 + int(body[0])
	return string(body[1:n]), body[n:], nil
}

// metadata holds the properties that peers tell each other in the handshake.
// Names are compared without regard to case, so they are kept in lower case.
type metadata map[string]string

// encode writes the properties in a fixed order.
func (md metadata) encode() []byte {
	names := make([]string, 0, len(md))
	for name := range md {
		names = append(names, name)
	}
	sort.Strings(names)
	var b []byte
	for _, name := range names {
		b = append(b, byte(len(name)))
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(md[name])))
		b = append(b, md[name]...)
	}
	return b
}

// parseMetadata reads properties; it accepts nothing after the last one.
func parseMetadata(b []byte) (metadata, error) {
	md := metadata{}
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 || len(b) < 1+n+4 {
			return nil, fmt.Errorf("zmtp: malformed property in the handshake")
		}
		name := strings.ToLower(string(b[1 : 1+n]))
		b = b[1+n:]
		size := binary.BigEndian.Uint32(b)
		b = b[4:]
		if uint64(size) > uint64(len(b)) {
			return nil, fmt.Errorf("zmtp: property %q is longer than its command", name)
		}
		md[name] = string(b[:size])
		b = b[size:]
	}
	return md, nil
}

// The properties that this package uses.
const (
	propSocketType = "socket-type"
	propIdentity   = "identity"
)

// properNames writes the properties as libzmq spells them: RFC 23 makes names
// case-insensitive, but not every peer believes it.
func properNames(md metadata) metadata {
	out := metadata{}
	for name, value := range md {
		switch name {
		case propSocketType:
			name = "Socket-Type"
		case propIdentity:
			name = "Identity"
		}
		out[name] = value
	}
	return out
}
