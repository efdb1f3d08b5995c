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
// # Eight methods compared
//
// Methods of self-supervised learning differ in what keeps the representation from collapsing: negatives (SimCLR, MoCo),
// a slowly moving teacher (BYOL, DINO), a stop-gradient (SimSiam), clusters (SwAV), or a term for the covariance (Barlow
// Twins, VICReg). Here each trains for a short while on the same images with the same encoder. That is enough to see them
// work, and far too little to say which is better: no ranking is meant.

// %% tags=["parameters"]
var (
	steps  = 40   // optimiser steps of each run
	images = 1000 // training images used, of those that are there
)

// %%
small := data.FashionMNIST().First(images, images/4)
methods := []func(*data.Set) *ssl.Experiment{
	ssl.NewSimCLR, ssl.NewMoCo, ssl.NewBYOL, ssl.NewSimSiam, ssl.NewBarlowTwins, ssl.NewVICReg, ssl.NewDINO, ssl.NewSwAV,
}
len(methods)

// %% [markdown]
// All runs are started at once; they take turns on the device, step by step.

// %%
var runs []*ssl.Run
for _, method := range methods {
	exp := method(small)
	exp.Encoder = net.ConvEncoder(8, 16, 32) // takes the smaller crops of SwAV and DINO too
	exp.Batch = 64
	exp.Steps = steps
	runs = append(runs, ssl.Start(exp))
}
for _, run := range runs {
	run.Wait()
}

// %% [markdown]
// Losses of different methods are different quantities, so what is compared is the representation: a linear probe, nearest
// neighbours, and RankMe, the effective number of dimensions in use (Garrido et al. 2023, arXiv:2210.02885).

// %%
fmt.Printf("%-14s %8s %8s %8s %8s\n", "method", "linear", "kNN 20", "rank h", "rank z")
for _, run := range runs {
	r := run.Evaluate()
	fmt.Printf("%-14s %7.1f%% %7.1f%% %8.1f %8.1f\n", run.Experiment().Method, 100*r.Linear, 100*r.KNN[20], r.RankH, r.RankZ)
}

// %% [markdown]
// The first two losses over the steps, in a figure of their own.
// MoCo's rises at first: its queue of negatives begins with random vectors, which are easy to tell from an image's view,
// and fills with the projections of real images, which are not.

// %%
curve := func(run *ssl.Run) plot.Series {
	m := run.Metrics()
	return plot.Series{Name: run.Name(), X: m.Steps(), Y: m.Values["contrast"]}
}
plot.Curves("contrastive losses", "step", curve(runs[0]), curve(runs[1]))
