package rt

import "reflect"

// Eq is a == b on interface values. It panics as Go does when the values have one
// type and it cannot be compared.
func Eq(a, b any) bool {
	a, b = Norm(a), Norm(b)
	x, y := B(a), B(b)
	switch {
	case x.T != nil && x.T == y.T:
		return EqValues(x.T, x.V, y.V)
	case x.T == nil && y.T == nil && a != nil && b != nil:
		if r := reflect.TypeOf(a); r == reflect.TypeOf(b) && r.Kind() >= reflect.Array && holdsInterface(r) && r.Kind() != reflect.Pointer {
			return EqValues(OfR(r), a, b)
		}
	}
	return a == b
}

// EqValues is x == y on two values of type t, which is no interface.
func EqValues(t *Type, x, y any) bool {
	if !t.comparable() {
		panic(plainError("comparing uncomparable type " + t.name))
	}
	if t.comparison()&(eqIface|eqBlank) == 0 {
		return x == y
	}
	return eq(reflect.ValueOf(x), reflect.ValueOf(y), t)
}

// eq compares field by field, as the language says, and stops at a difference.
func eq(x, y reflect.Value, t *Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		if x.IsNil() || y.IsNil() {
			return x.IsNil() && y.IsNil()
		}
		xv, xt := dynamic(x.Elem())
		yv, yt := dynamic(y.Elem())
		if xt != yt {
			return false
		}
		if !xt.comparable() {
			panic(plainError("comparing uncomparable type " + xt.name))
		}
		return eq(xv, yv, xt)
	case reflect.Struct:
		for i, f := range t.Fields() {
			if f.Name != "_" && !eq(x.Field(i), y.Field(i), f.T) {
				return false
			}
		}
		return true
	case reflect.Array:
		for i := range t.Len() {
			if !eq(x.Index(i), y.Index(i), t.Elem()) {
				return false
			}
		}
		return true
	}
	x, y = settle(x, t), settle(y, t)
	switch x.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Chan:
		return x.Pointer() == y.Pointer()
	}
	return x.Equal(y)
}

// Hash gives x the form in which it is the key of a map whose key is an interface
// type. It panics as Go does when x cannot be a key.
func Hash(x any) any {
	x = Norm(x)
	b := B(x)
	switch {
	case b.T != nil:
		hashable(reflect.ValueOf(b.V), b.T)
		if b.T.comparison()&eqBlank != 0 {
			v := reflect.New(reflect.TypeOf(b.V)).Elem()
			v.Set(reflect.ValueOf(b.V))
			clearBlanks(v, b.T)
			return Mk(b.T, v.Interface())
		}
	case x != nil && reflect.TypeOf(x).Kind() >= reflect.Array:
		hashable(reflect.ValueOf(x), OfR(reflect.TypeOf(x)))
	}
	return x
}

// clearBlanks zeroes the fields that == leaves out, so that they do not count in keys.
func clearBlanks(v reflect.Value, t *Type) {
	switch t.Kind() {
	case reflect.Struct:
		for i, f := range t.Fields() {
			switch {
			case f.Name == "_" && v.Field(i).CanSet():
				v.Field(i).SetZero()
			case f.T.comparison()&eqBlank != 0 && v.Field(i).CanSet():
				clearBlanks(v.Field(i), f.T)
			}
		}
	case reflect.Array:
		for i := range t.Len() {
			clearBlanks(v.Index(i), t.Elem())
		}
	}
}

// HashValue is Hash for a value of type t, a struct or an array that holds
// interfaces.
func HashValue(t *Type, x any) { hashable(reflect.ValueOf(x), t) }

func hashable(v reflect.Value, t *Type) {
	if !t.comparable() {
		panic(plainError("hash of unhashable type " + t.name))
	}
	switch t.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			hashable(dynamic(v.Elem()))
		}
	case reflect.Struct:
		if t.holdsIface() {
			for i, f := range t.Fields() {
				hashable(v.Field(i), f.T)
			}
		}
	case reflect.Array:
		if t.holdsIface() {
			for i := range t.Len() {
				hashable(v.Index(i), t.Elem())
			}
		}
	}
}

// The bits of Type.eq.
const (
	eqKnown = 1 << iota
	eqDefined
	eqIface
	eqBlank // a field named _, which == leaves out
)

// comparison finds out, once, whether == is defined on t, looks into interfaces and
// leaves out fields.
func (t *Type) comparison() uint32 {
	if bits := t.eq.Load(); bits != 0 {
		return bits
	}
	bits := uint32(eqKnown)
	if t.findComparable() {
		bits |= eqDefined
	}
	if t.findIface() {
		bits |= eqIface
	}
	if t.findBlank() {
		bits |= eqBlank
	}
	if t.Kind() != reflect.Invalid {
		t.eq.Store(bits)
	}
	return bits
}

// comparable reports whether == is defined on values of type t.
func (t *Type) comparable() bool { return t.comparison()&eqDefined != 0 }

// holdsIface reports whether == on a value of type t looks into an interface.
func (t *Type) holdsIface() bool { return t.comparison()&eqIface != 0 }

func (t *Type) findComparable() bool {
	if t.goT != nil {
		return t.goT.Comparable()
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Func:
		return false
	case reflect.Array:
		return t.Elem().comparable()
	case reflect.Struct:
		for _, f := range t.Fields() {
			if !f.T.comparable() {
				return false
			}
		}
	}
	return true
}

func (t *Type) findIface() bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Array:
		return t.Elem().holdsIface()
	case reflect.Struct:
		for _, f := range t.Fields() {
			if f.T.holdsIface() {
				return true
			}
		}
	}
	return false
}

func (t *Type) findBlank() bool {
	switch t.Kind() {
	case reflect.Array:
		return t.Elem().comparison()&eqBlank != 0
	case reflect.Struct:
		for _, f := range t.Fields() {
			if f.Name == "_" || f.T.comparison()&eqBlank != 0 {
				return true
			}
		}
	}
	return false
}
