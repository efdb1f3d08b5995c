package command_test

import (
	"context"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/stdlib"
)

// beside is a second shell in the same directory.
type beside struct{ *command.Shell }

func newSessionBeside(t *testing.T, _ *command.Shell) beside {
	t.Helper()
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return beside{&command.Shell{Session: s}}
}

// replay runs a script's cells as cells of the session.
func (b beside) replay(path string) error {
	n, err := script.Read(path)
	if err != nil {
		return err
	}
	r := script.Runner{Execute: b.Execute, Frontend: &page{}}
	return r.Run(context.Background(), n, path, script.Percent)
}
