package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// expr returns the lowered text of an expression; statements that it needs first are written out.
func (e *emitter) expr(x ast.Expr) string {
	tv, has := e.info.Types[x]
	if has && tv.Value != nil {
		return e.konst(tv.Value, tv.Type)
	}
	if has && tv.IsNil() {
		return "nil"
	}
	if has && tv.IsType() {
		return e.t(tv.Type)
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.expr(x.X)
	case *ast.Ident:
		return e.ident(x)
	case *ast.FuncLit:
		return e.funcLit(x)
	case *ast.CompositeLit:
		return e.composite(x, e.typeOf(x))
	case *ast.SelectorExpr:
		return e.selector(x)
	case *ast.IndexExpr:
		return e.indexExpr(x)
	case *ast.IndexListExpr:
		return e.expr(x.X)
	case *ast.SliceExpr:
		return e.sliceExpr(x)
	case *ast.StarExpr:
		e.mark(x.Pos())
		return e.deref(e.operand(x.X), e.typeOf(x.X))
	case *ast.UnaryExpr:
		return e.unary(x)
	case *ast.BinaryExpr:
		return e.binary(x)
	case *ast.TypeAssertExpr:
		e.mark(x.Pos())
		return e.assert(e.asAny(x.X), e.typeOf(x.X), e.typeOf(x.Type))
	case *ast.CallExpr:
		return e.call(x)
	}
	panic(refusef(x, "lowering does not know this kind of expression (%T)", x))
}

// operand is expr, fit to be followed by a selector, an index or a call.
func (e *emitter) operand(x ast.Expr) string {
	s := e.expr(x)
	if simpleName.MatchString(s) {
		return s // the interpreter takes (f)() || x for something else
	}
	switch ast.Unparen(x).(type) {
	case *ast.FuncLit, *ast.CompositeLit, *ast.UnaryExpr:
		return "(" + s + ")"
	}
	return s
}

// opened is operand with its value laid open.
func (e *emitter) opened(x ast.Expr) string { return e.open(e.operand(x), e.typeOf(x)) }

func (e *emitter) ident(x *ast.Ident) string {
	o := e.info.Uses[x]
	if o == nil {
		o = e.info.Defs[x]
	}
	switch o := o.(type) {
	case *types.Func:
		return e.funcValue(o, x)
	case *types.Nil:
		return "nil"
	case *types.Var:
		return e.variable(o)
	}
	panic(refusef(x, "lowering does not know what %s is here", x.Name))
}

// variable names a variable. The interpreter reads compiled variables when it compiles, so they are read through their address.
func (e *emitter) variable(o *types.Var) string {
	n := e.name(o)
	if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() && !e.interpreted(o.Pkg()) {
		e.refuseUnfaithful(o)
		if h, ok := hostVariables[o.Pkg().Path()+"."+o.Name()]; ok {
			return e.rt(h) + "()"
		}
		return "(*(&" + n + "))"
	}
	return n
}

// hostVariables are compiled variables whose value depends on the cell that reads them: the runtime's function that gives it.
var hostVariables = map[string]string{"os.Stdout": "OSStdout", "os.Stderr": "OSStderr", "os.Stdin": "OSStdin"}

func (e *emitter) selector(x *ast.SelectorExpr) string {
	if id, ok := x.X.(*ast.Ident); ok {
		if _, ok := e.info.Uses[id].(*types.PkgName); ok {
			switch o := e.info.Uses[x.Sel].(type) {
			case *types.Func:
				return e.funcValue(o, x.Sel)
			case *types.Var:
				return e.variable(o)
			}
			panic(refusef(x, "lowering does not know %s", x.Sel.Name))
		}
	}
	if e.info.Types[x.X].IsType() {
		return e.methodExpr(x)
	}
	T := e.typeOf(x.X)
	o, idx := e.lookup(x, T)
	switch o := o.(type) {
	case *types.Var:
		if _, ok := pointerTo(T); ok {
			e.mark(x.Sel.Pos())
		}
		s, _ := e.path(e.operand(x.X), T, idx)
		return s
	case *types.Func:
		e.mark(x.Sel.Pos())
		return e.methodValue(x, T, o, idx)
	}
	panic(refusef(x, "lowering does not know %s", x.Sel.Name))
}

func instanceIdent(x ast.Expr) *ast.Ident {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	}
	return nil
}

func (e *emitter) indexExpr(x *ast.IndexExpr) string {
	if id := instanceIdent(x.X); id != nil {
		if _, ok := e.info.Instances[id]; ok {
			return e.expr(x.X)
		}
	}
	T := e.typeOf(x.X)
	m, isMap := T.Underlying().(*types.Map)
	e.mark(x.Lbrack)
	s := e.list([]ast.Expr{x.X, x.Index}, func(i int, y ast.Expr) string {
		switch {
		case i == 0:
			return e.opened(y)
		case isMap:
			return e.key(y, m.Key())
		}
		return e.index(y)
	})
	if isMap {
		return s[0] + "[" + s[1] + "]"
	}
	base := s[0]
	if _, ok := T.Underlying().(*types.Pointer); ok {
		base = e.deref(s[0], T)
	}
	base, i := e.checkIndex(base, T, x.Index, s[1])
	return base + "[" + i + "]"
}

// key returns x as a map key of type T.
func (e *emitter) key(x ast.Expr, T types.Type) string {
	s := e.conv(x, T)
	if s == "nil" && e.rep(e.s(T)) != "any" {
		return cast(e.rep(e.s(T)), s) // the interpreter would take it for the nil interface
	}
	if types.IsInterface(T) && e.rep(e.s(T)) == "any" && e.info.Types[x].Value == nil {
		return e.rt("Hash") + "(" + s + ")"
	}
	return s
}

// index returns x as an index or a length.
func (e *emitter) index(x ast.Expr) string {
	if v := e.info.Types[x].Value; v != nil {
		return constant.ToInt(v).ExactString()
	}
	return e.expr(x)
}

func (e *emitter) sliceExpr(x *ast.SliceExpr) string {
	xs := []ast.Expr{x.X}
	pos := []int{0}
	for i, y := range []ast.Expr{x.Low, x.High, x.Max} {
		if y != nil {
			xs = append(xs, y)
			pos = append(pos, i+1)
		}
	}
	e.mark(x.Lbrack)
	s := e.list(xs, func(i int, y ast.Expr) string {
		if i == 0 {
			return e.opened(y)
		}
		return e.index(y)
	})
	var p [4]string
	for i, q := range pos {
		p[q] = s[i]
	}
	T := e.typeOf(x.X)
	if _, ok := T.Underlying().(*types.Pointer); ok {
		p[0] = e.deref(p[0], T)
	}
	p = e.checkSlice(x, p, T)
	r := p[0] + "[" + p[1] + ":" + p[2]
	if x.Slice3 {
		r += ":" + p[3]
	}
	return e.shut(r+"]", e.typeOf(x))
}

func (e *emitter) unary(x *ast.UnaryExpr) string {
	switch x.Op {
	case token.AND:
		y := ast.Unparen(x.X)
		if cl, ok := y.(*ast.CompositeLit); ok {
			T := e.typeOf(cl)
			s := "&" + e.composite(cl, T)
			if _, cyc := e.cyclicStruct(T); cyc {
				return e.imp("unsafe", "unsafe") + ".Pointer(" + s + ")"
			}
			if _, isStruct := T.Underlying().(*types.Struct); !isStruct || e.opaque(T) {
				// the interpreter takes addresses of struct literals alone
				v := e.tmpT(T, s[1:])
				return "(&" + v + ")"
			}
			return s
		}
		e.mark(x.Pos())
		return e.ref(e.lvalue(x.X), e.typeOf(x.X))
	case token.ARROW:
		v, _ := e.receive(x)
		return v
	}
	T := e.typeOf(x)
	s := "(" + x.Op.String() + e.operand(x.X) + ")"
	if b, ok := T.(*types.Basic); ok && b.Info()&types.IsUntyped == 0 && b.Info()&types.IsInteger != 0 && x.Op != token.NOT {
		return cast(e.t(T), s)
	}
	return s
}

func (e *emitter) binary(x *ast.BinaryExpr) string {
	if x.Op == token.LAND || x.Op == token.LOR {
		return e.logical(x)
	}
	switch x.Op {
	case token.SHL, token.SHR:
		T := e.typeOf(x)
		e.mark(x.OpPos)
		s := e.list([]ast.Expr{x.X, x.Y}, func(i int, y ast.Expr) string {
			if i == 0 {
				return e.conv(y, T)
			}
			return e.shiftCount(y)
		})
		return "(" + s[0] + " " + x.Op.String() + " " + s[1] + ")"
	case token.EQL, token.NEQ:
		return e.equality(x)
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		s := e.sides(x)
		return "(" + s[0] + " " + x.Op.String() + " " + s[1] + ")"
	}
	T := e.typeOf(x)
	if x.Op == token.QUO || x.Op == token.REM {
		if b, ok := T.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 && e.info.Types[x.Y].Value == nil {
			e.mark(x.OpPos)
		}
	}
	s := e.list([]ast.Expr{x.X, x.Y}, func(_ int, y ast.Expr) string { return e.conv(y, T) })
	if v := e.info.Types[x.Y].Value; x.Op == token.QUO && v != nil && constant.Sign(v) == 0 {
		s[1] = e.tmpT(T, s[1]) // a float divided by 0, which the interpreter takes for a mistake
	}
	return "(" + s[0] + " " + x.Op.String() + " " + s[1] + ")"
}

// sides evaluates the operands of a comparison, constants in the type of the other side.
func (e *emitter) sides(x *ast.BinaryExpr) []string {
	lt, rt := e.typeOf(x.X), e.typeOf(x.Y)
	return e.list([]ast.Expr{x.X, x.Y}, func(i int, y ast.Expr) string {
		other := rt
		if i == 1 {
			other = lt
		}
		if tv := e.info.Types[y]; tv.Value != nil {
			if b, ok := other.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped == 0 {
				return e.konst(tv.Value, other)
			}
		}
		return e.opened(y)
	})
}

func (e *emitter) equality(x *ast.BinaryExpr) string {
	lt, rt := e.typeOf(x.X), e.typeOf(x.Y)
	op := x.Op.String()
	if e.info.Types[x.X].IsNil() || e.info.Types[x.Y].IsNil() {
		y := x.X
		if e.info.Types[y].IsNil() {
			y = x.Y
		}
		return "(" + e.opened(y) + " " + op + " nil)"
	}
	e.mark(x.OpPos)
	if types.IsInterface(lt) || types.IsInterface(rt) {
		s := e.equalInterfaces(x.X, x.Y, lt, rt)
		if x.Op == token.NEQ {
			return "(!" + s + ")"
		}
		return s
	}
	s := e.sides(x)
	switch lt.Underlying().(type) {
	case *types.Chan:
		if l, r := e.rep(lt), e.rep(rt); l != r { // directions differ
			s[0], s[1] = e.rt("ChanID")+"("+s[0]+")", e.rt("ChanID")+"("+s[1]+")"
		}
	case *types.Struct, *types.Array:
		eq := e.rt("EqValues") + "(" + e.d(lt) + ", " + s[0] + ", " + s[1] + ")"
		if x.Op == token.NEQ {
			return "(!" + eq + ")"
		}
		return eq
	}
	return "(" + s[0] + " " + op + " " + s[1] + ")"
}

// logical keeps && and || where the right side is plain text, and spells them out where it needs statements.
func (e *emitter) logical(x *ast.BinaryExpr) string {
	a := e.expr(x.X)
	if strings.Contains(a, "{") {
		a = e.tmp(cast("bool", a)) // the interpreter loses its way after a struct literal in a left operand
	}
	var b string
	pre := e.nested(func() { b = e.expr(x.Y) })
	if strings.TrimSpace(onlyMarks(pre)) == "" {
		e.buf.WriteString(pre)
		return "(" + a + " " + x.Op.String() + " " + b + ")"
	}
	t := e.fresh("b")
	e.w("%s := bool(%s)", t, a)
	not := ""
	if x.Op == token.LOR {
		not = "!"
	}
	e.w("if %s%s {\n%s%s = bool(%s)\n}", not, t, pre, t, b)
	return t
}

// onlyMarks drops the position markers from statements.
func onlyMarks(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		if !isMark(l) {
			b.WriteString(l)
		}
	}
	return b.String()
}

// shiftCount returns a shift count as an unsigned number; a negative one panics.
func (e *emitter) shiftCount(y ast.Expr) string {
	if v := e.info.Types[y].Value; v != nil {
		return "uint(" + constant.ToInt(v).ExactString() + ")"
	}
	b := e.typeOf(y).Underlying().(*types.Basic)
	if b.Info()&types.IsUnsigned != 0 {
		return "uint64(" + e.expr(y) + ")"
	}
	return e.rt("Shift") + "(int64(" + e.expr(y) + "))"
}
