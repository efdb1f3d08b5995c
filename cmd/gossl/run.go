package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/repl"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/stdlib"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// stdin is the name of what comes from standard input, in messages.
const stdin = "<stdin>"

// scriptFlags are what a script can be given from outside.
type scriptFlags struct {
	params []string
	knobs  []string
	output string
}

func newRun(flags *sessionFlags) *cobra.Command {
	var given scriptFlags
	c := &cobra.Command{
		Use:   "run [flags] FILE [ARGUMENTS]",
		Short: "Run a script of cells, a notebook, or a Go program",
		Long: `run runs the cells of a percent-format .go file, an .ipynb notebook or a Markdown file in order, prints what they
show, and stops at the first that fails, at its line. A .go file with package main and a main function is run as the
program that it is, with the arguments, standard input and its own exit status.

The first Ctrl-C interrupts the cell and ends the runs after their step; the second one quits at once.`,
		Example: `  gossl run notebooks/01-first-light.go
  gossl run -p lambda=0.3 -p steps=100 experiment.go
  gossl run --backend go experiment.ipynb -o executed.ipynb`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			return interruptible(c.Context(), func(ctx context.Context) error {
				rest, err := afterFile(c, a[0], a[1:])
				if err != nil {
					return err
				}
				return runFile(ctx, *flags, given, a[0], rest)
			})
		},
	}
	c.Flags().SetInterspersed(false) // what follows the file is the program's
	c.Flags().StringArrayVarP(&given.params, "param", "p", nil, "set a parameter of the script: `name=value`; may be repeated")
	c.Flags().StringArrayVar(&given.knobs, "set", nil, "set a knob of every run that the script starts: `name=value`; may be repeated")
	c.Flags().StringVarP(&given.output, "output", "o", "", "write the executed notebook to this .ipynb `file`, also when a cell fails")
	return c
}

// afterFile reads flags that follow a notebook's name; what follows a program's is the program's own.
func afterFile(c *cobra.Command, path string, rest []string) ([]string, error) {
	if text, err := os.ReadFile(path); len(rest) == 0 || err == nil && script.IsProgram(string(text)) {
		return rest, nil
	}
	c.Flags().SetInterspersed(true)
	if err := c.Flags().Parse(rest); err != nil {
		return nil, usageError(err)
	}
	return c.Flags().Args(), nil
}

func runFile(ctx context.Context, flags sessionFlags, given scriptFlags, path string, programArgs []string) error {
	n, f, text, err := readScript(path)
	if err != nil {
		return err
	}
	if n == nil {
		if len(given.params)+len(given.knobs) > 0 || given.output != "" {
			return usageError(fmt.Errorf("%s is a Go program; -p, --set and -o are for scripts of cells", path))
		}
		return runProgram(ctx, path, text, programArgs)
	}
	if len(programArgs) > 0 {
		return usageError(fmt.Errorf("%s is a script of cells, which takes no arguments; -p name=value sets its parameters", path))
	}
	return runNotebook(ctx, flags, given, n, path, f)
}

// runNotebook runs a notebook in a session of its own.
func runNotebook(ctx context.Context, flags sessionFlags, given scriptFlags, n *script.Notebook, name string, f script.Format) error {
	params, knobs, err := given.parse()
	if err != nil {
		return usageError(err)
	}
	if n, err = n.SetParameters(params); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	screen := newScreen()
	screen.In = os.Stdin
	a, err := newApp(flags, screen)
	if err != nil {
		return err
	}
	defer a.close()
	ssl.Preset(knobs)
	err = a.runScript(ctx, screen, n, name, f)
	if given.output != "" {
		err = errors.Join(err, writeOutputs(a, n, given.output))
	}
	return err
}

// runScript runs a notebook's cells in the session, once all of them have been checked.
func (a *app) runScript(ctx context.Context, screen *terminal.Screen, n *script.Notebook, name string, f script.Format) error {
	if err := checkNotebook(n, name, f); err != nil {
		screen.Error(err)
		return &exitError{statusError, errShown}
	}
	r := &script.Runner{Execute: a.shell.Execute, Frontend: screen, Done: screen.Settle}
	err := r.Run(ctx, n, name, f)
	var exit *lang.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit): // the script's own end, which needs no words
		if exit.Code == 0 {
			return nil
		}
		return &exitError{exit.Code, nil}
	}
	screen.Error(err)
	return &exitError{failure(err), errShown}
}

func failure(err error) int {
	if kernel.Interrupted(err) || errors.Is(err, context.Canceled) {
		return statusInterrupted
	}
	return statusError
}

func (g scriptFlags) parse() (params []script.Parameter, knobs map[string]float64, err error) {
	for _, text := range g.params {
		p, err := script.ParseParameter(text)
		if err != nil {
			return nil, nil, err
		}
		params = append(params, p)
	}
	knobs = map[string]float64{}
	for _, text := range g.knobs {
		name, value, ok := strings.Cut(text, "=")
		v, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || name == "" {
			return nil, nil, fmt.Errorf("--set %s: want name=number, such as lambda=0.3", text)
		}
		knobs[name] = v
	}
	return params, knobs, nil
}

// evaluate runs one cell and prints its value.
func evaluate(ctx context.Context, flags sessionFlags, code string) error {
	return interruptible(ctx, func(ctx context.Context) error {
		n := &script.Notebook{Cells: []*script.Cell{{Source: code, Line: 1}}}
		return runNotebook(ctx, flags, scriptFlags{}, n, "-e", script.Percent)
	})
}

// interactive opens a session in the terminal, after a script if one is named. Without a terminal, standard input is
// the script.
func interactive(ctx context.Context, flags sessionFlags, path string) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		if path != "" {
			return usageError(errors.New("-i needs a terminal for its input; gossl run runs a script without one"))
		}
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return fmt.Errorf("reading standard input: %w", err)
		}
		return interruptible(ctx, func(ctx context.Context) error {
			if script.IsProgram(string(text)) {
				return runProgram(ctx, stdin, string(text), nil)
			}
			n, err := script.ReadPercent(string(text))
			if err != nil {
				return fmt.Errorf("%s: %w", stdin, err)
			}
			return runNotebook(ctx, flags, scriptFlags{}, n, stdin, script.Percent)
		})
	}
	screen := newScreen()
	a, err := newApp(flags, screen)
	if err != nil {
		return err
	}
	defer a.close()
	banner := "gossl " + version() + ": Go, live. %help lists the commands, Ctrl-D leaves."
	if path != "" {
		f, err := script.FormatOf(path)
		if err != nil {
			return err
		}
		n, err := script.Read(path)
		if err != nil {
			return err
		}
		banner = ""
		err = interruptible(ctx, func(ctx context.Context) error { return a.runScript(ctx, screen, n, path, f) })
		if err != nil && !errors.Is(err, errShown) {
			return err
		}
	}
	opts := repl.Options{Shell: a.shell, Screen: screen, Banner: banner}
	if dir, err := stateDir(); err == nil {
		opts.History = dir + "/history"
	}
	return repl.Run(ctx, opts)
}

// runProgram runs an ordinary Go program; its exit status becomes the process's.
func runProgram(ctx context.Context, path, text string, programArgs []string) error {
	p := program(path, text, programArgs)
	p.Exit = os.Exit
	os.Args = p.Args // the process is the program's
	status, err := lang.RunProgram(ctx, stdlib.Packages(), p, lang.IO{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	switch {
	case errors.Is(err, lang.ErrInterrupted):
		return &exitError{statusInterrupted, nil} // as a compiled program ends: without a word
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return &exitError{max(status, statusError), nil}
	case status != 0:
		return &exitError{status, nil}
	}
	return nil
}

func program(path, text string, programArgs []string) lang.Program {
	p := lang.Program{Files: []check.Source{{Name: path, Text: text}}, Args: append([]string{path}, programArgs...)}
	if path != stdin {
		p.Dir = filepath.Dir(path)
	}
	return p
}

// runProgramInCell is %run of a program.
func runProgramInCell(ctx context.Context, path string, programArgs []string, c *kernel.Cell) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	io := lang.IO{Stdin: c.Stdin(), Stdout: c.Stdout(), Stderr: c.Stderr(), Owner: c}
	p := program(path, string(text), programArgs)
	own := os.Args
	os.Args = p.Args
	defer func() { os.Args = own }()
	return lang.RunProgram(ctx, stdlib.Packages(), p, io)
}

// writeOutputs writes what the cells showed to a notebook.
func writeOutputs(a *app, n *script.Notebook, path string) error {
	f, err := script.FormatOf(path)
	if err != nil {
		return err
	}
	if f != script.IPYNB {
		return usageError(fmt.Errorf("-o %s: outputs are kept in .ipynb files alone", path))
	}
	if err := a.shell.Outputs(n); err != nil {
		return err
	}
	return n.Write(path)
}
