package plot

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"math"
	"reflect"
	"strings"

	"github.com/gomlx/gomlx/core/tensors"
)

// How a tensor that may be a picture is shown: at most sheetImages of a batch, sides of imageMin to imageMax pixels,
// small ones enlarged to about imageSide.
const (
	sheetImages  = 16
	sheetColumns = 8
	imageMin     = 6
	imageMax     = 1024
	imageSide    = 64
	firstValues  = 8
)

// Tensor shows a tensor in a notebook: its shape and dtype, the range, mean and standard deviation of its values, how
// many are not finite, the first of them, and a picture when it looks like one: shape [height, width], [height,
// width, channels] or [batch, height, width, channels] with 1, 3 or 4 channels, sides of 6 to 1024. A picture's
// values are scaled so that the lowest is black and the highest white, over all of a batch, unless they are bytes or
// lie within [0, 1]. The values are copied from the device.
func Tensor(t *tensors.Tensor) map[string]any {
	if t == nil {
		return map[string]any{"text/plain": "<nil>"}
	}
	title := "tensor " + t.Shape().String()
	values, err := flat(t)
	if err != nil {
		text := fmt.Sprintf("%s: %v", title, err)
		return map[string]any{"text/plain": text, "text/html": "<pre>" + html.EscapeString(text) + "</pre>"}
	}
	s := statsOf(values)
	rows := [][2]string{{"shape", fmt.Sprint(t.Shape().Dimensions)}, {"dtype", t.DType().String()}, {"values", fmt.Sprint(len(values))}}
	if s.finite > 0 {
		rows = append(rows, [2]string{"min, max", fmt.Sprintf("%.4g, %.4g", s.low, s.high)},
			[2]string{"mean ± std", fmt.Sprintf("%.4g ± %.4g", s.mean, s.std)})
	}
	if s.finite < len(values) {
		rows = append(rows, [2]string{"not finite", fmt.Sprint(len(values) - s.finite)})
	}
	var first []string
	for _, v := range values[:min(len(values), firstValues)] {
		first = append(first, fmt.Sprintf("%.4g", v))
	}
	if len(values) > firstValues {
		first = append(first, "…")
	}
	rows = append(rows, [2]string{"first", strings.Join(first, " ")})
	var text, page strings.Builder
	text.WriteString(title)
	page.WriteString(`<table style="text-align: left">`)
	for _, r := range rows {
		if r[0] != "shape" && r[0] != "dtype" { // in the title
			fmt.Fprintf(&text, "\n  %-10s  %s", r[0], r[1])
		}
		fmt.Fprintf(&page, `<tr><th style="text-align: left">%s</th><td style="text-align: left">%s</td></tr>`, r[0], html.EscapeString(r[1]))
	}
	page.WriteString("</table>")
	bundle := map[string]any{"text/plain": text.String()}
	if raw := pictures(t, values, s); raw != nil {
		bundle["image/png"] = raw // for terminals
		fmt.Fprintf(&page, `<img style="max-width: 100%%" src="data:image/png;base64,%s">`, base64.StdEncoding.EncodeToString(raw))
	}
	bundle["text/html"] = page.String()
	return bundle
}

// flat is a tensor's values as numbers, the real part of complex ones.
func flat(t *tensors.Tensor) (values []float64, err error) {
	values = make([]float64, 0, t.Shape().Size())
	err = t.ConstFlatData(func(data any) {
		switch data := data.(type) {
		case []float32:
			for _, v := range data {
				values = append(values, float64(v))
			}
		case []float64:
			values = append(values, data...)
		case []uint8:
			for _, v := range data {
				values = append(values, float64(v))
			}
		default:
			list := reflect.ValueOf(data)
			for i := range list.Len() {
				values = append(values, asFloat(list.Index(i)))
			}
		}
	})
	return values, err
}

func asFloat(v reflect.Value) float64 {
	if f, ok := v.Interface().(interface{ Float32() float32 }); ok { // the half-precision types
		return float64(f.Float32())
	}
	switch {
	case v.CanInt():
		return float64(v.Int())
	case v.CanUint():
		return float64(v.Uint())
	case v.CanFloat():
		return v.Float()
	case v.CanComplex():
		return real(v.Complex())
	case v.Kind() == reflect.Bool && v.Bool():
		return 1
	}
	return 0
}

// stats are those of the finite values.
type stats struct {
	finite               int
	low, high, mean, std float64
}

func statsOf(values []float64) stats {
	s := stats{low: math.Inf(1), high: math.Inf(-1)}
	m2 := 0.0
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		s.finite++ // Welford's update
		d := v - s.mean
		s.mean += d / float64(s.finite)
		m2 += d * (v - s.mean)
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	if s.finite > 0 {
		s.std = math.Sqrt(m2 / float64(s.finite))
	}
	return s
}

// pictures is the tensor as a PNG, nil when it does not look like one.
func pictures(t *tensors.Tensor, values []float64, s stats) []byte {
	dims := t.Shape().Dimensions
	batch, channels := 1, 1
	switch len(dims) {
	case 2:
	case 4:
		batch, dims = dims[0], dims[1:]
		fallthrough
	case 3:
		channels = dims[2]
	default:
		return nil
	}
	h, w := dims[0], dims[1]
	if batch < 1 || min(h, w) < imageMin || max(h, w) > imageMax || channels != 1 && channels != 3 && channels != 4 || s.finite == 0 {
		return nil
	}
	low, high := s.low, s.high
	if t.DType().GoType().Kind() == reflect.Uint8 {
		low, high = 0, 255
	} else if low >= 0 && high <= 1 {
		low, high = 0, 1
	}
	n := min(batch, sheetImages)
	columns, scale := min(n, sheetColumns), max(1, imageSide/max(h, w))
	rows := (n + columns - 1) / columns
	const gap = 2
	cellW, cellH := w*scale+gap, h*scale+gap
	out := image.NewNRGBA(image.Rect(0, 0, columns*cellW-gap, rows*cellH-gap))
	level := func(v float64) uint8 {
		if math.IsNaN(v) || high <= low {
			return 0
		}
		return uint8(math.Round(255 * min(max((v-low)/(high-low), 0), 1)))
	}
	for k := range n {
		x0, y0 := k%columns*cellW, k/columns*cellH
		for y := range h * scale {
			for x := range w * scale {
				p := values[((k*h+y/scale)*w+x/scale)*channels:][:channels]
				c := color.NRGBA{A: 255}
				c.R = level(p[0])
				c.G, c.B = c.R, c.R
				if channels >= 3 {
					c.G, c.B = level(p[1]), level(p[2])
				}
				if channels == 4 {
					c.A = level(p[3])
				}
				out.SetNRGBA(x0+x, y0+y, c)
			}
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, out) != nil {
		return nil
	}
	return b.Bytes()
}
