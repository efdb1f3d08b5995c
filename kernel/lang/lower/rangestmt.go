package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// rangeStmt lowers all kinds of range loops to plain ones.
func (e *emitter) rangeStmt(s *ast.RangeStmt, label string) {
	T := e.typeOf(s.X)
	key, val := s.Key, s.Value
	if key != nil && blank(key) {
		key = nil
	}
	if val != nil && blank(val) {
		val = nil
	}
	// bind gives the iteration's value to the user's variable.
	bind := func(x ast.Expr, text string, from types.Type) {
		if x == nil {
			return
		}
		if s.Tok == token.DEFINE {
			if o := e.info.Defs[x.(*ast.Ident)]; o != nil {
				e.declareVar(o, e.s(o.Type()), e.convert(text, from, o.Type()))
				return
			}
		}
		e.set(x, text, from)
	}
	// bindBoth gives key and value at once: as in an assignment, operands on the left are evaluated first.
	bindBoth := func(k string, kt types.Type, v string, vt types.Type) {
		if s.Tok == token.DEFINE || key == nil || val == nil {
			bind(key, k, kt)
			bind(val, v, vt)
			return
		}
		lk, checkKey := e.leftSide(key)
		lv, checkVal := e.leftSide(val)
		t := e.tmp(v)
		e.buf.WriteString(checkKey)
		e.w("%s = %s", lk, e.convert(k, kt, e.lhsType(key)))
		e.buf.WriteString(checkVal)
		e.w("%s = %s", lv, e.convert(t, vt, e.lhsType(val)))
	}
	if u, ok := T.Underlying().(*types.Signature); ok {
		e.w("{")
		e.rangeFunc(s, u, label, key, val, bind)
		e.w("}")
		return
	}
	t, lab := e.loop(label, s)
	body := func() {
		e.poll()
		e.push(t)
		e.stmts(s.Body.List)
		e.pop()
		e.w("}")
	}
	e.w("{")
	defer e.w("}")
	tInt := types.Typ[types.Int]
	// counted writes a loop over the indices of x, a text whose elements have type el.
	counted := func(n string, x string, el types.Type) {
		i := e.fresh("i")
		e.w("%sfor %s := 0; %s < %s; %s++ {", lab, i, i, n, i)
		if val == nil {
			bind(key, i, tInt)
		} else {
			bindBoth(i, tInt, x+"["+i+"]", e.s(el))
		}
		body()
	}
	switch u := T.Underlying().(type) {
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		p := e.tmpT(T, e.conv(s.X, T))
		counted(fmt.Sprint(a.Len()), e.deref(p, T), a.Elem())
	case *types.Array:
		x := ""
		if val != nil {
			x = e.tmpT(T, e.conv(s.X, T))
		} else if e.effects(s.X) {
			e.tmpT(T, e.expr(s.X))
		}
		counted(fmt.Sprint(u.Len()), x, u.Elem())
	case *types.Slice:
		x := e.tmp(e.open(e.conv(s.X, T), T))
		n := e.tmp("len(" + x + ")")
		counted(n, x, u.Elem())
	case *types.Map:
		e.rangeMap(s, e.tmp(e.open(e.conv(s.X, T), T)), u, lab, key, val, bindBoth, body)
	case *types.Chan:
		x := e.tmp(e.open(e.conv(s.X, T), T))
		e.w("%sfor {", lab)
		e.mark(s.X.Pos())
		v := e.fresh("v")
		e.declare(v, u.Elem(), "")
		e.w("if !%s(%s, &%s) { break }", e.rt("Recv"), x, v)
		bind(key, v, e.s(u.Elem()))
		body()
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			x := e.tmp("string(" + e.conv(s.X, T) + ")")
			i, next, r, w := e.fresh("i"), e.fresh("next"), e.fresh("r"), e.fresh("w")
			e.w("%s := 0", next)
			e.w("%sfor %s := 0; %s < len(%s); %s = %s {", lab, i, i, x, i, next)
			e.w("%s, %s := %s(%s, %s)", r, w, e.rt("DecodeRune"), x, i)
			e.w("%s = %s + %s", next, i, w)
			bindBoth(i, tInt, r, types.Typ[types.Rune])
			body()
			return
		}
		e.rangeInt(s, T, lab, key, bind, body)
	default:
		panic(refusef(s, "lowering does not know a range over %s", T))
	}
}

// rangeInt lowers range n.
func (e *emitter) rangeInt(s *ast.RangeStmt, T types.Type, lab string, key ast.Expr, bind func(ast.Expr, string, types.Type), body func()) {
	if e.info.Types[s.X].Value != nil && key != nil {
		T = e.lhsType(key)
	}
	T = types.Default(T)
	n, i := e.fresh("n"), e.fresh("i")
	e.declare(n, T, e.conv(s.X, T))
	e.declare(i, T, "")
	if rep := e.t(T); rep == "int" {
		e.w("%sfor ; %s < %s; %s++ {", lab, i, n, i)
	} else {
		e.w("%sfor ; %s < %s; %s = %s + %s(1) {", lab, i, n, i, i, rep)
	}
	bind(key, i, T)
	body()
}

// rangeMap lowers a range over a map. Go allows deleting and adding entries meanwhile, which the
// interpreter's own loop does as well, since it iterates by reflection.
func (e *emitter) rangeMap(s *ast.RangeStmt, x string, u *types.Map, lab string, key, val ast.Expr, bind func(string, types.Type, string, types.Type), body func()) {
	k, v := e.fresh("k"), e.fresh("v")
	_, channels := e.s(u.Elem()).Underlying().(*types.Chan)
	switch {
	case val != nil && channels: // the interpreter would receive from the value
		it := e.tmp(e.rt("RangeMap") + "(" + x + ")")
		e.w("%sfor %s.Next() {", lab, it)
		e.declare(k, u.Key(), "")
		e.declare(v, u.Elem(), "")
		e.w("%s.Read(&%s, &%s)", it, k, v)
	case key == nil && val == nil:
		e.w("%sfor range %s {", lab, x)
	case val == nil:
		e.w("%sfor %s := range %s {", lab, k, x)
	case key == nil:
		e.w("%sfor _, %s := range %s {", lab, v, x)
	default:
		e.w("%sfor %s, %s := range %s {", lab, k, v, x)
	}
	bind(k, e.s(u.Key()), v, e.s(u.Elem()))
	body()
}
