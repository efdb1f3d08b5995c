package kernel

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel/lang"
)

// CellError is how a cell fails. Err is what went wrong: *lang.Diagnostics when the cell did not check and nothing
// ran, *lang.Panic, lang.ErrInterrupted, or an error value that the cell ended with.
type CellError struct {
	Count int    // of the execution; 0 for a silent one
	Name  string // of the cell or file
	Line  int    // from 1; 0 when no line is known
	Col   int    // from 1, in code points; 0 when no column is known
	Err   error
}

// Unwrap returns the cause.
func (e *CellError) Unwrap() error { return e.Err }

// Error returns what a terminal shows: every finding at its place with the line and a caret, or the place and the
// cause.
func (e *CellError) Error() string {
	text := strings.TrimRight(e.Err.Error(), "\n")
	if e.located() {
		return text
	}
	place := e.Name
	if e.Line > 0 {
		place += ":" + strconv.Itoa(e.Line)
		if e.Col > 0 {
			place += ":" + strconv.Itoa(e.Col)
		}
	}
	if place == "" {
		return text
	}
	return place + ": " + text
}

// located reports whether the cause says itself where it happened.
func (e *CellError) located() bool {
	var d *lang.Diagnostics
	return errors.As(e.Err, &d) || e.Name != "" && strings.HasPrefix(e.Err.Error(), e.Name+":")
}

// Interrupted reports whether err is, or wraps, the interruption of a cell.
func Interrupted(err error) bool { return errors.Is(err, lang.ErrInterrupted) }

// newCellError gives an error of lang its place in the cell.
func newCellError(count int, name string, err error) *CellError {
	var already *CellError
	if errors.As(err, &already) {
		return already
	}
	e := &CellError{Count: count, Name: name, Err: err}
	var d *lang.Diagnostics
	var p *lang.Panic
	var f *lang.FailedError
	switch {
	case errors.As(err, &d) && len(d.List) > 0:
		e.Name, e.Line, e.Col = d.List[0].Name, d.List[0].Line, d.List[0].Col
	case errors.As(err, &p) && p.Name == name:
		e.Line, e.Col = p.Line, p.Col
	case errors.As(err, &f) && f.Name == name:
		e.Line, e.Col = f.Line, f.Col
	}
	return e
}
