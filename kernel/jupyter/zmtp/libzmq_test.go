package zmtp

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gossl/gossl/kernel/jupyter/internal/pyenv"
)

// peer is a running testdata/peer.py.
type peer struct {
	t      *testing.T
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors strings.Builder
}

func startPeer(t *testing.T, args ...string) *peer {
	t.Helper()
	p := &peer{t: t, cmd: exec.CommandContext(t.Context(), pyenv.Python(t), append([]string{"testdata/peer.py"}, args...)...)}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	p.cmd.Stderr = &p.errors
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *peer) wait() {
	p.t.Helper()
	if err := p.cmd.Wait(); err != nil {
		p.t.Fatalf("peer.py %s: %v\n%s", p.cmd.Args[2], err, p.errors.String())
	}
}

// block is peer.py's block: n bytes that depend on i.
func block(i, n int) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprint(i)))
	b := make([]byte, 0, n+32)
	for len(b) < n {
		b = append(b, sum[:]...)
	}
	return b[:n]
}

// TestLibzmq runs libzmq peers against each kind of socket, open and encrypted,
// over TCP and IPC.
func TestLibzmq(t *testing.T) {
	pyenv.Python(t)
	server := keyPair(t)
	for _, transport := range []string{"tcp", "ipc", "curve"} {
		opts, key := Options{}, []string(nil)
		endpoint := "tcp://127.0.0.1:0"
		switch transport {
		case "ipc":
			endpoint = "ipc://" + filepath.Join(t.TempDir(), "s")
		case "curve":
			opts.Curve, key = server, []string{server.Public.String()}
		}
		run := func(name string, f func(t *testing.T)) { t.Run(transport+"/"+name, f) }
		run("dealer", func(t *testing.T) {
			r := NewRouter(opts)
			at := bind(t, r, endpoint)
			go echo(r)
			startPeer(t, append([]string{"dealer", at}, key...)...).wait()
			startPeer(t, append([]string{"comes-and-goes", at}, key...)...).wait()
			r.Close(time.Minute)
			noGoroutines(t)
		})
		run("req", func(t *testing.T) {
			startPeer(t, append([]string{"req", bind(t, NewRep(opts, nil), endpoint)}, key...)...).wait()
		})
		for _, scenario := range []string{"sub", "slow"} {
			run(scenario, func(t *testing.T) {
				subscribed := make(chan struct{}, 1)
				var x *XPub
				x = NewXPub(opts, func(p *Peer, topic string) {
					x.SendTo(p, text("welcome", topic))
					subscribed <- struct{}{}
				})
				p := startPeer(t, append([]string{scenario, bind(t, x, endpoint)}, key...)...)
				<-subscribed
				// More than the 1,000 messages that libzmq itself would hold.
				const n = 20_000
				fmt.Fprintln(p.in, n)
				for i := range n {
					x.Send(Message{[]byte("t"), []byte(fmt.Sprint(i)), block(i, 100)}, false)
				}
				x.Send(text("end"), true)
				fmt.Fprintln(p.in, "go")
				p.wait()
			})
		}
		run("topics", func(t *testing.T) {
			var x *XPub
			x = NewXPub(opts, func(p *Peer, topic string) { x.SendTo(p, text(topic, "welcome")) })
			p := startPeer(t, append([]string{"topics", bind(t, x, endpoint)}, key...)...)
			if line, err := p.out.ReadString('\n'); line != "ready\n" {
				t.Fatalf("peer says %q, %v\n%s", line, err, p.errors.String())
			}
			for _, m := range []string{"a1", "b1", "x", "c1"} {
				x.Send(text(m), false)
			}
			p.wait()
		})
	}
	t.Run("refused", func(t *testing.T) {
		at := bind(t, NewRouter(Options{Curve: server}), "tcp://127.0.0.1:0")
		startPeer(t, "refused", at).wait()
		startPeer(t, "refused", at, keyPair(t).Public.String()).wait()
		at = bind(t, NewXPub(Options{}, nil), "tcp://127.0.0.1:0")
		startPeer(t, "refused", at).wait()
	})
}
