package command

import (
	"context"

	"github.com/gossl/gossl/kernel"
)

// progress is what the commands of one cell tell those that follow, and the Go beside them.
type progress struct {
	funcs   []string // the functions that the cell has declared so far
	words   []string // the arguments of the program, for main, %exec and %%
	test    bool     // the cell is a test: its main does not run
	answers answers  // what the next shell command reads
	last    []func(context.Context, kernel.Result) (kernel.Result, error)
	close   []func() error
}

// answers says where a shell command gets its standard input.
type answers int

const (
	noAnswers     answers = iota // it is empty
	lineAnswers                  // the user is asked for lines
	secretAnswers                // the same, without echo
)

// atEnd has do called when everything else in the cell has run, with the cell's result, unless something failed.
func (c *Call) atEnd(do func(context.Context, kernel.Result) (kernel.Result, error)) {
	c.cell.last = append(c.cell.last, do)
}

// atClose has do called when the cell has ended, however it did.
func (c *Call) atClose(do func() error) { c.cell.close = append(c.cell.close, do) }

// piece runs Go that stands in the cell, and the functions that run when they are declared.
func (c *Call) piece(src string, line int) (kernel.Result, error) {
	u := prepare(src)
	c.cell.funcs = append(c.cell.funcs, u.funcs...)
	redefineFlags(u.src)
	res, err := c.Eval(u.src, line)
	for _, f := range u.calls {
		if err != nil {
			break
		}
		if f.name == "main" && c.cell.test {
			continue
		}
		var undo func()
		if undo, err = c.arguments(); err == nil {
			_, err = c.Eval(f.name+"()", line+f.line)
			undo()
		}
	}
	return res, err
}
