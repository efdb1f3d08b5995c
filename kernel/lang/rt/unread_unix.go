//go:build unix

package rt

import (
	"os"

	"golang.org/x/sys/unix"
)

// Unread reports whether a pipe holds bytes that nobody has read.
func Unread(f *os.File) bool {
	waiting := false
	if raw, err := f.SyscallConn(); err == nil {
		raw.Control(func(fd uintptr) {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			waiting = err == nil && n > 0
		})
	}
	return waiting
}
