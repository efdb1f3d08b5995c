package rt

import (
	"runtime"
	"strconv"
	"sync"
)

// runtimeError is a runtime panic with Go's own text.
type runtimeError struct {
	text string
	goT  string // name of the runtime's own type
}

func (e runtimeError) Error() string { return e.text }

// RuntimeError marks the value as a runtime.Error.
func (runtimeError) RuntimeError() {}

// box is the error as a value of the type that the runtime itself would have given it, as %T shows it.
func (e runtimeError) box() any {
	t, ok := runtimeTypes.Load(e.goT)
	if !ok {
		text := FuncOf(nil, []*Type{Of((*string)(nil))}, false)
		t, _ = runtimeTypes.LoadOrStore(e.goT, Named(e.goT).Def(StructOf()).Method("Error", text, func(e any) string { return e.(runtimeError).text }))
	}
	return MkErr(t.(*Type), e)
}

var runtimeTypes sync.Map // name → *Type

var _ runtime.Error = runtimeError{}

func plainError(text string) runtimeError {
	return runtimeError{"runtime error: " + text, "runtime.errorString"}
}

func boundsError(text string) runtimeError {
	return runtimeError{"runtime error: " + text, "runtime.boundsError"}
}

func conversionError(text string) runtimeError {
	return runtimeError{text, "*runtime.TypeAssertionError"}
}

// NilDeref is the runtime.Error of a nil dereference.
func NilDeref() (err error) {
	defer func() { err = recover().(error) }()
	var p *int
	*p = 1
	return nil
}

// NilMap is the runtime.Error of an assignment to an entry of a nil map.
func NilMap() error { return runtimeError{"assignment to entry in nil map", "runtime.plainError"} }

// NilReceiver is the runtime.Error of a method of a value that is called, through an interface, by a nil pointer.
func NilReceiver(pkg, typ, method string) error {
	return runtimeError{"value method " + pkg + "." + typ + "." + method + " called using nil *" + typ + " pointer", "runtime.plainError"}
}

// DivideByZero is the runtime.Error of an integer division by zero.
func DivideByZero() (err error) {
	defer func() { err = recover().(error) }()
	zero := 0
	_ = 1 / zero
	return nil
}

// IndexError is the runtime.Error of an index i that is not in 0…n-1.
func IndexError(i, n int) error {
	if i < 0 {
		return boundsError("index out of range [" + strconv.Itoa(i) + "]")
	}
	return boundsError("index out of range [" + strconv.Itoa(i) + "] with length " + strconv.Itoa(n))
}

// IndexErrorU is IndexError for an index of an unsigned type.
func IndexErrorU(i uint64, n int) error {
	return boundsError("index out of range [" + strconv.FormatUint(i, 10) + "] with length " + strconv.Itoa(n))
}

// Bits of the argument unsigned of SliceError and Slice3Error.
const (
	unsignedLow = 1 << iota
	unsignedHigh
	unsignedMax
)

// bound is a slice bound of a program: of an unsigned type it is never negative.
type bound struct {
	v        int
	unsigned bool
}

func (b bound) String() string {
	if b.unsigned {
		return strconv.FormatUint(uint64(b.v), 10)
	}
	return strconv.Itoa(b.v)
}

func (b bound) negative() bool     { return b.v < 0 && !b.unsigned }
func (b bound) over(n int) bool    { return b.v > n || b.v < 0 && b.unsigned }
func (b bound) above(c bound) bool { return b.over(c.v) }

// SliceError is the runtime.Error of s[i:j] or s[i:j:k], nil when the bounds are
// right. n is the length of a string or an array, the capacity of a slice. A bound
// that the expression leaves out is given as what stands for it; unsigned says which
// bounds are of unsigned types.
func SliceError(i, j, n int, isSlice bool, unsigned int) error {
	lo, hi := bound{i, unsigned&unsignedLow != 0}, bound{j, unsigned&unsignedHigh != 0}
	switch {
	case hi.negative():
		return boundsError("slice bounds out of range [:" + hi.String() + "]")
	case hi.over(n):
		return boundsError("slice bounds out of range [:" + hi.String() + "]" + have(n, isSlice))
	case lo.negative():
		return boundsError("slice bounds out of range [" + lo.String() + ":]")
	case lo.above(hi):
		return boundsError("slice bounds out of range [" + lo.String() + ":" + hi.String() + "]")
	}
	return nil
}

// Slice3Error is SliceError for s[i:j:k].
func Slice3Error(i, j, k, n int, isSlice bool, unsigned int) error {
	lo, hi, limit := bound{i, unsigned&unsignedLow != 0}, bound{j, unsigned&unsignedHigh != 0}, bound{k, unsigned&unsignedMax != 0}
	switch {
	case limit.negative():
		return boundsError("slice bounds out of range [::" + limit.String() + "]")
	case limit.over(n):
		return boundsError("slice bounds out of range [::" + limit.String() + "]" + have(n, isSlice))
	case hi.negative():
		return boundsError("slice bounds out of range [:" + hi.String() + ":]")
	case hi.above(limit):
		return boundsError("slice bounds out of range [:" + hi.String() + ":" + limit.String() + "]")
	case lo.negative():
		return boundsError("slice bounds out of range [" + lo.String() + "::]")
	case lo.above(hi):
		return boundsError("slice bounds out of range [" + lo.String() + ":" + hi.String() + ":]")
	}
	return nil
}

// have is what a message says of the thing that is sliced.
func have(n int, isSlice bool) string {
	if isSlice {
		return " with capacity " + strconv.Itoa(n)
	}
	return " with length " + strconv.Itoa(n)
}

// ArrayError is the runtime.Error of the conversion of a slice of length n to an
// array of length want, nil when the slice is long enough.
func ArrayError(n, want int) error {
	if n >= want {
		return nil
	}
	return boundsError("cannot convert slice with length " + strconv.Itoa(n) +
		" to array or pointer to array with length " + strconv.Itoa(want))
}

// MakeSliceError is the runtime.Error of make([]T, n, c) with elements of size
// bytes, nil when it can be made.
func MakeSliceError(n, c int, size uintptr) error {
	const maxAlloc = 1 << 48
	tooBig := func(n int) bool { return n < 0 || size > 0 && uint64(n) > maxAlloc/uint64(size) }
	switch {
	case tooBig(n):
		return plainError("makeslice: len out of range")
	case tooBig(c) || n > c:
		return plainError("makeslice: cap out of range")
	}
	return nil
}

// MakeChanError is the runtime.Error of make(chan T, n) with an n that cannot be.
func MakeChanError() error {
	return runtimeError{"makechan: size out of range", "runtime.plainError"}
}

// ShiftError is the runtime.Error of a shift by a negative count.
func ShiftError() error { return plainError("negative shift amount") }

// CloseNil and CloseClosed are the runtime.Errors of close, SendClosed that of a send.
func CloseNil() error { return runtimeError{"close of nil channel", "runtime.plainError"} }

// CloseClosed is the runtime.Error of closing a closed channel.
func CloseClosed() error { return runtimeError{"close of closed channel", "runtime.plainError"} }

// SendClosed is the runtime.Error of a send on a closed channel.
func SendClosed() error { return runtimeError{"send on closed channel", "runtime.plainError"} }
