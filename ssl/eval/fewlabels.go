package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// FewLabels chooses the rows of a few-label probe: of each class the given share, at
// least one, at random by seed; sorted. The usual shares are 0.01 and 0.1. The same
// arguments choose the same rows.
func FewLabels(labels []int32, classes int, share float64, seed uint64) ([]int, error) {
	if !(share > 0) || share > 1 {
		return nil, fmt.Errorf("eval: a share of %v of the labels; it must be above 0 and at most 1", share)
	}
	members := make([][]int, classes)
	for i, l := range labels {
		if l < 0 || int(l) >= classes {
			return nil, fmt.Errorf("eval: label %d of row %d is outside the %d classes", l, i, classes)
		}
		members[l] = append(members[l], i)
	}
	var out []int
	for c, m := range members {
		r := rand.New(rand.NewPCG(seed, uint64(c)))
		r.Shuffle(len(m), func(i, j int) { m[i], m[j] = m[j], m[i] })
		n := int(math.Round(share * float64(len(m))))
		out = append(out, m[:min(max(n, 1), len(m))]...)
	}
	slices.Sort(out)
	return out, nil
}

// Pick returns a copy of the rows with the given indices, in that order. It panics when one
// is out of range.
func (f Features) Pick(rows []int) Features {
	out := Features{len(rows), f.Dim, make([]float64, 0, len(rows)*f.Dim)}
	for _, i := range rows {
		out.Data = append(out.Data, f.Row(i)...)
	}
	return out
}
