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
// # Collapse, and how to see it
//
// An encoder that maps everything to one point has a perfect invariance, and is useless: the representation has collapsed.
// More often it collapses to a few dimensions. The loss does not show it; the spectrum does. Here one run is as it should
// be, with NT-Xent, whose negatives push images apart. The other only pulls the two views of an image together, and
// nothing keeps the images apart.

// %% tags=["parameters"]
var (
	steps  = 60   // optimiser steps of each run
	images = 1000 // training images used, of those that are there
)

// %%
small := data.FashionMNIST().First(images, images/4)
attract := ssl.NewLoss("attract", func(za, zb, temperature *graph.Node) *graph.Node {
	a, b := graph.L2Normalize(za, -1), graph.L2Normalize(zb, -1)
	return graph.Neg(graph.ReduceAllMean(graph.ReduceSum(graph.Mul(a, b), -1))) // −cos, −1 at best
})
start := func(loss ssl.Loss) *ssl.Run {
	exp := ssl.NewSimCLR(small)
	exp.Encoder = net.MLPEncoder(64)
	exp.Batch = 64
	exp.Steps = steps
	exp.Loss = loss
	return ssl.Start(exp)
}
healthy, collapsed := start(ssl.NTXent), start(attract)
healthy.Wait()
collapsed.Wait()

// %% [markdown]
// By its own loss the second run is all but perfect: the cosine of two views is nearly 1.

// %%
fmt.Printf("mean cosine of the two views: %.3f\n", -collapsed.Metrics().Last("contrast"))

// %% [markdown]
// RankMe counts the dimensions that are in use, smoothly: the exponential of the entropy of the normalised singular values.
// The projections z have collapsed to about one direction. The representation h before the projector suffers less, which
// is one reason for having a projector at all.

// %%
a, b := healthy.Evaluate(), collapsed.Evaluate()
fmt.Printf("RankMe of z: %.1f with negatives, %.1f without\n", a.RankZ, b.RankZ)
fmt.Printf("RankMe of h: %.1f and %.1f; linear probe on h: %.1f %% and %.1f %%\n", a.RankH, b.RankH, 100*a.Linear, 100*b.Linear)
a.RankZ > b.RankZ

// %% [markdown]
// The same measure on made-up features: full rank, and all but one direction gone.

// %%
rng := rand.New(rand.NewPCG(1, 2))
spread, flat := make([][]float64, 500), make([][]float64, 500)
for i := range spread {
	spread[i], flat[i] = make([]float64, 16), make([]float64, 16)
	line := rng.NormFloat64()
	for j := range 16 {
		spread[i][j] = rng.NormFloat64()
		flat[i][j] = line + 0.01*rng.NormFloat64()
	}
}
wide, err := eval.FromRows(spread)
if err != nil {
	panic(err)
}
narrow, err := eval.FromRows(flat)
if err != nil {
	panic(err)
}
fmt.Printf("RankMe %.2f of 16, and %.2f\n", eval.RankMe(wide), eval.RankMe(narrow))
plot.Spectrum("singular values", map[string][]float64{"spread": eval.SingularValues(wide), "collapsed": eval.SingularValues(narrow)})

// %% [markdown]
// Everything that is measured, at once, with an alarm where there is reason for one.

// %%
eval.Measure(narrow)
