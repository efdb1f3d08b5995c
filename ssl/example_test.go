package ssl_test

import (
	"fmt"

	"github.com/gomlx/compute/gobackend"
	. "github.com/gomlx/gomlx/core/graph"

	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/loss"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// A few steps of a small experiment on the pure-Go backend, changed on the way.
func Example() {
	backend, err := gobackend.New("")
	if err != nil {
		panic(err)
	}
	lab := ssl.NewLab(backend)
	defer lab.Close()

	exp := ssl.NewSimCLR(data.FashionMNIST().First(64, 64))
	exp.Encoder = net.MLPEncoder(32, 16)
	exp.Projector = net.MLP{Widths: []int{16, 8}}
	exp.Sparse = sparse.GroupHoyer(0.05)
	exp.Batch, exp.Steps = 16, 9

	run, err := lab.Start(exp)
	if err != nil {
		panic(err)
	}
	if err := run.WaitStep(9); err != nil {
		panic(err)
	}
	if err := run.Extend(6); err != nil { // else it would be done
		panic(err)
	}
	if err := run.Wait(); err != nil {
		panic(err)
	}
	fmt.Println(run.Steps(), "steps,", run.Builds(), "build,", run.Status())
	fmt.Println(run.Journal())
	_, err = run.Set("lamda", 1)
	fmt.Println(err)
	// Output:
	// 15 steps, 1 build, done
	// step 10: steps 9 → 15
	// the run has ended: simclr-1 has done all its 15 steps; Extend gives it more
}

// A loss of one's own: NT-Xent with a term that keeps projections short. It is called once,
// while the step is built.
func ExampleNewLoss() {
	short := ssl.NewLoss("short-nt-xent", func(za, zb, temperature *Node) *Node {
		length := ReduceAllMean(Square(Concatenate([]*Node{za, zb}, 0)))
		return Add(loss.NTXent(za, zb, temperature), MulScalar(length, 1e-3))
	})
	exp := ssl.NewSimCLR(nil)
	exp.Loss = short
	fmt.Println(exp.Loss)
	// Output: short-nt-xent
}
