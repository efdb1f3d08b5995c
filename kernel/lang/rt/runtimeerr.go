package rt

import (
	"runtime"
	"strconv"
)

// runtimeError is a runtime panic with Go's own text.
type runtimeError struct {
	text string
	goT  string // the runtime's own type, as %T shows it
}

func (e runtimeError) Error() string { return e.text }

// RuntimeError marks the value as a runtime.Error.
func (runtimeError) RuntimeError() {}

// TypeName is what %T shows for the value that the runtime itself would have made.
func (e runtimeError) TypeName() string { return e.goT }

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

// SliceError is the runtime.Error of s[i:j] or s[i:j:k], nil when the bounds are
// right. n is the length of a string or an array, the capacity of a slice. A bound
// that the expression leaves out is given as what stands for it; k as -1 when the
// expression has none (a k of -1 in the program counts as out of range by itself).
func SliceError(i, j, n int, isSlice bool) error {
	have := " with length "
	if isSlice {
		have = " with capacity "
	}
	switch {
	case j < 0:
		return boundsError("slice bounds out of range [:" + strconv.Itoa(j) + "]")
	case j > n:
		return boundsError("slice bounds out of range [:" + strconv.Itoa(j) + "]" + have + strconv.Itoa(n))
	case i < 0:
		return boundsError("slice bounds out of range [" + strconv.Itoa(i) + ":]")
	case i > j:
		return boundsError("slice bounds out of range [" + strconv.Itoa(i) + ":" + strconv.Itoa(j) + "]")
	}
	return nil
}

// Slice3Error is SliceError for s[i:j:k].
func Slice3Error(i, j, k, n int, isSlice bool) error {
	have := " with length "
	if isSlice {
		have = " with capacity "
	}
	switch {
	case k < 0:
		return boundsError("slice bounds out of range [::" + strconv.Itoa(k) + "]")
	case k > n:
		return boundsError("slice bounds out of range [::" + strconv.Itoa(k) + "]" + have + strconv.Itoa(n))
	case j < 0:
		return boundsError("slice bounds out of range [:" + strconv.Itoa(j) + ":]")
	case j > k:
		return boundsError("slice bounds out of range [:" + strconv.Itoa(j) + ":" + strconv.Itoa(k) + "]")
	case i < 0:
		return boundsError("slice bounds out of range [" + strconv.Itoa(i) + "::]")
	case i > j:
		return boundsError("slice bounds out of range [" + strconv.Itoa(i) + ":" + strconv.Itoa(j) + ":]")
	}
	return nil
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
