package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel/repl"
	"github.com/gossl/gossl/kernel/script"
	"golang.org/x/term"
)

// stdin is the name of what comes from standard input, in messages.
const stdin = "<stdin>"

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
		if err := a.rehearse(n, scriptFlags{}, path); err != nil {
			return err
		}
		err = interruptible(ctx, func(ctx context.Context) error { return a.runScript(ctx, screen, n, path, f) })
		if err != nil && !errors.Is(err, errShown) {
			return err
		}
	}
	opts := repl.Options{Shell: a.shell, Screen: screen, Banner: banner}
	if dir, err := stateDir(); err == nil {
		opts.History = dir + "/history"
	}
	if dir, err := os.UserConfigDir(); err == nil && !flags.bare {
		opts.Startup = filepath.Join(dir, "gossl", "startup.go")
	}
	return repl.Run(ctx, opts)
}
