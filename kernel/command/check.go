package command

import (
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"strings"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/script"
)

// Checker checks the cells of a script without running them.
type Checker struct {
	lang *lang.Checker
	// Checked is told of every piece of Go that is right, in order; nil: nobody is.
	Checked func(Piece)
	// Commanded is told of every command, and of its cell's position in the notebook, before what it holds is checked;
	// the bare %% has no name.
	Commanded func(cell int, place, name string)

	cell     int
	name     string // of the file
	line     int    // of the file on which the cell begins
	list     []check.Diagnostic
	other    []error         // what is no Diagnostics
	doubtful map[string]bool // names that a wrong cell may have been about to define
	last     bool            // the piece being checked is the last of its cell
	open     bool            // a command defined names that cannot be known: what is undefined may be defined
}

// Piece is Go that stands in a cell without a command between.
type Piece struct {
	Cell  int    // its position in the notebook, from 0
	Place string // where it begins, such as "x.go:12"
	Last  bool   // nothing follows it in its cell, whose value is its own
	Go    *check.Cell
}

// NewChecker returns a checker over the packages that cells may import.
func NewChecker(p lang.Packages, opts lang.Options) (*Checker, error) {
	l, err := lang.NewChecker(p, opts)
	if err != nil {
		return nil, err
	}
	return &Checker{lang: l, doubtful: map[string]bool{}}, nil
}

// Check checks the code cells of a notebook in order. The error holds everything that is wrong with any of them; what
// only follows from another mistake is left out. Places are those that a script's run would tell.
func (k *Checker) Check(n *script.Notebook, name string, f script.Format) error {
	for i, c := range n.Cells {
		if !c.Runs() {
			continue
		}
		k.cell = i
		k.name, k.line = script.Place(n, i, name, f)
		k.text(c.Source)
	}
	var errs []error
	if len(k.list) > 0 {
		errs = append(errs, &check.Diagnostics{List: k.list})
	}
	return errors.Join(append(errs, k.other...)...)
}

// text checks the text of a cell.
func (k *Checker) text(src string) {
	parts := split(src)
	for i, p := range parts {
		k.last = i == len(parts)-1
		c := &Call{Args: p.args, Body: p.body, Whole: p.cell, Line: p.line}
		if p.isCommand() && k.Commanded != nil {
			k.Commanded(k.cell, k.place(p.line), p.name)
		}
		switch err := p.wrong(); {
		case err != nil:
			k.fault(p.line, err)
		case !p.isCommand():
			u := prepare(p.src)
			k.Go(u.src, p.line)
			for _, f := range u.calls {
				k.Go(f.name+"()", p.line+f.line)
			}
		case p.name == "":
			if strings.TrimSpace(p.body) != "" {
				k.Go(mainBody(p.body), p.line)
			}
		case table[p.name].Check != nil:
			if err := table[p.name].Check(c, k); err != nil {
				k.fault(p.line, fmt.Errorf("%%%s: %w", p.name, err))
			}
		}
	}
}

// place is a line of the cell, as "x.go:12".
func (k *Checker) place(line int) string { return fmt.Sprintf("%s:%d", k.name, k.line+line-1) }

// fault notes what is wrong with a command on a line of the cell.
func (k *Checker) fault(line int, err error) {
	k.other = append(k.other, fmt.Errorf("%s:1: %w", k.place(line), err))
}

// Go checks Go source that begins on a line of the cell.
func (k *Checker) Go(src string, line int) {
	piece, err := k.try(src, line)
	var wrong *check.Diagnostics
	switch {
	case err == nil:
		if k.Checked != nil {
			k.Checked(Piece{k.cell, k.place(line), k.last, piece})
		}
	case errors.As(err, &wrong):
		for _, d := range wrong.List {
			if name, undefined := strings.CutPrefix(d.Msg, "undefined: "); !undefined || !k.open && !k.doubtful[name] {
				k.list = append(k.list, d)
			}
		}
		k.doubt(src)
	default:
		k.doubt(src)
		k.other = append(k.other, err)
	}
}

// try checks Go source and keeps nothing of what is wrong with it.
func (k *Checker) try(src string, line int) (*check.Cell, error) {
	return k.lang.Check(lang.Cell{Name: k.name, Src: strings.Repeat("\n", max(k.line+line-2, 0)) + src})
}

// doubt notes the names in Go source that did not check: it might have defined any of them.
func (k *Checker) doubt(src string) {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), func(token.Position, string) {}, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.IDENT {
			k.doubtful[lit] = true
		}
	}
}

// file checks the cells of another file, as %run runs them. What cannot be read now may be there when its time comes.
func (k *Checker) file(path string) {
	f, err := script.FormatOf(path)
	if err != nil {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil || f == script.Percent && script.IsProgram(string(text)) {
		k.open = k.open || err != nil
		return
	}
	n, err := script.Parse(string(text), f)
	if err != nil {
		return
	}
	name, line := k.name, k.line
	defer func() { k.name, k.line = name, line }()
	for i, c := range n.Cells {
		if c.Runs() {
			k.name, k.line = script.Place(n, i, path, f)
			k.text(c.Source)
		}
	}
}
