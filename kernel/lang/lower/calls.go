package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// call lowers a call or conversion to an expression.
func (e *emitter) call(x *ast.CallExpr) string {
	if e.info.Types[x.Fun].IsType() {
		return e.conversion(x)
	}
	if b := e.builtinOf(x.Fun); b != "" {
		return e.builtin(x, b)
	}
	f, args := e.callee(x)
	e.mark(x.Lparen)
	return f + "(" + strings.Join(args, ", ") + ")"
}

// builtinOf returns the name of the built-in function that f is, "" when it is none.
func (e *emitter) builtinOf(f ast.Expr) string {
	switch f := ast.Unparen(f).(type) {
	case *ast.Ident:
		if b, ok := e.info.Uses[f].(*types.Builtin); ok {
			return b.Name()
		}
	case *ast.SelectorExpr:
		if b, ok := e.info.Uses[f.Sel].(*types.Builtin); ok {
			return "unsafe." + b.Name()
		}
	}
	return ""
}

// callee lowers the function and the arguments of a call that is neither a conversion nor a built-in.
func (e *emitter) callee(x *ast.CallExpr) (string, []string) {
	sig := e.typeOf(x.Fun).Underlying().(*types.Signature)
	fun := ast.Unparen(x.Fun)
	if se, ok := fun.(*ast.SelectorExpr); ok && e.isMethodCall(se) {
		return e.methodCallee(x, se, sig)
	}
	if o := e.staticFunc(fun); o != nil {
		if f, args, ok := e.special(x, o, sig); ok {
			return f, args
		}
		f, args := e.funcRef(o, instanceOf(fun)), e.args(sig, x, e.anyPolicy(o))
		e.withdraw(o)
		return f, args
	}
	var f string
	var args []string
	pref := e.nested(func() {
		f = e.opened(fun)
		switch fun.(type) {
		case *ast.CallExpr: // f()() hands the interpreter a name where it wants a value
			f = e.tmp(f)
		case *ast.StarExpr: // a nil pointer would panic while the interpreter holds its own lock
			f = e.tmp(f)
		}
	})
	prea := e.nested(func() { args = e.args(sig, x, nil) })
	e.buf.WriteString(pref)
	if prea != "" && e.effects(fun) {
		f = e.tmp(f)
	}
	e.buf.WriteString(prea)
	return f, args
}

func instanceOf(f ast.Expr) *ast.Ident {
	switch f := f.(type) {
	case *ast.IndexExpr:
		return instanceIdent(f.X)
	case *ast.IndexListExpr:
		return instanceIdent(f.X)
	}
	return instanceIdent(f)
}

// staticFunc returns the function that f names, nil when f is a value.
func (e *emitter) staticFunc(f ast.Expr) *types.Func {
	id := instanceOf(f)
	if id == nil {
		return nil
	}
	o, _ := e.info.Uses[id].(*types.Func)
	if o == nil || o.Signature().Recv() != nil {
		return nil
	}
	return o
}

// isMethodCall reports whether x in x(…) selects a method of a value.
func (e *emitter) isMethodCall(x *ast.SelectorExpr) bool {
	if id, ok := x.X.(*ast.Ident); ok {
		if _, ok := e.info.Uses[id].(*types.PkgName); ok {
			return false
		}
	}
	if e.info.Types[x.X].IsType() {
		return false
	}
	o, _ := e.lookup(x, e.typeOf(x.X))
	_, ok := o.(*types.Func)
	return ok
}

// methodCallee lowers x.M(args): the text before the parenthesis, and the arguments, the receiver among them where it is one.
func (e *emitter) methodCallee(x *ast.CallExpr, se *ast.SelectorExpr, sig *types.Signature) (string, []string) {
	T := e.typeOf(se.X)
	o, idx := e.lookup(se, T)
	m := o.(*types.Func)
	if f, args, ok := e.specialMethod(x, se, m, T, idx); ok {
		return f, args
	}
	var recv string
	var args []string
	prer := e.nested(func() {
		if tv := e.info.Types[se.X]; tv.Addressable() {
			recv = e.lvalue(se.X)
			if strings.HasPrefix(recv, "*") {
				recv = "(" + recv + ")"
			}
		} else {
			recv = e.operand(se.X)
		}
	})
	prea := e.nested(func() { args = e.args(sig, x, e.anyPolicy(m)) })
	e.buf.WriteString(prer)
	s, rt := e.path(recv, T, idx[:len(idx)-1])
	if onlyMarks(prea) != "" {
		// the receiver is evaluated before the arguments
		_, isPtr := rt.(*types.Pointer)
		switch rp := pointerReceiver(m); {
		case types.IsInterface(rt), isPtr:
			s = e.tmpT(rt, s)
		case rp:
			pt := types.NewPointer(rt)
			s, rt = e.tmpT(pt, e.ref(s, rt)), pt
		default:
			s = e.tmpT(rt, s)
		}
	} else if _, isPtr := rt.(*types.Pointer); !isPtr && pointerReceiver(m) && !types.IsInterface(rt) && !e.info.Types[se.X].Addressable() && len(idx) == 1 {
		s = e.tmpT(rt, s)
	}
	e.buf.WriteString(prea)
	f, r := e.methodTarget(s, rt, m)
	e.withdraw(m)
	return f, append(r, args...)
}

// args lowers the arguments of a call to a function of type sig.
func (e *emitter) args(sig *types.Signature, x *ast.CallExpr, policy anyPolicy) []string {
	spread := x.Ellipsis.IsValid()
	if len(x.Args) == 1 && (sig.Params().Len() > 1 || sig.Variadic()) {
		if tup, ok := e.typeOf(x.Args[0]).(*types.Tuple); ok { // f(g())
			ts := e.multiTemps(x.Args[0], tup.Len())
			for i := range ts {
				ts[i] = e.convert(ts[i], e.s(tup.At(i).Type()), e.paramType(sig, i, false))
			}
			return ts
		}
	}
	r := e.list(x.Args, func(i int, y ast.Expr) string {
		T := e.paramType(sig, i, spread)
		var s string
		if policy != nil && !(spread && i == len(x.Args)-1) {
			s = policy(e, i, y, T)
		} else {
			s = e.conv(y, T)
		}
		if s = unparen(s); !sig.Variadic() || i < sig.Params().Len()-1 || spread {
			return s
		}
		// the interpreter would take a nil, or a slice like the list, for the whole list
		if s == "nil" {
			return e.nilVar(T)
		}
		if F := e.typeOf(e.unconverted(y)); !types.IsInterface(F) && e.core(types.Default(F)) == "[]"+e.rep(T) {
			return e.tmpT(T, s)
		}
		return s
	})
	if spread {
		last := len(r) - 1
		if T := e.paramType(sig, last, true); r[last] == "nil" {
			r[last] = cast(e.core(T), "nil") + "..."
		} else {
			r[last] = e.open(r[last], T) + "..."
		}
	}
	return r
}

// unconverted is x without conversions to interfaces around it.
func (e *emitter) unconverted(x ast.Expr) ast.Expr {
	for {
		x = ast.Unparen(x)
		c, ok := x.(*ast.CallExpr)
		if !ok || !e.info.Types[c.Fun].IsType() || !types.IsInterface(e.typeOf(c)) {
			return x
		}
		x = c.Args[0]
	}
}

// multiTemps evaluates a call with several results into temporaries.
func (e *emitter) multiTemps(x ast.Expr, n int) []string {
	ts := make([]string, n)
	for i := range ts {
		ts[i] = e.fresh("t")
	}
	m := e.multi(x)
	e.w("%s := %s", strings.Join(ts, ", "), m)
	return ts
}

func (e *emitter) paramType(sig *types.Signature, i int, spread bool) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 && !spread {
		return e.s(variadicElem(e.s(sig.Params().At(n - 1).Type())))
	}
	return e.s(sig.Params().At(i).Type())
}

// conversion lowers T(x).
func (e *emitter) conversion(x *ast.CallExpr) string {
	T := e.typeOf(x.Fun)
	a := x.Args[0]
	tv := e.info.Types[a]
	if tv.IsNil() {
		if types.IsInterface(T) || e.rep(T) == "any" {
			return e.tmpT(T, e.nilText(T))
		}
		return cast(e.rep(T), "nil")
	}
	if types.IsInterface(T) {
		return e.conv(a, T)
	}
	F := e.typeOf(a)
	if tv.Value != nil {
		if fb, ok := F.Underlying().(*types.Basic); ok {
			tb, basic := T.Underlying().(*types.Basic)
			if basic && fb.Info()&types.IsUntyped != 0 && tb.Info()&(types.IsNumeric|types.IsBoolean) != 0 {
				return e.konst(tv.Value, T)
			}
		}
	}
	fu, tu := F.Underlying(), T.Underlying()
	if inner := e.unsafeConversion(x, F, T); inner != nil {
		return cast(e.rep(T), cast(e.rep(F), e.expr(inner)))
	}
	text := e.expr(a)
	if b, ok := tu.(*types.Basic); ok && b.Info()&types.IsString != 0 {
		if fb, ok := fu.(*types.Basic); ok && fb.Info()&types.IsInteger != 0 {
			return e.rt("RuneString") + "(int64(" + text + "))"
		}
	}
	if arr, ok := arrayOf(tu); ok {
		if _, ok := fu.(*types.Slice); ok {
			return e.sliceToArray(x, text, F, T, arr)
		}
	}
	if e.rep(F) == e.rep(T) {
		return text
	}
	if e.opaque(F) || e.opaque(T) {
		return e.convert(text, F, T)
	}
	if fb, ok := fu.(*types.Basic); ok && fb.Info()&types.IsFloat != 0 {
		if tb, ok := tu.(*types.Basic); ok {
			return e.floatToInteger(text, tb, T)
		}
	}
	return cast(e.rep(T), text)
}

func arrayOf(T types.Type) (*types.Array, bool) {
	if p, ok := T.(*types.Pointer); ok {
		T = p.Elem().Underlying()
	}
	a, ok := T.(*types.Array)
	return a, ok
}

// sliceToArray lowers [n]T(slice) and (*[n]T)(slice).
func (e *emitter) sliceToArray(x *ast.CallExpr, text string, F, T types.Type, arr *types.Array) string {
	s := e.tmp(e.open(text, F))
	e.mark(x.Lparen)
	e.w("%s(len(%s), %d)", e.rt("CheckArray"), s, arr.Len())
	p := e.fresh("p")
	AT := e.rep(e.s(arr))
	e.w("var %s *%s", p, AT)
	e.w("if %s != nil { %s = new(%s) }", s, p, AT)
	if arr.Len() > 0 {
		e.w("if %s != nil { %s = (*%s)(%s.Pointer(&%s[0])) }", s, p, AT, e.imp("unsafe", "unsafe"), s)
	}
	if _, ptr := T.Underlying().(*types.Pointer); ptr {
		return e.convert(p, types.NewPointer(arr), T)
	}
	v := e.fresh("v")
	e.declare(v, T, "")
	if arr.Len() > 0 {
		e.w("%s = *%s", v, p)
	}
	return v
}
