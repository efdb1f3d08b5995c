package kernelspec

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
)

// The logo, on a square of 64 units: two views of one thing, and what they share.
var (
	logoGround = color.NRGBA{0x0b, 0x3c, 0x49, 0xff}
	logoShared = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	logoViews  = [2]disc{
		{25, 32, 17, color.NRGBA{0x00, 0xad, 0xd8, 0xff}},
		{39, 32, 17, color.NRGBA{0xf2, 0xb1, 0x34, 0xff}},
	}
)

const (
	logoUnits  = 64
	logoCorner = 12 // radius
)

type disc struct {
	x, y, r float64
	fill    color.NRGBA
}

func (d disc) holds(x, y float64) bool {
	return (x-d.x)*(x-d.x)+(y-d.y)*(y-d.y) <= d.r*d.r
}

// logoAt is the logo's colour at a point in units.
func logoAt(x, y float64) color.NRGBA {
	// Only the corners' quarter discs bound the ground.
	cx := min(max(x, logoCorner), logoUnits-logoCorner)
	cy := min(max(y, logoCorner), logoUnits-logoCorner)
	if !(disc{x: cx, y: cy, r: logoCorner}).holds(x, y) {
		return color.NRGBA{}
	}
	a, b := logoViews[0].holds(x, y), logoViews[1].holds(x, y)
	switch {
	case a && b:
		return logoShared
	case a:
		return logoViews[0].fill
	case b:
		return logoViews[1].fill
	}
	return logoGround
}

// logoPNG draws the logo with size pixels on each side; each pixel is the mean of
// 8 by 8 samples.
func logoPNG(size int) ([]byte, error) {
	const samples = 8
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	unit := float64(logoUnits) / float64(size)
	for py := range size {
		for px := range size {
			var r, g, b, a int
			for s := range samples * samples {
				c := logoAt((float64(px)+(float64(s%samples)+0.5)/samples)*unit, (float64(py)+(float64(s/samples)+0.5)/samples)*unit)
				if c.A != 0 {
					r, g, b, a = r+int(c.R), g+int(c.G), b+int(c.B), a+1
				}
			}
			if a > 0 {
				img.SetNRGBA(px, py, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a * 255 / (samples * samples))})
			}
		}
	}
	var buf bytes.Buffer
	err := png.Encode(&buf, img)
	return buf.Bytes(), err
}

// logoSVG writes the same drawing as SVG.
func logoSVG() []byte {
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	a, b := logoViews[0], logoViews[1]
	var w strings.Builder
	fmt.Fprintf(&w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d">`+"\n", logoUnits, logoUnits)
	fmt.Fprintf(&w, `<clipPath id="a"><circle cx="%g" cy="%g" r="%g"/></clipPath>`+"\n", a.x, a.y, a.r)
	fmt.Fprintf(&w, `<rect width="%d" height="%d" rx="%d" fill="%s"/>`+"\n", logoUnits, logoUnits, logoCorner, hex(logoGround))
	for _, d := range logoViews {
		fmt.Fprintf(&w, `<circle cx="%g" cy="%g" r="%g" fill="%s"/>`+"\n", d.x, d.y, d.r, hex(d.fill))
	}
	fmt.Fprintf(&w, `<circle cx="%g" cy="%g" r="%g" fill="%s" clip-path="url(#a)"/>`+"\n</svg>\n", b.x, b.y, b.r, hex(logoShared))
	return []byte(w.String())
}
