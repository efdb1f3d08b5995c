package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// ErrClosed is what a session returns after Close.
var ErrClosed = errors.New("the session is closed")

// Session is one live session of Go: what cells defined, and what they did. The cells of a lane run one at a time, in
// the order of the calls; those of several lanes run beside each other, as goroutines do. Everything else may be
// called at any time, from any goroutine.
type Session struct {
	packages lang.Packages
	opts     lang.Options

	mu       sync.Mutex
	lang     *lang.Interp
	count    int
	lanes    map[string]*lane
	running  map[*Cell]bool // cells, and calls of Cell.Call
	ended    *sync.Cond     // on mu: one of them has ended
	history  []*Record
	shown    map[string]*Cell // display id → cell that showed it first
	closed   chan struct{}
	down     bool
	panicked error // of the last cell that panicked

	renderers []func(any) map[string]any
}

// New returns a session whose cells may import the given packages.
func New(p lang.Packages, opts lang.Options) (*Session, error) {
	in, err := lang.New(p, opts)
	if err != nil {
		return nil, fmt.Errorf("starting the session: %w", err)
	}
	s := &Session{
		packages: p, opts: opts, lang: in, shown: map[string]*Cell{}, running: map[*Cell]bool{},
		lanes: map[string]*lane{}, closed: make(chan struct{}),
	}
	s.ended = sync.NewCond(&s.mu)
	return s, nil
}

// lane is where cells wait for each other.
type lane struct {
	turn  chan struct{} // who has put a token runs a cell
	users int           // cells that run or wait
}

// enter waits for the turn in a lane and returns what ends it.
func (s *Session) enter(ctx context.Context, name string) (leave func(), err error) {
	s.mu.Lock()
	l := s.lanes[name]
	if l == nil {
		l = &lane{turn: make(chan struct{}, 1)}
		s.lanes[name] = l
	}
	l.users++
	s.mu.Unlock()
	gone := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if l.users--; l.users == 0 {
			delete(s.lanes, name)
		}
	}
	select {
	case l.turn <- struct{}{}:
		if err = ctx.Err(); err == nil {
			return func() { <-l.turn; gone() }, nil
		}
		<-l.turn
	case <-ctx.Done():
		err = ctx.Err()
	case <-s.closed:
		err = ErrClosed
	}
	gone()
	return nil, err
}

// Input is a cell to run.
type Input struct {
	Src    string
	Lane   string // cells of one lane run one after the other; empty: the main lane
	Name   string // in messages; empty: In[count]
	Line   int    // line of Name on which Src begins; 0: 1
	Silent bool   // neither counted nor kept in the history
}

// Execute runs one cell. Streams and displays go to fe while it runs, and from goroutines it started also later; the
// value of its last expression, if any, is in the Result. The error is a *CellError. When ctx is cancelled the cell
// is interrupted; a call that waits for its turn returns the context's error.
func (s *Session) Execute(ctx context.Context, src string, fe Frontend) (Result, error) {
	return s.Run(ctx, Input{Src: src}, fe, func(c *Cell) (Result, error) { return c.Go(src, 1) })
}

// Run runs one cell with a body of the caller's, which may evaluate Go through the Cell it is given. Count, turn,
// history and interruption are those of Execute.
func (s *Session) Run(ctx context.Context, in Input, fe Frontend, body func(*Cell) (Result, error)) (Result, error) {
	leave, err := s.enter(ctx, in.Lane)
	if err != nil {
		return Result{}, err
	}
	defer leave()
	c, err := s.begin(ctx, in, fe)
	if err != nil {
		return Result{}, err
	}
	// Compiled code that the body calls directly belongs to the cell as well.
	back := rt.NewCell(rt.Config{Name: c.name, Parent: c.ctx, Stdout: c.out, Stderr: c.err}).Enter()
	start := time.Now()
	res, err := body(c)
	back()
	res.Count, res.Took = c.count, time.Since(start)
	if err != nil {
		err = newCellError(c.count, c.name, err)
	}
	s.end(c, res, err)
	return res, err
}

func (s *Session) begin(ctx context.Context, in Input, fe Frontend) (*Cell, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		return nil, ErrClosed
	}
	c := &Cell{session: s, input: in, name: in.Name}
	if !in.Silent {
		s.count++
		c.count = s.count
	}
	if c.name == "" {
		c.name = fmt.Sprintf("In[%d]", s.count)
	}
	c.record = &Record{Count: c.count, Name: c.name, Src: in.Src}
	c.fe = &recorder{Frontend: fe, record: c.record}
	s.start(ctx, c)
	c.follow(ctx)
	return c, nil
}

// start counts c among what runs, with a context that has ctx's values and streams to c's frontend. s.mu is held.
func (s *Session) start(ctx context.Context, c *Cell) {
	c.ctx, c.cancel = context.WithCancelCause(context.WithValue(context.WithoutCancel(ctx), cellKey{}, c))
	c.out = &stream{fe: c.fe, name: "stdout"}
	c.err = &stream{fe: c.fe, name: "stderr"}
	s.running[c] = true
}

func (s *Session) end(c *Cell, res Result, err error) {
	c.out.flush()
	c.err.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, c)
	s.ended.Broadcast()
	c.record.finish(res, err)
	if p := (*lang.Panic)(nil); errors.As(err, &p) && !c.input.Silent {
		s.panicked = err
	}
	if !c.input.Silent && strings.TrimSpace(c.input.Src) != "" {
		s.history = append(s.history, c.record)
	}
}

// Interrupt interrupts the running cells of all lanes and the calls of Cell.Call, and nothing that they started in the
// background by way of compiled packages. It reports whether any was running.
func (s *Session) Interrupt() bool {
	s.mu.Lock()
	running := slices.Collect(maps.Keys(s.running))
	s.mu.Unlock()
	for _, c := range running {
		c.cancel(lang.ErrInterrupted)
	}
	return len(running) > 0
}

// Running reports whether a cell is running.
func (s *Session) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.running) > 0
}

// Panicked returns the error of the last cell that panicked; nil when none has.
func (s *Session) Panicked() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.panicked
}

// Next returns the execution count that the next cell will have.
func (s *Session) Next() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count + 1
}

// Close interrupts the running cells, waits for their end and refuses further ones. It is safe to call twice.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.down {
		s.mu.Unlock()
		return nil
	}
	s.down = true
	close(s.closed)
	s.mu.Unlock()
	s.Interrupt()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.running) > 0 {
		s.ended.Wait()
	}
	return nil
}

// Reset forgets everything that cells defined, and leaves count and history
// as they are. It is called from within a cell's body. Cells of other lanes, and runs that cells
// started, go on.
func (c *Cell) Reset() error {
	s := c.session
	in, err := lang.New(s.packages, s.opts)
	if err != nil {
		return fmt.Errorf("resetting the session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lang = in
	return nil
}

// Packages returns what cells may import.
func (s *Session) Packages() lang.Packages { return s.packages }

// language returns the live language, which Reset replaces.
func (s *Session) language() *lang.Interp {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lang
}

// IsComplete says whether src can be run as it is, needs more lines, or can never be right.
func (s *Session) IsComplete(src string) lang.Status { return s.language().Status(src) }

// Complete offers what may stand at the cursor, given in code points from the beginning of src.
func (s *Session) Complete(src string, cursor int) lang.Completion {
	return s.language().Complete(src, cursor)
}

// Inspect describes what stands at the cursor: detail 0 gives signature and documentation, 1 the source too.
func (s *Session) Inspect(src string, cursor, detail int) (lang.Inspection, bool) {
	return s.language().Inspect(src, cursor, detail)
}

// Names returns what the session's cells defined, in the order in which they did.
func (s *Session) Names() []lang.Var { return s.language().Names() }

// Forget removes definitions by name and returns the names that were not defined. What uses them goes on.
func (s *Session) Forget(names ...string) (unknown []string) {
	return s.language().Scope().Forget(names...)
}
