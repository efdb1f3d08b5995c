//go:build unix

package gonb

import "golang.org/x/sys/unix"

// inputWaits reports whether a descriptor has bytes to read.
func inputWaits(fd int) bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	return err == nil && n > 0
}
