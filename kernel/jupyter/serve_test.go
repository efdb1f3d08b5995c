package jupyter

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter/zmtp"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// client is a small Jupyter client over real sockets.
type client struct {
	t              *testing.T
	w              *wire
	shell, control *zmtp.Conn
	iopub          *zmtp.Conn
}

func (c *client) send(on *zmtp.Conn, msgType string, content any) string {
	c.t.Helper()
	frames, err := c.w.encode(nil, outgoing{msgType: msgType, content: content})
	if err != nil {
		c.t.Fatal(err)
	}
	if err := on.Send(frames); err != nil {
		c.t.Fatal(err)
	}
	var h header
	if err := json.Unmarshal(frames[2], &h); err != nil {
		c.t.Fatal(err)
	}
	return h.MsgID
}

func (c *client) recv(on *zmtp.Conn) (*message, string) {
	c.t.Helper()
	frames, err := on.Recv()
	if err != nil {
		c.t.Fatal(err)
	}
	m, err := c.w.decode(frames)
	if err != nil {
		c.t.Fatalf("%v: %q", err, frames)
	}
	var parent header
	if err := json.Unmarshal(m.parent, &parent); err != nil {
		c.t.Fatal(err)
	}
	return m, parent.MsgID
}

// TestServe runs a whole kernel in this process: free ports, one cell, shutdown,
// nothing left.
func TestServe(t *testing.T) {
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	file := filepath.Join(t.TempDir(), "kernel.json")
	if err := os.WriteFile(file, []byte(`{"key":"secret"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	history := filepath.Join(t.TempDir(), "history")
	ready, served := make(chan struct{}), make(chan error, 1)
	stopping := false
	go func() {
		served <- Serve(t.Context(), &command.Shell{Session: session}, file, Options{
			History: history, Logf: t.Logf,
			Comms:    func(*Comms) { close(ready) },
			Stopping: func() { stopping = true },
		})
	}()
	<-ready
	var conn Connection
	for conn.ShellPort == 0 { // until the kernel has written its ports
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
		if conn, err = ReadConnection(file); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	c := &client{t: t, w: newWire(conn)}
	dial := func(port int, kind string) *zmtp.Conn {
		socket, err := zmtp.Dial(t.Context(), conn.endpoint(port), kind, "me", zmtp.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { socket.Close() })
		return socket
	}
	c.shell, c.control, c.iopub = dial(conn.ShellPort, "DEALER"), dial(conn.ControlPort, "DEALER"), dial(conn.IOPubPort, "SUB")
	if err := c.iopub.Subscribe(""); err != nil {
		t.Fatal(err)
	}
	if m, _ := c.recv(c.iopub); m.header.MsgType != "iopub_welcome" {
		t.Errorf("first on iopub: %s, want iopub_welcome", m.header.MsgType)
	}
	hb := dial(conn.HBPort, "REQ")
	if err := hb.Send(zmtp.Message{nil, []byte("ping")}); err != nil {
		t.Fatal(err)
	}
	if m, err := hb.Recv(); err != nil || string(m[1]) != "ping" {
		t.Errorf("heartbeat: %q, %v", m, err)
	}

	id := c.send(c.shell, "execute_request", executeRequest{Code: "40 + 2"})
	if m, parent := c.recv(c.shell); m.header.MsgType != "execute_reply" || parent != id {
		t.Errorf("reply: %s to %s", m.header.MsgType, parent)
	}
	var seen []string
	for len(seen) == 0 || seen[len(seen)-1] != "idle" {
		m, parent := c.recv(c.iopub)
		if parent != id {
			continue
		}
		var s statusContent
		if json.Unmarshal(m.content, &s); s.ExecutionState != "" {
			seen = append(seen, s.ExecutionState)
		} else {
			seen = append(seen, m.header.MsgType)
		}
	}
	if got := strings.Join(seen, " "); got != "busy execute_input execute_result idle" {
		t.Errorf("iopub: %s", got)
	}

	c.send(c.control, "shutdown_request", shutdownContent{})
	if m, _ := c.recv(c.control); m.header.MsgType != "shutdown_reply" {
		t.Errorf("reply: %s", m.header.MsgType)
	}
	if err := <-served; err != nil || !stopping {
		t.Errorf("Serve = %v, Stopping called %v", err, stopping)
	}
	if text, err := os.ReadFile(filepath.Join(history, "1.jsonl")); err != nil || !strings.Contains(string(text), `"src":"40 + 2"`) {
		t.Errorf("history on disk: %s, %v", text, err)
	}
	buf := make([]byte, 1<<20)
	for t.Context().Err() == nil {
		stacks := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "jupyter.(*server)") && !strings.Contains(stacks, "zmtp.(*socket)") && !strings.Contains(stacks, "zmtp.(*Peer)") {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("goroutines are left:\n%s", buf[:runtime.Stack(buf, true)])
}

func TestServeCannotListen(t *testing.T) {
	taken := zmtp.NewRep(zmtp.Options{}, nil)
	at, err := taken.Bind("tcp://127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close(0)
	file := filepath.Join(t.TempDir(), "kernel.json")
	if err := (Connection{Transport: "tcp", IP: "127.0.0.1", HBPort: portOf(at), Key: "k", SignatureScheme: "hmac-sha256"}).Write(file); err != nil {
		t.Fatal(err)
	}
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if err := Serve(t.Context(), &command.Shell{Session: session}, file, Options{}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("Serve on a taken port = %v", err)
	}
}
