package command_test

import (
	"context"
	"fmt"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// A cell of Go with a command between.
func Example() {
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	sh := &command.Shell{Session: s}
	fe := &page{}
	res, err := sh.Execute(context.Background(), kernel.Input{Src: "x := 20\n!echo from the shell\nx + 1"}, fe)
	fmt.Print(fe)
	fmt.Println(res.Shown.Text(), err)
	// Output:
	// from the shell
	// 21 <nil>
}
