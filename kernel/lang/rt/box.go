package rt

// Box is a value of a type that a cell defines, in an interface: V is the
// interpreter's representation, T the type the user sees. Two boxes are equal
// when Go would say the two values in interfaces are.
type Box struct {
	T *Type
	V any
}

// Boxed is what carries a box: a Box, its variants, every adapter.
type Boxed interface{ Unbox() Box }

// Unbox returns the box itself; adapters that embed it inherit the method.
func (b Box) Unbox() Box { return b }

// variant says which of the four box types values of a type wear in an interface,
// so that compiled code that asks for error or fmt.Stringer finds it.
type variant uint8

const (
	plain variant = iota
	stringer
	failure
	failureStringer
)

func variantOf(m map[string]any) variant {
	v := plain
	if _, ok := m["String"].(func(any) string); ok {
		v |= stringer
	}
	if _, ok := m["Error"].(func(any) string); ok {
		v |= failure
	}
	return v
}

// StrBox is a Box whose type has a String method.
type StrBox struct{ Box }

// String calls the type's String method.
func (b StrBox) String() string { return Method[func(any) string](b.Box, "String")(b.V) }

// ErrBox is a Box whose type has an Error method.
type ErrBox struct{ Box }

// Error calls the type's Error method.
func (b ErrBox) Error() string { return Method[func(any) string](b.Box, "Error")(b.V) }

// ErrStrBox is a Box whose type has both an Error and a String method.
type ErrStrBox struct{ ErrBox }

// String calls the type's String method.
func (b ErrStrBox) String() string { return Method[func(any) string](b.Box, "String")(b.V) }

// Mk puts a value of type t into an interface: v itself when t is a compiled
// type, else the box, in the variant that t's methods ask for.
func Mk(t *Type, v any) any {
	if t.goT != nil {
		return v
	}
	b := Box{t, v}
	switch t.table().kind {
	case stringer:
		return StrBox{b}
	case failure:
		return ErrBox{b}
	case failureStringer:
		return ErrStrBox{ErrBox{b}}
	}
	return b
}

// MkErr puts a value of type t, which has an Error method, into an error.
func MkErr(t *Type, v any) error {
	if e, ok := Mk(t, v).(error); ok {
		return e
	}
	panic(conversionError("rt: " + t.name + " does not implement error (missing method Error)"))
}

// B is the box in x, whatever carries it; Box{nil, x} for a compiled value.
func B(x any) Box {
	switch b := x.(type) {
	case Box:
		return b
	case StrBox:
		return b.Box
	case ErrBox:
		return b.Box
	case Boxed:
		return b.Unbox()
	}
	return Box{nil, x}
}

// V is the representation of the value in x.
func V(x any) any { return B(x).V }

// TypeOf is the dynamic type of x, nil for a nil interface.
func TypeOf(x any) *Type {
	if b := B(x); b.T != nil {
		return b.T
	}
	if x == nil {
		return nil
	}
	return typeOfCompiled(x)
}

// Norm gives the value in x the form that every other interface holding it has: an
// adapter becomes its box. Converting a compiled interface to any goes through it.
func Norm(x any) any {
	switch b := x.(type) {
	case Box, StrBox, ErrBox, ErrStrBox:
		return x
	case Boxed:
		u := b.Unbox()
		return Mk(u.T, u.V)
	}
	return x
}
