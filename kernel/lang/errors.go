package lang

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/lower"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// Diagnostics is what is wrong with a cell that did not check: nothing of it ran.
type Diagnostics = check.Diagnostics

// Diagnostic is one finding of Diagnostics.
type Diagnostic = check.Diagnostic

// ErrInterrupted is how Eval ends a cell whose context was cancelled.
var ErrInterrupted = rt.ErrInterrupted

// ErrStackOverflow is how Eval ends a cell that recursed too deep.
var ErrStackOverflow = rt.ErrStackOverflow

// ExitError is how Eval ends a cell that called os.Exit.
type ExitError = rt.ExitError

// FailedError is how Eval ends a cell one of whose top-level calls returned an error that nobody took.
type FailedError struct {
	Err  error
	Name string // cell of the call
	Line int    // its place there
	Col  int
}

// Error is the error's own text.
func (e *FailedError) Error() string { return e.Err.Error() }

// Unwrap returns the error that the call returned.
func (e *FailedError) Unwrap() error { return e.Err }

// Panic is a panic that ended a cell or one of its goroutines.
type Panic struct {
	Value any    // what was panicked with
	Name  string // cell in which the panic began; "" when that is not known
	Line  int    // its place there
	Col   int
	Func  string // function in which it began, as Go's traces name it
	Chain string // the lines that Go prints for it, of which those before the last are panics that it came on top of
}

// Error returns what Go prints: "panic: …", after the place.
func (p *Panic) Error() string {
	var b strings.Builder
	if p.Name != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", p.Name, p.Line, p.Col)
	}
	b.WriteString("panic: " + rt.PanicText(p.Value))
	return b.String()
}

// Unwrap returns the value when it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// A LoweringError says that a checked cell could not be made to run; it is a fault of gossl.
type LoweringError struct {
	Cell string
	Err  error
}

func (e *LoweringError) Error() string {
	return e.Cell + ": gossl cannot run this cell, though it is right Go: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *LoweringError) Unwrap() error { return e.Err }

const refusedMsg = "gossl cannot run this: "

// Refused reports whether err says that a cell or program is right Go that gossl refuses to run.
func Refused(err error) bool {
	var d *Diagnostics
	return errors.As(err, &d) && len(d.List) == 1 && strings.HasPrefix(d.List[0].Msg, refusedMsg)
}

// refusal turns a lowering refusal into a diagnostic at the user's place.
func refusal(err error, cell Cell) error {
	var r *lower.Refusal
	if !errors.As(err, &r) {
		return &LoweringError{cell.Name, err}
	}
	if r.Pos.Filename == "" { // the reason lies in no one place of the cell
		r.Pos.Filename, r.Pos.Line = cell.Name, 1+len(cell.Src)-len(strings.TrimLeft(cell.Src, "\n"))
	}
	d := check.Diagnostic{Name: r.Pos.Filename, Line: r.Pos.Line, Col: r.Pos.Column, Msg: refusedMsg + r.Reason}
	if lines := strings.Split(cell.Src, "\n"); r.Pos.Filename == cell.Name && r.Pos.Line >= 1 && r.Pos.Line <= len(lines) {
		d.Source = lines[r.Pos.Line-1]
	}
	return &check.Diagnostics{List: []check.Diagnostic{d}}
}

// placed gives a panic, or the error of a top-level call, its place.
func placed(err error, s *lower.Session) error {
	var f *rt.FailedError
	if errors.As(err, &f) {
		at := s.Place(f.Place)
		return &FailedError{f.Err, at.Filename, at.Line, at.Column}
	}
	var p *rt.Panic
	if !errors.As(err, &p) {
		return err
	}
	out := &Panic{Value: p.Value, Chain: p.Chain()}
	if at := s.Place(p.Place); at.IsValid() {
		out.Name, out.Line, out.Col, out.Func = at.Filename, at.Line, at.Column, at.Func
	}
	return out
}
