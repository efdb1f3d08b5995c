package rt

import (
	"reflect"
	"unsafe"
)

// The rules by which lowering erases recursive types, seen from here: pointers to a
// recursive struct are unsafe.Pointer, and what is still on a cycle then is any.

// opaque reports whether values of t are kept as any.
func (t *Type) opaque() bool {
	if t.goT != nil {
		return false
	}
	k := t.Kind()
	if t.named {
		switch k {
		case reflect.Slice, reflect.Map, reflect.Chan, reflect.Func, reflect.Pointer, reflect.Array:
			return t.hard() || t.Underlying().opaque()
		}
		return false
	}
	switch k {
	case reflect.Slice, reflect.Chan:
		return t.Elem().holdsHard()
	case reflect.Pointer:
		return !t.Elem().erased() && t.Elem().holdsHard()
	case reflect.Map:
		return t.Key().holdsHard() || t.Elem().holdsHard()
	case reflect.Func:
		in, out, _ := t.Signature()
		for _, p := range append(in[:len(in):len(in)], out...) {
			if p.holdsHard() {
				return true
			}
		}
	}
	return false
}

// holdsHard reports whether t is, or holds by value, a struct that is on a cycle
// after all pointers to recursive structs are cut.
func (t *Type) holdsHard() bool {
	if t.goT != nil {
		return false
	}
	switch t.Kind() {
	case reflect.Struct:
		if t.named {
			return t.hard()
		}
		for _, f := range t.Fields() {
			if f.T.holdsHard() {
				return true
			}
		}
	case reflect.Array:
		return t.Elem().holdsHard()
	}
	return false
}

// hard reports whether the named type t mentions itself without such a pointer.
func (t *Type) hard() bool {
	seen := map[*Type]bool{}
	var visit func(u *Type) bool
	all := func(us ...*Type) bool {
		for _, u := range us {
			if u == t || u.goT == nil && !seen[u] && visit(u) {
				return true
			}
		}
		return false
	}
	visit = func(u *Type) bool {
		seen[u] = true
		switch u.Kind() {
		case reflect.Pointer:
			return !u.Elem().erased() && all(u.Elem())
		case reflect.Slice, reflect.Array, reflect.Chan:
			return all(u.Elem())
		case reflect.Map:
			return all(u.Key(), u.Elem())
		case reflect.Struct:
			for _, f := range u.Fields() {
				if all(f.T) {
					return true
				}
			}
		case reflect.Func:
			in, out, _ := u.Signature()
			return all(in...) || all(out...)
		}
		return false
	}
	return t.goT == nil && visit(t)
}

// repType is the type of t's values in the interpreter, what an any holds for an
// opaque type; nil when it is not known.
func (t *Type) repType() reflect.Type {
	if t.goT != nil {
		return t.goT
	}
	if p := t.rep.Load(); p != nil {
		return *p
	}
	switch k := t.Kind(); k {
	case reflect.Interface:
		return reflect.TypeFor[any]()
	case reflect.Pointer:
		if t.Elem().erased() {
			return reflect.TypeFor[unsafe.Pointer]()
		}
		if e := t.Elem().heldType(); e != nil {
			return reflect.PointerTo(e)
		}
	case reflect.Slice:
		if e := t.Elem().heldType(); e != nil {
			return reflect.SliceOf(e)
		}
	case reflect.Array:
		if e := t.Elem().heldType(); e != nil {
			return reflect.ArrayOf(t.Len(), e)
		}
	case reflect.Chan:
		if e := t.Elem().heldType(); e != nil {
			return reflect.ChanOf(t.struc().dir, e)
		}
	case reflect.Map:
		if k, e := t.Key().heldType(), t.Elem().heldType(); k != nil && e != nil {
			return reflect.MapOf(k, e)
		}
	case reflect.Func:
		in, out, variadic := t.Signature()
		if ri, ok := heldTypes(in); ok {
			if ro, ok := heldTypes(out); ok {
				return reflect.FuncOf(ri, ro, variadic)
			}
		}
	case reflect.Struct:
	default:
		return t.Underlying().goT
	}
	return nil
}

// heldType is the type of a variable that holds a t.
func (t *Type) heldType() reflect.Type {
	if t.opaque() {
		return reflect.TypeFor[any]()
	}
	return t.repType()
}

func heldTypes(ts []*Type) ([]reflect.Type, bool) {
	rs := make([]reflect.Type, len(ts))
	for i, t := range ts {
		if rs[i] = t.heldType(); rs[i] == nil {
			return nil, false
		}
	}
	return rs, true
}
