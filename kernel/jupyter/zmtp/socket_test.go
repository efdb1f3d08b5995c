package zmtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// dial connects a client that is closed with the test.
func dial(t *testing.T, endpoint, kind, identity string, opts Options) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), endpoint, kind, identity, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func bind(t *testing.T, s interface {
	Bind(string) (string, error)
	Close(time.Duration) error
}, endpoint string) string {
	t.Helper()
	endpoint, err := s.Bind(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(0) })
	return endpoint
}

func text(parts ...string) Message {
	var m Message
	for _, p := range parts {
		m = append(m, []byte(p))
	}
	return m
}

func same(a, b Message) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func recv(t *testing.T, c *Conn, want Message) {
	t.Helper()
	if got, err := c.Recv(); err != nil || !same(got, want) {
		t.Fatalf("Recv() = %q, %v, want %q", got, err, want)
	}
}

// echo answers each message with itself until the router is closed.
func echo(r *Router) {
	for {
		m, err := r.Recv(context.Background())
		if err != nil {
			return
		}
		r.Send(m.From, m.Message)
	}
}

func TestRouterOverTCPAndIPC(t *testing.T) {
	for _, endpoint := range []string{"tcp://127.0.0.1:0", "tcp://[::1]:0", "ipc://" + filepath.Join(t.TempDir(), "k-1")} {
		t.Run(strings.SplitN(endpoint, ":", 2)[0], func(t *testing.T) {
			r := NewRouter(Options{})
			at, err := r.Bind(endpoint)
			if err != nil && strings.Contains(endpoint, "::1") {
				t.Logf("this machine has no IPv6: %v", err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			go echo(r)
			big := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
			a, b := dial(t, at, "DEALER", "same", Options{}), dial(t, at, "DEALER", "same", Options{})
			for _, c := range []*Conn{a, b, a} {
				m := text("x", "", string(big))
				if err := c.Send(m); err != nil {
					t.Fatal(err)
				}
				recv(t, c, m)
			}
			if err := r.Close(time.Minute); err != nil {
				t.Error(err)
			}
			if path, ok := strings.CutPrefix(at, "ipc://"); ok {
				if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("the socket file is still there: %v", err)
				}
			}
		})
	}
}

// A client that reconnects under its identity gets the reply to its earlier request.
func TestRouterSendsToReconnectedIdentity(t *testing.T) {
	r := NewRouter(Options{})
	at := bind(t, r, "tcp://127.0.0.1:0")
	first := dial(t, at, "DEALER", "c1", Options{})
	if err := first.Send(text("ask")); err != nil {
		t.Fatal(err)
	}
	m, err := r.Recv(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	<-m.From.gone
	second := dial(t, at, "DEALER", "c1", Options{})
	if err := second.Send(text("here")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Recv(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !r.Send(m.From, text("answer")) {
		t.Fatal("Send to the old connection found no successor")
	}
	recv(t, second, text("answer"))
	if r.Find([]byte("nobody")) != nil {
		t.Error("Find of an unknown identity found a peer")
	}
}

func TestXPubTopicsAndWelcome(t *testing.T) {
	var x *XPub
	x = NewXPub(Options{}, func(p *Peer, topic string) { x.SendTo(p, text("welcome", topic)) })
	at := bind(t, x, "tcp://127.0.0.1:0")
	all, some := dial(t, at, "SUB", "", Options{}), dial(t, at, "SUB", "", Options{})
	if err := all.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	// The older form of a subscription is a message.
	if err := some.Send(text("\x01stream")); err != nil {
		t.Fatal(err)
	}
	recv(t, all, text("welcome", ""))
	recv(t, some, text("welcome", "stream"))
	x.Send(text("status", "1"), true)
	x.Send(text("stream.stdout", "2"), false)
	recv(t, all, text("status", "1"))
	recv(t, all, text("stream.stdout", "2"))
	recv(t, some, text("stream.stdout", "2"))
	// A cancelled subscription ends; a PING is answered in the order of its turn.
	for _, cmd := range [][]byte{command("CANCEL", []byte("stream")), command("PING", []byte{0, 0}, []byte("ctx"))} {
		if err := some.writeCommand(string(cmd[1:1+cmd[0]]), cmd[1+cmd[0]:]); err != nil {
			t.Fatal(err)
		}
	}
	f, err := some.r.next()
	if err != nil || !f.command || !bytes.Equal(f.body, command("PONG", []byte("ctx"))) {
		t.Fatalf("answer to PING = %q, %v", f.body, err)
	}
	x.Send(text("stream.stdout", "3"), false)
	if err := some.Subscribe("end"); err != nil {
		t.Fatal(err)
	}
	recv(t, some, text("welcome", "end"))
}

// A client's first request may overtake its subscription: what was sent before
// anybody subscribed goes to the first subscriber, and to no later one.
func TestFirstSubscriberMissesNothing(t *testing.T) {
	var x *XPub
	x = NewXPub(Options{}, func(p *Peer, topic string) { x.SendTo(p, text("welcome", topic)) })
	at := bind(t, x, "tcp://127.0.0.1:0")
	x.Send(text("busy"), true)
	x.Send(text("idle"), true)
	for i := range 2 {
		c := dial(t, at, "SUB", "", Options{})
		if err := c.Subscribe(""); err != nil {
			t.Fatal(err)
		}
		recv(t, c, text("welcome", ""))
		if i == 0 {
			recv(t, c, text("busy"))
			recv(t, c, text("idle"))
		}
		x.Send(text("now"), true)
		recv(t, c, text("now"))
	}
}

func TestRepEchoesWithEnvelope(t *testing.T) {
	r := NewRep(Options{}, nil)
	at := bind(t, r, "tcp://127.0.0.1:0")
	c := dial(t, at, "REQ", "", Options{})
	for _, m := range []Message{text("", "ping"), text("hop", "", "a", "", "b")} {
		if err := c.Send(m); err != nil {
			t.Fatal(err)
		}
		recv(t, c, m)
	}
}

// One subscriber stands still; the other gets every message, and the still one
// hears the essential ones once it reads again.
func TestStuckSubscriberDelaysNobody(t *testing.T) {
	subscribed := make(chan *Peer, 2)
	x := NewXPub(Options{Queue: 1 << 20}, func(p *Peer, _ string) { subscribed <- p })
	at := bind(t, x, "tcp://127.0.0.1:0")
	stuck, reader := dial(t, at, "SUB", "", Options{}), dial(t, at, "SUB", "", Options{})
	if err := stuck.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	stuckPeer := <-subscribed
	if err := reader.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	<-subscribed
	payload := strings.Repeat("x", 64<<10)
	for i := range 2000 { // 125 MiB, far above the queue and the sockets' buffers
		m := text("m", fmt.Sprint(i), payload)
		x.Send(m, false)
		recv(t, reader, m)
	}
	if stuckPeer.Dropped() == 0 {
		t.Fatal("nothing was dropped for the subscriber that stood still")
	}
	x.Send(text("idle"), true)
	recv(t, reader, text("idle"))
	for {
		m, err := stuck.Recv()
		if err != nil {
			t.Fatalf("the stuck subscriber did not get the essential message: %v", err)
		}
		if string(m[0]) == "idle" {
			break
		}
	}
}

// A message larger than the queue reaches a peer that reads, whatever waits before it, and
// leaves essential messages their room.
func TestQueueTakesLargeMessages(t *testing.T) {
	const limit = 1 << 20
	q := newQueue()
	large := item{msg: Message{make([]byte, 3*limit)}}
	small := item{msg: Message{make([]byte, 1000)}}
	for i, test := range []struct {
		it              item
		essential, want bool
	}{
		{small, false, true},
		{large, false, true},
		{small, false, false},
		{large, false, false},
		{small, true, true},
		{large, true, true},  // 3 MiB of the reserve's 4
		{large, true, false}, // no room for another one
		{small, true, true},
	} {
		if got := q.push(test.it, limit, test.essential); got != test.want {
			t.Errorf("push %d of %d bytes, essential %v: %v, want %v", i, test.it.size(), test.essential, got, test.want)
		}
	}
	items, _ := q.take()
	for _, it := range items {
		q.written(it)
	}
	if n := q.waiting(); n != 0 || q.bytes != 0 || q.extra != 0 {
		t.Errorf("%d bytes wait after all was written, %d and %d", n, q.bytes, q.extra)
	}
	if !q.push(large, limit, false) {
		t.Error("nothing waits, and a large message is refused")
	}
}

func TestCloseDeliversWhatIsQueued(t *testing.T) {
	subscribed := make(chan *Peer, 1)
	x := NewXPub(Options{}, func(p *Peer, _ string) { subscribed <- p })
	at := bind(t, x, "tcp://127.0.0.1:0")
	c := dial(t, at, "SUB", "", Options{})
	if err := c.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	<-subscribed
	const n = 100_000
	for i := range n {
		x.Send(text("t", fmt.Sprint(i)), false)
	}
	// Input that the socket has not read must not turn the close into a reset.
	if err := c.Send(text("\x01more")); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- x.Close(time.Minute) }()
	for i := range n {
		recv(t, c, text("t", fmt.Sprint(i)))
	}
	if _, err := c.Recv(); err != io.EOF {
		t.Errorf("after the last message: %v, want EOF", err)
	}
	c.Close()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := Dial(t.Context(), at, "SUB", "", Options{}); err == nil {
		t.Error("a closed socket accepts connections")
	}
	noGoroutines(t)
}

// noGoroutines waits until no goroutine of this package's sockets is left.
func noGoroutines(t *testing.T) {
	t.Helper()
	buf := make([]byte, 1<<20)
	for t.Context().Err() == nil {
		stacks := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "zmtp.(*socket)") && !strings.Contains(stacks, "zmtp.(*Peer)") {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("goroutines are left:\n%s", buf[:runtime.Stack(buf, true)])
}

func TestCloseCutsOffStuckPeers(t *testing.T) {
	subscribed := make(chan *Peer, 1)
	x := NewXPub(Options{}, func(p *Peer, _ string) { subscribed <- p })
	at := bind(t, x, "tcp://127.0.0.1:0")
	c := dial(t, at, "SUB", "", Options{})
	if err := c.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	<-subscribed
	for range 300 {
		x.Send(text("t", strings.Repeat("x", 128<<10)), false)
	}
	x.Close(time.Millisecond)
	noGoroutines(t)
	if err := x.Close(0); err != ErrClosed {
		t.Errorf("second Close = %v, want ErrClosed", err)
	}
	if _, err := x.Bind("tcp://127.0.0.1:0"); err != ErrClosed {
		t.Errorf("Bind after Close = %v, want ErrClosed", err)
	}
}

func TestRefusedPeers(t *testing.T) {
	refused := make(chan string, 16)
	opts := Options{MaxFrame: 1 << 16, Logf: func(format string, args ...any) { refused <- fmt.Sprintf(format, args...) }}
	r := NewRouter(opts)
	at := strings.TrimPrefix(bind(t, r, "tcp://127.0.0.1:0"), "tcp://")
	hello := string(greeting{major: 3, minor: 1, mechanism: "NULL"}.encode())
	ready := func(md metadata) string {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		writeFrame(w, frame{command: true, body: command("READY", md.encode())})
		w.Flush()
		return b.String()
	}
	dealer := ready(metadata{"Socket-Type": "DEALER"})
	tests := []struct{ name, wire, want string }{
		{"web browser", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "does not speak ZMTP"},
		{"ZMTP 2", "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x01\x05", "ZMTP 1"},
		{"other mechanism", string(greeting{major: 3, mechanism: "PLAIN"}.encode()), `mechanism "PLAIN"`},
		{"message first", hello + "\x00\x01x", "in place of READY"},
		{"other command", hello + "\x04\x06\x05HELLO", `"HELLO" in place of READY`},
		{"error", hello + "\x04\x0a\x05ERROR\x03no!", `refused the handshake: "no!"`},
		{"wrong socket", hello + ready(metadata{"Socket-Type": "SUB"}), `cannot talk to "SUB"`},
		{"no socket", hello + ready(metadata{}), `cannot talk to ""`},
		{"long identity", hello + ready(metadata{"Socket-Type": "DEALER", "Identity": strings.Repeat("i", 256)}), "identity of 256 bytes"},
		{"large command", hello + "\x06\x00\x00\x00\x00\x00\x10\x00\x00", "the limit is"},
		{"large frame", hello + dealer + "\x02\x00\x00\x00\x00\x00\x01\x00\x01", "the limit is 65536"},
		{"large message", hello + dealer + strings.Repeat("\x03\x00\x00\x00\x00\x00\x00\xff\x00"+strings.Repeat("x", 0xff00), 2), "more than 65536 bytes"},
		{"many frames", hello + dealer + strings.Repeat("\x01\x00", maxFrames+1), "4096 frames"},
		{"command inside a message", hello + dealer + "\x01\x01x\x04\x05\x04PING", "command inside a message"},
		{"bad command", hello + dealer + "\x04\x02\x09x", "malformed command"},
	}
	for _, test := range tests {
		nc, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := nc.Write([]byte(test.wire)); err != nil {
			t.Fatal(err)
		}
		if got := <-refused; !strings.Contains(got, test.want) {
			t.Errorf("%s: log says %q, want %q", test.name, got, test.want)
		}
		io.Copy(io.Discard, nc) // until we are cut off
		nc.Close()
	}
	// The socket still serves.
	go echo(r)
	c := dial(t, "tcp://"+at, "DEALER", "", Options{})
	if err := c.Send(text("still there?")); err != nil {
		t.Fatal(err)
	}
	recv(t, c, text("still there?"))
}

func TestSilentPeerIsCutOff(t *testing.T) {
	r := NewRouter(Options{HandshakeTimeout: time.Millisecond})
	at := strings.TrimPrefix(bind(t, r, "tcp://127.0.0.1:0"), "tcp://")
	nc, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := io.Copy(io.Discard, nc); err != nil {
		t.Errorf("reading until cut off: %v", err)
	}
}

func TestTooManySubscriptions(t *testing.T) {
	x := NewXPub(Options{}, nil)
	at := bind(t, x, "tcp://127.0.0.1:0")
	c := dial(t, at, "SUB", "", Options{})
	for i := range maxTopics + 1 {
		if err := c.Subscribe(fmt.Sprint(i)); err != nil {
			break // already cut off
		}
	}
	if _, err := c.Recv(); err == nil {
		t.Error("a peer with too many subscriptions was not cut off")
	}
}

func TestEndpoints(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for endpoint, want := range map[string]string{
		"tcp://*:1":        "name the address",
		"tcp://:1":         "name the address",
		"tcp://127.0.0.1":  "missing port",
		"udp://127.0.0.1":  "want tcp://",
		"ipc://":           "path is missing",
		"ipc://" + file:    "is not a socket",
		"ipc:///no/such/x": "no such file",
	} {
		if _, err := NewRouter(Options{}).Bind(endpoint); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Bind(%q) = %v, want an error with %q", endpoint, err, want)
		}
	}
	// A socket file that a dead process left is replaced; a live one is not.
	path := filepath.Join(dir, "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	r := NewRouter(Options{})
	if _, err := r.Bind("ipc://" + path); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("Bind to a live socket = %v", err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	bind(t, r, "ipc://"+path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket file: %v, %v, want mode 0600", info.Mode(), err)
	}
}

// FuzzPeer sends any bytes behind a valid handshake: the socket neither panics nor
// stops serving others.
func FuzzPeer(f *testing.F) {
	f.Add([]byte("\x00\x05hello"))
	f.Add([]byte("\x04\x0a\x09SUBSCRIBE\x04\x05\x04PING"))
	f.Add([]byte("\x01\x00\x00\x01x"))
	r, x := NewRouter(Options{MaxFrame: 1 << 16}), NewXPub(Options{MaxFrame: 1 << 16}, nil)
	go echo(r)
	var at [2]string
	for i, b := range []func(string) (string, error){r.Bind, x.Bind} {
		var err error
		if at[i], err = b("tcp://127.0.0.1:0"); err != nil {
			f.Fatal(err)
		}
	}
	f.Cleanup(func() { r.Close(0); x.Close(0) })
	f.Fuzz(func(t *testing.T, wire []byte) {
		for i, kind := range []string{"DEALER", "SUB"} {
			c := dial(t, at[i], kind, "", Options{})
			c.nc.Write(wire)
			c.Close()
		}
		c := dial(t, at[0], "DEALER", "", Options{})
		if err := c.Send(text("still there?")); err != nil {
			t.Fatal(err)
		}
		recv(t, c, text("still there?"))
	})
}
