package terminal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	_ "image/png" // pictures come as PNG
	"os"
	"strings"

	"golang.org/x/image/draw"
)

// Graphics is how a terminal takes pictures.
type Graphics int

// The ways of terminals.
const (
	NoGraphics Graphics = iota // not at all
	Blocks                     // as coloured half blocks, two pixels a character
	Sixel                      // DEC's sixels
	ITerm                      // iTerm2's inline images: OSC 1337
	Kitty                      // kitty's graphics protocol: APC G
)

// detectGraphics goes by what terminals say of themselves in the environment; GOSSL_GRAPHICS (none, blocks, sixel,
// iterm, kitty) has the last word. A multiplexer between takes the pictures away.
func detectGraphics(getenv func(string) string) Graphics {
	named := map[string]Graphics{"none": NoGraphics, "blocks": Blocks, "sixel": Sixel, "iterm": ITerm, "kitty": Kitty}
	if g, ok := named[getenv("GOSSL_GRAPHICS")]; ok {
		return g
	}
	t, program := getenv("TERM"), getenv("TERM_PROGRAM")
	switch {
	case t == "dumb" || t == "" || getenv("NO_COLOR") != "":
		return NoGraphics
	case getenv("TMUX") != "" || strings.HasPrefix(t, "screen") || strings.HasPrefix(t, "tmux"):
		return Blocks
	case getenv("KITTY_WINDOW_ID") != "" || t == "xterm-kitty" || t == "xterm-ghostty" || program == "ghostty":
		return Kitty
	case program == "iTerm.app" || program == "WezTerm" || program == "mintty" || getenv("LC_TERMINAL") == "iTerm2":
		return ITerm
	case strings.HasPrefix(t, "foot") || strings.HasPrefix(t, "mlterm") || strings.Contains(t, "sixel") || t == "yaft-256color":
		return Sixel
	}
	return Blocks
}

// picture returns what draws a PNG below the cursor, at most as wide as the terminal; "" when it cannot be drawn.
func picture(data []byte, g Graphics, columns, rows int) string {
	if g == NoGraphics {
		return ""
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Empty() {
		return ""
	}
	switch g {
	case Kitty:
		return kitty(data)
	case ITerm:
		return fmt.Sprintf("\x1b]1337;File=inline=1;size=%d:%s\a\n", len(data), base64.StdEncoding.EncodeToString(data))
	case Sixel:
		return sixel(shrink(img, 8*columns, 16*max(rows-4, 4))) + "\n"
	}
	return blocks(shrink(img, columns, 2*max(rows-4, 4)))
}

// kitty sends a PNG in chunks of at most 4096 bytes.
// Source: kitty's "Terminal graphics protocol", remote client.
func kitty(data []byte) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	control := "a=T,f=100,q=2,"
	for len(text) > 0 {
		n := min(4096, len(text))
		more := 0
		if n < len(text) {
			more = 1
		}
		fmt.Fprintf(&b, "\x1b_G%sm=%d;%s\x1b\\", control, more, text[:n])
		text, control = text[n:], ""
	}
	return b.String() + "\n"
}

// shrink scales an image to fit into a width and height in pixels. A small one stays as it is.
func shrink(img image.Image, width, height int) image.Image {
	size := img.Bounds().Size()
	w, h := size.X, size.Y
	if w > width {
		w, h = width, max(h*width/w, 1)
	}
	if h > height {
		w, h = max(w*height/h, 1), height
	}
	if w == size.X && h == size.Y {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// blocks draws an image with upper half blocks, the upper pixel in the foreground, the lower one in the background.
func blocks(img image.Image) string {
	at := img.Bounds()
	rich := strings.Contains(os.Getenv("COLORTERM"), "truecolor") || strings.Contains(os.Getenv("COLORTERM"), "24bit")
	paint := func(layer int, c color.Color) string {
		r, g, b, a := c.RGBA()
		switch {
		case a < 0x8000:
			return fmt.Sprintf("%d9", layer) // the terminal's own
		case rich:
			return fmt.Sprintf("%d8;2;%d;%d;%d", layer, r>>8, g>>8, b>>8)
		}
		return fmt.Sprintf("%d8;5;%d", layer, cube(r>>8, g>>8, b>>8))
	}
	var out strings.Builder
	for y := at.Min.Y; y < at.Max.Y; y += 2 {
		last := ""
		for x := at.Min.X; x < at.Max.X; x++ {
			lower := color.Color(color.Transparent)
			if y+1 < at.Max.Y {
				lower = img.At(x, y+1)
			}
			if sgr := paint(3, img.At(x, y)) + ";" + paint(4, lower); sgr != last {
				out.WriteString("\x1b[" + sgr + "m")
				last = sgr
			}
			out.WriteString("▀")
		}
		out.WriteString("\x1b[0m\n")
	}
	return out.String()
}

// cube is the nearest colour of xterm's 256: its greys, or its cube of six levels.
func cube(r, g, b uint32) int {
	if max(r, g, b)-min(r, g, b) < 12 {
		grey := (r + g + b) / 3
		switch {
		case grey < 4:
			return 16
		case grey > 246:
			return 231
		}
		return 232 + int(min((max(grey, 8)-8)*24/240, 23))
	}
	level := func(v uint32) int {
		switch {
		case v < 48:
			return 0
		case v < 115:
			return 1
		}
		return int(v-35) / 40
	}
	return 16 + 36*level(r) + 6*level(g) + level(b)
}

// sixel draws an image with xterm's cube of colours, six rows of pixels a band.
// Source: DEC STD 070, and xterm's ctlseqs for the raster attributes.
func sixel(img image.Image) string {
	at := img.Bounds()
	w, h := at.Dx(), at.Dy()
	var out strings.Builder
	fmt.Fprintf(&out, "\x1bP0;1;0q\"1;1;%d;%d", w, h)
	const levels = 6
	defined := map[int]bool{}
	pixel := func(x, y int) int {
		r, g, b, a := img.At(at.Min.X+x, at.Min.Y+y).RGBA()
		if a < 0x8000 {
			return -1
		}
		step := func(v uint32) int { return int(v*(levels-1)+0x7fff) / 0xffff }
		return step(r)*levels*levels + step(g)*levels + step(b)
	}
	for top := 0; top < h; top += 6 {
		bands := map[int][]byte{}
		var order []int
		for x := range w {
			for dy := 0; dy < 6 && top+dy < h; dy++ {
				c := pixel(x, top+dy)
				if c < 0 {
					continue
				}
				if bands[c] == nil {
					bands[c] = make([]byte, w)
					order = append(order, c)
				}
				bands[c][x] |= 1 << dy
			}
		}
		for _, c := range order {
			if !defined[c] {
				defined[c] = true
				percent := func(v int) int { return 100 * v / (levels - 1) }
				fmt.Fprintf(&out, "#%d;2;%d;%d;%d", c, percent(c/levels/levels), percent(c/levels%levels), percent(c%levels))
			}
			fmt.Fprintf(&out, "#%d", c)
			row := bands[c]
			for x := 0; x < w; {
				n := 1
				for x+n < w && row[x+n] == row[x] {
					n++
				}
				if n > 3 {
					fmt.Fprintf(&out, "!%d%c", n, 63+row[x])
				} else {
					out.WriteString(strings.Repeat(string(rune(63+row[x])), n))
				}
				x += n
			}
			out.WriteByte('$')
		}
		out.WriteByte('-')
	}
	return out.String() + "\x1b\\"
}
