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
// # Resume and replay
//
// Randomness is a pure function of the seed and the step. So pausing, saving, resuming and repeating a run change nothing:
// on one backend the results are the same, bit for bit.

// %% tags=["parameters"]
var (
	steps  = 40  // optimiser steps of each run
	images = 800 // training images used, of those that are there
)

// %%
small := data.FashionMNIST().First(images, images/4)
exp := ssl.NewSimCLR(small)
exp.Encoder = net.MLPEncoder(64)
exp.Batch = 64
exp.Steps = steps
exp.Sparse = sparse.GroupHoyer(0.1)
run := ssl.Start(exp)
run.WaitStep(steps / 2)
run.Set("lambda", 1)
run.Wait()
run.Journal()

// %% [markdown]
// ## Replay
// The experiment as it began and the journal of edits are enough to repeat the run.

// %%
again := ssl.Replay(run.Beginning(), run.Journal())
again.Wait()
fmt.Println("the same loss:", again.Metrics().Last("loss") == run.Metrics().Last("loss"))

// %% [markdown]
// Not only the end is the same: the two curves agree at every step, the jump where λ changed included.

// %%
curve := func(run *ssl.Run) plot.Series {
	m := run.Metrics()
	return plot.Series{Name: run.Name(), X: m.Steps(), Y: m.Values["loss"]}
}
plot.Curves("a run and its replay", "step", curve(run), curve(again))

// %% [markdown]
// ## Save and load
// A checkpoint has weights, optimiser, journal and metrics. A run that is loaded trains on as if nothing had been.

// %%
run.Save("checkpoint")
loaded := ssl.Load("checkpoint", small)
loaded.Extend(steps / 2)
loaded.Wait()
run.Extend(steps / 2)
run.Wait()
fmt.Println("the same loss after more steps:", loaded.Metrics().Last("loss") == run.Metrics().Last("loss"))

// %% [markdown]
// ## A whole session
// `%save session.go` in the terminal, or `gossl run -o session.go` of any script, keeps the journal beside the cells.
// `gossl run session.go` then makes every change at its step again, however fast the cells run, and
// `gossl run --verify session.go` says whether everything came out as recorded.
