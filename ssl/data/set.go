package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// Set is a data set of images in memory, split as its makers split it.
type Set struct {
	Name    string   // "Fashion-MNIST"
	Source  string   // where the images came from, one line
	Origin  Origin   // how to read it again
	Classes []string // names of the classes; a label is an index into it

	Train      Split // what an experiment learns from, and what a probe is fitted on
	Test       Split // what a probe is scored on
	Unlabelled Split // images without labels, where the set has them

	Skipped []error // files that were left out because they could not be read, where that was asked for
}

// Split is one part of a [Set]: images of one size, and their labels.
type Split struct {
	Images                     []uint8 // [N, Height, Width, Channels], row-major, 0–255
	N, Height, Width, Channels int     // the dimensions of Images
	Labels                     []int32 // N indices into Set.Classes; nil when there are none
}

// String says what the set is, how large, and where it came from.
func (s *Set) String() string {
	if s == nil {
		return "no data set"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d train", s.Name, s.Train.N)
	if s.Test.N > 0 {
		fmt.Fprintf(&b, " + %d test", s.Test.N)
	}
	if s.Unlabelled.N > 0 {
		fmt.Fprintf(&b, " + %d unlabelled", s.Unlabelled.N)
	}
	shown := s.Train
	if shown.N == 0 {
		shown = s.Unlabelled
	}
	fmt.Fprintf(&b, " images of %d×%d×%d", shown.Height, shown.Width, shown.Channels)
	if len(s.Classes) > 0 {
		fmt.Fprintf(&b, ", %d classes", len(s.Classes))
	}
	if len(s.Skipped) > 0 {
		fmt.Fprintf(&b, ", %d files skipped", len(s.Skipped))
	}
	if s.Source != "" {
		fmt.Fprintf(&b, " (%s)", s.Source)
	}
	return b.String()
}

// First returns a set of the first train training images and the first test test
// images; a count at or above what there is takes all. The pixels are shared with s.
func (s *Set) First(train, test int) *Set {
	out := *s
	out.Train = s.Train.Slice(0, min(max(train, 0), s.Train.N))
	out.Test = s.Test.Slice(0, min(max(test, 0), s.Test.N))
	if out.Train.N < s.Train.N || out.Test.N < s.Test.N {
		out.Origin = s.Origin.then(Part{Train: out.Train.N, Test: out.Test.N})
		note := fmt.Sprintf("the first %d + %d images", out.Train.N, out.Test.N)
		if s.Source != "" {
			note += " of " + s.Source
		}
		out.Source = note
	}
	return &out
}

// Check reports the first inconsistency of the set: a pixel buffer or label list of
// the wrong length, a label outside the classes, splits of different image sizes,
// a class without a training image, or no training image at all.
func (s *Set) Check() error {
	if s == nil {
		return fmt.Errorf("data: the set is nil; make one with data.FashionMNIST() or data.FromImages")
	}
	if s.Train.N == 0 && s.Unlabelled.N == 0 {
		return fmt.Errorf("data: set %q has no training image", s.Name)
	}
	ref := s.Train
	if ref.N == 0 {
		ref = s.Unlabelled
	}
	for _, part := range s.parts() {
		if err := part.check(len(s.Classes)); err != nil {
			return fmt.Errorf("data: set %q, %s: %w", s.Name, part.name, err)
		}
		if part.N > 0 && (part.Height != ref.Height || part.Width != ref.Width || part.Channels != ref.Channels) {
			return fmt.Errorf("data: set %q: %s has images of %d×%d×%d, the others have %d×%d×%d; resize them to one size",
				s.Name, part.name, part.Height, part.Width, part.Channels, ref.Height, ref.Width, ref.Channels)
		}
	}
	if s.Train.Labels != nil {
		for class, n := range s.Train.ClassCounts(len(s.Classes)) {
			if n == 0 {
				return fmt.Errorf("data: set %q: class %d (%s) has no training image; remove the class or add images", s.Name, class, s.Classes[class])
			}
		}
	}
	return nil
}

// Fingerprint is a SHA-256, in hex, over every pixel, label and size of the set: equal
// fingerprints mean equal data, whatever file it was read from.
func (s *Set) Fingerprint() string {
	h := sha256.New()
	for _, part := range s.parts() {
		binary.Write(h, binary.LittleEndian, []int64{int64(part.N), int64(part.Height), int64(part.Width), int64(part.Channels), int64(len(part.Labels))})
		h.Write(part.Images)
		binary.Write(h, binary.LittleEndian, part.Labels)
	}
	return hex.EncodeToString(h.Sum(nil))
}

type namedSplit struct {
	name string
	Split
}

func (s *Set) parts() []namedSplit {
	return []namedSplit{{"train", s.Train}, {"test", s.Test}, {"unlabelled", s.Unlabelled}}
}

// Pixels returns the pixels of image i, [Height, Width, Channels]; they are shared with
// the split. It panics when i is out of range, as indexing a slice does.
func (s Split) Pixels(i int) []uint8 {
	size := s.Height * s.Width * s.Channels
	return s.Images[i*size : (i+1)*size : (i+1)*size]
}

// Slice returns images lo to hi, hi excluded; pixels and labels are shared with s.
// It panics when the bounds are out of range, as slicing a slice does.
func (s Split) Slice(lo, hi int) Split {
	size := s.Height * s.Width * s.Channels
	out := s
	out.N = hi - lo
	out.Images = s.Images[lo*size : hi*size : hi*size]
	if s.Labels != nil {
		out.Labels = s.Labels[lo:hi:hi]
	}
	return out
}

// Pick returns a copy of the images with the given indices, in that order. It panics
// when one is out of range.
func (s Split) Pick(indices []int) Split {
	size := s.Height * s.Width * s.Channels
	out := s
	out.N = len(indices)
	out.Images = make([]uint8, 0, len(indices)*size)
	for _, i := range indices {
		out.Images = append(out.Images, s.Pixels(i)...)
	}
	if s.Labels != nil {
		out.Labels = make([]int32, len(indices))
		for k, i := range indices {
			out.Labels[k] = s.Labels[i]
		}
	}
	return out
}

// ClassCounts counts the images of each of the given number of classes. Labels outside
// are not counted.
func (s Split) ClassCounts(classes int) []int {
	counts := make([]int, classes)
	for _, l := range s.Labels {
		if l >= 0 && int(l) < classes {
			counts[l]++
		}
	}
	return counts
}

// Floats returns every pixel divided by 255, as rows of Height·Width·Channels float32
// values, row-major: the images as plain features for a probe.
func (s Split) Floats() []float32 {
	out := make([]float32, len(s.Images))
	for i, p := range s.Images {
		out[i] = float32(p) / 255
	}
	return out
}

// check reports an inconsistency within one split.
func (s Split) check(classes int) error {
	if s.N == 0 && len(s.Images) == 0 && len(s.Labels) == 0 {
		return nil
	}
	if s.N <= 0 || s.Height <= 0 || s.Width <= 0 || s.Channels <= 0 {
		return fmt.Errorf("dimensions [%d, %d, %d, %d] must all be positive", s.N, s.Height, s.Width, s.Channels)
	}
	if want := s.N * s.Height * s.Width * s.Channels; len(s.Images) != want {
		return fmt.Errorf("%d pixel bytes, but [%d, %d, %d, %d] needs %d", len(s.Images), s.N, s.Height, s.Width, s.Channels, want)
	}
	if s.Labels == nil {
		return nil
	}
	if len(s.Labels) != s.N {
		return fmt.Errorf("%d labels for %d images", len(s.Labels), s.N)
	}
	for i, l := range s.Labels {
		if l < 0 || int(l) >= classes {
			return fmt.Errorf("label %d of image %d is outside the %d classes", l, i, classes)
		}
	}
	return nil
}
