package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/device"
	"github.com/gossl/gossl/ssl/plot"
	"github.com/gossl/gossl/stdlib"
)

// sessionFlags are the settings that every way to run cells takes.
type sessionFlags struct {
	backend string
	bare    bool   // without the startup file
	dir     string // cells import the packages of the module it lies in; "": the working directory
}

// app is a session with everything around it.
type app struct {
	flags  sessionFlags
	shell  *command.Shell
	screen *terminal.Screen // where what belongs to no cell is shown; nil in Jupyter
}

// newApp joins the two sides: cells may import what package stdlib carries, experiments show their progress under the
// cell that started them, and the backend is opened when the first one needs it.
func newApp(flags sessionFlags, screen *terminal.Screen) (*app, error) {
	s, err := kernel.New(stdlib.Packages(), lang.Options{Dir: cmp.Or(flags.dir, ".")})
	if err != nil {
		return nil, err
	}
	s.RenderBy(tensorBundle)
	a := &app{flags: flags, screen: screen}
	a.shell = &command.Shell{Session: s, Lab: lab{}, Note: versions, Program: runProgramInCell}
	ssl.SetHost(ssl.Host{Context: cellContext, Show: a.show, Panel: showPanel, Open: a.open})
	return a, nil
}

// close ends the cell in progress, and the runs: each stops after its step.
func (a *app) close() {
	a.shell.Session.Close()
	ssl.CloseDefaultLab()
	if a.screen != nil {
		a.screen.Close()
	}
}

// tensorBundle shows tensors.
func tensorBundle(v any) map[string]any {
	if t, ok := v.(*tensors.Tensor); ok {
		return plot.Tensor(t)
	}
	return nil
}

func cellContext() context.Context {
	if c := kernel.Current(); c != nil {
		return c.Context()
	}
	return context.Background()
}

func (a *app) show(id string, bundle map[string]any) {
	switch c := kernel.Current(); {
	case c != nil:
		c.Display(id, bundle)
	case a.screen != nil:
		a.screen.Display(id, bundle)
	}
}

// open opens the backend of the default lab, with the installation's progress under the cell that needs it.
func (a *app) open(ctx context.Context) (compute.Backend, string, error) {
	id := fmt.Sprintf("backend-%d", openings.Add(1))
	b, info, err := device.Open(ctx, a.flags.backend, device.Options{Progress: func(p device.Progress) {
		a.show(id, map[string]any{kernel.TextPlain: progressLine(p), terminal.FinalMIME: p.Total > 0 && p.Done >= p.Total})
	}})
	if err != nil {
		return nil, "", err
	}
	if info.Note != "" {
		a.show("", map[string]any{kernel.TextPlain: info.Note})
	}
	return b, info.String(), nil
}

var openings atomic.Int64

// stateDir returns where this user's state is kept between sessions.
// Source: XDG Base Directory Specification 0.8.
func stateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "gossl"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "gossl"), nil
}

// newScreen returns the screen of this process's terminal.
func newScreen() *terminal.Screen {
	out, err := terminal.Detect(os.Stdout), terminal.Detect(os.Stderr)
	if out.Size != nil && err.Size != nil && sameFile(os.Stdout, os.Stderr) {
		return terminal.New(os.Stdout, os.Stdout, out)
	}
	return terminal.New(os.Stdout, os.Stderr, out)
}

func sameFile(a, b *os.File) bool {
	x, err1 := a.Stat()
	y, err2 := b.Stat()
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}

// interruptible calls do with a context that the first SIGINT cancels; the second ends the process at once.
func interruptible(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt)
	defer signal.Stop(signals)
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-signals:
			cancel(lang.ErrInterrupted)
		case <-done:
			return
		}
		select {
		case <-signals:
			os.Exit(statusInterrupted)
		case <-done:
		}
	}()
	err := do(ctx)
	if err != nil && errors.Is(context.Cause(ctx), lang.ErrInterrupted) {
		return &exitError{statusInterrupted, err}
	}
	return err
}
