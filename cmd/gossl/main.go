// Command gossl is a live Go session for self-supervised learning, in a terminal, in scripts and in Jupyter.
//
//	gossl                     a session in the terminal
//	gossl run notebook.go     run a saved session, or an ordinary Go program
//	gossl -e '1 + 1'          run one cell
//	gossl help                everything else
//
// Errors go to standard error. The exit status is 0 when all went well, 1 when something failed, 2 when the command
// line was wrong, 130 when an interrupt ended the work, and a Go program's own when one was run.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusError       = 1
	statusUsage       = 2
	statusInterrupted = 130 // as shells report the end by SIGINT
)

// exitError carries an exit status; a nil err prints nothing.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// errShown is an error whose message is on the screen already.
var errShown = errors.New("shown")

func usageError(err error) error { return &exitError{statusUsage, err} }

func main() { os.Exit(run()) }

func run() int {
	root := newRoot()
	err := root.Execute()
	if err == nil {
		return 0
	}
	status := statusError
	var exit *exitError
	if errors.As(err, &exit) {
		status = exit.status
		if exit.err == nil {
			return status
		}
	}
	if kernel.Interrupted(err) {
		status = statusInterrupted
	}
	if !errors.Is(err, errShown) {
		fmt.Fprintf(os.Stderr, "gossl: %v\n", err)
		if status == statusUsage {
			fmt.Fprintln(os.Stderr, "gossl help says how it is used")
		}
	}
	return status
}

// newRoot builds the command tree.
func newRoot() *cobra.Command {
	var flags sessionFlags
	var code, file string
	root := &cobra.Command{
		Use:   "gossl",
		Short: "A live Go session for self-supervised learning",
		Long: `gossl runs Go as it is typed: in the terminal, from scripts, in Jupyter. Experiments train in the background,
and their settings are changed while they do.

Without arguments it opens a session in the terminal, after the cells of gossl/startup.go in the user's configuration
directory (~/.config) if that is there; when standard input is no terminal, it is run as a script.

Exit status: 0 all went well, 1 something failed, 2 the command line was wrong, 130 interrupted;
a Go program that was run gives its own.`,
		Example: `  gossl
  gossl -e 'strings.Repeat("ab", 3)'
  gossl run -p lambda=0.3 notebooks/01-first-light.go
  gossl convert notebook.ipynb notebook.go`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			if _, err := os.Stat(args[0]); err == nil {
				return usageError(fmt.Errorf("unknown command %q; gossl run %s runs a file", args[0], args[0]))
			}
			c.SuggestionsMinimumDistance = 2
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				return usageError(fmt.Errorf("unknown command %q, did you mean %s?", args[0], strings.Join(near, " or ")))
			}
			return usageError(fmt.Errorf("unknown command %q", args[0]))
		},
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case c.Flags().Changed("eval") && file != "":
				return usageError(errors.New("-e and -i cannot be given together"))
			case c.Flags().Changed("eval"):
				return evaluate(c.Context(), flags, code)
			case file != "":
				return interactive(c.Context(), flags, file)
			}
			return interactive(c.Context(), flags, "")
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	root.PersistentFlags().StringVar(&flags.backend, "backend", "", "what experiments are compiled for: cpu, cuda, tpu, xla:/path.so or go (default: $GOMLX_BACKEND, else the best there is)")
	root.Flags().BoolVar(&flags.bare, "no-startup", false, "do not run gossl/startup.go of the user's configuration directory before the first prompt")
	root.Flags().StringVarP(&code, "eval", "e", "", "run this `code` as one cell and print its value")
	root.Flags().StringVarP(&file, "interactive", "i", "", "run this `script`, then open a session that goes on from there")
	root.AddCommand(newRun(&flags), newResume(&flags), newCheck(), newExport(), newConvert(), newBackend(), newDoctor(), newVersion(), newMan(root))
	root.AddCommand(newKernel(&flags)...)
	return root
}

// args wraps cobra's checks so that they count as wrong usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, a []string) error {
		if err := check(c, a); err != nil {
			return usageError(fmt.Errorf("%s: %w", c.CommandPath(), err))
		}
		return nil
	}
}
