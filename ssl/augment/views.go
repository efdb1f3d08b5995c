package augment

import (
	"fmt"
	"strings"

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

	Extra Transforms // which of the following are made; the others' values are not looked at

	Saturation  float64 // with Color: saturation is multiplied by U(1−s, 1+s)
	Hue         float64 // with Color: hue is turned by U(−h, h) of the circle
	Grey        float64 // with Color: probability that colours become greys
	Blur        float64 // with Blurring: probability of a Gaussian blur
	SigmaMin    float64 // with Blurring: smallest standard deviation, in pixels
	SigmaMax    float64 // with Blurring: largest
	Solarize    float64 // with Solarizing: probability that bright pixels are inverted
	SolarizeAt  float64 // with Solarizing: from this value on
	Cutout      float64 // with Cutting: probability that a box becomes black
	CutoutMin   float64 // with Cutting: smallest area of the box, as a share of the image
	CutoutMax   float64 // with Cutting: largest
	CutoutRatio float64 // with Cutting: the box's width:height is between 1/r and r
}

// Transforms are kinds of change that views can have beside crop, flip and jitter. They are
// chosen before a run starts, as each makes its step longer, whatever its probability.
type Transforms uint

// The kinds of change, in the order in which they are made, after crop and flip.
const (
	// Boxes crops as torchvision's RandomResizedCrop does: boxes of whole pixels, antialiased,
	// nothing from outside them.
	Boxes Transforms = 1 << iota
	// Color adjusts brightness, contrast, saturation and hue in random order, as torchvision's
	// ColorJitter does, in the place of brightness and contrast alone; and makes greys.
	Color
	// Blurring is torchvision's GaussianBlur.
	Blurring
	// Solarizing is torchvision's RandomSolarize.
	Solarizing
	// Cutting is torchvision's RandomErasing with black.
	Cutting
	everyTransform = Cutting<<1 - 1
)

// String is such as "color blur".
func (t Transforms) String() string {
	if t == 0 {
		return "none"
	}
	var names []string
	for i, name := range []string{"boxes", "color", "blur", "solarize", "cutout"} {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "+")
}

// SimCLR returns the views of SimCLR for colour images of 32×32 (arXiv:2002.05709, appendix
// B.9): boxes of area 0.08 to 1, flip 0.5, colour jitter 0.4, 0.4, 0.4, 0.1 with probability
// 0.8, greys 0.2, no blur.
func SimCLR() Views {
	v := Default()
	v.CropMin, v.Extra, v.Saturation, v.Hue, v.Grey = 0.08, Boxes|Color, 0.4, 0.1, 0.2
	return v
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
	settings := []Setting{
		{"crop_min", "smallest area of the random crop, a share of the image", 0.01, 1, &v.CropMin},
		{"crop_max", "largest area of the random crop", 0.01, 1, &v.CropMax},
		{"ratio_min", "smallest width:height of the random crop", 0.1, 10, &v.RatioMin},
		{"ratio_max", "largest width:height of the random crop", 0.1, 10, &v.RatioMax},
		{"flip", "probability of a horizontal flip", 0, 1, &v.Flip},
		{"jitter", "probability that brightness and contrast change", 0, 1, &v.Jitter},
		{"brightness", "brightness is multiplied by U(1−b, 1+b)", 0, 1, &v.Brightness},
		{"contrast", "contrast is multiplied by U(1−c, 1+c)", 0, 1, &v.Contrast},
	}
	if v.Extra&Color != 0 {
		settings = append(settings,
			Setting{"saturation", "saturation is multiplied by U(1−s, 1+s)", 0, 1, &v.Saturation},
			Setting{"hue", "hue is turned by U(−h, h) of the circle", 0, 0.5, &v.Hue},
			Setting{"grey", "probability that colours become greys", 0, 1, &v.Grey})
	}
	if v.Extra&Blurring != 0 {
		settings = append(settings,
			Setting{"blur", "probability of a Gaussian blur", 0, 1, &v.Blur},
			Setting{"sigma_min", "smallest standard deviation of the blur, in pixels", 0.01, 100, &v.SigmaMin},
			Setting{"sigma_max", "largest standard deviation of the blur, in pixels", 0.01, 100, &v.SigmaMax})
	}
	if v.Extra&Solarizing != 0 {
		settings = append(settings,
			Setting{"solarize", "probability that bright pixels are inverted", 0, 1, &v.Solarize},
			Setting{"solarize_at", "value from which on pixels are inverted", 0, 1, &v.SolarizeAt})
	}
	if v.Extra&Cutting != 0 {
		settings = append(settings,
			Setting{"cutout", "probability that a box becomes black", 0, 1, &v.Cutout},
			Setting{"cutout_min", "smallest area of that box, a share of the image", 0.001, 1, &v.CutoutMin},
			Setting{"cutout_max", "largest area of that box", 0.001, 1, &v.CutoutMax},
			Setting{"cutout_ratio", "that box's width:height is between 1/r and r", 1, 10, &v.CutoutRatio})
	}
	return settings
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
	if v.Extra > everyTransform {
		return fmt.Errorf("extra %d has kinds of change that are unknown; there are Boxes, Color, Blurring, Solarizing and Cutting", uint(v.Extra))
	}
	if v.Extra&Blurring != 0 && v.SigmaMin > v.SigmaMax {
		return fmt.Errorf("sigma_min is %g, above sigma_max, %g", v.SigmaMin, v.SigmaMax)
	}
	if v.Extra&Cutting != 0 && v.CutoutMin > v.CutoutMax {
		return fmt.Errorf("cutout_min is %g, above cutout_max, %g", v.CutoutMin, v.CutoutMax)
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
	BasicDraws // how many a view without extra changes reads
)

// The columns that extra changes read beside them.
const (
	drawOrder = BasicDraws + iota
	drawSaturation
	drawHue
	drawGrey
	drawBlur
	drawSigma
	drawSolarize
	drawCut
	drawCutArea
	drawCutRatio
	drawCutX
	drawCutY
	Draws // how many there are in all
)

// Apply makes one random view of each image, inside the graph. It reads no state: equal
// draws give equal views, on every backend.
//
//	x       [n, height, width, channels]  pixels in [0, 1]
//	draws   [n, Draws]                    uniform in [0, 1)
//	setting returns the value of a setting, []; see [Views.Settings]
//	result  [n, height, width, channels]  in [0, 1], gradients stopped
//
// Without [Boxes] the crop is sampled bilinearly at pixel centres, zero outside the image
// (PyTorch's grid_sample with align_corners=False), as two batched matrix products.
func (v Views) Apply(x, draws *Node, setting func(name string) *Node) *Node {
	return v.apply(x, draws, setting, x.Shape().Dim(1), x.Shape().Dim(2))
}

// apply is Apply with a size of the views, [n, toHeight, toWidth, channels].
func (v Views) apply(x, draws *Node, setting func(name string) *Node, toHeight, toWidth int) *Node {
	d := drawn{draws, setting}
	y := d.crop(x, v.Extra&Boxes != 0, toHeight, toWidth)
	if v.Extra&Color != 0 {
		y = d.color(y)
	} else {
		y = d.jitter(y)
	}
	if v.Extra&Blurring != 0 {
		sigma := d.between(drawSigma, setting("sigma_min"), setting("sigma_max"))
		y = d.perhaps(drawBlur, "blur", GaussianBlur(y, sigma), y)
	}
	if v.Extra&Solarizing != 0 {
		at := Mul(OnesLike(d.column(0)), setting("solarize_at"))
		y = d.perhaps(drawSolarize, "solarize", Solarize(y, at), y)
	}
	if v.Extra&Cutting != 0 {
		area := d.between(drawCutArea, setting("cutout_min"), setting("cutout_max"))
		limit := Log(setting("cutout_ratio"))
		ratio := Exp(d.between(drawCutRatio, Neg(limit), limit))
		top, left, height, width := boxOf(area, ratio, d.column(drawCutX), d.column(drawCutY), toHeight, toWidth)
		y = d.perhaps(drawCut, "cutout", Erase(y, top, left, height, width), y)
	}
	return StopGradient(y)
}

// drawn are the random numbers of a batch of views, and the settings they are read with.
type drawn struct {
	draws   *Node
	setting func(name string) *Node
}

// column is one random number of each view, [n, 1].
func (d drawn) column(i int) *Node { return Slice(d.draws, AxisRange(), AxisRange(i, i+1)) }

// between is uniform in a range.
func (d drawn) between(i int, lo, hi *Node) *Node { return Add(lo, Mul(d.column(i), Sub(hi, lo))) }

// around is uniform in 1 ± the strength of a name.
func (d drawn) around(i int, name string) *Node {
	return d.between(i, OneMinus(d.setting(name)), OnePlus(d.setting(name)))
}

// happens reports whether something of a probability does, [n, 1].
func (d drawn) happens(i int, name string) *Node { return LessThan(d.column(i), d.setting(name)) }

// perhaps is changed where something of a probability happens, else x.
func (d drawn) perhaps(i int, name string, changed, x *Node) *Node {
	return Where(wide(d.happens(i, name), x), changed, x)
}

// crop cuts a part out, gives it its size, and flips it.
func (d drawn) crop(x *Node, boxes bool, toHeight, toWidth int) *Node {
	height, width := x.Shape().Dim(1), x.Shape().Dim(2)
	area := d.between(drawArea, d.setting("crop_min"), d.setting("crop_max"))
	ratio := Exp(d.between(drawRatio, Log(d.setting("ratio_min")), Log(d.setting("ratio_max"))))
	flipped := d.happens(drawFlip, "flip")
	if boxes {
		top, left, h, w := boxOf(area, ratio, d.column(drawX), d.column(drawY), height, width)
		return ResizedCrop(x, top, left, h, w, flipped, toHeight, toWidth)
	}
	one := ScalarOne(x.Graph(), x.DType())
	w := Min(Sqrt(Mul(area, ratio)), one) // [n, 1], shares of the image
	h := Min(Sqrt(Div(area, ratio)), one)
	cx := Mul(AddScalar(MulScalar(d.column(drawX), 2), -1), OneMinus(w)) // in [-1, 1]
	cy := Mul(AddScalar(MulScalar(d.column(drawY), 2), -1), OneMinus(h))
	sign := Where(flipped, Neg(OnesLike(w)), OnesLike(w))
	return resample(x, bilinear(cy, h, height, toHeight), bilinear(cx, Mul(w, sign), width, toWidth))
}

// jitter is the reference recipe's: contrast around the image's mean, and brightness of it.
func (d drawn) jitter(y *Node) *Node {
	jittered := d.happens(drawJitter, "jitter")
	factor := func(i int, name string) *Node {
		f := d.around(i, name)
		return perImage(Where(jittered, f, OnesLike(f)))
	}
	c, b := factor(drawContrast, "contrast"), factor(drawBrightness, "brightness")
	mean := ReduceAndKeep(y, ReduceMean, 1, 2, 3)
	return ClipScalar(Add(Mul(Sub(y, mean), c), Mul(mean, b)), 0, 1)
}

// color is torchvision's ColorJitter and RandomGrayscale.
func (d drawn) color(y *Node) *Node {
	hue := d.setting("hue")
	order := Floor(MulScalar(d.column(drawOrder), 24))
	changed := ColorJitter(y, d.around(drawBrightness, "brightness"), d.around(drawContrast, "contrast"),
		d.around(drawSaturation, "saturation"), d.between(drawHue, Neg(hue), hue), order)
	y = d.perhaps(drawJitter, "jitter", changed, y)
	return d.perhaps(drawGrey, "grey", Grayscale(y), y)
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
