package augment_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/internal/golden"
)

// uniform are n numbers in [-1, 1): murmur's finaliser of i + 7919·k.
func uniform(n, k int) []float64 {
	out := make([]float64, n)
	for i := range out {
		h := uint32(i + 7919*k)
		h = (h ^ h>>16) * 0x85EBCA6B
		h = (h ^ h>>13) * 0xC2B2AE35
		h ^= h >> 16
		out[i] = float64(h)/(1<<31) - 1
	}
	return out
}

func images(height, width, channels, count int) []float64 {
	var out []float64
	for k := range count {
		for _, v := range uniform(height*width*channels, k) {
			out = append(out, 0.5+0.5*v)
		}
	}
	return out
}

// Every change of an image against torchvision's with the same parameters; see
// internal/golden/record/views.py.
func TestTransformsGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/views.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][]float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	of := func(like *Node, values ...float64) *Node {
		return Reshape(ConstAsDType(like.Graph(), like.DType(), values), len(values), 1)
	}
	crop := func(height, width int) func(x *Node) *Node {
		return func(x *Node) *Node {
			flip := GreaterThan(of(x, 0, 1), of(x, 0.5, 0.5))
			return augment.ResizedCrop(x, of(x, 1, 0), of(x, 2, 0), of(x, 4, 6), of(x, 3, 7), flip, height, width)
		}
	}
	tests := map[string]struct {
		height, width, channels int
		f                       func(x *Node) *Node
	}{
		"brightness":       {6, 7, 3, func(x *Node) *Node { return augment.AdjustBrightness(x, of(x, 0.4, 1.7)) }},
		"contrast":         {6, 7, 3, func(x *Node) *Node { return augment.AdjustContrast(x, of(x, 0.3, 1.6)) }},
		"contrast of grey": {6, 7, 1, func(x *Node) *Node { return augment.AdjustContrast(x, of(x, 0.3, 1.6)) }},
		"saturation":       {6, 7, 3, func(x *Node) *Node { return augment.AdjustSaturation(x, of(x, 0.2, 1.9)) }},
		"hue":              {6, 7, 3, func(x *Node) *Node { return augment.AdjustHue(x, of(x, -0.37, 0.21)) }},
		"solarize":         {6, 7, 3, func(x *Node) *Node { return augment.Solarize(x, of(x, 0.3, 0.75)) }},
		"greyscale":        {6, 7, 3, augment.Grayscale},
		"blur":             {6, 7, 3, func(x *Node) *Node { return augment.GaussianBlur(x, of(x, 0.3, 1.4)) }},
		"blur of 50×4":     {50, 4, 1, func(x *Node) *Node { return augment.GaussianBlur(x, of(x, 0.8, 2)) }},
		"erase":            {6, 7, 3, func(x *Node) *Node { return augment.Erase(x, of(x, 1, 0), of(x, 2, 0), of(x, 3, 6), of(x, 4, 1)) }},
		"crop to 6×7":      {6, 7, 3, crop(6, 7)},
		"crop to 3×2":      {6, 7, 3, crop(3, 2)},
		"crop to 11×9":     {6, 7, 3, crop(11, 9)},
	}
	if len(tests)+1 != len(want) {
		t.Errorf("%d changes are tested of %d recorded", len(tests)+1, len(want))
	}
	for name, test := range tests {
		out := golden.Run(t, func(in []*Node) []*Node { return []*Node{test.f(in[0])} },
			golden.Tensor(t, images(test.height, test.width, test.channels, 2), 2, test.height, test.width, test.channels))
		golden.Near(t, name, golden.Floats(t, out[0]), want[name])
	}

	// The jitter in each of its 24 orders, on one image.
	out := golden.Run(t, func(in []*Node) []*Node {
		x := BroadcastToDims(in[0], 24, 6, 7, 3)
		all := func(v float64) *Node { return MulScalar(OnesLike(of(x, make([]float64, 24)...)), v) }
		order := make([]float64, 24)
		for i := range order {
			order[i] = float64(i)
		}
		return []*Node{augment.ColorJitter(x, all(0.6), all(1.5), all(0.3), all(0.1), of(x, order...))}
	}, golden.Tensor(t, images(6, 7, 3, 1), 1, 6, 7, 3))
	var got []float64
	for i, v := range golden.Floats(t, out[0]) {
		if i%(6*7*3)%7 == 0 {
			got = append(got, v)
		}
	}
	golden.Near(t, "jitter", got, want["jitter"])
}

// Views with every change stay images; with every probability 0 they are the images, and the
// settings of what is not made are not there.
func TestEveryTransform(t *testing.T) {
	const n, height, width = 16, 12, 10
	v := augment.SimCLR()
	v.Extra = augment.Boxes | augment.Color | augment.Blurring | augment.Solarizing | augment.Cutting
	v.Blur, v.SigmaMin, v.SigmaMax, v.Solarize, v.SolarizeAt = 0.5, 0.1, 2, 0.5, 0.5
	v.Cutout, v.CutoutMin, v.CutoutMax, v.CutoutRatio = 0.5, 0.02, 0.3, 3
	if err := v.Check(); err != nil {
		t.Fatal(err)
	}
	pixels := images(height, width, 3, n)
	draws := uniform(n*augment.Draws, 5)
	for i, d := range draws {
		draws[i] = 0.5 + 0.5*d
	}
	changed := 0
	for i, p := range apply(t, v, pixels, draws, n, height, width, 3) {
		if !(p >= 0 && p <= 1) {
			t.Fatalf("pixel %d of the views is %g", i, p)
		}
		if p != pixels[i] {
			changed++
		}
	}
	if changed < len(pixels)/2 {
		t.Errorf("%d of %d pixels changed", changed, len(pixels))
	}
	v.CropMin, v.RatioMin, v.RatioMax, v.Flip, v.Jitter, v.Grey, v.Blur, v.Solarize, v.Cutout = 1, 1.2, 1.2, 0, 0, 0, 0, 0, 0
	square := images(height, height, 3, n)
	v.RatioMin, v.RatioMax = 1, 1
	golden.Near(t, "nothing happens", apply(t, v, square, draws, n, height, height, 3), square)

	for _, test := range []struct {
		change func(*augment.Views)
		want   string
	}{
		{func(v *augment.Views) { v.SigmaMin = 3 }, "sigma_min is 3, above sigma_max"},
		{func(v *augment.Views) { v.CutoutMin = 0.5 }, "cutout_min is 0.5, above cutout_max"},
		{func(v *augment.Views) { v.Hue = 0.6 }, "hue is 0.6; it must be between 0 and 0.5"},
		{func(v *augment.Views) { v.Extra = 1 << 9 }, "extra 512 has kinds of change that are unknown"},
		{func(v *augment.Views) { v.Extra, v.Hue = 0, 7 }, ""},
	} {
		c := v
		test.change(&c)
		if err := c.Check(); test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("Check = %v, want %q", err, test.want)
		}
	}
}
