//go:build unix && !linux

package repl

import "syscall"

func selectFD(n int, read *syscall.FdSet, timeout *syscall.Timeval) (int, error) {
	return 1, syscall.Select(n, read, nil, nil, timeout)
}
