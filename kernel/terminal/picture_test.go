package terminal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
)

// flag is red above blue, with a green right half below.
func flag(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if y >= h/2 {
				c = color.RGBA{B: 255, A: 255}
				if x >= w/2 {
					c = color.RGBA{G: 255, A: 255}
				}
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Half blocks carry two pixels: what an emulator draws has their colours.
func TestBlocks(t *testing.T) {
	t.Setenv("COLORTERM", "")
	vt, s := newEmulator()
	s.mode.Graphics = Blocks
	s.Display("", kernel.Bundle{kernel.TextPlain: "*image.RGBA 4×4", kernel.ImagePNG: encoded(t, flag(4, 4))})
	const red, blue, green = 16 + 36*5, 16 + 5, 16 + 6*5
	for _, want := range []struct{ x, y, fg, bg int }{{0, 0, red, red}, {0, 1, blue, blue}, {3, 1, green, green}} {
		if c := vt.Cell(want.x, want.y); c.Char != '▀' || int(c.FG) != want.fg || int(c.BG) != want.bg {
			t.Errorf("the cell at %d, %d is %q in colours %d and %d, want ▀ in %d and %d", want.x, want.y, c.Char, c.FG, c.BG, want.fg, want.bg)
		}
	}
	wide := picture(encoded(t, flag(300, 200)), Blocks, 30, 8)
	if rows := strings.Count(wide, "\n"); rows > 8 {
		t.Errorf("a large picture takes %d rows of 8", rows)
	}
	if s.picture(kernel.Bundle{kernel.ImagePNG: encoded(t, flag(4, 4))}, "two\nlines") != "" {
		t.Error("a figure that has a text of its own is drawn with blocks")
	}
}

// What the protocols carry is the picture itself.
func TestKittyAndITerm(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 90, 90))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i >> 3)
	}
	data := encoded(t, img)
	var got strings.Builder
	for _, m := range regexp.MustCompile("\x1b_G([^;]*);([^\x1b]*)\x1b\\\\").FindAllStringSubmatch(picture(data, Kitty, 80, 24), -1) {
		if len(m[2]) > 4096 {
			t.Errorf("a chunk has %d bytes, the protocol takes 4096", len(m[2]))
		}
		got.WriteString(m[2])
	}
	if back, err := base64.StdEncoding.DecodeString(got.String()); err != nil || !bytes.Equal(back, data) {
		t.Errorf("kitty's chunks are not the picture (%v)", err)
	}
	m := regexp.MustCompile("^\x1b]1337;File=inline=1;size=([0-9]+):([^\a]*)\a\n$").FindStringSubmatch(picture(data, ITerm, 80, 24))
	if m == nil || m[1] != fmt.Sprint(len(data)) {
		t.Fatalf("iTerm's sequence is %.40q", picture(data, ITerm, 80, 24))
	}
	if back, err := base64.StdEncoding.DecodeString(m[2]); err != nil || !bytes.Equal(back, data) {
		t.Errorf("iTerm's text is not the picture (%v)", err)
	}
}

// Sixels, read back, are the picture's colours where it has only colours of the palette.
func TestSixel(t *testing.T) {
	img := flag(20, 14)
	text, ok := strings.CutPrefix(sixel(img), "\x1bP0;1;0q\"1;1;20;14")
	text, ended := strings.CutSuffix(text, "\x1b\\")
	if !ok || !ended {
		t.Fatalf("the frame of %.40q is not that of sixels", sixel(img))
	}
	got := image.NewRGBA(img.Bounds())
	palette := map[int]color.RGBA{}
	now, x, top := 0, 0, 0
	put := func(bits byte, n int) {
		for ; n > 0; n-- {
			for dy := range 6 {
				if bits>>dy&1 == 1 {
					got.Set(x, top+dy, palette[now])
				}
			}
			x++
		}
	}
	for len(text) > 0 {
		switch c := text[0]; {
		case c == '#':
			m := regexp.MustCompile(`^#(\d+)(?:;2;(\d+);(\d+);(\d+))?`).FindStringSubmatch(text)
			fmt.Sscan(m[1], &now)
			if m[2] != "" {
				var r, g, b int
				fmt.Sscan(m[2], &r)
				fmt.Sscan(m[3], &g)
				fmt.Sscan(m[4], &b)
				palette[now] = color.RGBA{uint8(r * 255 / 100), uint8(g * 255 / 100), uint8(b * 255 / 100), 255}
			}
			text = text[len(m[0]):]
		case c == '!':
			m := regexp.MustCompile(`^!(\d+)(.)`).FindStringSubmatch(text)
			n := 0
			fmt.Sscan(m[1], &n)
			put(m[2][0]-63, n)
			text = text[len(m[0]):]
		case c == '$':
			x, text = 0, text[1:]
		case c == '-':
			x, top, text = 0, top+6, text[1:]
		default:
			put(c-63, 1)
			text = text[1:]
		}
	}
	if !bytes.Equal(got.Pix, img.Pix) {
		t.Error("the sixels are another picture")
	}
}

func TestDetectGraphics(t *testing.T) {
	for _, c := range []struct {
		env  string
		want Graphics
	}{
		{"TERM=xterm-256color", Blocks},
		{"TERM=xterm-kitty", Kitty},
		{"TERM=xterm-256color TERM_PROGRAM=iTerm.app", ITerm},
		{"TERM=foot", Sixel},
		{"TERM=tmux-256color TMUX=x KITTY_WINDOW_ID=1", Blocks},
		{"TERM=dumb", NoGraphics},
		{"TERM=xterm-kitty NO_COLOR=1", NoGraphics},
		{"TERM=dumb GOSSL_GRAPHICS=sixel", Sixel},
	} {
		env := map[string]string{}
		for _, word := range strings.Fields(c.env) {
			name, value, _ := strings.Cut(word, "=")
			env[name] = value
		}
		if got := detectGraphics(func(name string) string { return env[name] }); got != c.want {
			t.Errorf("with %s pictures go by way %d, want %d", c.env, got, c.want)
		}
	}
	if picture([]byte("no picture"), Kitty, 80, 24) != "" {
		t.Error("what is no PNG is drawn")
	}
}
