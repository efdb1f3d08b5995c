package command

import (
	"errors"

	"github.com/gossl/gossl/kernel"
)

var _ = register(&Command{Name: "clear", Usage: "[-w]", Help: "clear what the cell has shown so far; -w: as soon as it shows something more", Run: clearOutput})

// Clearer is what a Frontend implements that can take back what a cell has shown.
type Clearer interface {
	// Clear empties the cell's output, at once or, with wait, when its next output comes.
	Clear(wait bool)
}

func clearOutput(c *Call) (kernel.Result, error) {
	if c.Args != "" && c.Args != "-w" {
		return kernel.Result{}, usage("unknown argument %s", c.Args)
	}
	fe, ok := c.Front().(Clearer)
	if !ok {
		return kernel.Result{}, errors.New("here, what was shown stays")
	}
	fe.Clear(c.Args == "-w")
	return kernel.Result{}, nil
}
