package command

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

func shellLine(c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, usage("there is nothing to run")
	}
	return kernel.Result{}, c.process("", "sh", "-c", c.Args)
}

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

// process runs a program with the cell's output. An interrupt of the cell interrupts the program and all it started;
// what does not end by itself is killed.
func (c *Call) process(stdin, name string, args ...string) error {
	cmd := exec.CommandContext(c.Context(), name, args...)
	cmd.Stdin = strings.NewReader(stdin)
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

func writeFile(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	verb := "wrote"
	if len(words) > 0 && words[0] == "-a" {
		flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
		words, verb = words[1:], "appended"
	}
	if len(words) != 1 || !c.Whole {
		return kernel.Result{}, usage("want %%%%writefile [-a] FILE, the text below")
	}
	path := words[0]
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return kernel.Result{}, err
		}
		path = filepath.Join(home, rest)
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return kernel.Result{}, err
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
	c.Printf("%s %d bytes to %s\n", verb, len(text), path)
	return kernel.Result{}, nil
}
