package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/stdlib"
	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var params []string
	c := &cobra.Command{
		Use:   "check [flags] FILE...",
		Short: "Check scripts, notebooks and Go programs without running them",
		Long: `check takes every cell of a script or notebook, and every Go program, through the Go type checker and prints all that
is wrong, each at its place. Nothing runs. gossl run does the same before the first cell runs.`,
		Example: `  gossl check notebooks/01-first-light.go
  gossl check -p lambda=0.3 experiment.ipynb`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, files []string) error {
			failed := false
			for _, path := range files {
				if err := checkFile(path, params); err != nil {
					failed = true
					fmt.Fprintln(os.Stderr, err)
				}
			}
			if failed {
				return &exitError{statusError, errShown}
			}
			return nil
		},
	}
	c.Flags().StringArrayVarP(&params, "param", "p", nil, "check with a parameter of the script set: `name=value`; may be repeated")
	return c
}

// checkFile checks one file; the error says where it is wrong.
func checkFile(path string, params []string) error {
	n, f, program, err := readScript(path)
	if err != nil {
		return err
	}
	if n == nil {
		if len(params) > 0 {
			return fmt.Errorf("%s is a Go program; -p is for scripts of cells", path)
		}
		_, err := check.CheckProgram(stdlib.Packages(), filepath.Dir(path), []check.Source{{Name: path, Text: program}})
		return err
	}
	given, _, err := scriptFlags{params: params}.parse()
	if err != nil {
		return err
	}
	if n, err = n.SetParameters(given); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return checkNotebook(n, path, f)
}

// checkNotebook checks every cell of a notebook in a session of its own.
func checkNotebook(n *script.Notebook, name string, f script.Format) error {
	k, err := command.NewChecker(stdlib.Packages(), lang.Options{Dir: dirOf(name)})
	if err != nil {
		return err
	}
	return k.Check(n, name, f)
}

// dirOf is the directory in whose module the cells of a script lie: its own, or the working directory for one that is
// read from standard input.
func dirOf(name string) string {
	if name == stdin {
		return "."
	}
	return filepath.Dir(name)
}

// readScript reads a notebook, or the text of an ordinary Go program, in which case n is nil.
func readScript(path string) (n *script.Notebook, f script.Format, program string, err error) {
	if f, err = script.FormatOf(path); err != nil {
		return nil, f, "", err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, f, "", err
	}
	if f == script.Percent && script.IsProgram(string(text)) {
		return nil, f, string(text), nil
	}
	if n, err = script.Parse(string(text), f); err != nil {
		return nil, f, "", fmt.Errorf("%s: %w", path, err)
	}
	return n, f, "", nil
}
