package ssl

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"

	"github.com/gossl/gossl/ssl/internal/durable"
)

const encoderScope = "/encoder/"

// Export writes the encoder's weights and running statistics to a safetensors file with the
// names and layouts of PyTorch: "layer1.0.conv1.weight" [out, in, height, width],
// "bn1.running_mean", linear weights [out, in]. Those of [net.ResNet18] and the like load into
// torchvision's model of that name, whose last layer they lack.
func (r *Run) Export(path string) error {
	m, err := r.snapshot()
	if err != nil {
		return fmt.Errorf("export %s: %w", r.name, err)
	}
	out := weights{values: map[string]*tensors.Tensor{}}
	for _, p := range m.weights.paths {
		if name, ok := torchName(p); ok {
			t, err := permuted(m.weights.values[p], toTorch)
			if err != nil {
				return fmt.Errorf("export %s: %s: %w", r.name, p, err)
			}
			out.put(name, t)
		}
	}
	err = durable.WriteFile(path, func(w io.Writer) error {
		return writeSafetensors(w, out, map[string]string{"format": "pt", "encoder": m.exp.Encoder.String()})
	})
	if err != nil {
		return fmt.Errorf("export %s to %s: %w", r.name, path, err)
	}
	return nil
}

// Import gives the encoder the weights and running statistics of a safetensors file with the
// names and layouts of [Run.Export], such as a PyTorch model's, from the next step on, whose
// number it returns. Every weight of the encoder must be there, in float32; a classifier's
// last layer ("fc", "heads") and counters of batches are passed over. The target, if there is
// one, gets the same; moments stay. The journal has the file's name and hash, and a replay
// reads it again.
func (r *Run) Import(path string) (step int, err error) {
	return r.change(Edit{Verb: "import", Name: path}, func(o *owner) error { return o.load(path, "") })
}

// load reads a file into the encoder; hash, if not empty, is what it must be.
func (o *owner) load(path, hash string) error {
	fail := func(err error) error { return fmt.Errorf("import %s: %w", path, err) }
	content, err := os.ReadFile(path)
	if err != nil {
		return fail(err)
	}
	sum := fmt.Sprintf("SHA-256 %x", sha256.Sum256(content))
	if hash != "" && hash != sum {
		return fail(fmt.Errorf("the file is another than when it was imported: %s, then %s", sum, hash))
	}
	given, _, err := parseSafetensors(content, false)
	if err != nil {
		return fail(err)
	}
	state, err := o.prog.copyOut()
	if err != nil {
		return fail(err)
	}
	used := map[string]bool{}
	for _, p := range slices.Clone(state.paths) {
		name, ok := torchName(strings.TrimPrefix(p, targetScope))
		if !ok {
			continue
		}
		t := given.values[name]
		if t == nil {
			return fail(fmt.Errorf("it has no %s", name))
		}
		if t.DType() != dtypes.Float32 {
			return fail(fmt.Errorf("%s is %s; save the model in float32", name, t.DType()))
		}
		if t, err = permuted(t, fromTorch); err != nil {
			return fail(fmt.Errorf("%s: %w", name, err))
		}
		if want := state.values[p].Shape(); !t.Shape().Equal(want) {
			return fail(fmt.Errorf("%s has another shape than the encoder %s needs: %s, not %s", name, o.exp.Encoder, t.Shape(), want))
		}
		state.put(p, t)
		used[name] = true
	}
	for _, name := range given.paths {
		if !used[name] && !strings.HasPrefix(name, "fc.") && !strings.HasPrefix(name, "heads.") && !strings.HasSuffix(name, ".num_batches_tracked") {
			return fail(fmt.Errorf("the encoder %s has no %s", o.exp.Encoder, name))
		}
	}
	if err := o.rebuild(o.exp, state); err != nil {
		return fail(err)
	}
	o.commit(o.exp, Edit{Step: o.step + 1, Verb: "import", Name: path, Note: sum})
	return nil
}

// torchNames are PyTorch's names for ours, of the last element of a path.
var torchNames = map[string]string{
	"weights": "weight", "biases": "bias", "scale": "weight", "offset": "bias", "mean": "running_mean", "variance": "running_var",
}

// torchName is PyTorch's name for a variable of the encoder.
func torchName(path string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(path, encoderScope)
	if !ok {
		return "", false
	}
	parts := strings.Split(rest, "/")
	if last := torchNames[parts[len(parts)-1]]; last != "" {
		parts[len(parts)-1] = last
	}
	return strings.Join(parts, "."), true
}

// The orders of axes: PyTorch's convolutions are [out, in, height, width], ours [height,
// width, in, out].
var (
	toTorch   = []int{3, 2, 0, 1}
	fromTorch = []int{2, 3, 1, 0}
)

// permuted brings the axes of a convolution or of a linear layer into another order; all
// else stays.
func permuted(t *tensors.Tensor, order []int) (*tensors.Tensor, error) {
	dims := t.Shape().Dimensions
	switch len(dims) {
	case 2:
		order = []int{1, 0}
	case 4:
	default:
		return t, nil
	}
	from, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return nil, err
	}
	strides := make([]int, len(dims)) // of from
	for i, at := len(dims)-1, 1; i >= 0; i-- {
		strides[i], at = at, at*dims[i]
	}
	next := make([]int, len(dims))
	for i, axis := range order {
		next[i] = dims[axis]
	}
	to := make([]float32, len(from))
	index := make([]int, len(dims))
	for i := range to {
		at := 0
		for k, axis := range order {
			at += index[k] * strides[axis]
		}
		to[i] = from[at]
		for k := len(index) - 1; k >= 0; k-- {
			if index[k]++; index[k] < next[k] {
				break
			}
			index[k] = 0
		}
	}
	return tensors.FromFlatDataAndDimensions(to, next...), nil
}
