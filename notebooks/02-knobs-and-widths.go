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
// # λ and head width by hand
//
// Every setting of an experiment is one of three kinds, and its kind says what a change costs. A **knob** (λ, temperature,
// learning rate …) changes between two steps and costs nothing. A **shape** (the width of a head) costs one compilation.
// Anything else is another experiment, and another run.

// %% tags=["parameters"]
var (
	steps  = 80   // optimiser steps of each run
	images = 1500 // training images used, of those that are there
)

// %%
small := data.FashionMNIST().First(images, images/4)
exp := ssl.NewSimCLR(small)
exp.Encoder = net.MLPEncoder(128)
exp.Batch = 64
exp.Sparse = sparse.GroupHoyer(0.1)
exp.Steps = steps
run := ssl.Start(exp)

// %% [markdown]
// The run trains in the background. These are its knobs, with their ranges.

// %%
run.Knobs()

// %% [markdown]
// A value out of range, or a misspelt name, is an error that changes nothing.

// %%
_, err := run.Set("lamda", 1)
err

// %% [markdown]
// `Set` answers with the first step that uses the new value. Watch the number of built graphs: it stays at one.

// %%
run.WaitStep(steps / 4)
run.Set("lambda", 2)
run.Set("temperature", 0.1)
fmt.Println("graphs built:", run.Builds())

// %% [markdown]
// A schedule is a function of the step. It is called here and now, for all steps to come.

// %%
run.WaitStep(steps / 2)
run.Schedule("lambda", func(step int) float64 { return 2 * float64(steps-step) / float64(steps) })

// %% [markdown]
// A wider head starts as the same function: its new units have no weight out of them yet. Only the next step
// tells the two apart.

// %%
run.WaitStep(3 * steps / 4)
run.Resize(ssl.Projector, 192)
run.Wait()
fmt.Println("graphs built:", run.Builds())

// %% [markdown]
// The journal has every change with its step. With it the run can be repeated bit for bit: see notebook 07.

// %%
run.Journal()

// %%
run.Plot()
