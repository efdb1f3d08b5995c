package rt

import (
	"reflect"
	"sync"
)

var holds sync.Map // reflect.Type → bool

// holdsInterface reports whether a value of the compiled type r may have an
// interface, and so a box, somewhere inside.
func holdsInterface(r reflect.Type) bool {
	if h, ok := holds.Load(r); ok {
		return h.(bool)
	}
	h := searchInterface(r, map[reflect.Type]bool{})
	holds.Store(r, h)
	return h
}

func searchInterface(r reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[r] {
		return false
	}
	seen[r] = true
	switch r.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return searchInterface(r.Elem(), seen)
	case reflect.Map:
		return searchInterface(r.Key(), seen) || searchInterface(r.Elem(), seen)
	case reflect.Struct:
		for i := range r.NumField() {
			if searchInterface(r.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
