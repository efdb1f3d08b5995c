package rt

import (
	"math"
	"reflect"
	"unicode/utf8"
)

// The functions of this file are built-in operations that the interpreter lacks or
// gets wrong.

// ChanID identifies the channel behind a value of any direction.
func ChanID(ch any) uintptr { return reflect.ValueOf(ch).Pointer() }

// Close is the built-in close.
func Close(ch any) { reflect.ValueOf(ch).Close() }

// Clear is the built-in clear on a map or a slice.
func Clear(x any) { reflect.ValueOf(x).Clear() }

// Complex128 is the built-in complex of two float64.
func Complex128(r, i float64) complex128 { return complex(r, i) }

// Complex64 is the built-in complex of two float32.
func Complex64(r, i float32) complex64 { return complex(r, i) }

// Min64 is the built-in min of two floats, NaN and the sign of zero minded.
func Min64(x, y float64) float64 { return math.Min(nan(x, y), y) }

// Max64 is the built-in max of two floats.
func Max64(x, y float64) float64 { return math.Max(nan(x, y), y) }

// nan is NaN if x or y is, before infinities can win.
func nan(x, y float64) float64 {
	if math.IsNaN(x) || math.IsNaN(y) {
		return math.NaN()
	}
	return x
}

// Shift is the count of a shift; a negative one panics.
func Shift(n int64) uint64 {
	if n < 0 {
		panic(ShiftError())
	}
	return uint64(n)
}

// RuneString is the conversion string(n) of an integer.
func RuneString(n int64) string {
	if n != int64(rune(n)) {
		return string(utf8.RuneError)
	}
	return string(rune(n))
}

// DecodeRune is the rune of s that starts at byte i, and its width.
func DecodeRune(s string, i int) (rune, int) { return utf8.DecodeRuneInString(s[i:]) }

// CheckArray panics unless a slice of length n can be converted to an array of
// length want.
func CheckArray(n, want int) {
	if err := ArrayError(n, want); err != nil {
		panic(err)
	}
}
