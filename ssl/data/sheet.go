package data

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
)

// Image returns image i as a Go image; the pixels are copied. It panics when i is out of
// range.
func (s Split) Image(i int) image.Image {
	p := s.Pixels(i)
	r := image.Rect(0, 0, s.Width, s.Height)
	if s.Channels == 1 {
		return &image.Gray{Pix: append([]uint8(nil), p...), Stride: s.Width, Rect: r}
	}
	out := image.NewRGBA(r)
	for k := range s.Width * s.Height {
		// Two channels, or more than three, show their first three.
		c := [3]uint8{}
		copy(c[:], p[k*s.Channels:min((k+1)*s.Channels, k*s.Channels+3)])
		out.Pix[4*k], out.Pix[4*k+1], out.Pix[4*k+2], out.Pix[4*k+3] = c[0], c[1], c[2], 255
	}
	return out
}

// Sheet lays the first rows·columns images out on one, each enlarged scale times, with
// a thin gap. With labels every column shows one class, as far as there are that many.
func (s Split) Sheet(rows, columns, scale int) image.Image {
	rows, columns, scale = max(rows, 1), max(columns, 1), max(scale, 1)
	cellW, cellH := s.Width*scale+2, s.Height*scale+2
	out := image.NewRGBA(image.Rect(0, 0, columns*cellW+2, rows*cellH+2))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for k, i := range s.selection(rows, columns) {
		if i < 0 {
			continue
		}
		img := s.Image(i)
		x0, y0 := k%columns*cellW+2, k/columns*cellH+2
		for y := range s.Height * scale {
			for x := range s.Width * scale {
				out.SetRGBA(x0+x, y0+y, color.RGBAModel.Convert(img.At(x/scale, y/scale)).(color.RGBA))
			}
		}
	}
	return out
}

// selection chooses the images of a sheet, row by row; −1 leaves a cell empty.
func (s Split) selection(rows, columns int) []int {
	out := make([]int, rows*columns)
	for k := range out {
		out[k] = -1
		if s.Labels == nil && k < s.N {
			out[k] = k
		}
	}
	filled := map[int32]int{}
	for i, l := range s.Labels {
		if int(l) < columns && filled[l] < rows {
			out[filled[l]*columns+int(l)] = i
			filled[l]++
		}
	}
	return out
}

// MIMEBundle shows the set in a notebook: a sheet of its training images above its
// description.
func (s *Set) MIMEBundle() map[string]any {
	bundle := map[string]any{"text/plain": s.String()}
	if s == nil {
		return bundle
	}
	split := s.Train
	if split.N == 0 {
		split = s.Unlabelled
	}
	if split.N == 0 || split.check(len(s.Classes)) != nil {
		return bundle
	}
	columns := 10
	if n := len(s.Classes); n > 0 && n < 20 {
		columns = n
	}
	var b bytes.Buffer
	if err := png.Encode(&b, split.Sheet(4, columns, max(1, 48/max(split.Width, split.Height)))); err == nil {
		bundle["image/png"] = b.Bytes()
	}
	return bundle
}
