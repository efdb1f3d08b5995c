package widgets_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter"
	"github.com/gossl/gossl/kernel/jupyter/widgets"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// A kernel whose cells make widgets that its pages show.
func Example() {
	dir, err := os.MkdirTemp("", "kernel")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "kernel.json")
	if err := os.WriteFile(file, []byte(`{"key": "secret"}`), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	opts := jupyter.Options{Comms: func(c *jupyter.Comms) { widgets.NewManager(c) }}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // a kernel that ends at once
	fmt.Println(jupyter.Serve(ctx, &command.Shell{Session: session}, file, opts))
	// Output:
	// <nil>
}
