package data

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// Format is the size that images are brought to. A zero takes what the first image has;
// Channels 1 makes grey images, 3 colour.
type Format struct {
	Height, Width, Channels int
}

// FromImages makes a set of any Go images: each is cropped around its centre to the
// format's proportions, scaled with antialiasing, and stored as bytes. labels index
// classes, one for each image; with nil labels the images go to Unlabelled. Split them
// with [Set.Holdout].
func FromImages(name string, images []image.Image, labels []int32, classes []string, f Format) (*Set, error) {
	if len(images) == 0 {
		return nil, fmt.Errorf("data: set %q: no images", name)
	}
	for i, img := range images {
		if img == nil || img.Bounds().Empty() {
			return nil, fmt.Errorf("data: set %q: image %d is empty", name, i)
		}
	}
	f, err := f.of(images[0])
	if err != nil {
		return nil, fmt.Errorf("data: set %q: %w", name, err)
	}
	split := f.split(len(images))
	split.Labels = labels
	inParallel(len(images), func(i int) { f.store(split.Pixels(i), images[i]) })
	set := &Set{Name: name, Classes: classes, Source: "images of this program"}
	if labels == nil {
		split.Labels, set.Unlabelled = nil, split
	} else {
		set.Train = split
	}
	if err := set.Check(); err != nil {
		return nil, err
	}
	return set, nil
}

// of completes the format from the first image.
func (f Format) of(first image.Image) (Format, error) {
	if f.Height < 0 || f.Width < 0 {
		return f, fmt.Errorf("images of %d×%d cannot be made", f.Height, f.Width)
	}
	if f.Height == 0 {
		f.Height = first.Bounds().Dy()
	}
	if f.Width == 0 {
		f.Width = first.Bounds().Dx()
	}
	switch f.Channels {
	case 0:
		f.Channels = 3
		switch first.ColorModel() {
		case color.GrayModel, color.Gray16Model:
			f.Channels = 1
		}
	case 1, 3:
	default:
		return f, fmt.Errorf("images of %d channels cannot be made; use 1 (grey) or 3 (colour)", f.Channels)
	}
	return f, nil
}

// split is room for n images.
func (f Format) split(n int) Split {
	return Split{Images: make([]uint8, n*f.Height*f.Width*f.Channels), N: n, Height: f.Height, Width: f.Width, Channels: f.Channels}
}

// store brings an image to the format and writes its bytes. Transparent parts become
// white, as on paper.
func (f Format) store(to []uint8, img image.Image) {
	src := crop(img.Bounds(), f.Width, f.Height)
	canvas := image.NewRGBA(image.Rect(0, 0, f.Width, f.Height))
	draw.Draw(canvas, canvas.Bounds(), image.White, image.Point{}, draw.Src)
	if src.Dx() == f.Width && src.Dy() == f.Height {
		draw.Draw(canvas, canvas.Bounds(), img, src.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(canvas, canvas.Bounds(), img, src, draw.Over, nil)
	}
	for i := range f.Width * f.Height {
		p := canvas.Pix[4*i : 4*i+3]
		if f.Channels == 3 {
			copy(to[3*i:], p)
		} else {
			to[i] = color.GrayModel.Convert(color.RGBA{p[0], p[1], p[2], 255}).(color.Gray).Y
		}
	}
}

// crop is the largest part of b around its centre with the proportions of width to height.
func crop(b image.Rectangle, width, height int) image.Rectangle {
	w, h := b.Dx(), b.Dy()
	if w*height > h*width {
		w = max(1, h*width/height)
	} else {
		h = max(1, w*height/width)
	}
	x, y := b.Min.X+(b.Dx()-w)/2, b.Min.Y+(b.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h)
}

// Holdout returns a set in which every nth training image of each class, the first one
// included, has become a test image; the classes keep their proportions. The old test
// images are left out. Pixels are copied.
func (s *Set) Holdout(nth int) (*Set, error) {
	if nth < 2 {
		return nil, fmt.Errorf("data: holding out every %d. image leaves nothing to train on; use 2 or more", nth)
	}
	var train, test []int
	seen := map[int32]int{}
	for i := range s.Train.N {
		class := int32(-1)
		if s.Train.Labels != nil {
			class = s.Train.Labels[i]
		}
		if seen[class]%nth == 0 {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
		seen[class]++
	}
	out := *s
	out.Train, out.Test = s.Train.Pick(train), s.Train.Pick(test)
	out.Origin = s.Origin.then(Part{Holdout: nth})
	out.Source = fmt.Sprintf("every %d. training image of a class held out, of %s", nth, s.Source)
	return &out, nil
}
