package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
)

// Lab is what the commands need of the experiments that run in the session. The program that joins both sides gives
// it; package command knows no more of them.
type Lab interface {
	// Runs returns the runs, oldest first.
	Runs() []Run
	// Backend says in one line what runs are compiled for, opening it if need be.
	Backend(ctx context.Context) (string, error)
}

// Recorder is a Lab whose runs can be repeated.
type Recorder interface {
	Lab
	// Records returns for each run what repeats it, as JSON.
	Records() ([]json.RawMessage, error)
	// Rehearse makes the runs that start from now on repeat recorded ones; nil ends that.
	Rehearse(records []json.RawMessage) error
}

// Run is one experiment in progress, or one that is over.
type Run interface {
	Name() string
	String() string // one line: where it stands
	Set(knob string, value float64) (step int, err error)
	Get(knob string) (float64, error)
	Resize(part string, width int) (step int, err error)
	Pause() error
	Resume() error
	Stop()
	Watch()
	Plot() any // a figure
}

var _ = register(
	&Command{Name: "runs", Help: "list the runs and where they stand", Run: runs},
	&Command{Name: "set", Usage: "[RUN] KNOB VALUE", Help: "change a knob of a run while it trains, such as lambda", Run: setKnob},
	&Command{Name: "resize", Usage: "[RUN] [PART] WIDTH", Help: "change the width of a part of a run, the projector if none is named", Run: resize},
	&Command{Name: "watch", Usage: "[RUN]", Help: "show a run on the whole screen of a terminal, where keys turn its knobs; elsewhere its progress", Run: watch},
	&Command{Name: "pause", Usage: "[RUN]", Help: "pause a run after its step", Run: onRun(Run.Pause)},
	&Command{Name: "resume", Usage: "[RUN]", Help: "let a paused run go on", Run: onRun(Run.Resume)},
	&Command{Name: "stop", Usage: "[RUN]", Help: "end a run after its step", Run: onRun(func(r Run) error { r.Stop(); return nil })},
	&Command{Name: "plot", Usage: "[RUN]", Help: "show the figure of a run", Run: plot},
	&Command{Name: "backend", Help: "say what runs are compiled for", Run: backend},
)

func (c *Call) lab() (Lab, error) {
	if c.Shell.Lab == nil {
		return nil, errors.New("this session has no experiments")
	}
	return c.Shell.Lab, nil
}

// pick takes the run that a command names off its words: by its name or by that of a variable that holds it, or the
// newest when none is named.
func (c *Call) pick(words []string, named bool) (Run, []string, error) {
	lab, err := c.lab()
	if err != nil {
		return nil, nil, err
	}
	all := lab.Runs()
	if len(all) == 0 {
		return nil, nil, errors.New("no run has been started; ssl.Start starts one")
	}
	if !named {
		return all[len(all)-1], words, nil
	}
	name := words[0]
	if held, ok := c.variable(name).(interface{ Name() string }); ok {
		name = held.Name()
	}
	var names []string
	for _, r := range all {
		if r.Name() == name {
			return r, words[1:], nil
		}
		names = append(names, r.Name())
	}
	return nil, nil, fmt.Errorf("run %q: unknown; there is %s", words[0], strings.Join(names, ", "))
}

// variable is what a variable of the session holds, nil when there is none of that name.
func (c *Call) variable(name string) any {
	for _, v := range c.Session().Names() {
		if v.Name == name && v.Kind == "variable" {
			res, err := c.Eval(name, c.Line)
			if err != nil {
				return nil
			}
			return res.Value.V
		}
	}
	return nil
}

func runs(c *Call) (kernel.Result, error) {
	lab, err := c.lab()
	if err != nil {
		return kernel.Result{}, err
	}
	all := lab.Runs()
	if len(all) == 0 {
		c.Printf("no run has been started\n")
	}
	for _, r := range all {
		c.Printf("%s\n", r)
	}
	return kernel.Result{}, nil
}

func setKnob(c *Call) (kernel.Result, error) {
	words, err := fields(strings.ReplaceAll(c.Args, "=", " "))
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) < 2 || len(words) > 3 {
		return kernel.Result{}, usage("want a knob and a value")
	}
	run, words, err := c.pick(words, len(words) == 3)
	if err != nil {
		return kernel.Result{}, err
	}
	v, err := strconv.ParseFloat(words[1], 64)
	if err != nil {
		return kernel.Result{}, usage("%q is no number", words[1])
	}
	before, err := run.Get(words[0])
	if err != nil {
		return kernel.Result{}, err
	}
	step, err := run.Set(words[0], v)
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s: %s %g → %g at step %d\n", run.Name(), words[0], before, v, step)
	return kernel.Result{}, nil
}

func resize(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) < 1 || len(words) > 3 {
		return kernel.Result{}, usage("want a width")
	}
	run, words, err := c.pick(words, len(words) == 3)
	if err != nil {
		return kernel.Result{}, err
	}
	part := "projector"
	if len(words) == 2 {
		part, words = words[0], words[1:]
	}
	width, err := strconv.Atoi(words[0])
	if err != nil {
		return kernel.Result{}, usage("%q is no width", words[0])
	}
	step, err := run.Resize(part, width)
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s: %s is %d wide from step %d\n", run.Name(), part, width, step)
	return kernel.Result{}, nil
}

func onRun(do func(Run) error) func(*Call) (kernel.Result, error) {
	return func(c *Call) (kernel.Result, error) {
		run, err := c.named()
		if err != nil {
			return kernel.Result{}, err
		}
		return kernel.Result{}, do(run)
	}
}

// named returns the run that the command's one word names, or the newest.
func (c *Call) named() (Run, error) {
	words, err := fields(c.Args)
	if err != nil {
		return nil, err
	}
	if len(words) > 1 {
		return nil, usage("want one run")
	}
	run, _, err := c.pick(words, len(words) == 1)
	return run, err
}

func plot(c *Call) (kernel.Result, error) {
	run, err := c.named()
	if err != nil {
		return kernel.Result{}, err
	}
	fig := run.Plot()
	b := kernel.Rich(fig)
	if b == nil {
		b = kernel.Bundle{kernel.TextPlain: fmt.Sprint(fig)}
	}
	c.Display("", b)
	return kernel.Result{}, nil
}

func backend(c *Call) (kernel.Result, error) {
	lab, err := c.lab()
	if err != nil {
		return kernel.Result{}, err
	}
	text, err := lab.Backend(c.Context())
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s\n", text)
	return kernel.Result{}, nil
}
