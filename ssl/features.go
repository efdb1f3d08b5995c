package ssl

import (
	"context"
	"fmt"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/eval"
)

// featureChunk is how many images go through the model at once when it is read out.
const featureChunk = 500

// represent computes h and z of every image of a split, with the running statistics of
// batch norm and no augmentation.
//
//	h [N, features], z [N, dim]
func (l *Lab) represent(ctx context.Context, e *Experiment, w weights, split data.Split) (h, z eval.Features, err error) {
	defer catch("the model", &err)
	if split.N == 0 {
		return h, z, fmt.Errorf("data set %s has no images in this split", e.Data.Name)
	}
	if l.isClosed() {
		return h, z, fmt.Errorf("the lab is closed, nothing can be computed on its device; load a checkpoint into another lab")
	}
	store, err := w.store()
	if err != nil {
		return h, z, err
	}
	defer store.Finalize()
	chunk := min(featureChunk, split.N)
	exec, err := model.NewExecCanonical(l.backend, store, func(s *model.Scope, g *Graph, in []*Node) []*Node {
		e.constants(g)
		h, z := forward(s, e, DivScalar(ConvertDType(in[0], dtypes.Float32), 255))
		return []*Node{h, z}
	}, 1, 2, false, false, false)
	if err != nil {
		return h, z, err
	}
	defer exec.Finalize()
	shape := shapes.Make(dtypes.Uint8, chunk, split.Height, split.Width, split.Channels)
	if _, err := exec.Compile(shape); err != nil {
		return h, z, buildError("the model", err)
	}

	mine := &share{priority: 1}
	var flatH, flatZ []float32
	pixels := shape.Size() / chunk
	for at := 0; at < split.N; at += chunk {
		if err := ctx.Err(); err != nil {
			return h, z, fmt.Errorf("interrupted after %d of %d images: %w", at, split.N, context.Cause(ctx))
		}
		start := min(at, split.N-chunk) // the last chunk begins earlier; its rows seen twice are dropped
		images := tensors.FromFlatDataAndDimensions(split.Images[start*pixels:(start+chunk)*pixels], shape.Dimensions...)
		l.turns.take(mine)
		begun := time.Now()
		out, err := exec.Exec(images)
		l.turns.done(mine, time.Since(begun).Seconds(), false)
		images.FinalizeAll()
		if err != nil {
			return h, z, err
		}
		for i, flat := range []*[]float32{&flatH, &flatZ} {
			values, err := tensors.CopyFlatData[float32](out[i])
			if err != nil {
				return h, z, err
			}
			width := len(values) / chunk
			*flat = append(*flat, values[(at-start)*width:]...)
			out[i].FinalizeAll()
		}
	}
	if h, err = eval.FromFloat32(flatH, len(flatH)/split.N); err != nil {
		return h, z, err
	}
	z, err = eval.FromFloat32(flatZ, len(flatZ)/split.N)
	return h, z, err
}

func (l *Lab) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}
