package lang

import (
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/lower"
)

// Checker takes cells through everything that happens before a cell runs, and runs none of them: what one cell defines,
// the next ones know. It starts no interpreter. A Checker is for one goroutine.
type Checker struct{ in *Interp }

// NewChecker returns the checker of an empty session. Of the options, Dir counts.
func NewChecker(p Packages, opts Options) (*Checker, error) {
	c := &Checker{&Interp{opts: opts, pkgs: p}}
	return c, c.Reset()
}

// Reset forgets every definition.
func (c *Checker) Reset() error {
	in := &Interp{opts: c.in.opts, pkgs: c.in.pkgs, scope: check.NewScope(c.in.pkgs)}
	if in.opts.Dir != "" {
		if err := in.scope.SetDir(in.opts.Dir); err != nil {
			return err
		}
	}
	in.low = lower.NewSession(host{in})
	c.in = in
	return nil
}

// Check checks and lowers a cell, and takes what it defines over into the session. The error is what Eval would
// return without running the cell; the session is then as it was.
func (c *Checker) Check(cell Cell) (*check.Cell, error) {
	in := c.in
	syn, err := check.Parse(cell.Name, cell.Src)
	if err != nil {
		return nil, err
	}
	checked, err := in.scope.Check(syn)
	if err != nil {
		return nil, err
	}
	in.scope.Hold(func() { _, err = in.low.Cell(checked) })
	if err != nil {
		return nil, refusal(err, cell)
	}
	in.scope.Commit(checked)
	return checked, nil
}

// Scope returns what the cells have defined so far.
func (c *Checker) Scope() *check.Scope { return c.in.scope }
