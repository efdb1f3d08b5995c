package augment

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// The functions of this file are torchvision's of the same names, for a batch of images
// [n, height, width, channels] with pixels in [0, 1] and a parameter for each, [n, 1]. Images
// of one channel have no saturation and no hue: they stay as they are.

// AdjustBrightness multiplies by factor; 0 is black.
func AdjustBrightness(x, factor *Node) *Node { return blend(x, ZerosLike(x), factor) }

// AdjustContrast moves pixels from the mean grey of the image by factor; 0 is that grey.
func AdjustContrast(x, factor *Node) *Node { return blend(x, meanGrey(x), factor) }

// AdjustSaturation moves pixels from their grey by factor; 0 is [Grayscale].
func AdjustSaturation(x, factor *Node) *Node {
	if x.Shape().Dim(-1) != 3 {
		return x
	}
	return blend(x, Grayscale(x), factor)
}

// blend is factor·x + (1−factor)·base, in [0, 1].
func blend(x, base, factor *Node) *Node {
	f := perImage(factor)
	return ClipScalar(Add(Mul(x, f), Mul(base, OneMinus(f))), 0, 1)
}

// Grayscale is 0.2989 R + 0.587 G + 0.114 B in every channel.
func Grayscale(x *Node) *Node {
	if x.Shape().Dim(-1) != 3 {
		return x
	}
	c := channels(x)
	grey := Add(Add(MulScalar(c[0], 0.2989), MulScalar(c[1], 0.587)), MulScalar(c[2], 0.114))
	return Concatenate([]*Node{grey, grey, grey}, -1)
}

func meanGrey(x *Node) *Node {
	return BroadcastToShape(ReduceAndKeep(Grayscale(x), ReduceMean, 1, 2, 3), x.Shape())
}

// AdjustHue turns the hue by shift, in [−0.5, 0.5], of the whole circle.
func AdjustHue(x, shift *Node) *Node {
	if x.Shape().Dim(-1) != 3 {
		return x
	}
	c := channels(x)
	r, g, b := c[0], c[1], c[2]
	top := Max(r, Max(g, b))
	span := Sub(top, Min(r, Min(g, b)))
	zero := ZerosLike(top)
	flat := LessOrEqual(span, zero)
	one := OnesLike(top)
	saturation := Div(span, Where(flat, one, top))
	from := func(c *Node) *Node { return Div(Sub(top, c), Where(flat, one, span)) }
	rc, gc, bc := from(r), from(g), from(b)
	hue := Where(Equal(top, r), Sub(bc, gc),
		Where(Equal(top, g), AddScalar(Sub(rc, bc), 2), AddScalar(Sub(gc, rc), 4)))
	hue = Add(DivScalar(hue, 6), perImage(shift))
	hue = MulScalar(Sub(hue, Floor(hue)), 6) // in [0, 6)
	channel := func(n float64) *Node {
		k := AddScalar(hue, n)
		k = Sub(k, MulScalar(Floor(DivScalar(k, 6)), 6))
		ramp := ClipScalar(Min(k, Neg(AddScalar(k, -4))), 0, 1)
		return Sub(top, Mul(Mul(top, saturation), ramp))
	}
	return ClipScalar(Concatenate([]*Node{channel(5), channel(3), channel(1)}, -1), 0, 1)
}

// Solarize inverts the pixels at or above threshold.
func Solarize(x, threshold *Node) *Node {
	return Where(GreaterOrEqual(x, BroadcastToShape(perImage(threshold), x.Shape())), OneMinus(x), x)
}

// ColorJitter adjusts brightness, contrast, saturation and hue in an order of each image's
// own, one of the 24.
//
//	brightness, contrast, saturation [n, 1]  factors
//	hue                              [n, 1]  shift
//	order                            [n, 1]  a whole number from 0 to 23: the order of the first three, times
//	                                         four, plus how many of them come before hue
func ColorJitter(x, brightness, contrast, saturation, hue, order *Node) *Node {
	permutation := Floor(DivScalar(order, 4))
	before := Sub(order, MulScalar(permutation, 4))
	if x.Shape().Dim(-1) != 3 {
		saturation = OnesLike(saturation)
	}
	one := OnesLike(order)
	is := func(v *Node, n int) *Node { return Equal(v, MulScalar(one, float64(n))) }
	// step makes the k-th adjustment of the three, or nothing where it is not to be made.
	step := func(x *Node, k int, made *Node) *Node {
		no := LessThan(one, ZerosLike(one))
		factor, toMean, toGrey := brightness, no, no
		for p, names := range permutations {
			here := is(permutation, p)
			switch names[k] {
			case 1:
				factor, toMean = Where(here, contrast, factor), LogicalOr(toMean, here)
			case 2:
				factor, toGrey = Where(here, saturation, factor), LogicalOr(toGrey, here)
			}
		}
		base := Where(wide(toMean, x), meanGrey(x), Where(wide(toGrey, x), Grayscale(x), ZerosLike(x)))
		return blend(x, base, Where(made, factor, one))
	}
	for k := range 3 {
		x = step(x, k, GreaterThan(before, MulScalar(one, float64(k))))
	}
	x = AdjustHue(x, hue)
	for k := range 3 {
		x = step(x, k, LessOrEqual(before, MulScalar(one, float64(k))))
	}
	return x
}

// permutations of brightness (0), contrast (1) and saturation (2).
var permutations = [6][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}

// channels splits the last axis, [n, height, width, 1] each.
func channels(x *Node) []*Node {
	out := make([]*Node, x.Shape().Dim(-1))
	for i := range out {
		out[i] = Slice(x, AxisRange(), AxisRange(), AxisRange(), AxisRange(i, i+1))
	}
	return out
}

// perImage makes [n, 1] fit images, [n, 1, 1, 1].
func perImage(v *Node) *Node { return Reshape(v, v.Shape().Dim(0), 1, 1, 1) }

// wide broadcasts a condition [n, 1] over images.
func wide(condition, x *Node) *Node {
	return BroadcastToDims(perImage(condition), x.Shape().Dimensions...)
}
