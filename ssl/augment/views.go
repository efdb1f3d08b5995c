package augment

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// Views says how a random view of an image is made: a random resized crop, a horizontal
// flip, and a change of brightness and contrast. The values of [Default] are the reference
// recipe's. All of them can be changed while training.
type Views struct {
	CropMin    float64 // smallest area of the crop, as a share of the image; 1 = no crop
	CropMax    float64 // largest area of the crop
	RatioMin   float64 // smallest width:height of the crop
	RatioMax   float64 // largest
	Flip       float64 // probability of a horizontal flip
	Jitter     float64 // probability that brightness and contrast change
	Brightness float64 // brightness is multiplied by U(1−b, 1+b)
	Contrast   float64 // contrast is multiplied by U(1−c, 1+c)
}

// Default returns the reference recipe: area U(0.3, 1), ratio 3:4 to 4:3 uniform in its
// logarithm, flip 0.5, jitter 0.8 with brightness and contrast 0.4.
func Default() Views {
	return Views{CropMin: 0.3, CropMax: 1, RatioMin: 3. / 4, RatioMax: 4. / 3, Flip: 0.5, Jitter: 0.8, Brightness: 0.4, Contrast: 0.4}
}

// Setting is one value of a [Views], under the name of its knob.
type Setting struct {
	Name     string
	Meaning  string
	Min, Max float64
	Value    *float64
}

// Settings lists the values of v, by pointer, in a fixed order.
func (v *Views) Settings() []Setting {
	return []Setting{
		{"crop_min", "smallest area of the random crop, a share of the image", 0.01, 1, &v.CropMin},
		{"crop_max", "largest area of the random crop", 0.01, 1, &v.CropMax},
		{"ratio_min", "smallest width:height of the random crop", 0.1, 10, &v.RatioMin},
		{"ratio_max", "largest width:height of the random crop", 0.1, 10, &v.RatioMax},
		{"flip", "probability of a horizontal flip", 0, 1, &v.Flip},
		{"jitter", "probability that brightness and contrast change", 0, 1, &v.Jitter},
		{"brightness", "brightness is multiplied by U(1−b, 1+b)", 0, 1, &v.Brightness},
		{"contrast", "contrast is multiplied by U(1−c, 1+c)", 0, 1, &v.Contrast},
	}
}

// Check reports a value outside its range, or a range whose ends are swapped.
func (v Views) Check() error {
	for _, s := range v.Settings() {
		if !(*s.Value >= s.Min && *s.Value <= s.Max) {
			return fmt.Errorf("%s is %g; it must be between %g and %g", s.Name, *s.Value, s.Min, s.Max)
		}
	}
	if v.CropMin > v.CropMax {
		return fmt.Errorf("crop_min is %g, above crop_max, %g", v.CropMin, v.CropMax)
	}
	if v.RatioMin > v.RatioMax {
		return fmt.Errorf("ratio_min is %g, above ratio_max, %g", v.RatioMin, v.RatioMax)
	}
	return nil
}

// The columns of the random numbers that one view consumes.
const (
	drawArea = iota
	drawRatio
	drawX
	drawY
	drawFlip
	drawJitter
	drawContrast
	drawBrightness
	Draws // how many there are
)

// Apply makes one random view of each image, inside the graph. It reads no state: equal
// draws give equal views, on every backend.
//
//	x       [n, height, width, channels]  pixels in [0, 1]
//	draws   [n, Draws]                    uniform in [0, 1)
//	setting returns the value of a setting, []; see [Views.Settings]
//	result  [n, height, width, channels]  in [0, 1], gradients stopped
//
// The crop is sampled bilinearly at pixel centres, zero outside the image (PyTorch's
// grid_sample with align_corners=False), as two batched matrix products.
func Apply(x, draws *Node, setting func(name string) *Node) *Node {
	return apply(x, draws, setting, x.Shape().Dim(1), x.Shape().Dim(2))
}

// apply is Apply with a size of the views, [n, toHeight, toWidth, channels].
func apply(x, draws *Node, setting func(name string) *Node, toHeight, toWidth int) *Node {
	g, dtype := x.Graph(), x.DType()
	n, height, width := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	column := func(i int) *Node { return Slice(draws, AxisRange(), AxisRange(i, i+1)) } // [n, 1]
	between := func(i int, lo, hi *Node) *Node { return Add(lo, Mul(column(i), Sub(hi, lo))) }
	one := ScalarOne(g, dtype)

	area := between(drawArea, setting("crop_min"), setting("crop_max"))
	ratio := Exp(between(drawRatio, Log(setting("ratio_min")), Log(setting("ratio_max"))))
	w := Min(Sqrt(Mul(area, ratio)), one) // [n, 1], shares of the image
	h := Min(Sqrt(Div(area, ratio)), one)
	cx := Mul(AddScalar(MulScalar(column(drawX), 2), -1), OneMinus(w)) // in [-1, 1]
	cy := Mul(AddScalar(MulScalar(column(drawY), 2), -1), OneMinus(h))
	flipped := LessThan(column(drawFlip), setting("flip"))
	sign := Where(flipped, Neg(OnesLike(w)), OnesLike(w))

	rows := bilinear(cy, h, height, toHeight)                           // [n, out, in]
	columns := bilinear(cx, Mul(w, sign), width, toWidth)               // [n, out, in]
	y := Dot(rows, x).General([]int{2}, []int{0}, []int{1}, []int{0})   // [n, out rows, width, channels]
	y = Dot(columns, y).General([]int{2}, []int{0}, []int{2}, []int{0}) // [n, out columns, out rows, channels]
	y = TransposeAllAxes(y, 0, 2, 1, 3)

	jittered := LessThan(column(drawJitter), setting("jitter"))
	factor := func(i int, strength *Node) *Node {
		f := between(i, OneMinus(strength), OnePlus(strength))
		return Reshape(Where(jittered, f, OnesLike(f)), n, 1, 1, 1)
	}
	c := factor(drawContrast, setting("contrast"))
	b := factor(drawBrightness, setting("brightness"))
	mean := ReduceAndKeep(y, ReduceMean, 1, 2, 3)
	y = Add(Mul(Sub(y, mean), c), Mul(mean, b))
	return StopGradient(ClipScalar(y, 0, 1))
}

// bilinear returns, for each image, the matrix that resamples an axis of size pixels to out
// pixels: output pixel i reads the input at centre + scale·((2i+1)/out − 1), in [-1, 1]
// coordinates.
//
//	center, scale [n, 1]
//	result        [n, out, size]  rows: output, columns: input
func bilinear(center, scale *Node, size, out int) *Node {
	g, dtype, n := center.Graph(), center.DType(), center.Shape().Dim(0)
	i := Iota(g, shapes.Make(dtype, 1, out), 1)
	unit := AddScalar(MulScalar(i, 2/float64(out)), 1/float64(out)-1)
	at := Add(center, Mul(scale, unit))                                     // [n, out], in [-1, 1]
	pixel := AddScalar(MulScalar(at, float64(size)/2), float64(size)/2-0.5) // in pixels
	distance := Abs(Sub(Reshape(pixel, n, out, 1), Iota(g, shapes.Make(dtype, 1, 1, size), 2)))
	if out == size {
		return Max(OneMinus(distance), ScalarZero(g, dtype))
	}
	// A pixel of the output that is wider than one of the input averages over its width.
	wide := Reshape(MaxScalar(MulScalar(Abs(scale), float64(size)/float64(out)), 1), n, 1, 1)
	weight := Max(OneMinus(Div(distance, wide)), ScalarZero(g, dtype))
	return Div(weight, wide)
}
