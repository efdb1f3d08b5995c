package terminal_test

import (
	"os"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/terminal"
)

// Where the output is no terminal, a display is printed once, and once more when it has changed at the end of its cell.
func Example() {
	screen := terminal.New(os.Stdout, os.Stdout, terminal.Mode{})
	screen.Stream("stdout", "training\n")
	for _, bar := range []string{"step 1", "step 2", "step 3"} {
		screen.Display("run", kernel.Bundle{kernel.TextPlain: bar})
	}
	screen.Settle()
	// Output:
	// training
	// step 1
	// step 3
}
