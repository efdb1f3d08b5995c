package augment_test

import (
	"fmt"

	"github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/augment"
)

// A view with nothing left to chance: a flip.
func Example() {
	backend, err := gobackend.New("")
	if err != nil {
		panic(err)
	}
	v := augment.Views{CropMin: 1, CropMax: 1, RatioMin: 1, RatioMax: 1, Flip: 1}
	image := [][][][]float32{{{{0}, {0.5}}, {{0.25}, {1}}}} // one image of 2×2, one channel
	draws := make([][]float32, 1)
	draws[0] = make([]float32, augment.Draws)
	view, err := CallOnce(backend, func(x, draws *Node) *Node {
		return v.Apply(x, draws, settingsOf(x.Graph(), x, v))
	}, image, draws)
	if err != nil {
		panic(err)
	}
	fmt.Println(view.Value())
	// Output: [[[[0.5] [0]] [[1] [0.25]]]]
}
