package standin

import (
	"sync/atomic"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"(*sync/atomic.Value).Store":          Store,
	"(*sync/atomic.Value).Swap":           Swap,
	"(*sync/atomic.Value).CompareAndSwap": CompareAndSwap,
})

// Store is the method of an atomic.Value, which takes values of one type only.
func Store(v *atomic.Value, x any) {
	x = rt.Norm(x)
	sameType(v, x, "store")
	v.Store(x)
}

// Swap is the method of an atomic.Value.
func Swap(v *atomic.Value, x any) any {
	x = rt.Norm(x)
	sameType(v, x, "swap")
	return v.Swap(x)
}

// CompareAndSwap is the method of an atomic.Value.
func CompareAndSwap(v *atomic.Value, old, new any) bool {
	old, new = rt.Norm(old), rt.Norm(new)
	if old != nil && new != nil && rt.TypeOf(old) != rt.TypeOf(new) {
		panic("sync/atomic: compare and swap of inconsistently typed values")
	}
	sameType(v, new, "compare and swap")
	return v.CompareAndSwap(old, new)
}

// sameType panics for a box of another type; the original sees one type of box.
func sameType(v *atomic.Value, x any, verb string) {
	have := v.Load()
	if have == nil || x == nil || rt.TypeOf(have) == rt.TypeOf(x) {
		return
	}
	panic("sync/atomic: " + verb + " of inconsistently typed value into Value")
}
