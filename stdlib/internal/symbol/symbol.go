// Package symbol holds the form in which the generated tables list the values of a package.
//
// A table is a package variable made of constants, function values and addresses alone, so the linker lays
// it out and nothing runs when the program starts; reflect.Values are made when a package is asked for.
package symbol

import (
	"go/constant"
	"go/token"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// A Package is what cells reach of one compiled package. Its lists are sorted by name.
type Package struct {
	Path, Name string
	Symbols    Symbols
	Rest       Symbols // those that not every platform has
	Adapters   Adapters
	Instances  Instances
	Types      Types
}

// Symbols lists exported names that are not generic. A function stands as itself, a variable as its
// address, a type T as (*T)(nil), a typed constant as its value, an untyped one as one of the types below.
type Symbols = []struct {
	Name  string
	Value any
}

// Adapters lists exported interface types with the function that wraps an interpreted value as one.
type Adapters = []struct {
	Name string
	Wrap func(rt.Box) any
}

// Has reports whether the type of the boxed value has a method of that name, of the type F with its receiver in front.
func Has[F any](b rt.Box, name string) bool {
	_, ok := b.T.Func(name).(F)
	return ok
}

// Instances lists generic functions instantiated: Args holds (*T)(nil) for each type argument T.
type Instances = []struct {
	Name string
	Args []any
	Func any
}

// Types lists the instances of generic types that the package's API speaks of: the type by path and name, its
// arguments as in Instances, and (*T)(nil) for the instance T.
type Types = []struct {
	Path, Name string
	Args       []any
	Type       any
}

// An untyped constant is written as go/constant's ExactString prints it.
type (
	Bool    bool
	Int     string
	Rune    string
	Float   string // also a fraction, as in 1/3
	String  string
	Complex struct{ Real, Imag Float }
)

// Value returns the reflect.Value of a table entry, as yaegi's symbol tables hold it: a variable
// addressable, an untyped constant as a constant.Value.
func Value(v any) reflect.Value {
	switch v := v.(type) {
	case Bool:
		return constantValue(constant.MakeBool(bool(v)))
	case Int:
		return constantValue(constant.MakeFromLiteral(string(v), token.INT, 0))
	case Rune:
		return constantValue(constant.MakeFromLiteral(string(v), token.INT, 0))
	case Float:
		return constantValue(v.constant())
	case String:
		return constantValue(constant.MakeString(string(v)))
	case Complex:
		return constantValue(constant.BinaryOp(v.Real.constant(), token.ADD, constant.MakeImag(v.Imag.constant())))
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && !r.IsNil() {
		return r.Elem()
	}
	return r
}

func constantValue(v constant.Value) reflect.Value { return reflect.ValueOf(v) }

// constant parses a decimal literal, or a fraction of two integers.
func (f Float) constant() constant.Value {
	for i := range len(f) {
		if f[i] == '/' {
			num := constant.MakeFromLiteral(string(f[:i]), token.INT, 0)
			den := constant.MakeFromLiteral(string(f[i+1:]), token.INT, 0)
			return constant.ToFloat(constant.BinaryOp(constant.ToFloat(num), token.QUO, constant.ToFloat(den)))
		}
	}
	return constant.ToFloat(constant.MakeFromLiteral(string(f), token.FLOAT, 0))
}
