package jupyter

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// linger is how long queued messages may take to reach their clients at shutdown.
// Jupyter ends a kernel by force after 5 s.
const linger = 4 * time.Second

// Serve answers Jupyter clients for a shell's session, as a connection file says, until a
// client asks for the shutdown, the context ends, the process gets SIGTERM or
// SIGHUP, or the Jupyter server that started it is gone. SIGINT interrupts the
// running cell. The session stays open: closing it is the caller's part.
//
// When Serve returns, everything queued has been sent, and no goroutine, port or
// socket file of it is left. The error says why it could not begin, or what went
// wrong at the end.
func Serve(ctx context.Context, sh *command.Shell, connectionFile string, opts Options) error {
	conn, err := ReadConnection(connectionFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	k, err := newServer(ctx, sh, conn, opts)
	if err != nil {
		return err
	}
	defer k.stop()
	k.connectionFile = connectionFile
	sockets, err := k.open()
	if err != nil {
		return errors.Join(err, k.history.close())
	}
	if sockets.changed {
		if err := k.conn.Write(connectionFile); err != nil {
			return errors.Join(err, sockets.close(0), k.history.close())
		}
	}
	return k.run(sockets)
}

// sockets are the five channels.
type sockets struct {
	shell, control, stdin *zmtp.Router
	iopub                 *zmtp.XPub
	heartbeat             *zmtp.Rep
	changed               bool // a port was 0 and is now known
}

// open binds the channels and connects emit to them.
func (k *server) open() (*sockets, error) {
	pair, err := k.conn.curve()
	if err != nil {
		return nil, err
	}
	zo := zmtp.Options{Curve: pair, Logf: k.opts.Logf}
	so := &sockets{
		shell: zmtp.NewRouter(zo), control: zmtp.NewRouter(zo), stdin: zmtp.NewRouter(zo),
		heartbeat: zmtp.NewRep(zo, nil),
	}
	so.iopub = zmtp.NewXPub(zo, func(p *zmtp.Peer, topic string) {
		frames, err := k.wire.encode([][]byte{[]byte(topic)}, outgoing{msgType: "iopub_welcome", content: welcomeContent{topic}})
		if err == nil {
			so.iopub.SendTo(p, frames)
		}
	})
	k.emit = so.emit(k)
	k.stdinPeer = func(p *zmtp.Peer) *zmtp.Peer { return so.stdin.Find(p.Identity()) }
	k.relieve = func() { so.iopub.Relieve(iopubAhead, iopubPatience) }
	binders := []func(string) (string, error){so.shell.Bind, so.iopub.Bind, so.stdin.Bind, so.control.Bind, so.heartbeat.Bind}
	for i, port := range k.conn.ports() {
		at, err := binders[i](k.conn.endpoint(*port))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listening for Jupyter clients: %w", err), so.close(0))
		}
		if *port == 0 {
			*port, so.changed = portOf(at), true
		}
	}
	return so, nil
}

const (
	// iopubAhead is how many bytes of output may wait for a client before the
	// cell that prints is slowed down.
	iopubAhead = 4 << 20
	// iopubPatience is how long one batch of output waits at most for a client
	// that lags behind.
	iopubPatience = 250 * time.Millisecond
)

// portOf reads the port of an endpoint that Bind returned.
func portOf(endpoint string) int {
	for i := len(endpoint) - 1; i >= 0; i-- {
		if endpoint[i] == ':' {
			n, _ := strconv.Atoi(endpoint[i+1:])
			return n
		}
	}
	return 0
}

// emit returns the function that puts a message on its channel.
func (so *sockets) emit(k *server) func(address, outgoing) {
	return func(to address, o outgoing) {
		routes := to.routes
		if to.channel == "iopub" {
			routes = [][]byte{[]byte(k.topic(o))}
		}
		frames, err := k.wire.encode(routes, o)
		if err != nil {
			k.opts.Logf("%v", err)
			return
		}
		sent := true
		switch to.channel {
		case "iopub":
			so.iopub.Send(frames, o.msgType != "stream" && o.msgType != "display_data" && o.msgType != "update_display_data")
		case "shell":
			sent = so.shell.Send(to.peer, frames)
		case "control":
			sent = so.control.Send(to.peer, frames)
		case "stdin":
			sent = so.stdin.Send(to.peer, frames)
		}
		if !sent {
			k.opts.Logf("%s: %s was dropped: its client is gone or does not read", to.channel, o.msgType)
		}
	}
}

// topic is the first frame of a published message.
func (k *server) topic(o outgoing) string {
	if s, ok := o.content.(streamContent); ok {
		return "kernel." + k.ident + ".stream." + s.Name
	}
	return "kernel." + k.ident + "." + o.msgType
}

func (so *sockets) close(linger time.Duration) error {
	var wg sync.WaitGroup
	errs := make([]error, 5)
	for i, c := range []func(time.Duration) error{so.shell.Close, so.control.Close, so.stdin.Close, so.iopub.Close, so.heartbeat.Close} {
		wg.Go(func() { errs[i] = c(linger) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// run serves until the server's context ends, and cleans up.
func (k *server) run(so *sockets) error {
	var wg sync.WaitGroup
	listen := func(channel string, socket *zmtp.Router, take func(*request)) {
		wg.Go(func() {
			for {
				m, err := socket.Recv(k.ctx)
				if err != nil {
					return
				}
				msg, err := k.wire.decode(m.Message)
				if err != nil {
					k.opts.Logf("%s: a message was refused: %v", channel, err)
					continue
				}
				take(&request{message: msg, from: address{channel, m.From, msg.routes}})
			}
		})
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	wg.Go(func() {
		for {
			select {
			case <-interrupts:
				k.session.Interrupt()
			case <-k.ctx.Done():
				return
			}
		}
	})
	wg.Go(k.watchParent)

	k.openGoNB()
	k.setEnvironment()
	if k.opts.Comms != nil {
		k.opts.Comms(k.comms)
	}
	k.start("")
	k.status(nil, "starting")
	listen("shell", so.shell, k.route)
	listen("control", so.control, func(r *request) { k.dispatch(r, controlHandlers) })
	listen("stdin", so.stdin, func(r *request) {
		if err := k.inputs.receive(r); err != nil {
			k.opts.Logf("%v", err)
		}
	})

	<-k.ctx.Done()
	k.session.Interrupt()
	if k.opts.Stopping != nil {
		k.opts.Stopping()
	}
	wg.Wait()
	k.shells.wg.Wait()
	var errs error
	if k.gonb != nil {
		errs = k.gonb.Close()
	}
	return errors.Join(errs, so.close(linger), k.history.close(), k.commands.Close())
}

// watchParent stops the server when the Jupyter server that started this process,
// and says so in JPY_PARENT_PID, is gone: nobody could ask for the shutdown any more.
func (k *server) watchParent() {
	parent, err := strconv.Atoi(os.Getenv("JPY_PARENT_PID"))
	if err != nil || parent != os.Getppid() {
		return
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if os.Getppid() != parent {
				k.stop()
				return
			}
		case <-k.ctx.Done():
			return
		}
	}
}
