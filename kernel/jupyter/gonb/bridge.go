//go:build unix

package gonb

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gossl/gossl/kernel/lang/rt"
	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Bridge is the kernel's end of gonbui's pipes.
type Bridge struct {
	host Host
	in   *os.File // from gonbui
	back *os.File // to gonbui
	done chan struct{}

	sending  sync.Mutex
	toGonbui *gob.Encoder // on back

	mu     sync.Mutex
	taken  bool // something was taken off the pipe, and may not have been shown yet
	closed bool
}

// opened guards gonbui's state, of which a process has one.
var opened sync.Mutex

// Open connects gonbui to the host. gonbui connects once in the life of a process,
// so a second Open fails.
func Open(host Host) (b *Bridge, err error) {
	opened.Lock()
	defer opened.Unlock()
	if gonbui.IsNotebook {
		return nil, errors.New("gonb: this process is connected already")
	}
	dir, err := os.MkdirTemp("", "gossl-gonb-") // for the owner alone
	if err != nil {
		return nil, fmt.Errorf("gonb: %w", err)
	}
	// Both ends are open before Open returns: the names are not needed any more.
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b = &Bridge{host: host, done: make(chan struct{})}
	if b.in, err = pipe(filepath.Join(dir, "in"), protocol.GONB_PIPE_ENV); err != nil {
		return nil, err
	}
	if b.back, err = pipe(filepath.Join(dir, "back"), protocol.GONB_PIPE_BACK_ENV); err != nil {
		return nil, errors.Join(err, b.in.Close())
	}
	b.toGonbui = gob.NewEncoder(b.back)
	gonbui.IsNotebook = true
	err = gonbui.Open()
	// A program that a cell starts must not write into the same pipe.
	os.Unsetenv(protocol.GONB_PIPE_ENV)
	os.Unsetenv(protocol.GONB_PIPE_BACK_ENV)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("gonb: %w", err), b.in.Close(), b.back.Close())
	}
	go b.receive()
	return b, nil
}

// pipe makes a named pipe and opens it; open for both directions it never waits
// for another end.
func pipe(path, variable string) (*os.File, error) {
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("gonb: %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("gonb: %w", err)
	}
	if err := os.Setenv(variable, path); err != nil {
		return nil, errors.Join(fmt.Errorf("gonb: %w", err), f.Close())
	}
	return f, nil
}

// Read takes bytes off the pipe. Nobody can find the pipe empty before the mark
// that something was taken is made. Whoever reads has shown everything before.
func (b *Bridge) Read(p []byte) (n int, err error) {
	raw, err := b.in.SyscallConn()
	if err != nil {
		return 0, err
	}
	waited := raw.Read(func(fd uintptr) bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for {
			n, err = syscall.Read(int(fd), p)
			if err != syscall.EINTR {
				break
			}
		}
		b.taken = n > 0
		return err != syscall.EAGAIN
	})
	if waited != nil {
		return 0, waited
	}
	return max(n, 0), err
}

// receive shows what comes until the bridge is closed.
func (b *Bridge) receive() {
	defer close(b.done)
	dec := gob.NewDecoder(b)
	for {
		var d protocol.DisplayData
		if err := dec.Decode(&d); err != nil {
			b.mu.Lock()
			closed := b.closed
			b.mu.Unlock()
			if !closed {
				b.host.Refused("gonbui: " + err.Error())
			}
			return
		}
		b.take(d)
	}
}

// take shows one message.
func (b *Bridge) take(d protocol.DisplayData) {
	data := map[string]any{}
	for mime, v := range d.Data {
		switch mime {
		case protocol.MIMEJupyterInput:
			if q, ok := v.(protocol.InputRequest); ok {
				b.host.Input(q.Prompt, q.Password)
			}
		case protocol.MIMECommValue:
			b.value(v)
		case protocol.MIMECommSubscribe:
			if q, ok := v.(protocol.CommSubscription); ok {
				b.host.Subscribe(q.Address, !q.Unsubscribe)
			}
		default:
			data[string(mime)] = v
		}
	}
	if len(data) > 0 {
		b.host.Display(d.DisplayID, data)
	}
}

// value passes a value on to the page, or answers gonbui's question whether everything before it has been shown.
func (b *Bridge) value(v any) {
	c, ok := v.(protocol.CommValue)
	switch {
	case !ok:
	case c.Address == protocol.GonbuiSyncAddress:
		b.send(protocol.GonbuiSyncAckAddress, c.Value)
	case c.Address == protocol.GonbuiStartAddress:
		b.host.Start()
	default:
		b.host.Value(c.Address, c.Value, c.Request)
	}
}

// Deliver gives a value that a page sent to what listens at the address.
func (b *Bridge) Deliver(address string, value json.RawMessage) error {
	v, err := pageValue(value)
	if err != nil {
		return err
	}
	return b.send(address, v)
}

func (b *Bridge) send(address string, value any) error {
	b.sending.Lock()
	defer b.sending.Unlock()
	return b.toGonbui.Encode(&protocol.CommValue{Address: address, Value: value})
}

// drainTime bounds how long Drain waits for a pipe that has failed.
const drainTime = 5 * time.Second

// Drain returns when everything that cells have sent so far has been shown.
func (b *Bridge) Drain() {
	if !b.pending() {
		return
	}
	synced := make(chan struct{})
	go func() {
		gonbui.Sync()
		close(synced)
	}()
	select {
	case <-synced:
	case <-b.done:
	case <-time.After(drainTime):
	}
}

// pending reports whether something was sent that may not have been shown.
func (b *Bridge) pending() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.taken {
		return true
	}
	return rt.Unread(b.in)
}

// Close ends the bridge. What cells send afterwards is lost.
func (b *Bridge) Close() error {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	err := errors.Join(b.in.Close(), b.back.Close())
	<-b.done
	return err
}
