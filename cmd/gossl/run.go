package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/ssl"
	"github.com/spf13/cobra"
)

// scriptFlags are what a script can be given from outside, and what is to become of its results.
type scriptFlags struct {
	params    []string
	knobs     []string
	output    string
	fresh     bool
	verify    bool
	tolerance float64
	json      bool
	watch     bool
	dir       string
}

func newRun(flags *sessionFlags) *cobra.Command {
	var given scriptFlags
	c := &cobra.Command{
		Use:   "run [flags] FILE [ARGUMENTS]",
		Short: "Run a script of cells, a notebook, or a Go program",
		Long: `run checks all cells of a percent-format .go file, an .ipynb notebook or a Markdown file, runs them in order, prints
what they show, and stops at the first that fails, at its line. A .go file with package main and a main function is run
as the program that it is, with the arguments, standard input and its own exit status.

A session that %save or run -o wrote carries a record: what its cells gave, and every change made to an experiment while
it trained, with its step. Running it repeats these changes at their steps; --verify says whether everything came out as
recorded, and where not; --fresh runs the cells alone.

A parameter with several values, as in -p lambda=0,0.1,1 or by repeating -p, makes a sweep: the script runs once for each
combination, in a directory of its own, and a table compares them. A comma inside brackets or quotes does not count.

With --watch the script runs again whenever its file changes, from the first cell that the change matters to: the cells
whose Go has become another, those that use what these define or may change, and those that set up what one of them
changes once more. The other cells keep their values, and the experiments that they started go on; experiments of cells
that run again are stopped. A text that does not check is told, and nothing runs. Files and packages that the script
reads are not watched, and what a cell does outside the session is not undone.

The first Ctrl-C interrupts the cell and ends the runs after their step; the second one quits at once.`,
		Example: `  gossl run notebooks/01-first-light.go
  gossl run -p lambda=0.3 -p steps=100 experiment.go
  gossl run -p lambda=0,0.1,1 -p seed=1,2 --dir sweep experiment.go
  gossl run --backend go experiment.ipynb -o executed.ipynb
  gossl run --verify session.go
  gossl run --watch experiment.go`,
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
	c.Flags().StringVarP(&given.output, "output", "o", "", "write the executed notebook to this `file`, with outputs (.ipynb) or their record, also when a cell fails")
	c.Flags().BoolVar(&given.fresh, "fresh", false, "do not repeat the recorded changes of experiments")
	c.Flags().BoolVar(&given.verify, "verify", false, "compare the results with the recorded ones; exit status 1 when they differ")
	c.Flags().Float64Var(&given.tolerance, "tolerance", 0, "with --verify, the relative `difference` between numbers that counts as none")
	c.Flags().BoolVar(&given.json, "json", false, "print the results as JSON on standard output, and what cells show on standard error")
	c.Flags().BoolVar(&given.watch, "watch", false, "run again whenever the file changes, from the first cell that the change matters to")
	c.Flags().StringVar(&given.dir, "dir", "", "the `directory` for the runs of a sweep (default: FILE-sweep)")
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
		if given.forCells() {
			return usageError(fmt.Errorf("%s is a Go program; the flags of run are for scripts of cells", path))
		}
		return runProgram(ctx, path, text, programArgs)
	}
	if len(programArgs) > 0 {
		return usageError(fmt.Errorf("%s is a script of cells, which takes no arguments; -p name=value sets its parameters", path))
	}
	combinations, err := given.sweep()
	switch {
	case err != nil:
		return usageError(err)
	case len(combinations) > 1 && (given.output != "" || given.verify):
		return usageError(errors.New("a sweep goes neither with --verify nor with -o; each of its runs keeps its executed notebook in its directory"))
	case len(combinations) > 1 && given.watch:
		return usageError(errors.New("a sweep does not go with --watch"))
	case len(combinations) > 1:
		return runSweep(ctx, flags, given, combinations, path)
	case given.watch:
		return watchNotebook(ctx, flags, given, path)
	}
	return runNotebook(ctx, flags, given, n, path, f)
}

// forCells reports whether a flag was given that means something for scripts of cells alone.
func (g scriptFlags) forCells() bool {
	return len(g.params)+len(g.knobs) > 0 || g.output != "" || g.verify || g.json || g.fresh || g.watch
}

// runNotebook runs a notebook in a session of its own.
func runNotebook(ctx context.Context, flags sessionFlags, given scriptFlags, n *script.Notebook, name string, f script.Format) error {
	params, knobs, err := given.parse()
	if err != nil {
		return usageError(err)
	}
	before := n
	if n, err = n.SetParameters(params); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if given.verify {
		if err := verifiable(before, name); err != nil {
			return err
		}
	}
	screen := newScreen()
	if given.json { // standard output is for the results
		screen = terminal.New(os.Stderr, os.Stderr, terminal.Detect(os.Stderr))
	}
	screen.In = os.Stdin
	flags.dir = dirOf(name)
	a, err := newApp(flags, screen)
	if err != nil {
		return err
	}
	defer a.close()
	ssl.Preset(knobs)
	if err := a.rehearse(before, given, name); err != nil {
		return err
	}
	err = a.runScript(ctx, screen, n, name, f)
	if !given.verify && !given.json && given.output == "" {
		return err
	}
	executed, outErr := a.executed(n)
	if outErr == nil && given.output != "" {
		outErr = a.write(executed, given.output)
	}
	if outErr != nil {
		return errors.Join(err, outErr)
	}
	var differences []string
	if given.verify {
		differences, outErr = a.verify(before, executed, name, f, given.tolerance)
		if outErr != nil {
			return errors.Join(err, outErr)
		}
	}
	if given.json {
		if outErr := a.printResults(executed, name, f, given, err, differences); outErr != nil {
			return errors.Join(err, outErr)
		}
	}
	if given.verify && err == nil {
		return told(differences, len(executed.Results()), name)
	}
	return err
}

// rehearse makes the script's experiments repeat those of its record. With other parameters they are other
// experiments.
func (a *app) rehearse(n *script.Notebook, given scriptFlags, name string) error {
	if given.fresh {
		return nil
	}
	if len(given.params)+len(given.knobs) == 0 {
		_, err := a.shell.Rehearse(n)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	s, err := n.Session()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if s != nil && len(s.Runs) > 0 {
		fmt.Fprintf(os.Stderr, "gossl: with parameters of its own, %s does not repeat the recorded changes of its experiments\n", name)
	}
	return nil
}

// runScript runs a notebook's cells in the session, once all of them have been checked.
func (a *app) runScript(ctx context.Context, screen *terminal.Screen, n *script.Notebook, name string, f script.Format) error {
	if err := checkNotebook(n, name, f); err != nil {
		screen.Error(err)
		return &exitError{statusError, errShown}
	}
	defer a.shell.EndRehearsal()
	r := &script.Runner{Execute: a.shell.Execute, Frontend: screen, Done: screen.Settle}
	return shown(screen, r.Run(ctx, n, name, f))
}

// shown prints the error that ended a script, and makes it the process's exit status.
func shown(screen *terminal.Screen, err error) error {
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
	return &exitError{failure(err), fmt.Errorf("%w: %w", errShown, err)}
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

// executed returns the notebook with what its cells showed.
func (a *app) executed(n *script.Notebook) (*script.Notebook, error) {
	copied := *n
	copied.Cells = nil
	for _, c := range n.Cells {
		c := *c
		copied.Cells = append(copied.Cells, &c)
	}
	return &copied, a.shell.Outputs(&copied)
}

// write writes an executed notebook with its record.
func (a *app) write(n *script.Notebook, path string) error {
	if _, err := script.FormatOf(path); err != nil {
		return err
	}
	n, err := a.shell.Recorded(n.WithVersions(versions()), path)
	if err != nil {
		return err
	}
	return n.Write(path)
}

var _ command.Recorder = lab{}
