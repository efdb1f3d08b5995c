package jupyter

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter/gonb"
	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// Options are the settings of a kernel. The zero value is usable.
type Options struct {
	// Version is what kernel_info reports of this program.
	Version string
	// History is the directory that keeps the sources of past sessions; empty: none is kept on disk.
	History string
	// Notice is shown under the first cell that counts; empty: nothing is.
	Notice string
	// Comms is called before the first request is answered: the place to register
	// what clients may open comms to.
	Comms func(*Comms)
	// Panel makes controls for a run, for the command %panel; nil: it shows text.
	Panel func(command.Tunable) (kernel.Bundle, error)
	// Stopping is called at shutdown while output still reaches the clients:
	// the place to end background work.
	Stopping func()
	// Logf hears of refused messages and peers; nil means silence.
	Logf func(format string, args ...any)
}

// server is one session served to Jupyter clients.
type server struct {
	commands *command.Shell  // runs the text of cells
	session  *kernel.Session // its session
	opts     Options
	conn     Connection
	wire     *wire
	ident    string // begins the topics of what is published

	connectionFile string

	ctx  context.Context // ends when the server shuts down
	stop context.CancelFunc

	emit      func(to address, o outgoing) // sends; tests replace it
	relieve   func()                       // waits a moment for readers that lag behind
	stdinPeer func(*zmtp.Peer) *zmtp.Peer  // finds a shell channel's client on the stdin channel
	inputs    inputs
	shells    shells
	comms     *Comms
	history   *history
	gonb      *gonb.Bridge             // what cells show through GoNB's packages; nil: not connected
	greeting  sync.Once                // shows Options.Notice
	shows     atomic.Bool              // a cell may have shown something through them
	browser   *page                    // what GoNB's packages say to the page
	current   atomic.Pointer[frontend] // of the cell that runs, or ran last
}

// address is where a message goes: a channel and, on all but iopub, a peer.
type address struct {
	channel string // "shell", "control", "stdin" or "iopub"
	peer    *zmtp.Peer
	routes  [][]byte
}

// request is a message from a client, on its way through dispatch.
type request struct {
	*message
	from    address
	shell   *shell // whose queue it stood in; nil on the control channel
	aborted bool   // a cell before it failed
	out     *output
	after   func() // runs when everything about the request has been sent
}

func newServer(ctx context.Context, sh *command.Shell, c Connection, opts Options) (*server, error) {
	if opts.Logf == nil {
		opts.Logf = func(string, ...any) {}
	}
	h, err := openHistory(opts.History)
	if err != nil {
		return nil, err
	}
	k := &server{
		commands: sh, session: sh.Session, opts: opts, conn: c, wire: newWire(c), ident: newID(), history: h,
		relieve: func() {},
	}
	k.ctx, k.stop = context.WithCancel(ctx)
	k.comms = newComms(k)
	sh.Shown = k.drainGoNB
	if sh.Version == "" {
		sh.Version = opts.Version
	}
	k.shells.byID = map[string]*shell{}
	return k, nil
}

// publish sends a message to everybody.
func (k *server) publish(o outgoing) {
	k.emit(address{channel: "iopub"}, o)
	if o.msgType == "stream" {
		k.relieve()
	}
}

// status publishes busy, idle or starting.
func (k *server) status(parent json.RawMessage, state string) {
	k.publish(outgoing{msgType: "status", parent: parent, content: statusContent{state}})
}
