package loss_test

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/loss"
)

// Projections that have collapsed to a point tell no image from another: NT-Xent is then the
// logarithm of the number of candidates, whatever the temperature.
func Example() {
	backend, err := gobackend.New("")
	if err != nil {
		panic(err)
	}
	collapsed := [][]float64{{1, 2}, {1, 2}, {1, 2}} // three images
	value, err := CallOnce(backend, func(za, zb *Node) *Node {
		temperature := Scalar(za.Graph(), za.DType(), 0.2)
		return loss.NTXent(za, zb, temperature)
	}, collapsed, collapsed)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f, ln 5 = %.4f\n", value.Value(), math.Log(5))
	// Output: 1.6094, ln 5 = 1.6094
}
