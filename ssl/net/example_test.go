package net_test

import (
	"fmt"

	"github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"github.com/gossl/gossl/ssl/net"
)

// A small encoder and a projector, and what becomes of two images in them.
func Example() {
	backend, err := gobackend.New("")
	if err != nil {
		panic(err)
	}
	encoder, projector := net.ConvEncoder(8, 16), net.MLP{Widths: []int{32, 4}, Norm: true}
	fmt.Println(encoder, "|", projector)

	store := model.NewStore()
	images := make([][][][]float32, 2)
	for i := range images {
		images[i] = make([][][]float32, 28)
		for y := range images[i] {
			images[i][y] = make([][]float32, 28)
			for x := range images[i][y] {
				images[i][y][x] = []float32{float32(x*(i+1)%28) / 28}
			}
		}
	}
	z, err := model.CallOnce(backend, store, func(s *model.Scope, x *Node) *Node {
		h := encoder.Build(s.In("encoder"), x)
		return projector.Build(s.In("projector"), h)
	}, images)
	if err != nil {
		panic(err)
	}
	fmt.Println(z.Shape())
	fmt.Println(store.GetVariable("/projector/layer1/weights").Shape())
	// Output:
	// conv 8-16 | 32bn-4
	// (Float32)[2, 4]
	// (Float32)[16, 32]
}
