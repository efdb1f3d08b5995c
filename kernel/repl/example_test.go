package repl_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/repl"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/stdlib"
)

// A session in the terminal: cells are read, run and shown until the user leaves. Here standard input is a pipe, which
// Run refuses.
func ExampleRun() {
	from, to, err := os.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer to.Close()
	defer from.Close()
	old := os.Stdin
	os.Stdin = from
	defer func() { os.Stdin = old }()

	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	err = repl.Run(context.Background(), repl.Options{
		Shell:  &command.Shell{Session: s},
		Screen: terminal.New(os.Stdout, os.Stderr, terminal.Detect(os.Stdout)),
		Banner: "Go, live",
	})
	fmt.Println(strings.HasPrefix(fmt.Sprint(err), "standard input is no terminal"))
	// Output: true
}
