package rt

import (
	"os"
	"runtime"
)

// openPipe makes a pipe. When the process is out of descriptors it first lets the
// collector close the pipes that nobody has any more.
func openPipe() (r, w *os.File, err error) {
	if r, w, err = os.Pipe(); err != nil {
		runtime.GC()
		runtime.Gosched()
		r, w, err = os.Pipe()
	}
	return r, w, err
}
