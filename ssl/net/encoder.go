package net

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Encoder describes a backbone: images in, one representation h each out. It is a plain
// value, so that an experiment that names it can be saved.
type Encoder struct {
	Kind      string // "conv", "mlp", "resnet18", "resnet50", "vit-tiny", "vit-small", or a name given to [Register]
	Widths    []int  // output channels, or units, of each layer of "conv" and "mlp"; the last is the dimension of h
	Strides   []int  // of each convolution of "conv"
	SmallStem bool   // of a ResNet: a 3×3 convolution in the place of its first layers
	Patch     int    // of a ViT: height and width of a patch, in pixels
}

// ConvEncoder is the small convolutional encoder: 3×3 convolutions, each with batch norm and
// ReLU, then the mean over the image. The first keeps the resolution, the others halve it.
// Widths 32, 64, 128, 128 are those of the reference recipe.
func ConvEncoder(widths ...int) Encoder {
	strides := make([]int, len(widths))
	for i := range strides {
		strides[i] = min(i+1, 2)
	}
	return Encoder{Kind: "conv", Widths: widths, Strides: strides}
}

// MLPEncoder flattens the image and applies layers of the given widths, with ReLU between.
func MLPEncoder(widths ...int) Encoder { return Encoder{Kind: "mlp", Widths: widths} }

// Builder applies an encoder's layers: x [batch, height, width, channels], values in [0, 1],
// to h [batch, features].
type Builder func(s *model.Scope, x *Node) *Node

// kinds are the package's own encoders.
var kinds = []string{"conv", "mlp", "resnet18", "resnet50", "vit-small", "vit-tiny"}

var (
	registryMu sync.RWMutex
	registry   = map[string]Builder{}
)

// Register names an encoder written by the user, and replaces an earlier one of that name.
// The names of the package's own encoders are taken.
func Register(name string, build Builder) (Encoder, error) {
	switch {
	case name == "" || slices.Contains(kinds, name):
		return Encoder{}, fmt.Errorf("net: encoder name %q is taken; choose another", name)
	case build == nil:
		return Encoder{}, fmt.Errorf("net: encoder %q: the function is nil", name)
	}
	registryMu.Lock()
	defer registryMu.Unlock()
	registry[name] = build
	return Encoder{Kind: name}, nil
}

func registered(name string) (Builder, []string) {
	registryMu.RLock()
	defer registryMu.RUnlock()
	names := slices.Clone(kinds)
	for n := range registry {
		names = append(names, n)
	}
	sort.Strings(names)
	return registry[name], names
}

// Registered reports whether the encoder's layers are the user's, given to [Register].
func (e Encoder) Registered() bool {
	build, _ := registered(e.Kind)
	return build != nil
}

// String is the encoder's kind and shape, such as "conv 32-64-128-128", "vit-tiny patch 4".
func (e Encoder) String() string {
	switch {
	case e.Patch != 0:
		return fmt.Sprintf("%s patch %d", e.Kind, e.Patch)
	case e.SmallStem:
		return e.Kind + " small stem"
	case len(e.Widths) == 0:
		return e.Kind
	}
	return e.Kind + " " + strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Widths), " ", "-"), "[]")
}

// Features is the dimension of h, 0 where it is not known before building.
func (e Encoder) Features() int {
	switch e.Kind {
	case "resnet18":
		return 512
	case "resnet50":
		return 2048
	}
	if v, ok := vits[e.Kind]; ok {
		return v.width
	}
	if n := len(e.Widths); n > 0 {
		return e.Widths[n-1]
	}
	return 0
}

// Clone returns a copy that shares nothing with e.
func (e Encoder) Clone() Encoder {
	e.Widths, e.Strides = slices.Clone(e.Widths), slices.Clone(e.Strides)
	return e
}

// Check reports an unknown kind, a width that cannot be, or strides that do not fit.
func (e Encoder) Check() error {
	build, names := registered(e.Kind)
	if build != nil {
		return nil
	}
	if !slices.Contains(kinds, e.Kind) {
		return fmt.Errorf("encoder kind %q is unknown; there are %s (one of your own is made with ssl.NewEncoder, in this session)",
			e.Kind, strings.Join(names, ", "))
	}
	_, resnet := resnets[e.Kind]
	_, vit := vits[e.Kind]
	switch {
	case vit && (e.Patch < 1 || e.Patch > 1024):
		return fmt.Errorf("patch %d of encoder %q is not between 1 and 1024", e.Patch, e.Kind)
	case !vit && e.Patch != 0:
		return fmt.Errorf("encoder %q has no patches; leave Patch at 0", e.Kind)
	case !resnet && e.SmallStem:
		return fmt.Errorf("encoder %q has no stem; SmallStem belongs to a ResNet", e.Kind)
	case (resnet || vit) && len(e.Widths)+len(e.Strides) > 0:
		return fmt.Errorf("encoder %q has fixed widths; leave Widths and Strides empty", e.Kind)
	case resnet || vit:
		return nil
	case len(e.Widths) == 0:
		return fmt.Errorf("encoder %q has no layers; give it widths", e.Kind)
	}
	if err := (MLP{Widths: e.Widths}).Check(); err != nil {
		return err
	}
	if e.Kind == "conv" {
		if len(e.Strides) != len(e.Widths) {
			return fmt.Errorf("encoder has %d widths and %d strides; one stride a layer", len(e.Widths), len(e.Strides))
		}
		for i, s := range e.Strides {
			if s < 1 || s > 8 {
				return fmt.Errorf("stride %d of layer %d is not between 1 and 8", s, i+1)
			}
		}
	}
	return nil
}

// Build applies the encoder.
//
//	x      [batch, height, width, channels]  values in [0, 1]
//	result [batch, features]
func (e Encoder) Build(s *model.Scope, x *Node) *Node {
	if build, _ := registered(e.Kind); build != nil {
		h := build(s, x)
		if h == nil || h.Rank() != 2 || h.Shape().Dim(0) != x.Shape().Dim(0) {
			got := "nil"
			if h != nil {
				got = h.Shape().String()
			}
			panicf("encoder %q turned images of shape %s into %s; it must return one row of features per image, [%d, features]",
				e.Kind, x.Shape(), got, x.Shape().Dim(0))
		}
		return h
	}
	if x.Rank() != 4 {
		panicf("encoder %q takes images [batch, height, width, channels], and is given %s", e.Kind, x.Shape())
	}
	switch e.Kind {
	case "resnet18", "resnet50":
		return e.resnet(s, x)
	case "vit-tiny", "vit-small":
		return e.vit(s, x)
	case "conv":
		for i, width := range e.Widths {
			layer := s.In("conv%d", i+1)
			x = Conv(layer, x, width, 3, e.Strides[i], 1)
			x = relu(BatchNorm(layer.In("norm"), x))
		}
		return ReduceMean(x, 1, 2)
	case "mlp":
		return MLP{Widths: e.Widths}.Build(s, Reshape(x, x.Shape().Dim(0), -1))
	}
	panic(fmt.Errorf("net: %w", e.Check()))
}
