package net

import (
	"math"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ViTTiny is the vision transformer (arXiv:2010.11929) of width 192 with 3 heads and 12
// blocks: patches of patch×patch pixels, whose tokens and a class token go through the
// blocks; the class token is h. It is torchvision's VisionTransformer of that size without
// its last layer. At another size of image than the first its position embeddings are
// interpolated linearly.
func ViTTiny(patch int) Encoder { return Encoder{Kind: "vit-tiny", Patch: patch} }

// ViTSmall is [ViTTiny] with width 384 and 6 heads.
func ViTSmall(patch int) Encoder { return Encoder{Kind: "vit-small", Patch: patch} }

// vits are the shapes of the transformers, by kind.
var vits = map[string]struct{ width, heads, blocks int }{
	"vit-tiny":  {192, 3, 12},
	"vit-small": {384, 6, 12},
}

const vitEpsilon = 1e-6 // of layer norm

// vit applies one: x [batch, height, width, channels] to [batch, width].
func (e Encoder) vit(s *model.Scope, x *Node) *Node {
	shape, p := vits[e.Kind], e.Patch
	n, height, width, channels := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2), x.Shape().Dim(3)
	if height%p != 0 || width%p != 0 {
		panicf("encoder %q cannot cut images of %d×%d into patches of %d×%d; choose a patch that divides both", e.Kind, height, width, p, p)
	}
	rows, columns := height/p, width/p

	// A convolution whose stride is its size: one matrix product of patches.
	x = Reshape(x, n, rows, p, columns, p, channels)
	x = TransposeAllAxes(x, 0, 1, 3, 2, 4, 5)
	x = Reshape(x, n, rows*columns, p*p*channels)
	embed := s.In("conv_proj")
	fan := p * p * channels
	x = affine(embed, x, shape.width, truncated(math.Sqrt(1/float64(fan))), Constant(0))

	class := Param(s, "class_token", x.DType(), Constant(0), 1, 1, shape.width).NodeValue(x)
	x = Concatenate([]*Node{BroadcastToDims(class, n, 1, shape.width), x}, 1)
	x = Add(x, positions(s, x, rows, columns))
	for i := range shape.blocks {
		block := s.In("block%d", i)
		x = Add(x, attention(block.In("attention"), LayerNorm(block.In("ln1"), x, vitEpsilon), shape.heads))
		mlp, y := block.In("mlp"), LayerNorm(block.In("ln2"), x, vitEpsilon)
		y = gelu(affine(mlp.In("1"), y, 4*shape.width, xavier(shape.width, 4*shape.width), Normal(1e-6)))
		x = Add(x, affine(mlp.In("2"), y, shape.width, xavier(4*shape.width, shape.width), Normal(1e-6)))
	}
	x = LayerNorm(s.In("ln"), x, vitEpsilon)
	return Squeeze(Slice(x, AxisRange(), AxisRange(0, 1)), 1)
}

// positions are the embeddings of the tokens' places, [1, 1+rows·columns, width], learnt for
// the size of the first images and interpolated for others.
func positions(s *model.Scope, x *Node, rows, columns int) *Node {
	tokens, width := x.Shape().Dim(1), x.Shape().Dim(2)
	v := s.GetVariable("pos_embedding")
	if v == nil || v.Shape().Dim(1) == tokens {
		return Param(s, "pos_embedding", x.DType(), Normal(0.02), 1, tokens, width).NodeValue(x)
	}
	all := v.NodeValue(x)
	side := int(math.Round(math.Sqrt(float64(v.Shape().Dim(1) - 1))))
	if side*side != v.Shape().Dim(1)-1 {
		panicf("%s has embeddings for %d patches, no square, and cannot take images of %d×%d patches; give it square images", s.Scope(), v.Shape().Dim(1)-1, rows, columns)
	}
	grid := Reshape(Slice(all, AxisRange(), AxisRange(1)), side, side, width)
	grid = Dot(linear(grid, side, rows), grid).General([]int{1}, nil, []int{0}, nil)    // [rows, side, width]
	grid = Dot(linear(grid, side, columns), grid).General([]int{1}, nil, []int{1}, nil) // [columns, rows, width]
	grid = Reshape(TransposeAllAxes(grid, 1, 0, 2), 1, rows*columns, width)
	return Concatenate([]*Node{Slice(all, AxisRange(), AxisRange(0, 1)), grid}, 1)
}

// linear is the matrix [to, from] that interpolates an axis, centres of cells at halves.
func linear(like *Node, from, to int) *Node {
	m := make([]float64, to*from)
	for i := range to {
		at := min(max((float64(i)+0.5)*float64(from)/float64(to)-0.5, 0), float64(from-1))
		low := int(at)
		m[i*from+low] = 1 - (at - float64(low))
		if low+1 < from {
			m[i*from+low+1] = at - float64(low)
		}
	}
	return Reshape(ConstAsDType(like.Graph(), like.DType(), m), to, from)
}

// attention is self-attention of several heads.
//
//	x      [n, tokens, width]
//	in     weights [width, 3·width]: queries, keys, values; biases [3·width]
//	out    weights [width, width], biases [width]
//	result [n, tokens, width]
func attention(s *model.Scope, x *Node, heads int) *Node {
	n, tokens, width := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	d := width / heads
	qkv := affine(s.In("in"), x, 3*width, xavier(width, 3*width), Constant(0))
	part := func(i int) *Node {
		return Reshape(Slice(qkv, AxisRange(), AxisRange(), AxisRange(i*width, (i+1)*width)), n, tokens, heads, d)
	}
	q, k, v := MulScalar(part(0), 1/math.Sqrt(float64(d))), part(1), part(2)
	weight := Softmax(Dot(q, k).General([]int{3}, []int{0, 2}, []int{3}, []int{0, 2})) // [n, heads, queries, keys]
	y := Dot(weight, v).General([]int{3}, []int{0, 1}, []int{1}, []int{0, 2})          // [n, heads, queries, d]
	y = Reshape(TransposeAllAxes(y, 0, 2, 1, 3), n, tokens, width)
	return affine(s.In("out"), y, width, fanIn(width), Constant(0))
}

// affine is a fully connected layer over the last axis, with initial values of its own.
func affine(s *model.Scope, x *Node, width int, weights, biases Init) *Node {
	shape := x.Shape().Clone()
	in := shape.Dim(-1)
	flat := Reshape(x, -1, in)
	y := Dot(flat, Param(s, "weights", x.DType(), weights, in, width).NodeValue(x)).Product()
	y = Add(y, ExpandLeftToRank(Param(s, "biases", x.DType(), biases, width).NodeValue(x), 2))
	dims := append([]int(nil), shape.Dimensions[:shape.Rank()-1]...)
	return Reshape(y, append(dims, width)...)
}

// LayerNorm normalises over the last axis, with the biased variance, as PyTorch's.
//
//	x             [..., features]
//	scale, offset [features]  1 and 0 at the start
func LayerNorm(s *model.Scope, x *Node, epsilon float64) *Node {
	d := x.Shape().Dim(-1)
	centred := Sub(x, ReduceAndKeep(x, ReduceMean, -1))
	variance := ReduceAndKeep(Square(centred), ReduceMean, -1)
	y := Div(centred, Sqrt(AddScalar(variance, epsilon)))
	scale := Param(s, "scale", x.DType(), Constant(1), d).NodeValue(x)
	offset := Param(s, "offset", x.DType(), Constant(0), d).NodeValue(x)
	return Add(Mul(y, ExpandLeftToRank(scale, x.Rank())), ExpandLeftToRank(offset, x.Rank()))
}

// xavier is PyTorch's xavier_uniform_, U(±√(6/(in+out))).
func xavier(in, out int) Init { return Uniform(math.Sqrt(6 / float64(in+out))) }

// truncated is PyTorch's trunc_normal_: a normal distribution of deviation std, cut at ±2.
func truncated(std float64) Init {
	return func(rng *rand.Rand, n int) []float64 {
		out := make([]float64, n)
		for i := range out {
			for {
				if out[i] = std * rng.NormFloat64(); math.Abs(out[i]) <= 2 {
					break
				}
			}
		}
		return out
	}
}
