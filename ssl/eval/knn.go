package eval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
)

// KNN is the weighted nearest-neighbour probe: the K rows of a bank with the greatest
// cosine similarity vote for their class, each with weight exp(similarity/Temperature).
// (Wu et al. 2018, arXiv:1805.01978, as in lightly's knn_predict.)
type KNN struct {
	K           []int   // numbers of neighbours, each giving its own prediction
	Temperature float64 // weight of a vote
}

// NewKNN returns the settings of the reference results: K of 20 and 200, temperature 0.1.
func NewKNN() KNN { return KNN{K: []int{20, 200}, Temperature: 0.1} }

// Score returns, for each K, the share of queries that are given their label, between 0
// and 1. It returns the context's error when that is cancelled.
func (k KNN) Score(ctx context.Context, bank Features, bankLabels []int32, query Features, queryLabels []int32, classes int) ([]float64, error) {
	if err := checkLabels("query", query, queryLabels, classes); err != nil {
		return nil, err
	}
	predicted, err := k.Predict(ctx, bank, bankLabels, query, classes)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(k.K))
	for i, p := range predicted {
		out[i] = accuracy(p, queryLabels)
	}
	return out, nil
}

// Predict returns, for each K, the class of every query. Of classes with equal votes the
// lowest is taken, of equally similar neighbours the first: equal input gives equal
// output. Rows are normalised here. A K above the bank's size takes the whole bank.
func (k KNN) Predict(ctx context.Context, bank Features, labels []int32, query Features, classes int) ([][]int32, error) {
	if err := checkLabels("bank", bank, labels, classes); err != nil {
		return nil, err
	}
	if bank.Dim != query.Dim {
		return nil, fmt.Errorf("eval: the bank has %d features, the queries %d", bank.Dim, query.Dim)
	}
	if !(k.Temperature > 0) || math.IsInf(k.Temperature, 0) {
		return nil, fmt.Errorf("eval: kNN temperature %v must be positive; the usual value is 0.1", k.Temperature)
	}
	most := 0
	for _, n := range k.K {
		if n < 1 {
			return nil, fmt.Errorf("eval: kNN with %d neighbours; at least 1 is needed", n)
		}
		most = max(most, n)
	}
	if most == 0 {
		return nil, fmt.Errorf("eval: kNN without a number of neighbours; set K, for instance to 20 and 200")
	}
	most = min(most, bank.Rows)
	out := make([][]int32, len(k.K))
	for i := range out {
		out[i] = make([]int32, query.Rows)
	}
	b, q := narrow(bank.Normalized()), narrow(query.Normalized())
	// A block's similarities, 4·block·bank bytes, are the memory that this needs.
	block := min(256, query.Rows)
	sim := make([]float32, block*bank.Rows)
	for lo := 0; lo < query.Rows; lo += block {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows := min(block, query.Rows-lo)
		c := blas32.General{Rows: rows, Cols: bank.Rows, Stride: bank.Rows, Data: sim[:rows*bank.Rows]}
		part := blas32.General{Rows: rows, Cols: q.Cols, Stride: q.Stride, Data: q.Data[lo*q.Stride : (lo+rows)*q.Stride]}
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, part, b, 0, c)
		inParallel(rows, func(from, to int) {
			near := make([]neighbour, 0, most)
			votes := make([]float64, classes)
			for r := from; r < to; r++ {
				near = nearest(near[:0], c.Data[r*c.Stride:(r+1)*c.Stride], most)
				clear(votes)
				for i, n := range near {
					votes[labels[n.index]] += math.Exp(float64(n.sim) / k.Temperature)
					for j, want := range k.K {
						if i+1 == min(want, most) {
							out[j][lo+r] = largest(votes)
						}
					}
				}
			}
		})
	}
	return out, nil
}

type neighbour struct {
	sim   float32
	index int32
}

// before orders neighbours: more similar first, then by index.
func (a neighbour) before(b neighbour) bool {
	return a.sim > b.sim || a.sim == b.sim && a.index < b.index
}

// nearest returns the most similar entries in order. near is kept as a heap with its last
// neighbour on top, so that most entries cost one comparison.
func nearest(near []neighbour, sim []float32, most int) []neighbour {
	down := func(i int) {
		for {
			child := 2*i + 1
			if child >= len(near) {
				return
			}
			if child+1 < len(near) && near[child].before(near[child+1]) {
				child++
			}
			if !near[i].before(near[child]) {
				return
			}
			near[i], near[child] = near[child], near[i]
			i = child
		}
	}
	for i, s := range sim[:most] {
		near = append(near, neighbour{s, int32(i)})
	}
	for i := most/2 - 1; i >= 0; i-- {
		down(i)
	}
	for i := most; i < len(sim); i++ {
		if sim[i] > near[0].sim {
			near[0] = neighbour{sim[i], int32(i)}
			down(0)
		}
	}
	slices.SortFunc(near, func(a, b neighbour) int {
		if c := cmp.Compare(b.sim, a.sim); c != 0 {
			return c
		}
		return cmp.Compare(a.index, b.index)
	})
	return near
}

// largest is the index of the first maximum.
func largest(x []float64) (at int32) {
	for i, v := range x {
		if v > x[at] {
			at = int32(i)
		}
	}
	return at
}

// narrow converts features for single-precision BLAS, which is twice as fast and, for
// similarities, exact enough.
func narrow(f Features) blas32.General {
	g := blas32.General{Rows: f.Rows, Cols: f.Dim, Stride: f.Dim, Data: make([]float32, len(f.Data))}
	for i, v := range f.Data {
		g.Data[i] = float32(v)
	}
	return g
}

// inParallel calls f on ranges that together are 0 to n, one range a processor.
func inParallel(n int, f func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() { f(w*n/workers, (w+1)*n/workers) })
	}
	wg.Wait()
}
