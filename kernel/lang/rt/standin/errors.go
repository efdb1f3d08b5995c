package standin

import (
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{
	"errors.Is":     Is,
	"errors.As":     As,
	"errors.Unwrap": Unwrap,
})

// Is is errors.Is.
func Is(err, target error) bool {
	if err == nil || target == nil {
		return err == target
	}
	comparable := rt.TypeOf(target).Comparable()
	return search(err, func(e error) bool {
		if comparable && rt.TypeOf(e) == rt.TypeOf(target) && rt.Eq(e, target) {
			return true
		}
		switch m := method(e, "Is").(type) {
		case func(any, error) bool:
			return m(rt.V(e), target)
		}
		return false
	})
}

// Unwrap is errors.Unwrap.
func Unwrap(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := method(err, "Unwrap").(func(any) error); ok {
		return f(rt.V(err))
	}
	return nil
}

// As is errors.As; target is a box of a pointer or a compiled pointer.
func As(err error, target any) bool {
	if err == nil {
		return false
	}
	if target == nil {
		panic("errors: target cannot be nil")
	}
	b := rt.B(target)
	t, v := rt.TypeOf(target), reflect.ValueOf(b.V)
	if t.Kind() != reflect.Pointer || v.IsNil() {
		panic("errors: target must be a non-nil pointer")
	}
	elem := t.Elem()
	if elem.Kind() != reflect.Interface && !elem.Implements(rt.Of((*error)(nil))) {
		panic("errors: *target must be interface or implement error")
	}
	set, ok := rt.Target(t, b.V)
	if !ok {
		panic("errors.As: the interpreter did not say how values of type " + elem.String() + " are represented")
	}
	return search(err, func(e error) bool {
		if elem.Kind() == reflect.Interface {
			if rt.Impl(e, elem) {
				set(rt.Adapt(e, elem))
				return true
			}
		} else if x, is := rt.As(e, elem); is {
			set(x)
			return true
		}
		f, ok := method(e, "As").(func(any, any) bool)
		return ok && f(rt.V(e), target)
	})
}

// search tries err and what it wraps, in the order of errors.Is, and says whether
// one was right.
func search(err error, right func(error) bool) bool {
	for err != nil {
		if right(err) {
			return true
		}
		switch f := method(err, "Unwrap").(type) {
		case func(any) error:
			err = f(rt.V(err))
		case func(any) []error:
			for _, e := range f(rt.V(err)) {
				if e != nil && search(e, right) {
					return true
				}
			}
			return false
		default:
			return false
		}
	}
	return false
}

// method is a method of the error as a func whose first parameter is the receiver.
func method(err error, name string) any {
	if b := rt.B(err); b.T != nil {
		return b.T.Func(name)
	}
	switch name {
	case "Is":
		if x, ok := err.(interface{ Is(error) bool }); ok {
			return func(_ any, t error) bool { return x.Is(t) }
		}
	case "As":
		if x, ok := err.(interface{ As(any) bool }); ok {
			return func(_, t any) bool { return x.As(t) }
		}
	case "Unwrap":
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			return func(any) error { return x.Unwrap() }
		case interface{ Unwrap() []error }:
			return func(any) []error { return x.Unwrap() }
		}
	}
	return nil
}
