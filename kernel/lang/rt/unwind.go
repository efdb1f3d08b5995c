package rt

import (
	"bytes"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// unwindGrace is how long the deferred calls of an interrupted goroutine may go on.
const unwindGrace = 25 * time.Millisecond

// ending is why a goroutine is unwinding and since when.
type ending struct {
	why   error
	until time.Time
}

var endings sync.Map // goroutine id → ending

// Unwind ends the calling goroutine for the reason why: its deferred calls run, no
// recover stops it.
func Unwind(why error) {
	endings.LoadOrStore(goid(), ending{why, time.Now().Add(unwindGrace)})
	runtime.Goexit()
}

// takeUnwinding is why the calling goroutine was ended, nil for the user's own Goexit.
func takeUnwinding() error {
	if e, ok := endings.LoadAndDelete(goid()); ok {
		return e.(ending).why
	}
	return nil
}

// grace is the time left to the deferred calls of the calling goroutine, if it is
// unwinding at all.
func grace() (left time.Duration, unwinding bool) {
	if e, ok := endings.Load(goid()); ok {
		return time.Until(e.(ending).until), true
	}
	return 0, false
}

// tracedGoid is the number of the calling goroutine, read from its trace in a
// microsecond.
func tracedGoid() uint64 {
	var buf [32]byte
	b := buf[:runtime.Stack(buf[:], false)]
	b = b[len("goroutine "):]
	id, _ := strconv.ParseUint(string(b[:bytes.IndexByte(b, ' ')]), 10, 64)
	return id
}

// Exit is os.Exit: it ends the cell, or the program when the cell is one.
func Exit(code int) {
	c := Current()
	if c != nil && c.cfg.Exit != nil {
		c.Flush()
		c.cfg.Exit(code)
	}
	err := &ExitError{code}
	if c != nil {
		c.fail(err)
	}
	Unwind(err)
}

// Fatal ends the goroutine with an error that recover does not catch.
func Fatal(text string) { Unwind(&FatalError{text}) }

// Breakpoint is runtime.Breakpoint without a debugger, which would end the process.
func Breakpoint() { Fatal("SIGTRAP: trace trap") }

// interrupted ends the calling goroutine because its cell is to end: without its
// deferred calls when the program is over.
func interrupted() {
	var why error = ErrInterrupted
	if c := Current(); c != nil {
		if failed := c.failed.Load(); failed != nil && c.cfg.Whole {
			why = &ExitError{2}
		}
	}
	Unwind(why)
}
