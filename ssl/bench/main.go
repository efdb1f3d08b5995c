// Command bench trains the reference recipe of SimCLR on Fashion-MNIST and prints what it
// reached beside the reference's results.
//
//	go run ./ssl/bench                       the whole recipe: 390 steps on 20,000 images
//	go run ./ssl/bench -steps 50 -probe=false   step time alone
//	go run ./ssl/bench -lambda 1             with a SparseHead
//	go run ./ssl/bench table                 every method and every family of SparseHead, see table.go
//
// The reference is the same recipe in PyTorch 2.15, seed 0. GOMLX_BACKEND or -backend chooses
// the backend.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/device"
	"github.com/gossl/gossl/ssl/sparse"
)

// reference are the results of the recipe in PyTorch, seed 0.
var reference = struct {
	linear, knn20, knn200, rankH, rankZ float64
	epochs                              []float64 // mean NT-Xent of each epoch
}{84.69, 81.65, 77.13, 41.6, 27.4, []float64{4.489, 3.807, 3.420, 3.233, 3.135}}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 && os.Args[1] == "table" {
		return table(os.Args[2:])
	}
	backend := flag.String("backend", "", "backend; see gossl backend")
	images := flag.Int("images", 20000, "training images, the first of the set")
	steps := flag.Int("steps", 390, "steps")
	batch := flag.Int("batch", 256, "images a step")
	seed := flag.Int64("seed", 0, "seed")
	lambda := flag.Float64("lambda", 0, "weight of the group Hoyer-square penalty; 0 for none")
	probe := flag.Bool("probe", true, "evaluate at the end")
	flag.Parse()

	set, err := data.LoadFashionMNIST("")
	if err != nil {
		return err
	}
	b, info, err := device.Open(context.Background(), *backend, device.Options{})
	if err != nil {
		return err
	}
	lab := ssl.NewLab(b)
	defer lab.Close()
	exp := ssl.NewSimCLR(set.First(*images, set.Test.N))
	exp.Steps, exp.Batch, exp.Seed = *steps, *batch, *seed
	if *lambda > 0 {
		exp.Sparse = sparse.GroupHoyer(*lambda)
	}
	fmt.Printf("%s\n%s, %d processors\n\n%s\n\n", info, runtime.Version(), runtime.NumCPU(), exp)

	begun := time.Now()
	r, err := lab.Start(exp)
	if err != nil {
		return err
	}
	if err := r.WaitStep(1); err != nil {
		return err
	}
	first := time.Since(begun)
	if err := r.Wait(); err != nil {
		return err
	}
	trained := time.Since(begun)

	m := r.Metrics()
	seconds := slices.Sorted(slices.Values(m.Values["seconds"]))
	fmt.Printf("start to first step %.2f s, training %.1f s; a step: best %.1f, median %.1f ms, %.0f images/s; %d graph build\n\n",
		first.Seconds(), trained.Seconds(), 1e3*seconds[0], 1e3*seconds[len(seconds)/2], float64(*batch)/seconds[len(seconds)/2], r.Builds())

	fmt.Printf("%-22s %10s %10s\n", "", "gossl", "reference")
	row := func(name string, ours, theirs float64, decimals int) {
		fmt.Printf("%-22s %10.*f %10.*f\n", name, decimals, ours, decimals, theirs)
	}
	perEpoch := *images / *batch
	for i := 0; (i+1)*perEpoch <= m.Len(); i++ {
		mean := ssl.Metrics{Values: map[string][]float64{"contrast": m.Values["contrast"][i*perEpoch : (i+1)*perEpoch]}}.Mean("contrast", perEpoch)
		if i < len(reference.epochs) {
			row(fmt.Sprintf("NT-Xent, epoch %d", i+1), mean, reference.epochs[i], 3)
		}
	}
	if !*probe {
		return nil
	}
	rep, err := r.EvaluateContext(context.Background())
	if err != nil {
		return err
	}
	row("linear probe, %", 100*rep.Linear, reference.linear, 2)
	row("kNN 20, %", 100*rep.KNN[20], reference.knn20, 2)
	row("kNN 200, %", 100*rep.KNN[200], reference.knn200, 2)
	row("RankMe h", rep.RankH, reference.rankH, 1)
	row("RankMe z", rep.RankZ, reference.rankZ, 1)
	fmt.Printf("%s\n%s evaluation\n", strings.Repeat("-", 44), fmt.Sprintf("%.1f s", rep.Seconds))
	return nil
}
