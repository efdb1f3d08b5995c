// ---
// jupyter:
//   jupytext:
//     formats: ipynb,go:percent
//     text_representation:
//       extension: .go
//       format_name: percent
//   kernelspec:
//     display_name: Go (gossl)
//     language: go
//     name: gossl
// ---

// %%
//go:build ignore

package main

// %% [markdown]
// # From notebook to Go program
//
// A notebook of Go can become what Go programs are: a module that `go build` compiles, `go vet` accepts, and a cluster
// runs without gossl. `gossl export notebooks/08-notebook-to-program.go -o prog` writes it; the parameters become flags:
//
//     gossl export notebooks/08-notebook-to-program.go -o prog
//     cd prog && go build && ./prog -steps 200 -lambda 0.3

// %% tags=["parameters"]
var (
	steps  = 40   // optimiser steps
	images = 1000 // training images used, of those that are there
	lambda = 0.1  // weight of the SparseHead penalty
)

// %% [markdown]
// ## What becomes of a cell
// A variable of the top level becomes a package variable of the type that the checker found. Each cell becomes a function,
// which main calls in order. Types, methods and functions are taken over as they are.

// %%
type Result struct {
	Name   string
	Linear float64
}

func (r Result) String() string { return fmt.Sprintf("%s: %.1f %%", r.Name, 100*r.Linear) }

// best returns the result with the highest accuracy.
func best(results ...Result) Result {
	return slices.MaxFunc(results, func(a, b Result) int { return cmp.Compare(a.Linear, b.Linear) })
}

// %%
var curves []plot.Series
small := data.FashionMNIST().First(images, images/4)
train := func(name string, head sparse.Head) Result {
	exp := ssl.NewSimCLR(small)
	exp.Encoder = net.MLPEncoder(64)
	exp.Batch = 64
	exp.Steps = steps
	exp.Sparse = head
	run := ssl.Start(exp)
	run.Wait()
	m := run.Metrics()
	curves = append(curves, plot.Series{Name: name, X: m.Steps(), Y: m.Values["contrast"]})
	return Result{name, run.Evaluate().Linear}
}
results := []Result{train("dense", sparse.Head{}), train("sparse", sparse.GroupHoyer(lambda))}
results

// %% [markdown]
// A value that a cell shows is printed by the program, a figure as the text that a terminal shows.

// %%
plot.Curves("contrastive loss", "step", curves...)

// %% [markdown]
// A name may be defined anew, with another type: in the program the second one has a number.

// %%
results := best(results...)
results.Linear > 0.1

// %% [markdown]
// ## What cannot become a program
// Commands such as `!ls` have no form in Go; the export says so, with the line. What only looks at the session, such as
// `%whos`, is left out.
