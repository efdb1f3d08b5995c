package ssl

import (
	"sync"

	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/data"
)

// residentShare of the free memory is the most that training images may take on the device;
// a larger set stays on the host, and each step is sent its batch.
const residentShare = 0.25

// residentLimit is that size in bytes, found out once; there is none where the free memory is
// not known.
var residentLimit = sync.OnceValue(func() float64 { return residentShare * availableMemory() })

// streams reports whether a set is too large to lie on the device. Which it is changes no
// result: a step sees the same images either way.
func streams(set *data.Set) bool {
	limit := residentLimit()
	return limit > 0 && float64(len(set.Train.Images)) > limit
}

// onDevice is how many images the compiled step is given: all, or those of a batch.
func (e *Experiment) onDevice() int {
	if streams(e.Data) {
		return e.Batch
	}
	return e.Data.Train.N
}

// prefetcher gathers the batches of a set that is streamed, each while the step before it
// runs.
type prefetcher struct {
	split data.Split
	step  int          // that is being gathered
	ahead chan []uint8 // its pixels; nil when none is
}

// batch returns the pixels of a step and begins to gather those of the next.
func (p *prefetcher) batch(f *feeder, step int) *tensors.Tensor {
	var pixels []uint8
	if p.ahead != nil && p.step == step {
		pixels = <-p.ahead
	} else { // the first step, or one out of turn
		pixels = p.split.Pick(ints(f.indices(step))).Images
	}
	p.step, p.ahead = step+1, make(chan []uint8, 1)
	rows, ahead := ints(f.indices(step+1)), p.ahead
	go func() { ahead <- p.split.Pick(rows).Images }()
	s := p.split
	return tensors.FromFlatDataAndDimensions(pixels, f.batch, s.Height, s.Width, s.Channels)
}
