package eval_test

import (
	"context"
	"fmt"
	"math"

	"github.com/gossl/gossl/ssl/eval"
)

func Example() {
	// Two classes on two arcs, one feature that says nothing.
	var rows [][]float64
	var labels []int32
	for i := range 100 {
		angle := float64(i%50)/50 + float64(i/50)*math.Pi/2
		rows = append(rows, []float64{math.Cos(angle), math.Sin(angle), 0.1})
		labels = append(labels, int32(i/50))
	}
	f, err := eval.FromRows(rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	probe, err := eval.NewLinearProbe().Fit(ctx, f, labels, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	acc, err := probe.Score(f, labels)
	if err != nil {
		fmt.Println(err)
		return
	}
	near, err := eval.KNN{K: []int{5}, Temperature: 0.1}.Score(ctx, f, labels, f, labels, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("linear %.0f %%, kNN %.0f %%, RankMe %.2f of 3\n", 100*acc, 100*near[0], eval.RankMe(f))
	// Output: linear 100 %, kNN 100 %, RankMe 2.17 of 3
}
