package net

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// MaxWidth bounds the width of a layer: beyond it a mistake is likelier than an intention.
const MaxWidth = 65536

// MLP describes a projector or predictor: fully connected layers with ReLU between them.
//
// Layer i has its variables under layer<i> (i from 1): weights [in, out], biases [out], and,
// with Norm, norm/{scale, offset, mean, variance} [out]; weights and biases start from
// U(−1/√in, 1/√in), as PyTorch's Linear.
type MLP struct {
	Widths   []int // of the layers' outputs; the last one is the dimension of the result
	Norm     bool  // batch norm before each ReLU; the layers so normalised have no bias
	NormLast bool  // batch norm without scale and offset after the last layer, which has no bias then
	GELU     bool  // GELU in the place of ReLU
}

// String names the widths, with "bn" for batch norm: "128-64", "512bn-128".
func (m MLP) String() string {
	parts := make([]string, len(m.Widths))
	for i, w := range m.Widths {
		parts[i] = fmt.Sprint(w)
		if last := i == len(m.Widths)-1; last && m.NormLast || !last && m.Norm {
			parts[i] += "bn"
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	if m.GELU {
		parts[len(parts)-1] += " gelu"
	}
	return strings.Join(parts, "-")
}

// Check reports a width that cannot be.
func (m MLP) Check() error {
	for i, w := range m.Widths {
		if w < 1 || w > MaxWidth {
			return fmt.Errorf("width %d of layer %d is not between 1 and %d", w, i+1, MaxWidth)
		}
	}
	return nil
}

// Out is the dimension of the result for inputs of dimension in.
func (m MLP) Out(in int) int {
	if len(m.Widths) == 0 {
		return in
	}
	return m.Widths[len(m.Widths)-1]
}

// Clone returns a copy that shares nothing with m.
func (m MLP) Clone() MLP {
	m.Widths = slices.Clone(m.Widths)
	return m
}

// Build applies the layers.
//
//	x      [batch, in]
//	result [batch, m.Out(in)]
func (m MLP) Build(s *model.Scope, x *Node) *Node {
	for i, width := range m.Widths {
		layer := s.In("layer%d", i+1)
		last := i == len(m.Widths)-1
		normed := m.Norm && !last || m.NormLast && last
		x = Dense(layer, x, width, !normed)
		switch {
		case last && m.NormLast:
			x = BatchNormPlain(layer.In("norm"), x)
		case !last && m.Norm:
			x = BatchNorm(layer.In("norm"), x)
		}
		switch {
		case last:
		case m.GELU:
			x = gelu(x)
		default:
			x = relu(x)
		}
	}
	return x
}

// Dense is one fully connected layer, with PyTorch's default initialisation.
//
//	x [batch, in], weights [in, width], biases [width]
func Dense(s *model.Scope, x *Node, width int, bias bool) *Node {
	in := x.Shape().Dim(-1)
	y := Dot(x, Param(s, "weights", x.DType(), fanIn(in), in, width).NodeValue(x)).Product()
	if bias {
		b := Param(s, "biases", x.DType(), fanIn(in), width).NodeValue(x)
		y = Add(y, ExpandLeftToRank(b, y.Rank()))
	}
	return y
}
