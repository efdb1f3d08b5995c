package check

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// nearest returns the candidate that a misspelt name most likely meant: the one
// within a third of its length in edits, capitals counting half; "" when none is.
func nearest(name string, candidates iter.Seq[string]) string {
	best, bestCost := "", 2*max(1, utf8.RuneCountInString(name)/3)+1 // one more than is accepted
	if utf8.RuneCountInString(name) < 2 {
		return ""
	}
	for c := range candidates {
		if c == name || c == "_" {
			continue
		}
		d := distance(name, c, bestCost)
		if d < bestCost || d == bestCost && best != "" && closer(name, c, best) {
			best, bestCost = c, d
		}
	}
	return best
}

// closer decides between two candidates of the same distance: the longer common
// beginning, else the alphabet.
func closer(name, a, b string) bool {
	common := func(c string) int {
		n := 0
		for n < len(c) && n < len(name) && c[n] == name[n] {
			n++
		}
		return n
	}
	if x, y := common(a), common(b); x != y {
		return x > y
	}
	return a < b
}

// distance is twice the number of insertions, deletions, replacements and
// transpositions between two words, a change of case counting one; limit beyond
// it the exact value does not matter.
func distance(a, b string, limit int) int {
	if strings.EqualFold(a, b) {
		return 1
	}
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); 2*d > limit || -2*d > limit {
		return limit + 1
	}
	prev2, prev, cur := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range prev {
		prev[j] = 2 * j
	}
	for i := 1; i <= len(x); i++ {
		cur[0] = 2 * i
		low := cur[0]
		for j := 1; j <= len(y); j++ {
			cost := 2
			if x[i-1] == y[j-1] {
				cost = 0
			} else if strings.EqualFold(string(x[i-1]), string(y[j-1])) {
				cost = 1
			}
			cur[j] = min(prev[j]+2, cur[j-1]+2, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+2)
			}
			low = min(low, cur[j])
		}
		if low > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(y)]
}
