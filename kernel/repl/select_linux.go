package repl

import "syscall"

func selectFD(n int, read *syscall.FdSet, timeout *syscall.Timeval) (int, error) {
	return syscall.Select(n, read, nil, nil, timeout)
}
