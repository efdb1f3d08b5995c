package main

// patches replace declarations, by import path, where a package's own text needs unsafe or the runtime and
// the same can be said in plain Go. What a patch declares and the package does not is added to it.
var patches = map[string]string{
	// Two slices overlap when they share an element: only unsafe code makes them overlap by less.
	"slices": `package slices

func overlaps[E any](a, b []E) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	for i := range b {
		if &a[0] == &b[i] {
			return true
		}
	}
	for i := range a {
		if &b[0] == &a[i] {
			return true
		}
	}
	return false
}
`,
	"maps": `package maps

func Clone[M ~map[K]V, K comparable, V any](m M) M {
	if m == nil {
		return nil
	}
	r := make(M, len(m))
	for k, v := range m {
		r[k] = v
	}
	return r
}
`,
	"math/rand/v2": `package rand

func N[Int intType](n Int) Int {
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(Uint64N(uint64(n)))
}
`,
	// A Value knows the empty state beside the stored nil pointer; both read as nil.
	"sync/atomic": `package atomic

type Pointer[T any] struct {
	_ [0]*T
	v Value
}

func (x *Pointer[T]) Load() *T {
	p, _ := x.v.Load().(*T)
	return p
}

func (x *Pointer[T]) Store(val *T) { x.v.Store(val) }

func (x *Pointer[T]) Swap(new *T) (old *T) {
	old, _ = x.v.Swap(new).(*T)
	return old
}

func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	if old == nil && x.v.CompareAndSwap(nil, new) {
		return true
	}
	return x.v.CompareAndSwap(old, new)
}
`,
	// Handles are equal exactly if the values are; that they are small and quick to compare is lost.
	"unique": `package unique

type Handle[T comparable] struct {
	value T
}

func (h Handle[T]) Value() T { return h.value }

func Make[T comparable](value T) Handle[T] {
	_ = any(value) == any(value) // panics for what cannot be compared
	return Handle[T]{value}
}
`,
}
