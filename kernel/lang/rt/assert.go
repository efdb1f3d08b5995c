package rt

import "reflect"

func typeOfCompiled(x any) *Type { return OfR(reflect.TypeOf(x)) }

// Is reports whether the dynamic type of x is t, a type that is no interface.
func Is(x any, t *Type) bool {
	if t.goT != nil && x != nil && reflect.TypeOf(x) == t.goT {
		return true
	}
	return B(x).T == t
}

// As is the assertion v, ok := x.(T) to a type that is no interface. When it fails
// v is nil: the caller zeroes its own variable.
func As(x any, t *Type) (v any, ok bool) {
	if !Is(x, t) {
		return nil, false
	}
	return V(x), true
}

// Must is the assertion x.(T), x being of interface type from. It panics as Go does.
func Must(x any, t, from *Type) any {
	v, ok := As(x, t)
	if ok {
		return v
	}
	if x == nil {
		panic(conversionError("interface conversion: " + fromName(from) + " is nil, not " + t.name))
	}
	have := TypeOf(x)
	msg := "interface conversion: " + fromName(from) + " is " + have.name + ", not " + t.name
	if have.name == t.name {
		msg += " (types from different scopes)"
	}
	panic(conversionError(msg))
}

func fromName(from *Type) string {
	if from == nil {
		return "interface {}"
	}
	return from.name
}

// Impl reports whether the value in x has the methods of iface; a nil x has not.
func Impl(x any, iface *Type) bool {
	if x == nil {
		return false
	}
	return TypeOf(x).Implements(iface)
}

// AsImpl is the assertion v, ok := x.(I): v is x in the form that interface I takes
// (see Adapt), nil when ok is false.
func AsImpl(x any, iface *Type) (v any, ok bool) {
	if !Impl(x, iface) {
		return nil, false
	}
	return Adapt(x, iface), true
}

// MustImpl is the assertion x.(I). It panics as Go does.
func MustImpl(x any, iface *Type) any {
	if x == nil {
		panic(conversionError("interface conversion: interface is nil, not " + iface.name))
	}
	t := TypeOf(x)
	if m := t.missing(iface); m != "" {
		panic(conversionError("interface conversion: " + t.name + " is not " + iface.name + ": missing method " + m))
	}
	return Adapt(x, iface)
}

// SetAdapter tells how a box becomes a value of the compiled interface t, and
// returns t.
func (t *Type) SetAdapter(f func(Box) any) *Type {
	t.adapt.Store(&f)
	return t
}

// Adapt gives x, which implements iface, the form in which iface holds it: itself
// for a compiled value or an interface of a cell, the adapter for a box in a
// compiled interface.
func Adapt(x any, iface *Type) any {
	x = Norm(x)
	if iface.goT == nil || x == nil || reflect.TypeOf(x).Implements(iface.goT) {
		return x
	}
	b, ok := x.(Boxed)
	if !ok {
		return x
	}
	f := iface.adapt.Load()
	if f == nil {
		panic(conversionError("rt: a value of type " + TypeOf(x).name + " cannot be used as " + iface.name +
			": no adapter is known for this interface"))
	}
	return (*f)(b.Unbox())
}
