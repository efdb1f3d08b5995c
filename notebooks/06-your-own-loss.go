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
// # Write your own loss
//
// A loss is a function from nodes to nodes. It is interpreted once, while the graph is built, and then trains as compiled
// code. What can go wrong is told before the first step.

// %% tags=["parameters"]
var (
	steps  = 60   // optimiser steps of each run
	images = 1000 // training images used, of those that are there
)

// %% [markdown]
// ## A function of the two projections
// Alignment and uniformity (Wang and Isola 2020, arXiv:2005.10242): positive pairs close, everything else apart.

// %%
alignUniform := ssl.NewLossWithKnobs("align-uniform",
	[]ssl.Knob{{Name: "spread", Value: 1, Min: 0, Max: 100, Meaning: "weight of uniformity"}},
	func(za, zb *graph.Node, knob func(name string) *graph.Node) *graph.Node {
		a, b := graph.L2Normalize(za, -1), graph.L2Normalize(zb, -1) // [batch, dim]
		align := graph.ReduceAllMean(graph.ReduceSum(graph.Square(graph.Sub(a, b)), -1))
		similar := graph.Dot(a, a).General([]int{1}, nil, []int{1}, nil) // [batch, batch]
		distance := graph.MulScalar(graph.OneMinus(similar), 2)          // ‖a_i − a_j‖²
		uniform := graph.Log(graph.ReduceAllMean(graph.Exp(graph.MulScalar(distance, -2))))
		return graph.Add(align, graph.Mul(knob("spread"), uniform))
	})

// %% [markdown]
// A mistake in the shapes stops the experiment before it begins, and says where.

// %%
small := data.FashionMNIST().First(images, images/4)
exp := ssl.NewSimCLR(small)
exp.Encoder = net.MLPEncoder(64)
exp.Batch = 64
exp.Steps = steps
exp.Loss = ssl.NewLoss("wrong", func(za, zb, temperature *graph.Node) *graph.Node {
	return graph.Add(za, graph.Slice(zb, graph.AxisRange(0, 3)))
})
func() {
	defer func() { fmt.Println("refused:", recover() != nil) }()
	ssl.Start(exp)
}()

// %% [markdown]
// The right one trains, and its knob turns like any other.

// %%
exp.Loss = alignUniform
run := ssl.Start(exp)
run.WaitStep(steps / 2)
run.Set("spread", 0.5)
run.Wait()
run.Journal()

// %% [markdown]
// The loss over the steps, with a mark where the knob was turned: half the weight on uniformity is another loss, so the
// curve jumps there. That is no failure of the training.

// %%
run.Plot()

// %% [markdown]
// What the encoder has learnt by it, measured as for every other loss:

// %%
run.Evaluate()

// %% [markdown]
// ## Beside NT-Xent
// The same experiment with SimCLR's loss. The two optimise nearly the same thing, as the paper shows.

// %% tags=["volatile"]
other := exp.Clone()
other.Loss = ssl.NTXent
reference := ssl.Start(other)
reference.Wait()
ssl.Compare(run, reference)
