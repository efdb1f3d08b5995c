package lang

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/lower"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// Program is an ordinary Go program to be run: the files of its package main.
type Program struct {
	Dir   string         // where the files are: packages of its module are found from here; "" for none
	Files []check.Source // package main
	Args  []string       // os.Args, set for the whole process while the program runs; nil leaves it
	Exit  func(code int) // called by os.Exit, must not return; nil ends the run with an *ExitError
}

// RunProgram checks, lowers and runs a whole program. The status is what a compiled program would exit with: 0, 2
// after a panic, which is then written to Stderr as Go does, or what os.Exit was given. The error is a
// *Diagnostics when the program was not run.
func RunProgram(ctx context.Context, p Packages, prog Program, stdio IO) (status int, err error) {
	checked, err := check.CheckProgram(p, prog.Dir, prog.Files)
	if err != nil {
		return 1, err
	}
	in := &Interp{pkgs: p, scope: checked.Scope}
	if in.m, err = newYaegi(p, &in.flag, map[string]reflect.Value{}); err != nil {
		return 1, err
	}
	in.low = lower.NewSession(host{in})
	chunk, err := in.low.Program(checked.Packages...)
	if err != nil {
		src := prog.Files[0]
		var r *lower.Refusal
		if errors.As(err, &r) {
			for _, f := range prog.Files {
				if f.Name == r.Pos.Filename {
					src = f
				}
			}
		}
		return 1, refusal(err, Cell{src.Name, src.Text})
	}
	entry, err := in.m.load(chunk)
	if err != nil {
		return 1, &LoweringError{prog.Files[0].Name, err}
	}
	if prog.Args != nil {
		defer func(args []string) { os.Args = args }(os.Args)
		os.Args = prog.Args
	}
	stderr := stdio.Stderr
	if stderr == nil {
		stderr = io.Discard
	}
	cell := rt.NewCell(rt.Config{
		Name: prog.Files[0].Name, Parent: ctx, Stdout: stdio.Stdout, Stderr: stdio.Stderr, Stdin: stdio.Stdin,
		Flag: &in.flag, Owner: stdio.Owner, Exit: prog.Exit, Whole: true,
	})
	err = placed(cell.Run(entry, 0), in.low)
	var exit *ExitError
	var pan *Panic
	var fatal *rt.FatalError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &exit):
		return exit.Code, nil
	case errors.As(err, &pan):
		fmt.Fprintf(stderr, "%s\n\ngoroutine 1 [running]:\n", pan.Chain)
		if pan.Name != "" {
			fmt.Fprintf(stderr, "%s(...)\n\t%s:%d\n", pan.Func, pan.Name, pan.Line)
		}
		fmt.Fprintln(stderr, "exit status 2")
		return 2, nil
	case errors.As(err, &fatal):
		fmt.Fprintf(stderr, "%v\n\ngoroutine 1 [running]:\nexit status 2\n", fatal)
		return 2, nil
	case errors.Is(err, ErrStackOverflow):
		fmt.Fprintf(stderr, "runtime: goroutine stack exceeds limit\nfatal error: stack overflow\n")
		return 2, nil
	}
	return 1, err
}
