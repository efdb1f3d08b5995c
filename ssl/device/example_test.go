package device_test

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl/device"
)

func Example() {
	backend, info, err := device.Open(context.Background(), "go", device.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer backend.Finalize()
	sum, err := graph.ExecOnce(backend, func(x *graph.Node) *graph.Node { return graph.AddScalar(x, 1) }, []float32{1, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(info)
	fmt.Println(sum.Value())
	// Output:
	// go: the pure-Go backend
	// [2 3]
}

func ExampleOpen_unknown() {
	_, _, err := device.Open(context.Background(), "gpu", device.Options{})
	fmt.Println(err)
	// Output:
	// device: backend "gpu": unknown; use go, xla, cpu, cuda, tpu, a plugin's name ("cpu-jaxlib"), or xla:/path/to/plugin.so
}
