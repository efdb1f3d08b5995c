package kernel

import (
	"context"
	"io"
	"runtime"
	"strings"
	"sync"
	"unicode/utf8"
	"weak"

	"github.com/gossl/gossl/kernel/lang"
)

// Cell is one execution, from its beginning on; its Frontend outlives its end.
type Cell struct {
	session *Session
	input   Input
	name    string
	count   int
	ctx     context.Context
	cancel  context.CancelCauseFunc
	fe      *recorder
	out     *stream
	err     *stream
	record  *Record
}

type cellKey struct{}

// follow has the end of ctx interrupt the cell. A context that outlives its cells does not keep them: a cell is gone
// when no goroutine that it started is left, and then ctx forgets it.
func (c *Cell) follow(ctx context.Context) {
	cell := weak.Make(c)
	stop := context.AfterFunc(ctx, func() {
		if c := cell.Value(); c != nil {
			c.cancel(context.Cause(ctx))
		}
	})
	runtime.AddCleanup(c, func(stop func() bool) { stop() }, stop)
}

// CellOf returns the cell that a context belongs to, nil when it belongs to none.
func CellOf(ctx context.Context) *Cell {
	c, _ := ctx.Value(cellKey{}).(*Cell)
	return c
}

// Current returns the cell that the calling goroutine belongs to, because the cell's code started it directly or
// through others; nil when there is none.
func Current() *Cell {
	if c := lang.Current(); c != nil {
		return CellOf(c.Context())
	}
	return nil
}

// Context is cancelled when the cell is interrupted.
func (c *Cell) Context() context.Context { return c.ctx }

// Session returns the session that the cell runs in.
func (c *Cell) Session() *Session { return c.session }

// Frontend is where the cell shows what it has to say; what goes there is kept in the history too.
func (c *Cell) Frontend() Frontend { return c.fe }

// Stdout and Stderr write to the cell's Frontend.
func (c *Cell) Stdout() io.Writer { return c.out }

// Stderr writes to the cell's Frontend.
func (c *Cell) Stderr() io.Writer { return c.err }

// Name is the cell's name in messages, such as "In[3]".
func (c *Cell) Name() string { return c.name }

// First is the line of the file or cell on which the cell's text begins, from 1.
func (c *Cell) First() int { return max(c.input.Line, 1) }

// Count is the execution count, 0 for a silent cell.
func (c *Cell) Count() int { return c.count }

// Go evaluates Go source in the session. The source begins on the given line of the cell's text, from 1, so that
// messages point to the user's lines.
func (c *Cell) Go(src string, line int) (Result, error) {
	if strings.TrimSpace(src) == "" {
		return Result{}, nil
	}
	line += max(c.input.Line, 1) - 1
	return c.eval(lang.Cell{Name: c.name, Src: strings.Repeat("\n", max(line, 1)-1) + src})
}

// GoNamed evaluates Go source that is not the cell's own text, such as a file that it loads, under its own name.
func (c *Cell) GoNamed(name, src string, line int) (Result, error) {
	return c.eval(lang.Cell{Name: name, Src: strings.Repeat("\n", max(line, 1)-1) + src})
}

func (c *Cell) eval(cell lang.Cell) (Result, error) {
	v, err := c.session.language().Eval(c.ctx, cell, c.io())
	c.out.flush()
	c.err.flush()
	if err != nil {
		e := newCellError(c.count, cell.Name, err)
		if e.Line == 0 && !strings.HasPrefix(cell.Name, "In[") {
			// In a file a name alone says too little: name the line on which the cell begins.
			e.Line = 1 + len(cell.Src) - len(strings.TrimLeft(cell.Src, "\n"))
		}
		return Result{}, e
	}
	return Result{Value: v, Shown: c.session.render(v)}, nil
}

// Call runs f on behalf of the cell, which may have ended: a callback of a control, say. It runs beside the cells and
// is interrupted with them, by Session.Interrupt. What f shows goes to fe, or where the cell's goes when fe is nil. Call
// returns when f has: nil, or the *CellError that a panic or an interrupt has made of it.
func (c *Cell) Call(fe Frontend, f func()) error {
	s := c.session
	to := c.fe
	if fe != nil {
		to = &recorder{Frontend: fe, record: &Record{}}
	}
	call := &Cell{session: s, input: c.input, name: c.name, count: c.count, record: to.record, fe: to}
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		return ErrClosed
	}
	s.start(c.ctx, call)
	s.mu.Unlock()
	err := s.language().Call(call.ctx, c.name, call.io(), f)
	call.out.flush()
	call.err.flush()
	s.mu.Lock()
	delete(s.running, call)
	s.ended.Broadcast()
	s.mu.Unlock()
	if err != nil {
		return newCellError(c.count, c.name, err)
	}
	return nil
}

// IO returns the cell's streams as lang takes them.
func (c *Cell) io() lang.IO {
	var note func(string)
	if f, ok := c.fe.Frontend.(interface{ Note(text string) }); ok {
		note = f.Note
	}
	return lang.IO{
		Note:   note,
		Stdin:  c.Stdin(),
		Stdout: c.out,
		Stderr: c.err,
		Owner:  c,
		Panicked: func(p *lang.Panic) {
			c.fe.Stream("stderr", "a goroutine of "+newCellError(c.count, c.name, p).Error()+"\n")
		},
	}
}

// Stdin returns the cell's standard input: the Frontend's own when it has one, else lines asked for by Input.
func (c *Cell) Stdin() io.Reader {
	if f, ok := c.fe.Frontend.(interface{ Stdin() io.Reader }); ok {
		return f.Stdin()
	}
	return &prompted{fe: c.fe}
}

// Display shows a bundle under the cell. A display whose id was shown before, by whatever cell, is updated where it
// stands.
func (c *Cell) Display(id string, b Bundle) {
	s := c.session
	if id != "" {
		s.mu.Lock()
		if first, ok := s.shown[id]; ok {
			c = first
		} else {
			s.shown[id] = c
		}
		s.mu.Unlock()
	}
	c.fe.Display(id, b)
}

// prompted reads the lines that a Frontend's user enters.
type prompted struct {
	fe   Frontend
	mu   sync.Mutex
	rest string
}

func (p *prompted) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rest == "" {
		line, err := p.fe.Input("", false)
		if err != nil {
			return 0, err
		}
		p.rest = line + "\n"
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// stream turns writes into text: a character that is cut in two waits for its second half.
type stream struct {
	fe   Frontend
	name string
	mu   sync.Mutex
	cut  []byte
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := p
	if len(s.cut) > 0 {
		text = append(s.cut, p...)
	}
	end := len(text)
	for k := 1; k <= utf8.UTFMax && k <= len(text); k++ {
		if b := text[len(text)-k]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-k:]) {
				end = len(text) - k
			}
			break
		}
	}
	s.cut = append([]byte(nil), text[end:]...)
	if end > 0 {
		s.fe.Stream(s.name, string(text[:end]))
	}
	return len(p), nil
}

func (s *stream) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.cut) > 0 {
		s.fe.Stream(s.name, string(s.cut))
		s.cut = nil
	}
}

// Front returns the Frontend that the cell was given, for what it can do beyond that interface.
func (c *Cell) Front() Frontend { return c.fe.Frontend }
