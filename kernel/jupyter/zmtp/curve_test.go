package zmtp

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
)

func keyPair(t testing.TB) *KeyPair {
	t.Helper()
	kp, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return &kp
}

func TestCurve(t *testing.T) {
	server := keyPair(t)
	r := NewRouter(Options{Curve: server})
	at := bind(t, r, "tcp://127.0.0.1:0")
	go echo(r)
	c := dial(t, at, "DEALER", "me", Options{Curve: keyPair(t), ServerKey: server.Public})
	m := text("a", "", strings.Repeat("b", 1<<20))
	for range 3 {
		if err := c.Send(m); err != nil {
			t.Fatal(err)
		}
		recv(t, c, m)
	}
	if _, err := Dial(t.Context(), at, "DEALER", "", Options{Curve: keyPair(t), ServerKey: keyPair(t).Public}); err == nil {
		t.Error("a client that knows another server key got in")
	}
	if _, err := Dial(t.Context(), at, "DEALER", "", Options{}); err == nil {
		t.Error("a client without encryption got in")
	}
}

// tap records what a client sends.
type tap struct {
	net.Conn
	sent *bytes.Buffer
}

func (t tap) Write(b []byte) (int, error) { t.sent.Write(b); return t.Conn.Write(b) }

// A recorded frame sent again, a changed one, and a plain one each end the connection.
func TestCurveRefusesReplayAndChange(t *testing.T) {
	server := keyPair(t)
	for _, attack := range []string{"replay", "change", "plain"} {
		r := NewRouter(Options{Curve: server})
		at := bind(t, r, "tcp://127.0.0.1:0")
		go echo(r)
		nc, err := net.Dial("tcp", strings.TrimPrefix(at, "tcp://"))
		if err != nil {
			t.Fatal(err)
		}
		sent := &bytes.Buffer{}
		c, err := handshake(tap{nc, sent}, &curve{keys: *keyPair(t), peerKey: server.Public}, metadata{propSocketType: "DEALER"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sent.Reset()
		if err := c.Send(text("secret")); err != nil {
			t.Fatal(err)
		}
		recv(t, c, text("secret"))
		wire := bytes.Clone(sent.Bytes())
		if bytes.Contains(wire, []byte("secret")) {
			t.Fatalf("the message is readable on the wire: %q", wire)
		}
		switch attack {
		case "change":
			wire[2+8+7]++ // a new nonce, so that it is no replay
			wire[len(wire)-1] ^= 1
		case "plain":
			wire = []byte("\x00\x06secret")
		}
		if _, err := nc.Write(wire); err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, nc); n != 0 || err != nil {
			t.Errorf("%s: the server answered %d bytes, error %v; want the end of the connection", attack, n, err)
		}
		nc.Close()
	}
}

func TestZ85(t *testing.T) {
	// The key pair that RFC 26's and libzmq's documentation use.
	const public = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
	k, err := ParseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Key{0xBB, 0x88, 0x47, 0x1D}); !bytes.Equal(k[:4], want[:4]) {
		t.Errorf("ParseKey(%q) begins with % X, want % X", public, k[:4], want[:4])
	}
	if k.String() != public {
		t.Errorf("String() = %q, want %q", k, public)
	}
	for _, bad := range []string{"", public[1:], strings.Replace(public, "Y", "~", 1), strings.Repeat("#", 40)} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("ParseKey(%q) gave no error", bad)
		}
	}
}
