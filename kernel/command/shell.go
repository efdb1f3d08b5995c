package command

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/gossl/gossl/kernel"
)

// Shell runs cells that may hold commands on one session. The zero values of its settings are usable; they are set
// before the first cell runs. A Shell may be used by several goroutines.
type Shell struct {
	Session *kernel.Session
	// Lab is what the commands about experiments act on; nil: they say that there is none.
	Lab Lab
	// Note returns what a saved session carries in its header beside the kernel: versions, backend. Nil: nothing.
	Note func() map[string]any
	// Program runs an ordinary Go program in its own session, for %run. Nil: %run refuses programs.
	Program func(ctx context.Context, path string, args []string, c *kernel.Cell) (status int, err error)

	// Version is what %version prints; empty: nothing is known.
	Version string
	// Shown returns when everything that cells sent on ways around their Frontend has reached it. Nil: there are none.
	Shown func()

	mu        sync.Mutex
	lastDir   string   // where %cd - goes
	workspace string   // directory of !* commands; empty: not made yet
	goflags   []string // what %goflags was given
	tracked   []string // what %track was given
}

// Call is one command on its way: what it was given and the cell it runs in.
type Call struct {
	*kernel.Cell
	Shell *Shell
	Args  string // the rest of the line, without surrounding blanks
	Body  string // the lines that follow a %% command
	Whole bool   // it was written with %%
	Line  int    // of the cell, from 1
	cell  *progress
	file  file // where the cell's text comes from, when that is not the cell itself
}

// file is the source of a cell that %run takes from a file.
type file struct {
	name string
	line int // on which the cell begins
}

// Printf prints on the cell's standard output.
func (c *Call) Printf(format string, args ...any) {
	c.Frontend().Stream("stdout", fmt.Sprintf(format, args...))
}

// Eval evaluates Go that stands in the command's line or in its body; line counts within the cell.
func (c *Call) Eval(src string, line int) (kernel.Result, error) {
	if c.file.name != "" {
		return c.GoNamed(c.file.name, src, c.file.line+line-1)
	}
	return c.Go(src, line)
}

// Command is one row of the table.
type Command struct {
	Name  string // without %
	Usage string // the arguments: "[-a] FILE"
	Help  string // one line
	Body  bool   // it may be written with %% and take the rest of the cell
	Run   func(c *Call) (kernel.Result, error)
	// Check checks what the command would evaluate, and tells what it would define or forget; nil: nothing.
	// The Call has no cell. The error is about the command itself.
	Check func(c *Call, k *Checker) error
}

// table holds every command by its name; the files of this package fill it.
var table = map[string]*Command{}

func register(commands ...*Command) struct{} {
	for _, c := range commands {
		table[c.Name] = c
	}
	return struct{}{}
}

// Commands returns the table, sorted by name.
func Commands() []*Command {
	var all []*Command
	for _, c := range table {
		all = append(all, c)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Execute runs one cell, as Session.Execute does, commands included.
func (sh *Shell) Execute(ctx context.Context, in kernel.Input, fe kernel.Frontend) (kernel.Result, error) {
	return sh.Session.Run(ctx, in, fe, func(c *kernel.Cell) (kernel.Result, error) { return sh.Run(c, in.Src) })
}

// Run runs the text of a cell within a cell that has begun: Go and commands in their order, until one fails. The
// result is that of the last piece.
func (sh *Shell) Run(c *kernel.Cell, src string) (kernel.Result, error) {
	return sh.run(c, src, file{})
}

func (sh *Shell) run(c *kernel.Cell, src string, from file) (last kernel.Result, err error) {
	ownFlags()
	parts := split(src)
	cell := &progress{}
	defer func() {
		for _, f := range cell.close {
			err = errors.Join(err, f())
		}
	}()
	calls := make([]*Call, len(parts))
	for i, p := range parts { // a wrong command keeps the whole cell from running, as wrong Go does
		calls[i] = &Call{Cell: c, Shell: sh, Args: p.args, Body: p.body, Whole: p.cell, Line: p.line, cell: cell, file: from}
		cell.test = cell.test || p.name == "test"
		if err := p.wrong(); err != nil {
			return kernel.Result{}, calls[i].failed(err)
		}
	}
	for i, p := range parts {
		if err := c.Context().Err(); err != nil {
			return kernel.Result{}, context.Cause(c.Context())
		}
		call := calls[i]
		switch {
		case !p.isCommand():
			last, err = call.piece(p.src, p.line)
		case p.name == "":
			last, err = runMain(call)
		default:
			last, err = call.command(p)
		}
		if err != nil {
			return kernel.Result{}, err
		}
	}
	for _, do := range cell.last {
		if last, err = do(c.Context(), last); err != nil {
			return kernel.Result{}, err
		}
	}
	return last, nil
}

// wrong says what is wrong with a command before anything runs.
func (p part) wrong() error {
	if !p.isCommand() || p.name == "" {
		return nil
	}
	cmd := table[p.name]
	switch {
	case cmd == nil:
		return fmt.Errorf("%%%s: no such command%s; %%help lists them", p.name, suggest(p.name))
	case p.cell && !cmd.Body:
		return fmt.Errorf("%%%%%s: write %%%s, the command takes no further lines", p.name, p.name)
	case p.cell && p.line > 1 && p.body == "":
		return fmt.Errorf("%%%%%s: has to be the first line of the cell", p.name)
	}
	return nil
}

// command runs a command. Its own errors get the command's place.
func (c *Call) command(p part) (kernel.Result, error) {
	cmd, sign := table[p.name], "%"
	if strings.HasPrefix(p.name, "!") {
		sign = ""
	}
	res, err := cmd.Run(c)
	var usage usageError
	if errors.As(err, &usage) {
		err = fmt.Errorf("%s%s: %s; usage: %s%s", sign, p.name, usage.text, sign, strings.TrimSpace(cmd.Name+" "+cmd.Usage))
	} else if err != nil && !placed(err) {
		err = fmt.Errorf("%s%s: %w", sign, p.name, err)
	}
	return res, c.failed(err)
}

// placed reports whether an error tells its own place, as those of evaluated Go do.
func placed(err error) bool {
	var e *kernel.CellError
	return errors.As(err, &e) || kernel.Interrupted(err)
}

// failed gives an error of a command the place of its line.
func (c *Call) failed(err error) error {
	if err == nil || placed(err) {
		return err
	}
	name, line := c.Name(), c.Line+c.First()-1
	if c.file.name != "" {
		name, line = c.file.name, c.file.line+c.Line-1
	}
	return &kernel.CellError{Count: c.Count(), Name: name, Line: line, Col: 1, Err: err}
}

// usageError is a command written in a way that it does not have.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// suggest names the command that was probably meant.
func suggest(name string) string {
	best, at := "", 3
	for _, c := range Commands() {
		if d := distance(name, c.Name); d < at && d < len(name) {
			best, at = c.Name, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean %" + best + "?"
}

// distance is the number of insertions, deletions, changes and swaps of neighbours that make a into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}

// fields splits a line into words as a shell does: blanks part them, quotes keep them together.
func fields(s string) ([]string, error) {
	var words []string
	var b strings.Builder
	in, quote := false, rune(0)
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			escaped, in = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			b.WriteRune(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case r == ' ' || r == '\t':
			if in {
				words = append(words, b.String())
				b.Reset()
			}
			in = false
		default:
			b.WriteRune(r)
			in = true
		}
	}
	if quote != 0 || escaped {
		return nil, usage("a quote is not closed in %q", s)
	}
	if in {
		words = append(words, b.String())
	}
	return words, nil
}
