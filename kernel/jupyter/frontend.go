package jupyter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter/gonb"
	"github.com/gossl/gossl/kernel/jupyter/zmtp"
)

// frontend is a cell's kernel.Frontend: what the cell shows goes to the request
// that started it, for as long as anything of the cell lives.
type frontend struct {
	k          *server
	out        *output
	from       address
	allowStdin bool
	cell       *kernel.Cell
	ctx        context.Context // ends with the cell, or when it is interrupted

	mu       sync.Mutex
	payloads []map[string]any
	answered bool
	asked    []inputRequest // by way of GoNB's packages, for what the cell reads next
	line     string         // of input, not yet read
}

func (f *frontend) Stream(name, text string) { f.out.Stream(name, text) }

func (f *frontend) Display(id string, b kernel.Bundle) { f.out.display(id, b) }

// Clear empties the cell's output, at once or when the next output comes.
func (f *frontend) Clear(wait bool) { f.out.send("clear_output", clearOutput{wait}) }

// Panel shows controls for a run, or text where the program offers none.
func (f *frontend) Panel(run command.Tunable) error {
	b := kernel.Bundle{kernel.TextPlain: command.PanelText(run)}
	if f.k.opts.Panel != nil {
		var err error
		if b, err = f.k.opts.Panel(run); err != nil {
			return err
		}
	}
	f.Display("", b)
	return nil
}

// Note warns of definitions that still use an old one. Imports that were added go
// without saying in a notebook.
func (f *frontend) Note(text string) {
	if !strings.HasPrefix(text, "imported ") {
		f.Stream("stderr", text+"\n")
	}
}

// SetNextInput puts text into a new cell below. After the cell has been answered it
// does nothing.
func (f *frontend) SetNextInput(text string) {
	f.pay(map[string]any{"source": "set_next_input", "text": text, "replace": false})
}

// pay adds to what the reply asks of the client.
func (f *frontend) pay(p map[string]any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.answered {
		f.payloads = append(f.payloads, p)
	}
}

func (f *frontend) takePayloads() []map[string]any {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answered = true
	if f.payloads == nil {
		return []map[string]any{}
	}
	return f.payloads
}

// Stdin is the cell's standard input: it asks the user for a line when the cell
// wants to read one.
func (f *frontend) Stdin() io.Reader { return (*stdin)(f) }

type stdin frontend

func (s *stdin) Read(b []byte) (int, error) {
	f := (*frontend)(s)
	f.mu.Lock()
	waiting := f.line != ""
	f.mu.Unlock()
	if !waiting {
		f.k.drainGoNB()
		var q inputRequest
		f.mu.Lock()
		if len(f.asked) > 0 {
			q, f.asked = f.asked[0], f.asked[1:]
		}
		f.mu.Unlock()
		text, err := f.Input(q.Prompt, q.Password)
		if err != nil {
			return 0, err
		}
		f.mu.Lock()
		f.line += text + "\n"
		f.mu.Unlock()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n := copy(b, f.line)
	f.line = f.line[n:]
	return n, nil
}

// errNoStdin is what reading input gives in a client that takes none.
var errNoStdin = errors.New("input: this client does not answer questions (allow_stdin is false)")

// errEnded is what asking for input gives once the cell has ended: clients take
// questions only from cells that run.
var errEnded = errors.New("the cell has ended")

// Input asks the client that sent the request. It returns an error when that
// client takes no input, and when the cell is interrupted or has ended.
func (f *frontend) Input(prompt string, secret bool) (string, error) {
	return f.Ask(f.ctx, prompt, secret)
}

// Ask is Input for a question that is taken back when ctx ends.
func (f *frontend) Ask(ctx context.Context, prompt string, secret bool) (string, error) {
	if !f.allowStdin {
		return "", errNoStdin
	}
	f.out.finish()
	return f.k.inputs.ask(ctx, f.from.peer, func() error {
		peer := f.k.stdinPeer(f.from.peer)
		if peer == nil {
			return errors.New("input: the client that runs this cell has no stdin channel")
		}
		f.k.emit(address{channel: "stdin", peer: peer}, outgoing{
			msgType: "input_request", parent: f.out.parent, content: inputRequest{prompt, secret},
		})
		return nil
	})
}

// openGoNB connects what cells show through GoNB's packages to the cell that runs.
// Where that cannot be, these packages do nothing, as outside of a notebook.
func (k *server) openGoNB() {
	k.browser = newPage(k)
	b, err := gonb.Open(gonb.Host{
		Display: func(id string, data map[string]any) {
			if f := k.current.Load(); f != nil {
				f.cell.Frontend().Display(id, data)
			}
		},
		Input: func(prompt string, secret bool) {
			if f := k.current.Load(); f != nil {
				f.mu.Lock()
				f.asked = append(f.asked, inputRequest{prompt, secret})
				f.mu.Unlock()
			}
		},
		Start:     func() { k.browser.connect(k.current.Load()) },
		Subscribe: k.browser.subscribe,
		Value:     k.browser.send,
		Refused:   k.refuse,
	})
	if err != nil {
		k.opts.Logf("%v", err)
		return
	}
	k.gonb = b
}

// showing finds in a cell what can lead to GoNB's packages: their names, or an import from outside the standard library.
var showing = regexp.MustCompile(`\b(gonbui|dom|widgets|comms|plotly)\b|"[^"\s]*\.[^"\s]*/`)

// order keeps a cell's output in order. It costs something at each print, so it waits for a cell that needs it.
func (k *server) order(c *kernel.Cell, src string) {
	if k.gonb == nil || !k.shows.Load() && !showing.MatchString(src) {
		return
	}
	k.shows.Store(true)
	c.Wrap(func(next kernel.Frontend) kernel.Frontend { return ordered{next, k} })
}

// ordered is the outermost Frontend of a cell: what the cell prints comes behind what it has shown through GoNB's packages.
type ordered struct {
	kernel.Frontend
	k *server
}

func (o ordered) Stream(name, text string) {
	o.k.drainGoNB()
	o.Frontend.Stream(name, text)
}

// refuse tells the running cell what went wrong, and ends it. It is called where GoNB's packages are listened to, so it
// must not wait for them.
func (k *server) refuse(reason string) {
	if f := k.current.Load(); f != nil {
		f.Stream("stderr", reason+"\n")
	}
	k.session.Interrupt() // the cell would wait for an answer that never comes
}

// drainGoNB returns when everything shown through GoNB's packages is published.
func (k *server) drainGoNB() {
	if k.gonb != nil {
		k.gonb.Drain()
	}
}

// inputs matches the questions of cells with the answers of clients: one question
// at a time.
type inputs struct {
	turn sync.Mutex // held by the asker

	mu     sync.Mutex
	asked  string      // identity of the client that was asked; empty: nobody
	answer chan string // of that question
}

// ask sends a question by send and waits for its answer.
func (in *inputs) ask(ctx context.Context, who *zmtp.Peer, send func() error) (string, error) {
	in.turn.Lock()
	defer in.turn.Unlock()
	if ctx.Err() != nil { // while it waited for its turn
		return "", fmt.Errorf("input: %w", context.Cause(ctx))
	}
	answer := make(chan string, 1)
	in.mu.Lock()
	in.asked, in.answer = string(who.Identity()), answer
	in.mu.Unlock()
	defer func() {
		in.mu.Lock()
		in.asked, in.answer = "", nil
		in.mu.Unlock()
	}()
	if err := send(); err != nil {
		return "", err
	}
	select {
	case text := <-answer:
		return text, nil
	case <-ctx.Done():
		return "", fmt.Errorf("input: %w", context.Cause(ctx))
	}
}

// receive takes a message from the stdin channel. An answer that nobody waits for,
// such as one that comes after an interrupt, is dropped.
func (in *inputs) receive(r *request) error {
	if r.header.MsgType != "input_reply" {
		return fmt.Errorf("stdin: unknown message type %q", r.header.MsgType)
	}
	var reply inputReply
	if err := decode(r, &reply); err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.answer == nil || in.asked != string(r.from.peer.Identity()) {
		return errors.New("stdin: an answer to no question")
	}
	in.answer <- reply.Value
	in.answer = nil
	return nil
}
