//go:build unix

package gonb_test

import (
	"fmt"

	"github.com/gossl/gossl/kernel/jupyter/gonb"
	"github.com/janpfeifer/gonb/gonbui"
)

// What gonbui sends arrives before Drain returns.
func Example() {
	b, err := gonb.Open(gonb.Host{
		Display: func(id string, data map[string]any) { fmt.Println("shown:", data["text/html"]) },
		Input:   func(prompt string, secret bool) {},
		Refused: func(reason string) { fmt.Println(reason) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	gonbui.DisplayHTML("<b>hello</b>")
	b.Drain()
	fmt.Println(b.Close())
	// Output:
	// shown: <b>hello</b>
	// <nil>
}
