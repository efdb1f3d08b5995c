package augment

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
)

// SmallCrops says how many further views of each image are made in a step, beside the two
// large ones, for methods with multi-crop (arXiv:2006.09882, section 3.3): smaller parts of
// the image at a smaller size, so that they cost little. What is not said here is as in
// [Views]. The zero value is none.
type SmallCrops struct {
	Count   int     // of each image
	Size    int     // height and width, in pixels
	CropMin float64 // smallest area of the crop, as a share of the image
	CropMax float64 // largest
}

// MaxSmallCrops bounds SmallCrops.Count.
const MaxSmallCrops = 64

// String is such as "4 of 12×12, area 0.05 to 0.4".
func (c SmallCrops) String() string {
	if c.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d×%d, area %g to %g", c.Count, c.Size, c.Size, c.CropMin, c.CropMax)
}

// Check reports a number that cannot be.
func (c SmallCrops) Check() error {
	switch {
	case c == SmallCrops{}:
		return nil
	case c.Count < 1 || c.Count > MaxSmallCrops:
		return fmt.Errorf("%d small crops are not between 1 and %d", c.Count, MaxSmallCrops)
	case c.Size < 2 || c.Size > 4096:
		return fmt.Errorf("size %d of the small crops is not between 2 and 4096", c.Size)
	}
	for _, s := range c.Settings() {
		if !(*s.Value >= s.Min && *s.Value <= s.Max) {
			return fmt.Errorf("%s is %g; it must be between %g and %g", s.Name, *s.Value, s.Min, s.Max)
		}
	}
	if c.CropMin > c.CropMax {
		return fmt.Errorf("small_min is %g, above small_max, %g", c.CropMin, c.CropMax)
	}
	return nil
}

// Settings lists the values that can be changed while training, by pointer.
func (c *SmallCrops) Settings() []Setting {
	if c.Count == 0 {
		return nil
	}
	return []Setting{
		{"small_min", "smallest area of the small crops, a share of the image", 0.005, 1, &c.CropMin},
		{"small_max", "largest area of the small crops", 0.005, 1, &c.CropMax},
	}
}

// Apply makes one small crop of each image, inside the graph; all but its size and the crop's
// area is as v has it; see [Views.Apply].
//
//	x      [n, height, width, channels]  pixels in [0, 1]
//	draws  [n, Draws]                    uniform in [0, 1)
//	result [n, Size, Size, channels]
func (c SmallCrops) Apply(v Views, x, draws *Node, setting func(name string) *Node) *Node {
	return v.apply(x, draws, func(name string) *Node {
		switch name {
		case "crop_min":
			name = "small_min"
		case "crop_max":
			name = "small_max"
		}
		return setting(name)
	}, c.Size, c.Size)
}
