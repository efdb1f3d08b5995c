package export

import (
	"errors"
	"fmt"
	"go/format"
	"go/types"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/script"
)

// Program is a notebook as a Go program.
type Program struct {
	Files   map[string]string // name → Go source, formatted
	Imports []string          // the paths that the files import, sorted
	Left    []string          // commands that a program has no use for, such as "x.go:3: %who": they were left out
}

// Options are the settings of an export. The zero value is usable.
type Options struct {
	// Finish are statements for the end of main, by the path of a package that the program may import: they are added
	// when it does. In them the package goes by the name PKG.
	Finish map[string]string
	// Repeat makes the program repeat the runs that the notebook carries a record of.
	Repeat Repeater
}

// Repeater names a function of a package that takes records of runs, as a slice, and makes the runs to come repeat them.
// The zero value stands for none.
type Repeater struct {
	Path   string // of the package; a program that does not import it has no runs
	Record string // the type of a record, which encoding/json decodes
	Func   string
}

// Export makes a program of a notebook. The error tells, at its place, what is wrong with a cell, or what a program
// cannot have.
func Export(p lang.Packages, n *script.Notebook, name string, f script.Format, opts Options) (*Program, error) {
	k, err := command.NewChecker(p, lang.Options{})
	if err != nil {
		return nil, err
	}
	x := &exporter{names: newNames(n), notebook: n}
	k.Checked = x.piece
	k.Commanded = x.command
	if err := k.Check(n, name, f); err != nil {
		return nil, err
	}
	if len(x.errs) > 0 {
		return nil, errors.Join(x.errs...)
	}
	session, err := n.Session()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if session != nil && len(session.Runs) > 0 {
		x.repeat(opts.Repeat, session.Runs)
	}
	main, err := format.Source([]byte(x.file(opts)))
	if err != nil {
		return nil, fmt.Errorf("%s: the exported program does not parse; this is a fault of gossl: %w", name, err)
	}
	prog := &Program{Files: map[string]string{"main.go": string(main)}, Imports: x.names.paths(), Left: x.left}
	if _, err := check.CheckProgram(p, "", []check.Source{{Name: "main.go", Text: string(main)}}); err != nil {
		return nil, fmt.Errorf("%s: the exported program does not check; this is a fault of gossl: %w", name, err)
	}
	return prog, nil
}

// exporter collects the program while the cells are checked.
type exporter struct {
	names    *names
	notebook *script.Notebook
	errs     []error
	left     []string

	decls   strings.Builder // types, constants, functions, in the order of the cells
	vars    strings.Builder // package variables
	bodies  strings.Builder // a function per cell
	calls   []string        // of main
	params  []*types.Var    // that flags set
	repeats string          // the call that makes runs repeat recorded ones
	uses    map[string]bool // helpers that the program needs
	methods map[string]bool // "T.M" that have been written
}

// passive are commands that ask about the session or show something of it. A program goes without them.
var passive = []string{
	"who", "whos", "list", "help", "history", "doc", "source", "type", "mem", "save", "load", "rm", "reset", "timeit", "time",
	"backend", "runs", "watch", "page", "clear", "panel", "edit", "plot", "debug", "",
}

// command is told of every command of a cell.
func (x *exporter) command(_ int, place, name string) {
	switch {
	case name == "time" || name == "": // their Go is there
	case slices.Contains(passive, name):
		x.left = append(x.left, place+": %"+name)
	case name == "!":
		x.errs = append(x.errs, fmt.Errorf("%s: a program does not run ! commands; write it in Go with os/exec, or take it out", place))
	default:
		x.errs = append(x.errs, fmt.Errorf("%s: %%%s has no form in a program; write it in Go, or take it out", place, name))
	}
}

// piece is told of every piece of Go that is right.
func (x *exporter) piece(p command.Piece) {
	w := &writer{x: x, c: p.Go, shows: p.Last}
	w.declare()
	w.write()
	if w.err != nil {
		x.errs = append(x.errs, w.err)
		return
	}
	if body := w.function(); body != "" {
		name := x.names.fresh(fmt.Sprintf("cell%d", p.Cell+1))
		fmt.Fprintf(&x.bodies, "// %s is the cell of %s", name, p.Place)
		if title := x.notebook.Cells[p.Cell].Title; title != "" {
			fmt.Fprintf(&x.bodies, ": %s", title)
		}
		call, result := name+"()", ""
		if w.fails {
			call, result = x.need("try")+"("+call+")", "error "
		}
		fmt.Fprintf(&x.bodies, "\nfunc %s() %s{\n%s}\n\n", name, result, body)
		x.calls = append(x.calls, call)
	}
	if x.notebook.Cells[p.Cell].HasTag(script.ParameterTag) {
		x.flags(p.Go)
	}
}

func (x *exporter) need(helper string) string {
	if x.uses == nil {
		x.uses = map[string]bool{}
	}
	x.uses[helper] = true
	return x.names.helper(helper)
}

// file puts the program together.
func (x *exporter) file(opts Options) string {
	flagging := x.flagCalls()
	var finish []string
	for _, path := range sortedKeys(opts.Finish) {
		if alias, ok := x.names.imported(path); ok {
			finish = append(finish, strings.ReplaceAll(opts.Finish[path], "PKG", alias))
		}
	}
	helpers := x.helpers()
	var b strings.Builder
	b.WriteString("package main\n\n")
	if imports := x.names.importDecls(); len(imports) > 0 {
		b.WriteString("import (\n" + strings.Join(imports, "\n") + "\n)\n\n")
	}
	if x.vars.Len() > 0 {
		b.WriteString("var (\n" + x.vars.String() + ")\n\n")
	}
	b.WriteString("func main() {\n")
	if len(x.params) == 0 && x.repeats != "" {
		b.WriteString(x.repeats + "\n")
	}
	for _, call := range x.calls {
		if call == flagsHere {
			call = flagging
		}
		b.WriteString(call + "\n")
	}
	for _, line := range finish {
		b.WriteString(line + "\n")
	}
	b.WriteString("}\n\n" + x.decls.String() + x.bodies.String() + helpers)
	return b.String()
}
