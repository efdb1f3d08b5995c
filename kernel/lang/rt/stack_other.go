//go:build !amd64 && !arm64

package rt

import "runtime"

// frameBytes is what a frame takes at the least on average; deep recursion of
// interpreted code takes more.
const frameBytes = 128

// StackUsed estimates the bytes of stack that the calling goroutine uses, by its
// number of frames. It is exact enough for Deep: zero below a million frames.
func StackUsed() uintptr {
	const step = 1 << 20
	var pc [1]uintptr
	var n uintptr
	for runtime.Callers(int(n)+step, pc[:]) > 0 {
		n += step
	}
	return n * frameBytes
}

// goid is the number of the calling goroutine.
func goid() uint64 { return tracedGoid() }
