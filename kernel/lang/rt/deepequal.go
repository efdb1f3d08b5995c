package rt

import (
	"reflect"
	"unsafe"
)

// DeepEqual is reflect.DeepEqual.
func DeepEqual(x, y any) bool {
	if x == nil || y == nil {
		return x == y
	}
	a, ta := dynamic(reflect.ValueOf(x))
	b, tb := dynamic(reflect.ValueOf(y))
	return ta == tb && deepEqual(a, b, ta, map[visit]bool{})
}

// visit is a comparison under way: of a cycle it is enough to go round once.
type visit struct {
	a, b unsafe.Pointer
	t    *Type
}

func deepEqual(a, b reflect.Value, t *Type, seen map[visit]bool) bool {
	if t.Kind() == reflect.Interface {
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		x, tx := dynamic(a.Elem())
		y, ty := dynamic(b.Elem())
		return tx == ty && deepEqual(x, y, tx, seen)
	}
	a, b = settle(a, t), settle(b, t)
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if t.Kind() != reflect.Pointer && a.Len() != b.Len() {
			return false
		}
		if a.UnsafePointer() == b.UnsafePointer() {
			return true
		}
		v := visit{a.UnsafePointer(), b.UnsafePointer(), t}
		if seen[v] {
			return true
		}
		seen[v] = true
	}
	switch t.Kind() {
	case reflect.Pointer:
		return a.Kind() == reflect.Pointer && deepEqual(a.Elem(), b.Elem(), t.Elem(), seen)
	case reflect.Slice, reflect.Array:
		for i := range a.Len() {
			if !deepEqual(a.Index(i), b.Index(i), t.Elem(), seen) {
				return false
			}
		}
		return true
	case reflect.Struct:
		for i, f := range t.Fields() {
			if !deepEqual(a.Field(i), b.Field(i), f.T, seen) {
				return false
			}
		}
		return true
	case reflect.Map:
		for it := a.MapRange(); it.Next(); {
			w := b.MapIndex(it.Key())
			if !w.IsValid() || !deepEqual(it.Value(), w, t.Elem(), seen) {
				return false
			}
		}
		return true
	case reflect.Func:
		return a.IsNil() && b.IsNil()
	}
	return a.Equal(b)
}
