package command

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "args", Usage: "[ARGUMENTS]", Help: "give arguments to the main function of this cell", Run: programArgs},
	&Command{Name: "exec", Usage: "FUNCTION [ARGUMENTS]", Help: "call a function when the cell has run, its arguments parsed as flags", Run: execFunc, Check: checkExec},
)

func programArgs(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	c.cell.words = words
	return kernel.Result{}, nil
}

func execFunc(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) == 0 {
		return kernel.Result{}, usage("want a function")
	}
	c.atEnd(func(_ context.Context, res kernel.Result) (kernel.Result, error) {
		c.cell.words = words[1:]
		undo, err := c.arguments()
		if err != nil {
			return res, err
		}
		defer undo()
		if err := parseFlags(); err != nil {
			return res, c.failed(err)
		}
		return c.Eval(words[0]+"()", c.Line)
	})
	return kernel.Result{}, nil
}

func checkExec(c *Call, k *Checker) error {
	words, err := fields(c.Args)
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return usage("want a function")
	}
	k.Go(words[0]+"()", c.Line)
	return nil
}

// arguments makes the cell's arguments those of the process, until undo. Main functions that run at once wait for each other: the process has one set of arguments.
func (c *Call) arguments() (undo func(), err error) {
	select {
	case mainTurn <- struct{}{}:
	case <-c.Context().Done():
		return nil, context.Cause(c.Context())
	}
	old := os.Args
	os.Args = append([]string{old[0]}, c.cell.words...)
	return func() {
		os.Args = old
		<-mainTurn
	}, nil
}

var mainTurn = make(chan struct{}, 1)

// runMain runs the rest of the cell as the body of a main function, as GoNB does: its variables are its own, and the
// flags that cells defined are parsed from the arguments.
func runMain(c *Call) (kernel.Result, error) {
	if c.Args != "" {
		if _, err := programArgs(c); err != nil {
			return kernel.Result{}, c.failed(err)
		}
	}
	if strings.TrimSpace(c.Body) == "" || c.cell.test {
		return kernel.Result{}, nil
	}
	undo, err := c.arguments()
	if err != nil {
		return kernel.Result{}, err
	}
	defer undo()
	if err := parseFlags(); err != nil {
		return kernel.Result{}, c.failed(err)
	}
	redefineFlags(c.Body)
	return c.Eval(mainBody(c.Body), c.Line)
}

// mainBody is the Go that a %% command's text stands for.
func mainBody(text string) string { return "func() {\n" + text + "\n}()" }

// processFlags are the flags of this program itself, which cells do not see.
var processFlags = flag.CommandLine

// ownFlags gives cells a command line of their own, without the flags of the libraries that this program is made of.
// A flag that is wrong ends the cell, not the process.
var ownFlags = sync.OnceFunc(func() {
	fs := flag.NewFlagSet(os.Args[0], flag.PanicOnError)
	fs.SetOutput(cellStderr{})
	fs.Parse(nil) // package testing wants to see it parsed
	flag.CommandLine = fs
})

// cellStderr writes to the cell of the calling goroutine.
type cellStderr struct{}

func (cellStderr) Write(p []byte) (int, error) {
	if c := kernel.Current(); c != nil {
		return c.Stderr().Write(p)
	}
	return io.Discard.Write(p)
}

// parseFlags parses the process's arguments as the flags that cells defined, which first get their defaults back: a
// program would begin with them.
func parseFlags() error {
	fs := flag.CommandLine
	fs.Visit(func(f *flag.Flag) {
		if _, plain := f.Value.(flag.Getter); plain { // a function would be called
			f.Value.Set(f.DefValue)
		}
	})
	fs.Init(fs.Name(), flag.ContinueOnError)
	defer fs.Init(fs.Name(), flag.PanicOnError)
	if err := fs.Parse(os.Args[1:]); err != nil {
		return fmt.Errorf("the cell's arguments %q: %w", os.Args[1:], err)
	}
	return nil
}

// definesFlag finds the names of flags that Go source defines.
var definesFlag = regexp.MustCompile(`\bflag\.(?:(?:Bool|Duration|Float64|Int|Int64|String|Uint|Uint64)(?:Var)?|TextVar|Var|Func|BoolFunc)\(\s*(?:&?[\w.]+\s*,\s*)?"([^"\\]+)"`)

// redefineFlags forgets the flags that Go source is about to define: a cell may run again, and package flag allows
// a name once.
func redefineFlags(src string) {
	old, again := flag.CommandLine, map[string]bool{}
	for _, m := range definesFlag.FindAllStringSubmatch(src, -1) {
		if old.Lookup(m[1]) != nil {
			again[m[1]] = true
		}
	}
	if len(again) == 0 {
		return
	}
	fs := flag.NewFlagSet(old.Name(), old.ErrorHandling())
	fs.SetOutput(old.Output())
	fs.Parse(nil)
	old.VisitAll(func(f *flag.Flag) {
		if !again[f.Name] {
			fs.Var(f.Value, f.Name, f.Usage)
			fs.Lookup(f.Name).DefValue = f.DefValue
		}
	})
	flag.CommandLine = fs
}
