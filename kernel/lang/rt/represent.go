package rt

import (
	"reflect"
	"unsafe"
)

// A representation may hide a type: a pointer of a recursive type is kept as
// unsafe.Pointer, a recursive func, slice or map type as any. The functions of this
// file give a reflect.Value that has the structure of its Type.

// unknot opens the any that stands for a recursive type.
func unknot(v reflect.Value, t *Type) reflect.Value {
	for v.IsValid() && v.Kind() == reflect.Interface && t.Kind() != reflect.Interface {
		v = v.Elem()
	}
	return v
}

// settle gives v the structure of t: knots opened, an erased pointer typed, an
// erased nil a nil of its kind. A pointer whose element's representation is not
// known stays an unsafe.Pointer.
func settle(v reflect.Value, t *Type) reflect.Value {
	v = unknot(v, t)
	if !v.IsValid() {
		return nilOf(t)
	}
	if v.Kind() == reflect.UnsafePointer && t.Kind() == reflect.Pointer {
		if r := t.Elem().repType(); r != nil {
			return reflect.NewAt(r, v.UnsafePointer())
		}
	}
	return v
}

// nilOf is the nil of a type whose representation is any.
func nilOf(t *Type) reflect.Value {
	if r := t.repType(); r != nil {
		return reflect.Zero(r)
	}
	switch t.Kind() {
	case reflect.Slice:
		return reflect.Zero(reflect.TypeFor[[]struct{}]())
	case reflect.Map:
		return reflect.Zero(reflect.TypeFor[map[string]struct{}]())
	case reflect.Func:
		return reflect.Zero(reflect.TypeFor[func()]())
	case reflect.Chan:
		return reflect.Zero(reflect.TypeFor[chan struct{}]())
	}
	return reflect.Zero(reflect.TypeFor[unsafe.Pointer]())
}

var (
	boxT   = reflect.TypeFor[Box]()
	boxedT = reflect.TypeFor[Boxed]()
)

// unboxValue is the value and the type in v when v is a box or an adapter. It
// works on what was reached through unexported fields too.
func unboxValue(v reflect.Value) (reflect.Value, *Type, bool) {
	r := v.Type()
	if r != boxT && (r.Kind() != reflect.Struct || !r.Implements(boxedT)) {
		return v, nil, false
	}
	for v.Type() != boxT {
		if v.Kind() != reflect.Struct || v.NumField() == 0 {
			return v, nil, false
		}
		v = v.Field(0)
	}
	t := (*Type)(v.Field(0).UnsafePointer())
	if t == nil {
		return v, nil, false
	}
	return v.Field(1).Elem(), t, true
}

// erased reports whether pointers to t are kept as unsafe.Pointer: t is a struct
// whose representation was told by Rep.
func (t *Type) erased() bool {
	return t.goT == nil && t.rep.Load() != nil && t.Kind() == reflect.Struct
}
