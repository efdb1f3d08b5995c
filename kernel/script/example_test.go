package script_test

import (
	"fmt"

	"github.com/gossl/gossl/kernel/script"
)

// A script becomes a notebook, with a parameter of its own, and a script again.
func Example() {
	n, err := script.ReadPercent(`// %% [markdown]
// # Training

// %% tags=["parameters"]
steps := 400

// %%
train(steps)
// %time evaluate()
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range n.Cells {
		fmt.Printf("%s %v %q\n", c.Kind, c.Tags(), c.Source)
	}
	if n, err = n.SetParameters([]script.Parameter{{Name: "steps", Value: "10"}}); err != nil {
		fmt.Println(err)
		return
	}
	text, err := n.WritePercent()
	fmt.Print(text)
	fmt.Println(err)
	// Output:
	// markdown [] "# Training"
	// code [parameters] "steps := 400"
	// code [] "train(steps)\n%time evaluate()"
	// // %% [markdown]
	// // # Training
	//
	// // %% tags=["parameters"]
	// steps := 400; steps = (10)
	//
	// // %%
	// train(steps)
	// // %time evaluate()
	// <nil>
}
