package ssl

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/augment"
)

// inputs are what one step is fed beside images and weights.
type inputs struct {
	indices, draws, knobs *tensors.Tensor
	images                *tensors.Tensor // of the batch, where the set is streamed; else nil
}

// feeder makes the inputs of any step: a pure function of (seed, step), drawn on the host,
// so that pausing, resuming, replaying or changing the backend changes none of them.
type feeder struct {
	seed     int64
	n, batch int
	extra    bool // views have changes that read more numbers
	views    int  // made in a step: two of each image, and the small crops
	epoch    int  // of order; -1 before the first
	order    []int32
	ahead    *prefetcher // of a set that is streamed; else nil
}

func newFeeder(e *Experiment) *feeder {
	f := &feeder{seed: e.Seed, n: e.Data.Train.N, batch: e.Batch, views: e.views(), extra: e.Views.Extra != 0, epoch: -1}
	if streams(e.Data) {
		f.ahead = &prefetcher{split: e.Data.Train}
	}
	return f
}

// indices of the images of a step, counted from 0. Every epoch is a fresh shuffle; images
// that do not fill a batch are left out of it.
func (f *feeder) indices(step int) []int32 {
	perEpoch := f.n / f.batch
	epoch, at := step/perEpoch, step%perEpoch
	if epoch != f.epoch {
		f.epoch = epoch
		f.order = make([]int32, f.n)
		for i := range f.order {
			f.order[i] = int32(i)
		}
		rng := rand.New(f.stream(streamOrder, epoch))
		rng.Shuffle(f.n, func(i, j int) { f.order[i], f.order[j] = f.order[j], f.order[i] })
	}
	return f.order[at*f.batch : (at+1)*f.batch]
}

// draws are the random numbers of a step's views, uniform in [0, 1): first those of view a
// of every image, then those of view b, then those of each small crop.
func (f *feeder) draws(step int) []float32 {
	rng := rand.New(f.stream(streamViews, step))
	out := make([]float32, f.views*augment.Draws)
	fill := func(from, to int) {
		for row := range f.views {
			for i := from; i < to; i++ {
				out[row*augment.Draws+i] = float32(rng.Uint32()>>8) / (1 << 24)
			}
		}
	}
	fill(0, augment.BasicDraws)
	if f.extra {
		fill(augment.BasicDraws, augment.Draws)
	}
	return out
}

// The purposes of random numbers; each has its own streams.
const (
	streamOrder = 1
	streamViews = 2
)

// stream is the generator for a purpose at an epoch or step, unrelated to every other.
func (f *feeder) stream(purpose, at int) rand.Source {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[0:], uint64(f.seed))
	binary.LittleEndian.PutUint64(key[8:], uint64(purpose))
	binary.LittleEndian.PutUint64(key[16:], uint64(at))
	return rand.NewChaCha8(key)
}

// views is the number of views of a step.
func (e *Experiment) views() int { return (2 + e.Small.Count) * e.Batch }

// signals are what the compiled step reads as it reads knobs, behind them, and nobody sets:
// the step's number, from 0; the learning rate before its schedule; and the share of the run
// that is done with this step, 1 at the last.
var signals = []string{"step", "lr_base", "progress"}

// values are the knobs of e at a step, as the compiled step takes them: in the order of
// e.knobs, learning rate and target's momentum after their schedules; then the signals.
func (e *Experiment) values(step int) []float32 {
	dials := e.knobs()
	out := make([]float32, 0, len(dials)+len(signals))
	for _, d := range dials {
		v := *d.value
		switch d.Name {
		case "lr":
			v = e.Optimizer.rate(step, e.Steps)
		case "ema":
			v = e.Target.at(step, e.Steps)
		}
		out = append(out, float32(v))
	}
	return append(out, float32(step), float32(e.Optimizer.LearningRate), float32(float64(step+1)/float64(e.Steps)))
}

// inputs of a step of e, counted from 0.
func (f *feeder) inputs(e *Experiment, step int) inputs {
	values := e.values(step)
	var images *tensors.Tensor
	indices := f.indices(step)
	if f.ahead != nil {
		images = f.ahead.batch(f, step)
		indices = make([]int32, f.batch)
		for i := range indices {
			indices[i] = int32(i)
		}
	}
	return inputs{
		images:  images,
		indices: tensors.FromFlatDataAndDimensions(indices, f.batch),
		draws:   tensors.FromFlatDataAndDimensions(f.draws(step), f.views, augment.Draws),
		knobs:   tensors.FromFlatDataAndDimensions(values, len(values)),
	}
}

// free gives the step's inputs back at once rather than when the collector finds them.
func (in inputs) free() {
	in.indices.FinalizeAll()
	in.draws.FinalizeAll()
	in.knobs.FinalizeAll()
	if in.images != nil {
		in.images.FinalizeAll()
	}
}
