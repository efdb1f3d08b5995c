package rt

import "reflect"

// Target gives the function that stores into what p, a value of pointer type t,
// points to: set(v) takes v as it stands in a box, or in an interface when the
// pointer is to one. It is false when the representation of an element behind an
// unsafe.Pointer is not known.
func Target(t *Type, p any) (set func(any), ok bool) {
	v := settle(reflect.ValueOf(p), t)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil, false
	}
	return func(x any) {
		if x == nil {
			v.Elem().SetZero()
			return
		}
		v.Elem().Set(reflect.ValueOf(x))
	}, true
}

// Comparable reports whether == is defined on values of type t.
func (t *Type) Comparable() bool { return t.comparable() }

// Zero is a box of b's type with the zero value, or for a pointer type with a pointer to a new zero value. It is false
// when the representation of an element behind an unsafe.Pointer is not known.
func (b Box) Zero() (z Box, ok bool) {
	v := reflect.ValueOf(b.V)
	if b.T.Kind() != reflect.Pointer {
		return Box{b.T, reflect.Zero(v.Type()).Interface()}, true
	}
	p := settle(v, b.T)
	if p.Kind() != reflect.Pointer {
		return Box{}, false
	}
	p = reflect.New(p.Type().Elem())
	if v.Kind() == reflect.UnsafePointer {
		return Box{b.T, p.UnsafePointer()}, true
	}
	return Box{b.T, p.Interface()}, true
}
