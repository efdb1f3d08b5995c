package eval

import "fmt"

// checkLabels reports labels that do not fit the features they belong to.
func checkLabels(what string, f Features, labels []int32, classes int) error {
	if len(labels) != f.Rows {
		return fmt.Errorf("eval: %s: %d labels for %d rows of features", what, len(labels), f.Rows)
	}
	for i, l := range labels {
		if l < 0 || int(l) >= classes {
			return fmt.Errorf("eval: %s: label %d of row %d is outside the %d classes", what, l, i, classes)
		}
	}
	return nil
}

// accuracy is the share of equal labels, between 0 and 1.
func accuracy(got, want []int32) float64 {
	right := 0
	for i, g := range got {
		if g == want[i] {
			right++
		}
	}
	return float64(right) / float64(len(want))
}
