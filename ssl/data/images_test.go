package data

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// plain is an image of one colour.
func plain(w, h int, c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

func TestFromImages(t *testing.T) {
	red, blue := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}
	// Left third red, middle white, right blue: the crop to a square keeps the middle.
	wide := image.NewRGBA(image.Rect(10, 20, 40, 30))
	for y := 20; y < 30; y++ {
		for x := range 30 {
			wide.Set(10+x, y, []color.Color{red, color.White, blue}[x/10])
		}
	}
	set, err := FromImages("mine", []image.Image{plain(8, 8, red), wide, plain(3, 5, blue)}, []int32{0, 1, 1}, []string{"a", "b"}, Format{Height: 4, Width: 4})
	if err != nil {
		t.Fatal(err)
	}
	if s := set.Train; s.N != 3 || s.Height != 4 || s.Width != 4 || s.Channels != 3 {
		t.Fatalf("shape %d×%d×%d×%d", s.N, s.Height, s.Width, s.Channels)
	}
	for i, want := range [][]uint8{{255, 0, 0}, {255, 255, 255}, {0, 0, 255}} {
		for k := range 16 {
			if got := set.Train.Pixels(i)[3*k : 3*k+3]; !slices.Equal(got, want) {
				t.Fatalf("image %d, pixel %d = %v, want %v", i, k, got, want)
			}
		}
	}
	grey, err := FromImages("mine", []image.Image{plain(2, 2, color.White), plain(2, 2, color.Black)}, nil, nil, Format{Channels: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(grey.Unlabelled.Images, []uint8{255, 255, 255, 255, 0, 0, 0, 0}) || grey.Train.N != 0 {
		t.Errorf("grey images %v, %d for training", grey.Unlabelled.Images, grey.Train.N)
	}
	if got, want := grey.String(), "mine: 0 train + 2 unlabelled images of 2×2×1 (images of this program)"; got != want {
		t.Errorf("String() = %q, want %q", got, want)
	}
}

// TestFromImagesAntialiases scales a fine chequerboard down: without antialiasing it
// would be black or white, not grey.
func TestFromImagesAntialiases(t *testing.T) {
	board := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range board.Pix {
		board.Pix[i] = uint8(255 * ((i + i/64) % 2))
	}
	set, err := FromImages("board", []image.Image{board}, nil, nil, Format{Height: 8, Width: 8})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range set.Unlabelled.Images {
		if v < 118 || v > 138 {
			t.Fatalf("pixel %d = %d, want a middle grey", i, v)
		}
	}
}

func TestFromImagesBadInput(t *testing.T) {
	one := []image.Image{plain(2, 2, color.White)}
	tests := []struct {
		name    string
		images  []image.Image
		labels  []int32
		classes []string
		format  Format
		want    string
	}{
		{"none", nil, nil, nil, Format{}, "no images"},
		{"nil image", []image.Image{nil}, nil, nil, Format{}, "image 0 is empty"},
		{"empty image", []image.Image{image.NewGray(image.Rectangle{})}, nil, nil, Format{}, "image 0 is empty"},
		{"two channels", one, nil, nil, Format{Channels: 2}, "2 channels"},
		{"negative size", one, nil, nil, Format{Width: -1}, "cannot be made"},
		{"label count", one, []int32{0, 0}, []string{"a"}, Format{}, "2 labels for 1 images"},
		{"label range", one, []int32{1}, []string{"a"}, Format{}, "label 1 of image 0"},
		{"empty class", one, []int32{0}, []string{"a", "b"}, Format{}, "class 1 (b) has no training image"},
	}
	for _, tt := range tests {
		if _, err := FromImages("mine", tt.images, tt.labels, tt.classes, tt.format); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func TestHoldout(t *testing.T) {
	set, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	out, err := set.Holdout(5)
	if err != nil {
		t.Fatal(err)
	}
	if out.Train.N != 4800 || out.Test.N != 1200 {
		t.Errorf("%d + %d images, want 4800 + 1200", out.Train.N, out.Test.N)
	}
	for class, n := range out.Test.ClassCounts(10) {
		if n != 120 {
			t.Errorf("class %d has %d test images, want 120", class, n)
		}
	}
	if err := out.Check(); err != nil {
		t.Error(err)
	}
	if _, err := set.Holdout(1); err == nil {
		t.Error("Holdout(1) leaves no training image and gives no error")
	}
}

func TestSetChecks(t *testing.T) {
	good := func() *Set {
		return &Set{Name: "toy", Classes: []string{"a", "b"}, Train: Split{make([]uint8, 8), 2, 2, 2, 1, []int32{0, 1}}, Test: Split{make([]uint8, 4), 1, 2, 2, 1, []int32{1}}}
	}
	if err := good().Check(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		spoil func(s *Set)
		want  string
	}{
		{"pixels missing", func(s *Set) { s.Train.Images = s.Train.Images[1:] }, "7 pixel bytes"},
		{"labels missing", func(s *Set) { s.Train.Labels = s.Train.Labels[1:] }, "1 labels for 2 images"},
		{"zero channels", func(s *Set) { s.Test.Channels = 0 }, "must all be positive"},
		{"label range", func(s *Set) { s.Test.Labels[0] = 2 }, `"toy", test: label 2 of image 0`},
		{"sizes differ", func(s *Set) { s.Test.Height, s.Test.Width = 1, 4 }, "test has images of 1×4×1"},
		{"empty class", func(s *Set) { s.Train.Labels[1] = 0 }, "class 1 (b)"},
		{"no images", func(s *Set) { s.Train, s.Test = Split{}, Split{} }, "no training image"},
	}
	for _, tt := range tests {
		s := good()
		tt.spoil(s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Check() = %v, want an error with %q", tt.name, err, tt.want)
		}
	}
	var none *Set
	if err := none.Check(); err == nil || none.String() != "no data set" {
		t.Errorf("nil set: %v, %q", err, none)
	}
}

func TestFirstAndFingerprint(t *testing.T) {
	set, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	small := set.First(100, -3)
	if small.Train.N != 100 || small.Test.N != 0 || !strings.Contains(small.String(), "the first 100 + 0 images of embedded subset") {
		t.Errorf("First(100, -3) = %v", small)
	}
	if small.Fingerprint() == set.Fingerprint() || small.Fingerprint() != set.First(100, 0).Fingerprint() {
		t.Error("fingerprints do not tell sets apart")
	}
	if all := set.First(1e9, 1e9); all.Source != set.Source || all.Train.N != set.Train.N {
		t.Errorf("First of more than there is = %v", all)
	}
	if f := small.Train.Floats(); len(f) != 100*784 || f[400] != float32(small.Train.Images[400])/255 {
		t.Errorf("Floats() has %d values", len(f))
	}
}

func TestSheetAndBundle(t *testing.T) {
	set, err := EmbeddedFashionMNIST()
	if err != nil {
		t.Fatal(err)
	}
	sheet := set.Train.Sheet(3, 10, 2)
	if got, want := sheet.Bounds(), image.Rect(0, 0, 10*58+2, 3*58+2); got != want {
		t.Errorf("sheet of %v, want %v", got, want)
	}
	// Column 7 shows sneakers: its first image is the first one with that label.
	first := slices.Index(set.Train.Labels, 7)
	for y := range 28 {
		for x := range 28 {
			want, _, _, _ := set.Train.Image(first).At(x, y).RGBA()
			if got, _, _, _ := sheet.At(7*58+2+2*x+1, 2+2*y+1).RGBA(); got != want {
				t.Fatalf("pixel (%d, %d) of column 7 = %d, want %d", x, y, got, want)
			}
		}
	}
	bundle := set.MIMEBundle()
	if raw, ok := bundle["image/png"].([]byte); !ok {
		t.Errorf("bundle has no picture")
	} else if _, err := png.Decode(bytes.NewReader(raw)); err != nil {
		t.Error(err)
	}
	if bundle["text/plain"] != set.String() {
		t.Errorf("text/plain = %v", bundle["text/plain"])
	}
	var none *Set
	if len(none.MIMEBundle()) != 1 || len((&Set{}).MIMEBundle()) != 1 {
		t.Error("an empty set has a picture")
	}
}

// writeImage writes an image in the format of its name.
func writeImage(t *testing.T, path string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if filepath.Ext(path) == ".png" {
		err = png.Encode(f, img)
	} else {
		err = jpeg.Encode(f, img, &jpeg.Options{Quality: 95})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestLoadFolder(t *testing.T) {
	dir := t.TempDir()
	red, blue := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}
	writeImage(t, filepath.Join(dir, "train/red/1.png"), plain(6, 6, red))
	writeImage(t, filepath.Join(dir, "train/blue/deep/2.jpg"), plain(12, 6, blue))
	writeImage(t, filepath.Join(dir, "train/blue/1.PNG"), plain(1, 1, blue))
	writeImage(t, filepath.Join(dir, "val/blue/1.png"), plain(6, 6, blue))
	writeImage(t, filepath.Join(dir, "loose.png"), plain(6, 6, red))
	for _, f := range []string{"train/red/notes.txt", "train/red/.hidden.png"} {
		if err := os.WriteFile(filepath.Join(dir, f), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := LoadFolder(dir, FolderOptions{Format: Format{Height: 4, Width: 4}})
	if err != nil {
		t.Fatal(err)
	}
	reopens(t, set)
	if !slices.Equal(set.Classes, []string{"blue", "red"}) || !slices.Equal(set.Train.Labels, []int32{0, 0, 1}) || !slices.Equal(set.Test.Labels, []int32{0}) || set.Unlabelled.N != 1 {
		t.Fatalf("%v: classes %v, labels %v and %v", set, set.Classes, set.Train.Labels, set.Test.Labels)
	}
	for i, l := range set.Train.Labels {
		p := set.Train.Pixels(i)
		if (l == 0) != (p[0] < 10 && p[2] > 245) || (l == 1) != (p[0] > 245 && p[2] < 10) {
			t.Errorf("image %d of class %s begins with %v", i, set.Classes[l], p[:3])
		}
	}
}

func TestLoadFolderBad(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "a", "0-bad.jpg")
	writeImage(t, filepath.Join(dir, "a", "1.png"), plain(6, 6, color.White))
	writeImage(t, filepath.Join(dir, "a", "2.png"), plain(6, 6, color.White))
	if err := os.WriteFile(bad, []byte("no image"), 0o644); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(dir, "a", "3-cut.png")
	raw, err := os.ReadFile(filepath.Join(dir, "a", "1.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, raw[:len(raw)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFolder(dir, FolderOptions{}); err == nil || !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), "set SkipBad") {
		t.Errorf("error = %v, want one that names %s and the option", err, bad)
	}
	set, err := LoadFolder(dir, FolderOptions{SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	if set.Train.N != 2 || len(set.Train.Labels) != 2 || len(set.Skipped) != 2 || !strings.Contains(set.Skipped[1].Error(), cut) || !strings.Contains(set.String(), "2 files skipped") {
		t.Errorf("%v; skipped %v", set, set.Skipped)
	}
	empty := t.TempDir()
	if err := os.Mkdir(filepath.Join(empty, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFolder(empty, FolderOptions{}); err == nil || !strings.Contains(err.Error(), "holds no images") {
		t.Errorf("error = %v, want one about a folder without images", err)
	}
	if _, err := LoadFolder(filepath.Join(empty, "no"), FolderOptions{}); err == nil {
		t.Error("a missing folder gives no error")
	}
	writeImage(t, filepath.Join(empty, "a", "1.png"), plain(2, 2, color.White))
	if err := os.Mkdir(filepath.Join(empty, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFolder(empty, FolderOptions{}); err == nil || !strings.Contains(err.Error(), "class 1 (b) has no training image") {
		t.Errorf("error = %v, want one about the empty class", err)
	}
	writeImage(t, filepath.Join(dir, "train/x/1.png"), plain(2, 2, color.White))
	writeImage(t, filepath.Join(dir, "test/y/1.png"), plain(2, 2, color.White))
	if _, err := LoadFolder(dir, FolderOptions{}); err == nil || !strings.Contains(err.Error(), `class "y" is not among the training classes x`) {
		t.Errorf("error = %v, want one about the test class", err)
	}
}
