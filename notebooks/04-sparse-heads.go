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
// # What SparseHead does to a head
//
// SparseHead adds λ·Ω(W) to the loss, W being the projector's first layer; a group is all that leaves one feature of the
// encoder. Several Ω are at hand. A plain group norm mostly makes the whole matrix smaller, which a loss of normalised
// vectors hardly feels; the Hoyer-square measure does not depend on scale and so has to empty groups; a proximal step
// gives exact zeros. The figures below are of a short run: they show the mechanism, not a gain in accuracy.

// %% tags=["parameters"]
var (
	steps  = 50   // optimiser steps of each run
	images = 1000 // training images used, of those that are there
)

// %%
small := data.FashionMNIST().First(images, images/4)
heads := map[string]sparse.Head{
	"none":          {},
	"group l2,1":    sparse.GroupL21(0.01),
	"group Hoyer":   sparse.GroupHoyer(1),
	"l2,1 proximal": sparse.GroupL21(0.05).WithProximal(),
	"l1":            sparse.L1(0.001),
	"sparse group":  sparse.SparseGroup(0.01),
}
names := slices.Sorted(maps.Keys(heads))

// %%
runs := map[string]*ssl.Run{}
for _, name := range names {
	exp := ssl.NewSimCLR(small)
	exp.Encoder = net.MLPEncoder(64)
	exp.Batch = 64
	exp.Steps = steps
	exp.Sparse = heads[name]
	runs[name] = ssl.Start(exp)
}
for _, name := range names {
	runs[name].Wait()
}

// %% [markdown]
// A feature is negligible when its group's norm is below 1 % of the largest, zero when it is exactly that.

// %%
fmt.Printf("%-15s %8s %10s %6s %8s %8s\n", "head", "λ", "negligible", "zero", "linear", "rank z")
for _, name := range names {
	r := runs[name].Evaluate()
	fmt.Printf("%-15s %8g %10d %6d %7.1f%% %8.1f\n", name, heads[name].Lambda, r.Sparse.Negligible, r.Sparse.Zero, 100*r.Linear, r.RankZ)
}

// %% [markdown]
// λ can be raised while a run trains, until the head lets go of features. Here the run with the Hoyer-square head gets as
// many steps again, with λ twenty times as large. The figure marks the change; its lower curves show λ and the groups that
// are negligible.

// %%
runs["group Hoyer"].Extend(steps)
runs["group Hoyer"].Set("lambda", 20)
runs["group Hoyer"].Wait()
runs["group Hoyer"].Plot()
