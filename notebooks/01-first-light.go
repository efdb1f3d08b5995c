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
// # First light
//
// SimCLR with a sparse projection head on real images, changed while it trains.
// Run it with `go run ./cmd/gossl run notebooks/01-first-light.go`, open it in
// JupyterLab through Jupytext, or type its cells into `gossl`.

// %% tags=["parameters"]
var (
	lambda = 0.5   // weight of the SparseHead penalty at the start
	width  = 256   // hidden units of the projector after it has been widened
	steps  = 0     // optimiser steps; 0 takes as many as suit the backend
	images = 10000 // training images used, of those that are there
)

// %% [markdown]
// ## The data
// The full Fashion-MNIST when its idx files are on this machine, else the balanced subset that gossl carries.

// %%
fashion := data.FashionMNIST()
fashion

// %% [markdown]
// A part of it is enough for a first look.

// %%
fashion = fashion.First(images, images/4)

// %% [markdown]
// ## The experiment
// Every setting is a field, and printing the experiment shows them all.

// %%
if steps == 0 {
	steps = 240
	if ssl.Backend().PureGo {
		steps = 60
		fmt.Println("on the pure-Go backend, where a step takes several times as long: 60 steps instead of 240")
	}
}
exp := ssl.NewSimCLR(fashion)
exp.Encoder = net.ConvEncoder(16, 32, 64, 64) // half as wide as the recipe's
exp.Sparse = sparse.GroupHoyer(lambda)
exp.Steps = steps
exp

// %% [markdown]
// ## Training in the background
// `Start` returns at once. `Watch` keeps a progress bar below this cell while the next ones run.

// %%
run := ssl.Start(exp)
run.Watch()

// %% [markdown]
// λ is a knob: the next step uses the new value, and nothing is compiled again.

// %%
run.WaitStep(steps / 3)
builds := run.Builds()
run.Set("lambda", 10*lambda)

// %% [markdown]
// The projector's width is a shape: one compilation, and the function that the head computes stays the same.

// %%
run.WaitStep(2 * steps / 3)
run.Resize(ssl.Projector, width)

// %%
run.Wait()
fmt.Println("graphs built before the edits and after:", builds, run.Builds())
run.Journal()

// %% [markdown]
// ## What was learnt
// Linear probe and kNN on the frozen encoder, RankMe of representation and projection, and how many groups of
// the head's input features are negligible.

// %%
run.Evaluate()

// %%
figure := run.Plot()
figure.Save("first-light.png")
figure.Save("first-light.svg")
figure

// %% [markdown]
// ## A loss of your own
// A loss is a function from nodes to nodes. It is interpreted once, while the graph is built, and then trains at
// the speed of compiled code. This one writes NT-Xent out by hand, so that it can be compared with `ssl.NTXent`:
// both runs train side by side, taking turns on the device.

// %% tags=["volatile"]
byHand := ssl.NewLoss("nt-xent-by-hand", func(za, zb, temperature *graph.Node) *graph.Node {
	n := za.Shape().Dim(0)
	z := graph.L2Normalize(graph.Concatenate([]*graph.Node{za, zb}, 0), -1) // [2n, dim]
	similar := graph.Div(graph.Dot(z, z).General([]int{1}, nil, []int{1}, nil), temperature)
	others := graph.Sub(similar, graph.MulScalar(graph.DiagonalWithValue(graph.ScalarOne(z.Graph(), z.DType()), 2*n), 1e9))
	a, b := graph.Slice(z, graph.AxisRange(0, n)), graph.Slice(z, graph.AxisRange(n))
	positive := graph.Div(graph.ReduceSum(graph.Mul(a, b), -1), temperature)
	return graph.Sub(graph.ReduceAllMean(graph.Log(graph.ReduceSum(graph.Exp(others), -1))), graph.ReduceAllMean(positive))
})
own, compiled := exp.Clone(), exp.Clone()
own.Loss = byHand
own.Steps, compiled.Steps = steps/4, steps/4

ownRun, compiledRun := ssl.Start(own), ssl.Start(compiled)
ownRun.Wait()
compiledRun.Wait()
fmt.Printf("loss %.4f by hand, %.4f compiled; step time %.2f : 1\n", ownRun.Metrics().Last("contrast"),
	compiledRun.Metrics().Last("contrast"), float64(ownRun.StepTime())/float64(compiledRun.StepTime()))

// %% [markdown]
// ## Kept for later

// %%
run.Save("first-light.ckpt")

// %%
again := ssl.Load("first-light.ckpt")
again.Evaluate()
