package rt

import (
	"fmt"
	"os"
)

// OSStdout is os.Stdout for the calling goroutine: a file of its cell.
func OSStdout() *os.File { return fileOf("os.Stdout", os.Stdout, (*Cell).StdoutFile) }

// OSStderr is os.Stderr for the calling goroutine.
func OSStderr() *os.File { return fileOf("os.Stderr", os.Stderr, (*Cell).StderrFile) }

// OSStdin is os.Stdin for the calling goroutine.
func OSStdin() *os.File { return fileOf("os.Stdin", os.Stdin, (*Cell).StdinFile) }

func fileOf(name string, process *os.File, of func(*Cell) (*os.File, error)) *os.File {
	c := Current()
	if c == nil {
		return process
	}
	f, err := of(c)
	if err != nil {
		panic(fmt.Errorf("%s: no file for it: %w; close files that are no longer needed, or print with package fmt", name, err))
	}
	return f
}
