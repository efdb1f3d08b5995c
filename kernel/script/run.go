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

// Run runs the notebook's code cells in order and keeps their outputs in them. It stops at the first that fails, with
// its *kernel.CellError, whose place is in the file name; cells of an .ipynb file are named file.ipynb#3 after their
// position, since their lines are not the file's.
func (r *Runner) Run(ctx context.Context, n *Notebook, name string, f Format) error {
	for i, c := range n.Cells {
		if c.Kind != Code || !c.Active("go") || strings.TrimSpace(c.Source) == "" {
			continue
		}
		in := kernel.Input{Src: c.Source, Name: name, Line: max(c.Line, 1)}
		if f == IPYNB {
			in.Name, in.Line = fmt.Sprintf("%s#%d", name, i+1), 1
		}
		res, err := r.Execute(ctx, in, r.Frontend)
		if err == nil && res.Shown != nil {
			r.Frontend.Display("", res.Shown)
		}
		if r.Done != nil {
			r.Done()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
