package rt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
	"weak"
)

// ErrInterrupted is how a cell ends that was interrupted.
var ErrInterrupted = errors.New("interrupted")

// ErrAbandoned is how an interrupted cell ends that is inside a compiled call which
// does not return: the call goes on in the background, its results are dropped.
var ErrAbandoned = fmt.Errorf("%w; a call into compiled code did not return and goes on in the background", ErrInterrupted)

// ErrStackOverflow is how a goroutine ends that recurses too deep.
var ErrStackOverflow = errors.New("stack overflow: the recursion is too deep")

// ExitError is how a cell ends that called os.Exit.
type ExitError struct{ Code int }

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// FatalError is an error that Go does not let recover catch, such as the unlock of
// an unlocked mutex. It ends the goroutine; a compiled program would end.
type FatalError struct{ Text string }

func (e *FatalError) Error() string { return "fatal error: " + e.Text }

// Config says what a cell runs with. The zero value writes to the process's own
// standard output and prints the panics of goroutines on its standard error.
type Config struct {
	Name   string          // as reports show it: "In[3]", "main.go"
	Parent context.Context // its cancellation interrupts the cell; nil for none
	Stdout io.Writer       // nil: os.Stdout
	Stderr io.Writer       // nil: os.Stderr
	Stdin  io.Reader       // nil: os.Stdin
	Flag   *Flag           // raised while an interrupted cell is still unwinding
	Owner  any             // whatever the host wants to find by Current
	// Panicked is told of a panic, a fatal error or a stack overflow in a goroutine
	// that the cell started. Nil: it is printed on Stderr.
	Panicked func(*Cell, error)
	// Whole says that the cell is a whole program: the panic of any goroutine ends it
	// and is what Run returns, and nothing goes on after Run.
	Whole bool
	// Exit replaces the end of the cell on os.Exit, for whole programs. It must not return.
	Exit func(code int)
}

// Cell is a running cell: what its goroutines, however started, have in common.
type Cell struct {
	cfg    Config
	ctx    context.Context // cancelled by an interrupt; carries the labels
	cancel context.CancelCauseFunc
	stop   atomic.Bool
	live   atomic.Int64          // its goroutines that run lowered code
	failed atomic.Pointer[error] // what ended the whole cell from one of its goroutines
	out    stdio
	err    stdio
	in     stdin
	tag    [20]byte // the text of its label, see NewCell
	known  sync.Once
}

//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

var (
	cells   sync.Map               // address of a label → weak.Pointer[Cell]
	latest  atomic.Pointer[lookup] // the last found: most calls come from one cell
	cellSeq atomic.Int64
)

type lookup struct {
	label unsafe.Pointer
	cell  *Cell
}

// NewCell makes a cell. Nothing runs yet.
func NewCell(cfg Config) *Cell {
	parent := cfg.Parent
	if parent == nil {
		parent = context.Background()
	}
	c := &Cell{cfg: cfg}
	// The label's text lies within the cell: so whatever goroutine carries the label keeps the cell, and nothing else
	// need do so.
	tag := strconv.AppendInt(c.tag[:0], cellSeq.Add(1), 10)
	labelled := pprof.WithLabels(parent, pprof.Labels("cell", unsafe.String(&c.tag[0], len(tag))))
	c.ctx, c.cancel = context.WithCancelCause(labelled)
	c.out.w, c.err.w = cfg.Stdout, cfg.Stderr
	if c.out.w == nil {
		c.out.w = os.Stdout
	}
	if c.err.w == nil {
		c.err.w = os.Stderr
	}
	c.in.r = cfg.Stdin
	context.AfterFunc(parent, c.Interrupt)
	return c
}

// Name is the name given in the Config.
func (c *Cell) Name() string { return c.cfg.Name }

// Owner is what the host gave in the Config.
func (c *Cell) Owner() any { return c.cfg.Owner }

// Context is cancelled when the cell is interrupted; it outlives the cell's end.
func (c *Cell) Context() context.Context { return c.ctx }

// Done is closed when the cell is interrupted.
func (c *Cell) Done() <-chan struct{} { return c.ctx.Done() }

// Interrupted reports whether Interrupt was called.
func (c *Cell) Interrupted() bool { return c.stop.Load() }

// Interrupt stops the cell's goroutines at their next poll or blocking operation.
func (c *Cell) Interrupt() {
	if c.stop.Swap(true) {
		return
	}
	if c.cfg.Flag != nil {
		c.cfg.Flag.follow(c)
	}
	c.cancel(ErrInterrupted)
}

// Current is the cell of the calling goroutine, nil when it belongs to none. A
// goroutine belongs to the cell of the goroutine that started it.
func Current() *Cell {
	p := profLabel()
	if p == nil {
		return nil
	}
	if l := latest.Load(); l != nil && l.label == p {
		return l.cell
	}
	if w, ok := cells.Load(uintptr(p)); ok {
		if c := w.(weak.Pointer[Cell]).Value(); c != nil {
			latest.Store(&lookup{p, c})
			return c
		}
	}
	return nil
}

// Enter makes the calling goroutine, and all that it starts, the cell's, until leave.
func (c *Cell) Enter() (leave func()) {
	old := Current()
	c.enter()
	return func() {
		if old != nil {
			old.enter()
		} else {
			pprof.SetGoroutineLabels(context.Background())
		}
	}
}

func (c *Cell) enter() {
	pprof.SetGoroutineLabels(c.ctx)
	c.known.Do(func() {
		e := known{uintptr(profLabel()), weak.Make(c)}
		cells.Store(e.label, e.cell)
		runtime.AddCleanup(c, func(e known) { cells.CompareAndDelete(e.label, e.cell) }, e)
	})
}

// known is an entry of cells.
type known struct {
	label uintptr
	cell  weak.Pointer[Cell]
}

// Run calls fn in a goroutine of the cell and waits for its end. The error is nil,
// a *Panic, ErrInterrupted, ErrStackOverflow, an *ExitError or a *FatalError; or
// ErrAbandoned when fn has not ended within grace after an interrupt (0: wait).
func (c *Cell) Run(fn func(), grace time.Duration) error {
	ended := make(chan error, 1)
	c.begin()
	go c.protect(fn, func(err error) { ended <- err })
	var late <-chan time.Time
	done := c.Done()
	for {
		select {
		case err := <-ended:
			c.Flush()
			return c.ended(err)
		case <-done:
			done = nil
			if grace > 0 {
				late = time.After(grace)
			}
		case <-late:
			c.Flush()
			return c.ended(ErrAbandoned)
		}
	}
}

// ended is how the cell ended when its first goroutine ended with err.
func (c *Cell) ended(err error) error {
	if first := c.failed.Load(); first != nil {
		err = *first
	}
	if c.cfg.Whole {
		c.Interrupt()
	}
	return err
}

// fail ends all goroutines of the cell, for a reason that Run returns.
func (c *Cell) fail(err error) {
	if c.failed.CompareAndSwap(nil, &err) {
		c.Interrupt()
	}
}

// Go starts fn as a goroutine of the calling goroutine's cell. Its panic is
// reported and ends nothing else.
func Go(fn func()) {
	c := Current()
	if c == nil {
		go fn()
		return
	}
	c.begin()
	go c.protect(fn, c.report)
}

// Live is the number of goroutines that run lowered code for the cell.
func (c *Cell) Live() int { return int(c.live.Load()) }

// NumGoroutine is runtime.NumGoroutine: the goroutines of the calling goroutine's cell.
func NumGoroutine() int {
	if c := Current(); c != nil {
		return c.Live()
	}
	return runtime.NumGoroutine()
}

func (c *Cell) begin() {
	if c.cfg.Flag != nil {
		c.cfg.Flag.live.Add(1)
	}
	if c.live.Add(1) == 1 && c.stop.Load() && c.cfg.Flag != nil {
		c.cfg.Flag.follow(c)
	}
}

func (c *Cell) end() {
	if c.live.Add(-1) == 0 && c.stop.Load() && c.cfg.Flag != nil {
		c.cfg.Flag.follow(c)
	}
	if c.cfg.Flag != nil {
		c.cfg.Flag.live.Add(-1)
	}
}

// protect runs fn and tells ended how it came to its end.
func (c *Cell) protect(fn func(), ended func(error)) {
	c.enter()
	normal := false
	defer func() {
		var err error
		if !normal {
			if v := recover(); v != nil {
				err = NewPanic(v, debug.Stack(), c)
			} else {
				err = takeUnwinding()
			}
		}
		c.end()
		ended(err)
	}()
	fn()
	normal = true
}

func (c *Cell) report(err error) {
	var exit *ExitError
	if err == nil || errors.Is(err, ErrInterrupted) || errors.As(err, &exit) {
		return
	}
	if c.cfg.Whole {
		c.fail(err)
		return
	}
	if c.cfg.Panicked != nil {
		c.cfg.Panicked(c, err)
		return
	}
	fmt.Fprintln(c.Stderr(), err)
}
