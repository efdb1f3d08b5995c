package augment_test

import (
	"math"
	"strings"
	"testing"

	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
	"github.com/gossl/gossl/ssl/internal/golden"
)

// settingsOf makes constants of a Views' values.
func settingsOf(g *Graph, like *Node, v augment.Views) func(string) *Node {
	return func(name string) *Node {
		for _, s := range v.Settings() {
			if s.Name == name {
				return Scalar(g, like.DType(), *s.Value)
			}
		}
		panic("no setting " + name)
	}
}

func apply(t *testing.T, v augment.Views, pixels, draws []float64, n, height, width, channels int) []float64 {
	t.Helper()
	out := golden.Run(t, func(in []*Node) []*Node {
		return []*Node{v.Apply(in[0], in[1], settingsOf(in[0].Graph(), in[0], v))}
	}, golden.Tensor(t, pixels, n, height, width, channels), golden.Tensor(t, draws, n, augment.Draws))
	return golden.Floats(t, out[0])
}

// byDefinition makes one view pixel by pixel: PyTorch's affine_grid and grid_sample
// (bilinear, zeros outside, align_corners=False), then brightness and contrast.
func byDefinition(v augment.Views, pixels, u []float64, height, width, channels int) []float64 {
	area := v.CropMin + u[0]*(v.CropMax-v.CropMin)
	ratio := math.Exp(math.Log(v.RatioMin) + u[1]*(math.Log(v.RatioMax)-math.Log(v.RatioMin)))
	w, h := math.Min(math.Sqrt(area*ratio), 1), math.Min(math.Sqrt(area/ratio), 1)
	cx, cy := (2*u[2]-1)*(1-w), (2*u[3]-1)*(1-h)
	if u[4] < v.Flip {
		w = -w
	}
	at := func(y, x, c int) float64 {
		if y < 0 || x < 0 || y >= height || x >= width {
			return 0
		}
		return pixels[(y*width+x)*channels+c]
	}
	out := make([]float64, height*width*channels)
	mean := 0.0
	for i := range height {
		for j := range width {
			gx := w*((2*float64(j)+1)/float64(width)-1) + cx
			gy := h*((2*float64(i)+1)/float64(height)-1) + cy
			px, py := ((gx+1)*float64(width)-1)/2, ((gy+1)*float64(height)-1)/2
			x0, y0 := math.Floor(px), math.Floor(py)
			fx, fy := px-x0, py-y0
			for c := range channels {
				y, x := int(y0), int(x0)
				value := (1-fy)*((1-fx)*at(y, x, c)+fx*at(y, x+1, c)) + fy*((1-fx)*at(y+1, x, c)+fx*at(y+1, x+1, c))
				out[(i*width+j)*channels+c] = value
				mean += value / float64(len(out))
			}
		}
	}
	c, b := 1.0, 1.0
	if u[5] < v.Jitter {
		c = 1 - v.Contrast + 2*v.Contrast*u[6]
		b = 1 - v.Brightness + 2*v.Brightness*u[7]
	}
	for i := range out {
		out[i] = math.Max(0, math.Min(1, (out[i]-mean)*c+mean*b))
	}
	return out
}

func TestApplyByDefinition(t *testing.T) {
	const n = 24
	for _, shape := range [][3]int{{28, 28, 1}, {7, 10, 3}} {
		height, width, channels := shape[0], shape[1], shape[2]
		size := height * width * channels
		pixels := make([]float64, n*size)
		for i := range pixels {
			pixels[i] = math.Abs(math.Mod(math.Sin(float64(i)*12.9898)*437.585, 1))
		}
		draws := make([]float64, n*augment.Draws)
		for i := range draws {
			draws[i] = math.Abs(math.Mod(math.Sin(float64(i)*78.233)*43.7585, 1))
		}
		v := augment.Default()
		got := apply(t, v, pixels, draws, n, height, width, channels)
		var want []float64
		for i := range n {
			want = append(want, byDefinition(v, pixels[i*size:(i+1)*size], draws[i*augment.Draws:(i+1)*augment.Draws], height, width, channels)...)
		}
		golden.Near(t, "views", got, want)
	}
}

// With everything switched off a view is its image; a flip alone mirrors it.
func TestApplyNothing(t *testing.T) {
	pixels := []float64{0, 0.25, 0.5, 1, 0.75, 0.125}
	draws := append([]float64{0.3, 0.9, 0.1, 0.7, 0.5, 0.5, 0.2, 0.8}, make([]float64, augment.Draws-augment.BasicDraws)...)
	v := augment.Views{CropMin: 1, CropMax: 1, RatioMin: 1, RatioMax: 1}
	golden.Near(t, "no augmentation", apply(t, v, pixels, draws, 1, 2, 3, 1), pixels)
	v.Flip = 1
	golden.Near(t, "flip", apply(t, v, pixels, draws, 1, 2, 3, 1), []float64{0.5, 0.25, 0, 0.125, 0.75, 1})
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		change func(*augment.Views)
		want   string
	}{
		{func(*augment.Views) {}, ""},
		{func(v *augment.Views) { v.CropMin = 0 }, "crop_min is 0; it must be between 0.01 and 1"},
		{func(v *augment.Views) { v.Flip = math.NaN() }, "flip is NaN"},
		{func(v *augment.Views) { v.CropMax = 0.2 }, "crop_min is 0.3, above crop_max, 0.2"},
		{func(v *augment.Views) { v.RatioMin = 2 }, "ratio_min is 2, above ratio_max"},
	} {
		v := augment.Default()
		test.change(&v)
		if err := v.Check(); test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("Check(%+v) = %v, want %q", v, err, test.want)
		}
	}
}
