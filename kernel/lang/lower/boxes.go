package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// conv returns x as a value of type T: what assignment, passing and returning do.
func (e *emitter) conv(x ast.Expr, T types.Type) string {
	T = e.s(T)
	tv := e.info.Types[x]
	if tv.IsNil() {
		return e.nilText(T)
	}
	if tv.Value != nil {
		if types.IsInterface(T) {
			F := types.Default(e.typeOf(x))
			return e.convert(e.konst(tv.Value, F), F, T)
		}
		return e.konst(tv.Value, T)
	}
	F := e.typeOf(x)
	if b, ok := F.(*types.Basic); ok && b.Kind() == types.UntypedBool { // a comparison
		text := e.expr(x)
		if types.IsInterface(T) {
			return e.convert("bool("+text+")", types.Typ[types.Bool], T)
		}
		return text
	}
	if b, ok := F.(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && !types.IsInterface(T) { // a shift of a constant
		return e.expr(x)
	}
	return e.convert(e.expr(x), types.Default(F), T)
}

// nilText is the nil of type T. The interpreter does not take a bare nil for a compiled interface.
func (e *emitter) nilText(T types.Type) string {
	T = e.s(T)
	r := e.rep(T)
	if !types.IsInterface(T) || r == "any" || r == "error" {
		return "nil"
	}
	return e.nilVar(T)
}

// nilVar names a variable that is the nil of T.
func (e *emitter) nilVar(T types.Type) string {
	r := e.rep(e.s(T))
	n, ok := e.helpers["nil "+r]
	if !ok {
		n = e.fresh("nil")
		put(e.Session, e.helpers, "nil "+r, n)
		e.vars.WriteString("var " + n + " " + r + "\n")
	}
	return n
}

// convert turns text, a value of type from, into a value of type to.
func (e *emitter) convert(text string, from, to types.Type) string {
	from, to = e.s(from), e.s(to)
	switch fi, ti := types.IsInterface(from), types.IsInterface(to); {
	case ti && fi:
		return e.convertInterface(text, from, to)
	case ti:
		return e.box(text, from, to)
	}
	if types.Identical(from, to) {
		return text
	}
	fr, tr := e.rep(from), e.rep(to)
	if fr == tr {
		return text
	}
	if e.opaque(from) {
		return e.convert2(e.open(text, from), e.core(from), tr)
	}
	if e.opaque(to) {
		return e.shut(text, to)
	}
	return e.convert2(text, fr, tr)
}

func (e *emitter) convert2(text, from, to string) string {
	if from == to {
		return text
	}
	return cast(to, text)
}

// cast writes a conversion.
func cast(typ, text string) string {
	if strings.HasPrefix(typ, "*") || strings.HasPrefix(typ, "func") || strings.HasPrefix(typ, "<-") || strings.HasPrefix(typ, "chan") {
		typ = "(" + typ + ")"
	}
	return typ + "(" + text + ")"
}

// isError reports whether T is the predeclared error.
func isError(T types.Type) bool {
	n, ok := T.(*types.Named)
	return ok && n.Obj().Pkg() == nil && n.Obj().Name() == "error"
}

// box puts a value that is no interface into one.
func (e *emitter) box(text string, from, to types.Type) string {
	rep := e.rep(to)
	if e.pure(from) {
		if rep == "any" || e.pureImplements(from, to) {
			if _, ok := from.Underlying().(*types.Signature); ok && rep == "any" {
				return e.rt("Compiled") + "(" + text + ")"
			}
			if rep != "any" {
				return text // where it goes has the interface type
			}
			return cast(rep, text)
		}
	}
	switch {
	case rep == "any":
		if v := e.plainBox(text, from); v != "" {
			return v
		}
		return e.rt("Mk") + "(" + e.d(from) + ", " + text + ")"
	case isError(to):
		return e.rt("MkErr") + "(" + e.d(from) + ", " + text + ")"
	}
	return e.rt("Adapt") + "(" + e.rt("Mk") + "(" + e.d(from) + ", " + text + "), " + e.ifaceDesc(to) + ").(" + rep + ")"
}

// plainBox is the box of a type without an Error or String method, written as a literal: a third of the cost of rt.Mk.
func (e *emitter) plainBox(text string, from types.Type) string {
	if e.pure(from) {
		return ""
	}
	ms := types.NewMethodSet(from)
	for _, n := range []string{"Error", "String"} {
		if ms.Lookup(nil, n) != nil {
			return ""
		}
	}
	return "any(" + e.rt("Box") + "{T: " + e.d(from) + ", V: " + text + "})"
}

// ifaceDesc names the descriptor of a compiled interface, which must have an adapter or be implemented by compiled values alone.
func (e *emitter) ifaceDesc(T types.Type) string { return e.d(T) }

// pureImplements reports whether a compiled value can stand in a compiled interface as it is.
func (e *emitter) pureImplements(from, to types.Type) bool {
	return true
}

// convertInterface converts between interfaces.
func (e *emitter) convertInterface(text string, from, to types.Type) string {
	fr, tr := e.rep(from), e.rep(to)
	switch {
	case fr == tr:
		return text
	case tr == "any":
		if isError(from) {
			return "any(" + text + ")"
		}
		return e.rt("Norm") + "(" + text + ")"
	}
	h, ok := e.helpers["to "+tr]
	if !ok {
		h = e.fresh("to")
		put(e.Session, e.helpers, "to "+tr, h)
		e.Session.funcs.WriteString("func " + h + "(x any) " + tr + " {\nif x == nil { return " + e.nilText(to) + " }\nreturn " +
			e.rt("Adapt") + "(x, " + e.d(to) + ").(" + tr + ")\n}\n")
	}
	return h + "(" + text + ")"
}

// asAny returns an interface value in the form that rt's functions and other interfaces take.
func (e *emitter) asAny(x ast.Expr) string {
	return e.convertInterface(e.expr(x), e.typeOf(x), emptyInterface)
}

var emptyInterface = types.Universe.Lookup("any").Type().Underlying()

// assert emits x.(T) for text, a value in an any; it returns the value, of T's representation. from is x's static type.
func (e *emitter) assert(text string, from, T types.Type) string {
	x := e.tmpAny(text)
	r := e.rep(T)
	if types.IsInterface(T) {
		v := e.rt("MustImpl") + "(" + x + ", " + e.d(T) + ")"
		if r == "any" {
			return v
		}
		return e.tmp(v) + ".(" + r + ")"
	}
	v := e.fresh("v")
	e.w("var %s %s", v, r)
	ok, get := e.test(x, T)
	e.w("if %s {\n%s = %s\n} else {\n%s(%s, %s, %s)\n}", ok, v, get, e.rt("Must"), x, e.d(T), e.d(from))
	return v
}

func (e *emitter) tmpAny(text string) string {
	x := e.fresh("x")
	e.w("var %s any = %s", x, text)
	return x
}

// assertOK emits v, ok := x.(T).
func (e *emitter) assertOK(text string, T types.Type) (v, ok string) {
	x := e.tmpAny(text)
	r := e.rep(T)
	v = e.fresh("v")
	e.w("var %s %s", v, r)
	if types.IsInterface(T) {
		ok = e.fresh("ok")
		e.w("%s := %s(%s, %s)", ok, e.rt("Impl"), x, e.d(T))
		get := e.rt("Adapt") + "(" + x + ", " + e.d(T) + ")"
		if r != "any" {
			get += ".(" + r + ")"
		}
		e.w("if %s {\n%s = %s\n}", ok, v, get)
		return v, ok
	}
	ok, get := e.test(x, T)
	e.w("if %s {\n%s = %s\n}", ok, v, get)
	return v, ok
}

// test emits the test whether x, a variable of type any, holds a T, which is no interface; get reads it out when it does.
func (e *emitter) test(x string, T types.Type) (ok, get string) {
	ok = e.fresh("ok")
	r := e.rep(T)
	if e.pure(T) {
		if _, isBasic := T.(*types.Basic); isBasic {
			v := e.fresh("v")
			e.w("%s, %s := %s.(%s)", v, ok, x, r)
			return ok, v
		}
		e.w("%s := %s(%s, %s)", ok, e.rt("Is"), x, e.d(T))
		if r == "struct{}" {
			return ok, r + "{}"
		}
		return ok, x + ".(" + r + ")"
	}
	ms := types.NewMethodSet(T)
	if ms.Lookup(nil, "Error") == nil && ms.Lookup(nil, "String") == nil {
		b := e.fresh("b")
		e.w("%s, %s := %s.(%s)", b, ok, x, e.rt("Box"))
		e.w("if %s { %s = %s.T == %s }", ok, ok, b, e.d(T))
		get = b + ".V"
	} else {
		e.w("%s := %s(%s, %s)", ok, e.rt("Is"), x, e.d(T))
		get = e.rt("V") + "(" + x + ")"
	}
	switch r {
	case "any":
	case "struct{}":
		get = r + "{}"
	default:
		get += ".(" + r + ")"
	}
	return ok, get
}

// equalInterfaces compares two values of which at least one is in an interface.
func (e *emitter) equalInterfaces(x, y ast.Expr, lt, rt types.Type) string {
	any := emptyInterface
	s := e.list([]ast.Expr{x, y}, func(i int, z ast.Expr) string {
		T := lt
		if i == 1 {
			T = rt
		}
		if types.IsInterface(T) {
			return e.asAny(z)
		}
		return e.conv(z, any)
	})
	return e.rt("Eq") + "(" + s[0] + ", " + s[1] + ")"
}

// dispatch returns the generated function that calls method m of an interface of a cell.
func (e *emitter) dispatch(m *types.Func, sig *types.Signature) string {
	rep := e.signature(sig)
	key := "dispatch " + m.Name() + " " + rep
	if h, ok := e.helpers[key]; ok {
		return h
	}
	h := e.fresh("i_" + m.Name())
	put(e.Session, e.helpers, key, h)
	ps, as, res, ret := e.params(sig)
	in := make([]string, 0, len(ps)+1)
	in = append(in, "any")
	for _, p := range ps {
		in = append(in, p[strings.IndexByte(p, ' ')+1:])
	}
	typ := "func(" + strings.Join(in, ", ") + ") " + res
	e.Session.funcs.WriteString("func " + h + "(" + strings.Join(append([]string{"x any"}, ps...), ", ") + ") " + res + " {\n" +
		"f := " + e.rt("M") + "(x, " + strconv.Quote(m.Name()) + ").(" + typ + ")\n" +
		ret + "f(" + strings.Join(append([]string{e.rt("V") + "(x)"}, as...), ", ") + ")\n}\n")
	return h
}

var _ = token.NoPos
