package jupyter_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// Serve listens where a connection file says, and writes down the ports it took.
func Example() {
	dir, err := os.MkdirTemp("", "kernel")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "kernel.json")
	if err := os.WriteFile(file, []byte(`{"ip": "127.0.0.1", "key": "secret"}`), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // a client's shutdown_request, or SIGTERM
	fmt.Println(jupyter.Serve(ctx, &command.Shell{Session: session}, file, jupyter.Options{}))
	conn, err := jupyter.ReadConnection(file)
	fmt.Println(conn.ShellPort > 0, conn.Transport, err)
	// Output:
	// <nil>
	// true tcp <nil>
}
