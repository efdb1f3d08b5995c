package lower

import (
	"go/ast"
	"go/constant"
	"go/types"
	"math"
	"strconv"
	"strings"
)

// konst returns the literal text of a constant of type T, exact, whatever expression it came from.
func (e *emitter) konst(v constant.Value, T types.Type) string {
	T = e.s(T)
	if types.IsInterface(T) {
		T = defaultOf(v)
	}
	b, ok := T.Underlying().(*types.Basic)
	if !ok {
		panic("lower: constant of type " + T.String())
	}
	if b.Info()&types.IsUntyped != 0 {
		b = types.Default(b).(*types.Basic)
	}
	rep := e.t(T)
	wrap := func(text, natural string) string {
		if rep == natural {
			return text
		}
		return rep + "(" + text + ")"
	}
	switch info := b.Info(); {
	case info&types.IsBoolean != 0:
		return wrap(strconv.FormatBool(constant.BoolVal(v)), "bool")
	case info&types.IsString != 0:
		if v.Kind() == constant.Int { // string(rune)
			r, _ := constant.Int64Val(v)
			return wrap(strconv.Quote(string(rune(r))), "string")
		}
		return wrap(strconv.Quote(constant.StringVal(v)), "string")
	case info&types.IsInteger != 0:
		text := constant.ToInt(v).ExactString()
		if text[0] == '-' && rep == "int" {
			text = "(" + text + ")"
		}
		return wrap(text, "int")
	case info&types.IsFloat != 0:
		text := floatText(constant.ToFloat(v), b.Kind() == types.Float32)
		if text[0] == '-' && rep == "float64" {
			text = "(" + text + ")"
		}
		return wrap(text, "float64")
	case info&types.IsComplex != 0:
		c := constant.ToComplex(v)
		if b.Kind() == types.Complex64 {
			return e.convertComplex(rep, "complex64", e.rt("Complex64")+"(float32("+floatText(constant.Real(c), true)+"), float32("+floatText(constant.Imag(c), true)+"))")
		}
		return e.convertComplex(rep, "complex128", e.rt("Complex128")+"(float64("+floatText(constant.Real(c), false)+"), float64("+floatText(constant.Imag(c), false)+"))")
	case b.Kind() == types.UnsafePointer:
		return rep + "(uintptr(" + constant.ToInt(v).ExactString() + "))"
	}
	panic("lower: constant of type " + T.String())
}

func (e *emitter) convertComplex(rep, natural, text string) string {
	if rep == natural {
		return text
	}
	return rep + "(" + text + ")"
}

func defaultOf(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.Bool]
	case constant.String:
		return types.Typ[types.String]
	case constant.Int:
		return types.Typ[types.Int]
	case constant.Float:
		return types.Typ[types.Float64]
	}
	return types.Typ[types.Complex128]
}

func floatText(v constant.Value, f32 bool) string {
	var f float64
	if f32 {
		x, _ := constant.Float32Val(v)
		f = float64(x)
	} else {
		f, _ = constant.Float64Val(v)
	}
	if math.IsInf(f, 0) {
		return v.ExactString()
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// constType is the type in which a constant expression x is used as a value of T.
func (e *emitter) constType(x ast.Expr, T types.Type) types.Type {
	if T == nil || types.IsInterface(T) {
		return types.Default(e.typeOf(x))
	}
	return T
}

func constInt(n int64) constant.Value { return constant.MakeInt64(n) }
