package command

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "!", Usage: "COMMAND", Help: "run a command of the system's shell", Run: shellLine},
	&Command{Name: "bash", Usage: "[ARGS]", Help: "give the rest of the cell to bash", Body: true, Run: interpreter("bash")},
	&Command{Name: "sh", Usage: "[ARGS]", Help: "give the rest of the cell to sh", Body: true, Run: interpreter("sh")},
	&Command{Name: "script", Usage: "PROGRAM [ARGS]", Help: "give the rest of the cell to a program", Body: true, Run: anyInterpreter},
	&Command{Name: "writefile", Usage: "[-a] FILE", Help: "write the rest of the cell to a file; -a appends", Body: true, Run: writeFile},
)

// killAfter is how long an interrupted process may take to end by itself.
const killAfter = 2 * time.Second

func shellLine(c *Call) (kernel.Result, error) { return kernel.Result{}, c.shell("") }

// shell gives the command's line to the system's shell, in a directory or the working directory.
func (c *Call) shell(dir string) error {
	if c.Args == "" {
		return usage("there is nothing to run")
	}
	from := c.cell.answers
	c.cell.answers = noAnswers
	cmd := exec.CommandContext(c.Context(), systemShell(), "-c", c.Args)
	cmd.Dir = dir
	if from == noAnswers {
		return c.start(cmd)
	}
	return c.answer(cmd, from == secretAnswers)
}

// systemShell is bash where there is one, as GoNB has it, else sh.
var systemShell = sync.OnceValue(func() string {
	if path, err := exec.LookPath("bash"); err == nil {
		return path
	}
	return "sh"
})

func interpreter(name string) func(*Call) (kernel.Result, error) {
	return func(c *Call) (kernel.Result, error) {
		words, err := fields(c.Args)
		if err != nil {
			return kernel.Result{}, err
		}
		if !c.Whole {
			return kernel.Result{}, usage("write %%%%%s as the cell's first line, the script below it; or !COMMAND", name)
		}
		return kernel.Result{}, c.process(c.Body, name, words...)
	}
}

func anyInterpreter(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) == 0 || !c.Whole {
		return kernel.Result{}, usage("want %%%%script PROGRAM, what it reads below")
	}
	return kernel.Result{}, c.process(c.Body, words[0], words[1:]...)
}

// process runs a program with the text as its standard input.
func (c *Call) process(stdin, name string, args ...string) error {
	cmd := exec.CommandContext(c.Context(), name, args...)
	if stdin != "" && !strings.HasSuffix(stdin, "\n") {
		stdin += "\n"
	}
	cmd.Stdin = strings.NewReader(stdin)
	return c.start(cmd)
}

// start runs a program with the cell's output. An interrupt of the cell interrupts the program and all it started;
// what does not end by itself is killed.
func (c *Call) start(cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = c.Stdout(), c.Stderr()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = killAfter
	err := cmd.Run()
	if c.Context().Err() != nil {
		if cmd.Process != nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // whatever is left; an error means nothing is
		}
		return context.Cause(c.Context())
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return errors.New(exit.ProcessState.String())
	}
	return err
}

// expand puts the home directory for ~ and environment variables for $NAME into a path.
func expand(path string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	return os.ExpandEnv(path), nil
}

func writeFile(c *Call) (kernel.Result, error) {
	if !c.Whole {
		return kernel.Result{}, usage("want %%%%writefile [-a] FILE, the text below")
	}
	f, appends, err := c.outputFile()
	if err != nil {
		return kernel.Result{}, err
	}
	verb := "wrote"
	if appends {
		verb = "appended"
	}
	text := c.Body
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	_, err = f.WriteString(text)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s %d bytes to %s\n", verb, len(text), f.Name())
	return kernel.Result{}, nil
}
