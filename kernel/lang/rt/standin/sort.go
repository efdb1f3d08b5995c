package standin

import (
	"sort"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// These look at the elements alone, so the representation will do.
var _ = add(map[string]any{
	"sort.Slice":         func(x any, less func(i, j int) bool) { sort.Slice(rt.V(x), less) },
	"sort.SliceStable":   func(x any, less func(i, j int) bool) { sort.SliceStable(rt.V(x), less) },
	"sort.SliceIsSorted": func(x any, less func(i, j int) bool) bool { return sort.SliceIsSorted(rt.V(x), less) },
})
