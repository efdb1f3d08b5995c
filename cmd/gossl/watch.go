package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/kernel/script/watch"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/stdlib"
)

// errChanged ends a cell that a change of the file makes pointless.
var errChanged = errors.New("the file has changed")

// watcher runs a script again as its file changes.
type watcher struct {
	app     *app
	screen  *terminal.Screen
	params  []script.Parameter
	path    string
	format  script.Format
	texts   chan string // what the file becomes
	state   watch.State
	started map[int][]*ssl.Run // by the run of a cell
}

// watchNotebook runs a notebook, and again whenever its file changes, until an interrupt.
func watchNotebook(ctx context.Context, flags sessionFlags, given scriptFlags, path string) error {
	if given.output != "" || given.verify || given.json {
		return usageError(errors.New("--watch goes with none of -o, --verify and --json: the work it does has no end"))
	}
	params, knobs, err := given.parse()
	if err != nil {
		return usageError(err)
	}
	f, err := script.FormatOf(path)
	if err != nil {
		return err
	}
	screen := newScreen()
	flags.dir = dirOf(path)
	a, err := newApp(flags, screen)
	if err != nil {
		return err
	}
	defer a.close()
	ssl.Preset(knobs)
	w := &watcher{app: a, screen: screen, params: params, path: path, format: f, texts: make(chan string), started: map[int][]*ssl.Run{}}
	file := &watch.File{Path: path}
	text, err := file.Next(ctx)
	if err != nil {
		return err
	}
	if n, err := script.Parse(text, f); err == nil {
		if err := a.rehearse(n, given, path); err != nil {
			return err
		}
	}
	go func() {
		for {
			text, err := file.Next(ctx)
			if err != nil {
				return
			}
			select {
			case w.texts <- text:
			case <-ctx.Done():
				return
			}
		}
	}()
	return w.run(ctx, text)
}

// run runs versions of the file until an interrupt: one that comes while a cell runs is the error, one that comes while
// nothing does is the ordinary end.
func (w *watcher) run(ctx context.Context, text string) error {
	next := w.read(text)
	for {
		for next != nil {
			var err error
			if next, err = w.catchUp(ctx, next); err != nil {
				return err
			}
		}
		w.app.shell.EndRehearsal()
		w.screen.Remark("waiting for " + w.path + " to change; Ctrl-C ends")
		select {
		case <-ctx.Done():
			return nil
		case text := <-w.texts:
			next = w.read(text)
		}
	}
}

// read takes a text of the file for a version; nil when it is wrong, which it tells.
func (w *watcher) read(text string) *watch.Version {
	v, err := func() (*watch.Version, error) {
		n, err := script.Parse(text, w.format)
		if err == nil {
			n, err = n.SetParameters(w.params)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.path, err)
		}
		return watch.Read(stdlib.Packages(), lang.Options{Dir: dirOf(w.path)}, n, w.path, w.format)
	}()
	if err != nil {
		w.screen.Error(err)
		w.screen.Remark("nothing runs until this is mended")
		return nil
	}
	return v
}

// catchUp runs what a version needs. The result is a newer version that has come meanwhile; the error is that of an
// interrupt.
func (w *watcher) catchUp(ctx context.Context, v *watch.Version) (newer *watch.Version, err error) {
	first := w.state.Empty()
	plan := w.state.Plan(v)
	if !first {
		w.screen.Remark(plan.String())
	}
	for _, number := range plan.Dropped { // what these cells had started is no part of the script any more
		for _, run := range w.started[number] {
			run.Stop()
		}
		delete(w.started, number)
	}
	if plan.Fresh {
		if _, err := w.app.shell.Execute(ctx, kernel.Input{Src: "%reset", Silent: true}, w.screen); err != nil {
			return nil, shown(w.screen, err)
		}
	}
	w.app.shell.Session.Forget(plan.Forget...)
	for _, step := range plan.Steps {
		var err error
		if newer, err = w.cell(ctx, plan, step, newer); err != nil {
			if ctx.Err() != nil {
				return nil, shown(w.screen, err)
			}
			if !errors.Is(err, errChanged) {
				w.screen.Error(err)
			}
			return newer, nil
		}
		if newer != nil {
			return newer, nil
		}
	}
	return newer, nil
}

// cell runs one cell, and ends it early when the file becomes one in which it, or what stands above it, is another.
func (w *watcher) cell(ctx context.Context, plan *watch.Plan, step watch.Step, newer *watch.Version) (*watch.Version, error) {
	w.app.shell.Session.Forget(step.Forget...)
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	had := ssl.Runs()
	done := make(chan error, 1)
	go func() {
		r := &script.Runner{Execute: w.app.shell.Execute, Frontend: w.screen, Done: w.screen.Settle}
		v := plan.Version()
		done <- r.Cell(inner, v.Notebook, step.Cell, v.Name, v.Format)
	}()
	for {
		select {
		case text := <-w.texts:
			v := w.read(text)
			if v == nil {
				continue
			}
			if newer = v; plan.Concerns(v, step) {
				cancel(errChanged)
			}
		case err := <-done:
			plan.Ran(step, err != nil)
			w.started[step.Number] = slices.DeleteFunc(slices.Clone(ssl.Runs()), func(r *ssl.Run) bool { return slices.Contains(had, r) })
			if err != nil && ctx.Err() == nil && errors.Is(context.Cause(inner), errChanged) {
				err = errChanged
			}
			return newer, err
		}
	}
}
