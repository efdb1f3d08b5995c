package lower

import (
	"bytes"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

func blank(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && id.Name == "_"
}

// multi lowers an expression with several values: a call, or a comma-ok form.
func (e *emitter) multi(x ast.Expr) string {
	switch y := ast.Unparen(x).(type) {
	case *ast.CallExpr:
		return e.call(y)
	case *ast.TypeAssertExpr:
		v, ok := e.assertOK(e.asAny(y.X), e.typeOf(y.Type))
		return v + ", " + ok
	case *ast.IndexExpr:
		m := e.typeOf(y.X).Underlying().(*types.Map)
		s := e.list([]ast.Expr{y.X, y.Index}, func(i int, z ast.Expr) string {
			if i == 1 {
				return e.key(z, m.Key())
			}
			return e.opened(z)
		})
		v, ok := e.fresh("v"), e.fresh("ok")
		e.w("%s, %s := %s[%s]", v, ok, s[0], s[1])
		return v + ", " + ok
	case *ast.UnaryExpr:
		v, ok := e.receive(y)
		return v + ", " + ok
	}
	panic(refusef(x, "lowering does not know this kind of multi-valued expression (%T)", x))
}

// multiTypes are the types of multi's values.
func (e *emitter) multiTypes(x ast.Expr) []types.Type {
	if t, ok := e.typeOf(x).(*types.Tuple); ok {
		var r []types.Type
		for v := range t.Variables() {
			r = append(r, e.s(v.Type()))
		}
		return r
	}
	return []types.Type{e.typeOf(x), types.Typ[types.Bool]}
}

// lvalue returns a text that can be assigned to or have its address taken.
func (e *emitter) lvalue(x ast.Expr) string { return e.variableOf(x, nil) }

// leftSide is lvalue of the left side of an assignment: its operands are evaluated now, into temporaries; check is
// the test of its index, which belongs right before the assignment.
func (e *emitter) leftSide(x ast.Expr) (text, check string) {
	var late bytes.Buffer
	text = e.variableOf(x, &late)
	return text, late.String()
}

// variableOf is lvalue where late is nil, else leftSide with the checks written to late.
func (e *emitter) variableOf(x ast.Expr, late *bytes.Buffer) string {
	x = ast.Unparen(x)
	hoist := late != nil
	keep := func(y ast.Expr, T types.Type, text string) string {
		if hoist || e.effects(y) {
			return e.tmpT(T, text)
		}
		return text
	}
	switch x := x.(type) {
	case *ast.Ident:
		if x.Name == "_" {
			return "_"
		}
		if o, ok := e.info.ObjectOf(x).(*types.Var); ok {
			return e.name(o)
		}
		return e.expr(x)
	case *ast.StarExpr:
		T := e.typeOf(x.X)
		e.mark(x.Pos())
		return e.deref(keep(x.X, T, e.operand(x.X)), T)
	case *ast.SelectorExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			if _, ok := e.info.Uses[id].(*types.PkgName); ok {
				if v, ok := e.info.Uses[x.Sel].(*types.Var); ok {
					return e.variable(v)
				}
				return e.name(e.info.Uses[x.Sel])
			}
		}
		T := e.typeOf(x.X)
		_, idx := e.lookup(x, T)
		var b string
		if _, isPtr := pointerTo(T); isPtr {
			e.mark(x.Sel.Pos())
			b = keep(x.X, T, e.operand(x.X))
		} else if e.info.Types[x.X].Addressable() {
			b = e.variableOf(x.X, late)
		} else {
			b = e.operand(x.X)
		}
		s, _ := e.path(b, T, idx)
		return s
	case *ast.IndexExpr:
		T := e.typeOf(x.X)
		e.mark(x.Lbrack)
		var b, i string
		switch u := T.Underlying().(type) {
		case *types.Array:
			if e.info.Types[x.X].Addressable() {
				b = e.variableOf(x.X, late)
			} else {
				b = e.operand(x.X)
			}
			i = e.index(x.Index)
		case *types.Map:
			b = e.open(keep(x.X, T, e.operand(x.X)), T)
			i = e.key(x.Index, u.Key())
			if e.info.Types[x.Index].Value == nil && (hoist || e.effects(x.Index)) {
				i = e.tmpT(u.Key(), i)
			}
			return b + "[" + i + "]"
		case *types.Pointer:
			b = e.deref(keep(x.X, T, e.operand(x.X)), T)
			i = e.index(x.Index)
		default:
			b = e.open(keep(x.X, T, e.operand(x.X)), T)
			i = e.index(x.Index)
		}
		if e.info.Types[x.Index].Value == nil && (hoist || e.effects(x.Index)) {
			i = e.tmp(i)
		}
		if hoist {
			save := e.buf
			e.buf = late
			defer func() { e.buf = save }()
		}
		b, i = e.checkIndex(b, T, x.Index, i)
		return b + "[" + i + "]"
	}
	return e.expr(x)
}

// lhsType is the type of a left side, which for a new variable only Defs knows.
func (e *emitter) lhsType(x ast.Expr) types.Type {
	if id, ok := ast.Unparen(x).(*ast.Ident); ok {
		if o := e.info.Defs[id]; o != nil {
			return e.s(o.Type())
		}
		if o := e.info.Uses[id]; o != nil {
			return e.s(o.Type())
		}
	}
	return e.typeOf(x)
}

func (e *emitter) set(x ast.Expr, text string, from types.Type) {
	if blank(x) {
		e.w("_ = %s", text)
		return
	}
	e.store(e.lvalue(x), e.convert(text, from, e.lhsType(x)))
}

// defined returns the variable that x newly defines in a :=.
func (e *emitter) defined(s *ast.AssignStmt, x ast.Expr) types.Object {
	if s.Tok != token.DEFINE {
		return nil
	}
	if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
		return e.info.Defs[id]
	}
	return nil
}

// declareVar declares a variable of the user's; a package-level one of a cell exists already and is assigned.
func (e *emitter) declareVar(o types.Object, T types.Type, text string) {
	if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
		if text == "" {
			text = "*new(" + e.t(T) + ")"
		}
		e.w("%s = %s", e.name(o), text)
		return
	}
	e.declare(e.def(o), T, text)
}

func (e *emitter) assign(s *ast.AssignStmt) {
	switch {
	case s.Tok != token.ASSIGN && s.Tok != token.DEFINE:
		e.assignOp(s)
	case len(s.Lhs) == 1 && len(s.Rhs) == 1:
		e.assignOne(s, s.Lhs[0], s.Rhs[0])
	case len(s.Rhs) == 1:
		e.assignMulti(s)
	default:
		e.assignParallel(s)
	}
}

// assignOp lowers x op= y.
func (e *emitter) assignOp(s *ast.AssignStmt) {
	op := strings.TrimSuffix(s.Tok.String(), "=")
	T := e.typeOf(s.Lhs[0])
	lv := e.operated(s.Lhs[0], e.effects(s.Rhs[0]))
	if (op == "/" || op == "%") && e.info.Types[s.Rhs[0]].Value == nil {
		e.mark(s.TokPos)
	}
	var r string
	if op == "<<" || op == ">>" {
		e.mark(s.TokPos)
		r = e.shiftCount(s.Rhs[0])
	} else {
		r = e.conv(s.Rhs[0], T)
	}
	if simpleName.MatchString(lv) {
		e.w("%s %s= %s", lv, op, unparen(r))
		return
	}
	e.w("%s = %s %s %s", lv, lv, op, r)
}

func (e *emitter) assignOne(s *ast.AssignStmt, x, y ast.Expr) {
	if blank(x) {
		T := e.typeOf(y)
		if b, ok := T.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			return
		}
		T = types.Default(T)
		e.tmpT(T, e.conv(y, T))
		return
	}
	if o := e.defined(s, x); o != nil {
		v := e.conv(y, o.Type())
		e.declareVar(o, e.s(o.Type()), v)
		return
	}
	if e.effects(x) {
		lv, check := e.leftSide(x)
		v := e.early(x, y, e.entry(x, e.conv(y, e.lhsType(x)), y))
		e.buf.WriteString(check)
		e.store(lv, v)
		return
	}
	v := e.early(x, y, e.entry(x, e.conv(y, e.lhsType(x)), y))
	e.store(e.lvalue(x), v)
}

// early puts y, whose text is v, into a temporary when it calls something and its assignment to x may panic: the call
// comes first.
func (e *emitter) early(x, y ast.Expr, v string) string {
	if e.effects(y) && e.faults(x) {
		return e.tmpT(e.lhsType(x), v)
	}
	return v
}

// faults reports whether an assignment to x may panic: for an index out of range, or a nil pointer.
func (e *emitter) faults(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.StarExpr:
		return true
	case *ast.IndexExpr:
		_, isMap := e.typeOf(x.X).Underlying().(*types.Map)
		return !isMap
	case *ast.SelectorExpr:
		if e.info.Selections[x] == nil {
			return false // of a package
		}
		_, isPtr := pointerTo(e.typeOf(x.X))
		return isPtr || e.faults(x.X)
	}
	return false
}

// store writes an assignment. The interpreter drops a struct literal that is assigned to what stands in parentheses.
func (e *emitter) store(lvalue, text string) { e.w("%s = %s", unparen(lvalue), unparen(text)) }

// entry is text, the value that y is lowered to, fit to be assigned to x. What a nil pointer points to must not
// go straight into a map: the interpreter takes it for the wish to delete the entry.
func (e *emitter) entry(x ast.Expr, text string, y ast.Expr) string {
	ix, ok := ast.Unparen(x).(*ast.IndexExpr)
	if !ok || simpleName.MatchString(text) || !dereferences(y) {
		return text
	}
	m, ok := e.typeOf(ix.X).Underlying().(*types.Map)
	if !ok {
		return text
	}
	return e.tmpT(m.Elem(), text)
}

// dereferences reports whether x reads what a pointer points to.
func dereferences(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.StarExpr:
			found = true
		}
		return !found
	})
	return found
}

// operated is the variable that an operation such as += reads and writes.
func (e *emitter) operated(x ast.Expr, hoist bool) string {
	if !hoist {
		return e.lvalue(x)
	}
	lv, check := e.leftSide(x)
	e.buf.WriteString(check)
	return lv
}

// assignMulti lowers a, b = f().
func (e *emitter) assignMulti(s *ast.AssignStmt) {
	tys := e.multiTypes(s.Rhs[0])
	lvs, checks := e.leftSides(s)
	ts := e.bindMulti(s.Rhs[0], len(s.Lhs))
	for i, x := range s.Lhs {
		if blank(x) {
			continue
		}
		if o := e.defined(s, x); o != nil {
			e.declareVar(o, e.s(o.Type()), e.convert(ts[i], tys[i], o.Type()))
			continue
		}
		e.buf.WriteString(checks[i])
		e.store(lvs[i], e.convert(ts[i], tys[i], e.lhsType(x)))
	}
}

// leftSides are the left sides of an assignment of several values, of which new and blank ones stay empty.
func (e *emitter) leftSides(s *ast.AssignStmt) (texts, checks []string) {
	texts, checks = make([]string, len(s.Lhs)), make([]string, len(s.Lhs))
	for i, x := range s.Lhs {
		if !blank(x) && e.defined(s, x) == nil {
			texts[i], checks[i] = e.leftSide(x)
		}
	}
	return texts, checks
}

// bindMulti evaluates a multi-valued expression into names.
func (e *emitter) bindMulti(x ast.Expr, n int) []string {
	if _, ok := ast.Unparen(x).(*ast.CallExpr); !ok {
		return strings.Split(e.multi(x), ", ")
	}
	return e.multiTemps(x, n)
}

// assignParallel lowers a, b = b, a.
func (e *emitter) assignParallel(s *ast.AssignStmt) {
	lvs, checks := e.leftSides(s)
	T := func(i int) types.Type {
		if blank(s.Lhs[i]) {
			return types.Default(e.typeOf(s.Rhs[i]))
		}
		return e.lhsType(s.Lhs[i])
	}
	vals := e.list(s.Rhs, func(i int, y ast.Expr) string { return e.conv(y, T(i)) })
	for i, v := range vals {
		if b, ok := T(i).(*types.Basic); ok && b.Kind() == types.UntypedNil {
			continue
		}
		vals[i] = e.tmpT(T(i), v)
	}
	for i, x := range s.Lhs {
		if blank(x) {
			continue
		}
		if o := e.defined(s, x); o != nil {
			e.declareVar(o, e.s(o.Type()), vals[i])
		} else {
			e.buf.WriteString(checks[i])
			e.store(lvs[i], vals[i])
		}
	}
}

func (e *emitter) incDec(s *ast.IncDecStmt) {
	T := e.typeOf(s.X)
	op := "+"
	if s.Tok == token.DEC {
		op = "-"
	}
	lv := e.operated(s.X, e.effects(s.X))
	if b, ok := T.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 && simpleName.MatchString(lv) {
		e.w("%s%s%s", lv, op, op)
		return
	}
	e.w("%s = %s %s %s", lv, lv, op, e.konst(constant.MakeInt64(1), T))
}

// localVars lowers var declarations inside functions, and one spec of a top-level one.
func (e *emitter) varSpec(vs *ast.ValueSpec) {
	obj := func(n *ast.Ident) types.Object {
		if n.Name == "_" {
			return nil
		}
		return e.info.Defs[n]
	}
	switch {
	case len(vs.Values) == 0:
		for _, n := range vs.Names {
			if o := obj(n); o != nil {
				e.declareVar(o, e.s(o.Type()), "")
			}
		}
	case len(vs.Values) == len(vs.Names):
		T := func(i int) types.Type {
			if o := obj(vs.Names[i]); o != nil {
				return e.s(o.Type())
			}
			if vs.Type != nil {
				return e.typeOf(vs.Type)
			}
			return types.Default(e.typeOf(vs.Values[i]))
		}
		vals := e.list(vs.Values, func(i int, y ast.Expr) string { return e.conv(y, T(i)) })
		if len(vals) > 1 {
			for i := range vals {
				vals[i] = e.tmpT(T(i), vals[i])
			}
		}
		for i, n := range vs.Names {
			if o := obj(n); o != nil {
				e.declareVar(o, e.s(o.Type()), vals[i])
			} else if len(vals) == 1 {
				e.tmpT(T(i), vals[i])
			}
		}
	default:
		tys := e.multiTypes(vs.Values[0])
		ts := e.bindMulti(vs.Values[0], len(vs.Names))
		for i, n := range vs.Names {
			if o := obj(n); o != nil {
				e.declareVar(o, e.s(o.Type()), e.convert(ts[i], tys[i], o.Type()))
			}
		}
	}
}
