// Package ssl runs experiments in self-supervised learning that can be changed while they
// train.
//
// # Experiments and runs
//
// An [Experiment] is a plain struct that a constructor fills with a recipe's values. [Start]
// checks it, finds every mistake in it at once, and trains a copy in the background: a [Run].
//
//	exp := ssl.NewSimCLR(data.FashionMNIST())
//	exp.Sparse = sparse.GroupHoyer(0.05)
//	run := ssl.Start(exp)
//	run.Watch()                       // a progress bar, kept up to date
//	run.Set("lambda", 0.5)            // from the next step on
//	run.Resize(ssl.Projector, 256)    // one build; the function computed stays the same
//	run.Keep("runs/first")            // checkpoints, journal, metrics, from here on
//	run.Wait()
//	fmt.Println(run.Evaluate())       // linear probe, kNN, RankMe, sparsity
//	run.Plot().Save("run.png")
//
// # Methods
//
// A method is a constructor and a [Loss]. [NewSimCLR], [NewDCL], [NewBarlowTwins], [NewVICReg],
// [NewWMSE] and [NewDirectCLR] compare two views; [NewSimSiam] and [NewNNCLR] add a predictor;
// [NewBYOL], [NewMoCo], [NewMoCoV3] and [NewTiCo] a [Target] that follows the trained networks;
// [NewSwAV] and [NewDINO] prototypes and small crops. A method of one's own is a function of
// the [Branches] of a step, given to [NewMethod]; what it keeps from step to step is a [State],
// which checkpoints hold.
//
// # What a change costs
//
// A setting is of one of three kinds. A [Knob] is a number that the compiled step takes as an
// argument: λ, temperature, learning rate, momentum, weight decay, how views are made. It acts
// at the very next step and rebuilds nothing; [NewKnob] makes one of your own. The shape of a
// [Part], batch, data, loss, optimiser and all else that [Run.Change] can reach cost one build
// of the step, unless another run of the lab has a step like it. Encoder and seed are fixed. Every edit is in the run's [Journal]
// with the step at which it took effect.
//
// # Crashes
//
// A run that is kept in a directory ([Run.Keep]) survives the end of its process: [Resume], or
// "gossl resume DIR", takes it up at its newest checkpoint, makes the edits again that came
// after, and ends bit for bit as it would have. [Run.Save] writes one checkpoint, [Load] makes
// a run of one.
//
// # Randomness
//
// Initial weights, the order of images and the views are drawn on the host, as functions of
// the seed and the step alone. Pausing, stepping, evaluating, saving and resuming change none
// of them; on one backend they change no bit of the result.
//
// # Who owns what
//
// A [Lab] owns a backend's runs and stops them when it is closed; Start and [Load] use the
// default lab. Each run has one goroutine, which alone touches its model; methods, called from
// any goroutine, send it requests that it grants between two steps. Methods without an error
// result panic with an error, for use in a session; each has a twin that returns it.
//
// A [Host] is what a terminal or notebook tells the package about itself: whose call this is,
// and where to show a progress bar.
package ssl
