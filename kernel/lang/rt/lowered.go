package rt

import (
	"sync"
)

// Raise is panic(v).
func Raise(v any) { panic(v) }

// FailedError is how a cell ends one of whose top-level calls returned an error that nobody took.
type FailedError struct {
	Err   error
	Place int // of the call
}

func (e *FailedError) Error() string { return e.Err.Error() }

// Unwrap returns the error that the call returned.
func (e *FailedError) Unwrap() error { return e.Err }

// Fail ends the cell with err, which the call at a place returned.
func Fail(err error, place int) { Unwind(&FailedError{err, place}) }

// entries is how many function entries go by between two looks at the stack.
const entries = 400

// Entered is called at the entry of a function every so many times; it returns how many to let go by.
func Entered() int {
	Deep()
	Poll()
	return entries
}

// LockMutex and LockRW are Lock of a mutex.
func LockMutex(l *sync.Mutex) { Lock(l) }

// LockRW is Lock of a RWMutex.
func LockRW(l *sync.RWMutex) { Lock(l) }

// FmtPrint, FmtPrintln and FmtPrintf are those of package fmt, writing to the cell.
func FmtPrint(a ...any) (int, error) { return Fprint(Stdout, a...) }

// FmtPrintln is fmt.Println.
func FmtPrintln(a ...any) (int, error) { return Fprintln(Stdout, a...) }

// FmtPrintf is fmt.Printf.
func FmtPrintf(format string, a ...any) (int, error) { return Fprintf(Stdout, format, a...) }

// Compiled puts x into an interface by way of compiled code, which makes an interpreted function a compiled one.
func Compiled(x any) any { return x }

// RefusedError is the panic of a call that gossl does not run faithfully, found only when it is made.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "gossl cannot run this: " + e.Reason }

// Reflected returns x, which a compiled function is going to look into by reflection. It panics when x holds a value
// of a type of a cell, which reflection would take for something else.
func Reflected(x any, reason string) any {
	if _, ok := x.(Boxed); ok {
		panic(&RefusedError{reason})
	}
	return x
}

// PrintedInterface is what the built-in print gets of an interface value.
func PrintedInterface(x any) any {
	if x == nil {
		return "(0x0,0x0)"
	}
	return x
}
