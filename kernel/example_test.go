package kernel_test

import (
	"context"
	"fmt"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// printer is the smallest Frontend.
type printer struct{ kernel.Frontend }

func (printer) Stream(name, text string) { fmt.Print(text) }

// Two cells on one session: what the first defines the second uses.
func Example() {
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	fe := printer{kernel.Discard}
	for _, src := range []string{
		"double := func(x int) int { return 2 * x }",
		`fmt.Println("doubling"); double(21)`,
		"double(lamda)",
	} {
		res, err := s.Execute(context.Background(), src, fe)
		if err != nil {
			fmt.Println(err)
		} else if res.Shown != nil {
			fmt.Println(res.Shown.Text())
		}
	}
	// Output:
	// doubling
	// 42
	// In[3]:1:8: undefined: lamda
	// 	double(lamda)
	// 	       ^
}
