package script

import (
	"context"
	"fmt"
	"strings"

	"github.com/gossl/gossl/kernel"
)

// Runner runs notebooks as scripts. Execute and Frontend have to be set.
type Runner struct {
	// Execute runs one cell, as command.Shell.Execute does.
	Execute func(ctx context.Context, in kernel.Input, fe kernel.Frontend) (kernel.Result, error)
	// Frontend shows what cells print, display and give.
	Frontend kernel.Frontend
	// Done is called after each cell; nil: nothing is.
	Done func()
}

// Runs reports whether a script's run executes the cell: it is code, takes part in scripts, and is not empty.
func (c *Cell) Runs() bool {
	return c.Kind == Code && c.Active("go") && strings.TrimSpace(c.Source) != ""
}

// Place returns the name and the line at which the source of a notebook's i-th cell begins, for messages. Cells of an
// .ipynb file are named file.ipynb#3, since their lines are not the file's.
func Place(n *Notebook, i int, name string, f Format) (string, int) {
	if f == IPYNB {
		return fmt.Sprintf("%s#%d", name, i+1), 1
	}
	return name, max(n.Cells[i].Line, 1)
}

// Run runs the notebook's code cells in order and keeps their outputs in them. It stops at the first that fails, with
// its *kernel.CellError, whose place is in the file name; cells of an .ipynb file are named file.ipynb#3 after their
// position, since their lines are not the file's.
func (r *Runner) Run(ctx context.Context, n *Notebook, name string, f Format) error {
	for i, c := range n.Cells {
		if c.Runs() {
			if err := r.Cell(ctx, n, i, name, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// Cell runs the notebook's i-th cell, as Run does.
func (r *Runner) Cell(ctx context.Context, n *Notebook, i int, name string, f Format) error {
	in := kernel.Input{Src: n.Cells[i].Source}
	in.Name, in.Line = Place(n, i, name, f)
	res, err := r.Execute(ctx, in, r.Frontend)
	if err == nil && res.Shown != nil {
		r.Frontend.Display("", res.Shown)
	}
	if r.Done != nil {
		r.Done()
	}
	return err
}
