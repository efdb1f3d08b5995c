//go:build unix

package zmtp

import (
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// tampered is a connection that changes one byte of what is written into it, or adds and drops some.
type tampered struct {
	net.Conn
	at    int // bytes until then
	with  byte
	extra []byte
}

func (c *tampered) Write(b []byte) (int, error) {
	out := append([]byte{}, b...)
	if c.at >= 0 && c.at < len(out) {
		out[c.at] ^= c.with
		out = append(out[:c.at+1], append(append([]byte{}, c.extra...), out[c.at+1:]...)...)
	}
	c.at -= len(b)
	if _, err := c.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// connected returns both ends of a connection.
func connected(t *testing.T) (a, b net.Conn) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]net.Conn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "pair")
		if ends[i], err = net.FileConn(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	return ends[0], ends[1]
}

// FuzzTampered changes what a client sends, from its greeting to its message, plain and encrypted: the other side never
// panics or hangs, and an encrypted message arrives as it was sent or not at all.
func FuzzTampered(f *testing.F) {
	for _, encrypted := range []bool{false, true} {
		for _, at := range []uint16{0, 9, 10, 12, 32, 63, 64, 65, 70, 150, 180, 200, 260, 270, 300, 400, 500, 550, 600} {
			f.Add(encrypted, at, byte(1), []byte(nil))
			f.Add(encrypted, at, byte(0), []byte("\x04\x02"))
		}
	}
	server, client := keyPair(f), keyPair(f)
	sent := text("one", "", "three")
	f.Fuzz(func(t *testing.T, encrypted bool, at uint16, with byte, extra []byte) {
		mechs := [2]mechanism{null{}, null{}}
		if encrypted {
			mechs = [2]mechanism{&curve{keys: *server, bound: true}, &curve{keys: *client, peerKey: server.Public}}
		}
		a, b := connected(t)
		defer a.Close()
		// Both may wait for the other one, when a length has been changed: nothing is asked of a handshake that takes longer.
		opts := Options{HandshakeTimeout: 20 * time.Millisecond, MaxFrame: 1 << 16}
		left := make(chan struct{})
		go func() {
			defer close(left)
			defer b.Close()
			c, err := handshake(&tampered{b, int(at), with, extra}, mechs[1], metadata{propSocketType: "DEALER"}, opts)
			if err == nil {
				c.nc.SetDeadline(time.Now().Add(opts.HandshakeTimeout))
				c.Send(sent)
			}
		}()
		c, err := handshake(a, mechs[0], metadata{propSocketType: "ROUTER"}, opts)
		if err == nil {
			c.nc.SetDeadline(time.Now().Add(opts.HandshakeTimeout))
			m, _, err := c.next()
			if err == nil && m != nil && encrypted && !same(m, sent) {
				t.Errorf("%q was sent, %q arrived", sent, m)
			}
		}
		a.Close()
		<-left
	})
}
