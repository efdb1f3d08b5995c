package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/stdlib"
)

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
