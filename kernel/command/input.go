package command

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"syscall"
	"time"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "with_inputs", Help: "ask for lines that the next shell command reads", Run: answersFrom(lineAnswers)},
	&Command{Name: "with_password", Help: "ask for lines that the next shell command reads, without showing them", Run: answersFrom(secretAnswers)},
)

func answersFrom(a answers) func(*Call) (kernel.Result, error) {
	return func(c *Call) (kernel.Result, error) {
		c.cell.answers = a
		return kernel.Result{}, nil
	}
}

// Asker is what a Frontend implements that can take a question back.
type Asker interface {
	// Ask is Input, until ctx ends.
	Ask(ctx context.Context, prompt string, secret bool) (string, error)
}

// askAgain is how long a program that got a line may take to end before it is taken to want another.
const askAgain = 200 * time.Millisecond

// answer runs a program whose standard input are the lines that the user is asked for, as long as it runs.
func (c *Call) answer(cmd *exec.Cmd, secret bool) error {
	ask := func(context.Context, string, bool) (string, error) { return c.Front().Input("", secret) }
	if fe, ok := c.Front().(Asker); ok {
		ask = fe.Ask
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	ctx, ended := context.WithCancel(c.Context())
	failed := make(chan error, 1)
	go func() {
		defer close(failed)
		defer in.Close()
		for {
			line, err := ask(ctx, "", secret)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				_, err = io.WriteString(in, line+"\n")
			}
			if err != nil {
				failed <- err
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(askAgain):
			}
		}
	}()
	err = c.start(cmd)
	ended()
	var cause error
	if _, retracts := c.Front().(Asker); retracts {
		cause = <-failed
	} else { // a question may be open still
		select {
		case cause = <-failed:
		default:
		}
	}
	if cause != nil && !errors.Is(cause, io.EOF) && !errors.Is(cause, syscall.EPIPE) {
		return cause
	}
	return err
}
