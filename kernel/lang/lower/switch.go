package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// A switch is lowered in two parts: which clause is taken, as a number, found by tests in order; then a
// switch over that number with the bodies, where break and fallthrough mean what they meant.

func (e *emitter) switchTarget(label string) (*target, string) {
	t := &target{label: label}
	if label == "" {
		return t, ""
	}
	t.out = e.fresh("L")
	return t, t.out + ":\n"
}

func (e *emitter) switchStmt(s *ast.SwitchStmt, label string) {
	t, lab := e.switchTarget(label)
	e.w("{")
	defer e.w("}")
	if s.Init != nil {
		e.stmt(s.Init, "")
	}
	tag := ""
	var T types.Type
	if s.Tag != nil {
		T = types.Default(e.typeOf(s.Tag))
		tag = e.tmpT(T, e.conv(s.Tag, T))
	}
	// conditions that need no statements can stand in the cases
	conds := make([][]string, len(s.Body.List))
	plain := true
	pre := e.nested(func() {
		for i, c := range s.Body.List {
			for _, x := range c.(*ast.CaseClause).List {
				conds[i] = append(conds[i], e.caseTest(x, tag, T))
			}
		}
	})
	if onlyMarks(pre) != "" || defaultFallsThrough(s.Body.List) || len(gotoLabels(s.Body)) > 0 {
		plain = false
	}
	if plain {
		e.buf.WriteString(pre)
		e.w("%sswitch {", lab)
		for i, c := range s.Body.List {
			if c.(*ast.CaseClause).List == nil {
				e.w("default:")
			} else {
				e.w("case %s:", strings.Join(conds[i], " || "))
			}
			e.land(s.Body.List, i)
			e.clause(t, c.(*ast.CaseClause).Body)
		}
		e.w("}")
		return
	}
	k := e.fresh("k")
	e.w("%s := -1", k)
	def := -1
	depth := 0
	for i, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		if cc.List == nil {
			def = i
			continue
		}
		for _, x := range cc.List {
			cond := e.caseTest(x, tag, T)
			e.w("if %s { %s = %d } else {", cond, k, i)
			depth++
		}
	}
	e.w("%s = %d", k, def)
	e.w("%s", strings.Repeat("}", depth))
	e.clauses(t, lab, k, nil, s.Body, nil)
}

// clauses emits the bodies of the clauses, of which k holds the number of the one to run (numbers; nil: its
// index), with prepare what goes before each.
func (e *emitter) clauses(t *target, lab, k string, numbers []int, body *ast.BlockStmt, prepare func(i int)) {
	if numbers == nil {
		for i := range body.List {
			numbers = append(numbers, i)
		}
	}
	clause := func(i int) {
		e.push(t)
		if prepare != nil {
			prepare(i)
		}
		switch c := body.List[i].(type) {
		case *ast.CaseClause:
			e.land(body.List, i)
			e.stmts(c.Body)
		case *ast.CommClause:
			e.stmts(c.Body)
		}
		e.pop()
	}
	if len(gotoLabels(body)) == 0 {
		e.w("%sswitch %s {", lab, k)
		for i := range body.List {
			e.w("case %d:", numbers[i])
			clause(i)
		}
		e.w("}")
		return
	}
	// the interpreter loops for ever over a goto inside a switch: a loop that runs once takes its place
	t.block, t.breaks = true, true
	if t.out == "" {
		t.out = e.fresh("L")
	}
	e.w("%s:\nfor {", t.out)
	for i := range body.List {
		t.falls = fmt.Sprintf("%s = %d", k, i+1)
		e.w("if %s == %d {", k, numbers[i])
		clause(i)
		if !fallsThrough(body.List[i]) {
			e.w("break %s", t.out)
		}
		e.w("}")
	}
	e.w("break %s\n}", t.out)
}

// fallsThrough reports whether a clause ends in fallthrough.
func fallsThrough(c ast.Stmt) bool {
	cc, ok := c.(*ast.CaseClause)
	if !ok || len(cc.Body) == 0 {
		return false
	}
	b, ok := cc.Body[len(cc.Body)-1].(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}

// defaultFallsThrough reports whether the interpreter would lose its way in the clauses: it moves a default that
// is not the last one, and with it what fallthrough leads to.
func defaultFallsThrough(clauses []ast.Stmt) bool {
	moved, falls := false, false
	for i, c := range clauses {
		cc := c.(*ast.CaseClause)
		moved = moved || cc.List == nil && i < len(clauses)-1
		falls = falls || fallsThrough(c)
	}
	return moved && falls
}

// land begins clause i where fallthrough leads to it: the interpreter cannot fall into an empty one.
func (e *emitter) land(clauses []ast.Stmt, i int) {
	if i > 0 && fallsThrough(clauses[i-1]) {
		e.w("_ = 0")
	}
}

func (e *emitter) clause(t *target, body []ast.Stmt) {
	e.push(t)
	e.stmts(body)
	e.pop()
}

// caseTest is the condition that case x of a switch over tag, of type T, is taken.
func (e *emitter) caseTest(x ast.Expr, tag string, T types.Type) string {
	X := e.typeOf(x)
	if tag == "" {
		if types.IsInterface(X) { // compared with true
			return e.rt("Eq") + "(" + e.asAny(x) + ", any(true))"
		}
		return e.expr(x)
	}
	switch {
	case e.info.Types[x].IsNil():
		return "(" + e.open(tag, T) + " == nil)"
	case types.IsInterface(T) || types.IsInterface(X):
		e.mark(x.Pos())
		var a, b string
		if types.IsInterface(T) {
			a = e.convertInterface(tag, T, emptyInterface)
		} else {
			a = e.box(tag, T, emptyInterface)
		}
		if types.IsInterface(X) {
			b = e.asAny(x)
		} else {
			b = e.conv(x, emptyInterface)
		}
		return e.rt("Eq") + "(" + a + ", " + b + ")"
	}
	switch T.Underlying().(type) {
	case *types.Chan:
		return "(" + e.rt("ChanID") + "(" + tag + ") == " + e.rt("ChanID") + "(" + e.opened(x) + "))"
	case *types.Struct, *types.Array:
		return e.rt("EqValues") + "(" + e.d(T) + ", " + tag + ", " + e.conv(x, T) + ")"
	}
	return "(" + tag + " == " + e.conv(x, T) + ")"
}

func (e *emitter) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	t, lab := e.switchTarget(label)
	e.w("{")
	defer e.w("}")
	if s.Init != nil {
		e.stmt(s.Init, "")
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	}
	X := e.typeOf(x)
	orig := e.tmpT(X, e.expr(x))
	v := e.tmpAny(e.convertInterface(orig, X, emptyInterface))
	k := e.fresh("k")
	e.w("%s := -1", k)
	gets := map[*ast.CaseClause]string{}
	def, depth := -1, 0
	for i, c := range s.Body.List {
		cc := c.(*ast.CaseClause)
		if cc.List == nil {
			def = i
			continue
		}
		for _, y := range cc.List {
			var ok string
			if e.info.Types[y].IsNil() {
				ok = "(" + v + " == nil)"
			} else {
				ok = e.typeTest(v, e.typeOf(y), cc, gets)
			}
			e.w("if %s { %s = %d } else {", ok, k, i)
			depth++
		}
	}
	e.w("%s = %d", k, def)
	e.w("%s", strings.Repeat("}", depth))
	e.clauses(t, lab, k, nil, s.Body, func(i int) {
		cc := s.Body.List[i].(*ast.CaseClause)
		if o := e.info.Implicits[cc]; o != nil {
			T := e.s(o.Type())
			text := orig
			if len(cc.List) == 1 && !e.info.Types[cc.List[0]].IsNil() {
				text = e.getAs(v, T)
			} else {
				text = e.convert(orig, X, T)
			}
			e.declare(e.def(o), T, text)
		}
	})
}

// typeTest emits the test whether v holds a T.
func (e *emitter) typeTest(v string, T types.Type, _ *ast.CaseClause, _ map[*ast.CaseClause]string) string {
	if types.IsInterface(T) {
		return e.rt("Impl") + "(" + v + ", " + e.d(T) + ")"
	}
	ok, _ := e.test(v, T)
	return ok
}

// getAs reads the T that v is known to hold.
func (e *emitter) getAs(v string, T types.Type) string {
	r := e.rep(T)
	get := v
	switch {
	case types.IsInterface(T):
		get = e.rt("Adapt") + "(" + v + ", " + e.d(T) + ")"
	case !e.pure(T):
		get = e.rt("V") + "(" + v + ")"
	}
	switch r {
	case "any":
		return get
	case "struct{}":
		return r + "{}"
	}
	return get + ".(" + r + ")"
}

// selectStmt evaluates all channels and values first, in order, and lets the runtime choose: the
// interpreter's own select is unsound when several goroutines run it, and cannot be interrupted.
func (e *emitter) selectStmt(s *ast.SelectStmt, label string) {
	t, lab := e.switchTarget(label)
	e.w("{")
	defer e.w("}")
	var cases []string
	bodies := make([]func(), len(s.Body.List))
	numbers := make([]int, len(s.Body.List))
	hasDefault := false
	for i, c := range s.Body.List {
		cc := c.(*ast.CommClause)
		numbers[i] = len(cases)
		bodies[i] = func() {}
		switch cm := cc.Comm.(type) {
		case nil:
			hasDefault = true
			numbers[i] = -1
		case *ast.SendStmt:
			ct := e.typeOf(cm.Chan).Underlying().(*types.Chan)
			s := e.list([]ast.Expr{cm.Chan, cm.Value}, func(i int, y ast.Expr) string {
				if i == 1 {
					return e.conv(y, ct.Elem())
				}
				return e.opened(y)
			})
			ch := e.tmp(s[0])
			v := e.tmpT(ct.Elem(), s[1])
			cases = append(cases, fmt.Sprintf("%s{Send: true, Ch: %s, P: &%s}", e.rt("Case"), ch, v))
		case *ast.ExprStmt:
			u := ast.Unparen(cm.X).(*ast.UnaryExpr)
			ch := e.tmp(e.opened(u.X))
			cases = append(cases, fmt.Sprintf("%s{Ch: %s}", e.rt("Case"), ch))
		case *ast.AssignStmt:
			u := ast.Unparen(cm.Rhs[0]).(*ast.UnaryExpr)
			ch := e.tmp(e.opened(u.X))
			el := e.s(e.typeOf(u.X).Underlying().(*types.Chan).Elem())
			v, ok := e.fresh("v"), ""
			e.declare(v, el, "")
			text := fmt.Sprintf("%s{Ch: %s, P: &%s", e.rt("Case"), ch, v)
			if len(cm.Lhs) > 1 {
				ok = e.fresh("ok")
				e.w("var %s bool", ok)
				text += ", OK: &" + ok
			}
			cases = append(cases, text+"}")
			bodies[i] = func() { e.bindReceived(cm, v, ok, el) }
		}
	}
	k := e.fresh("k")
	e.mark(s.Pos())
	e.w("%s := %s(%s)", k, e.rt("Select"), strings.Join(append([]string{fmt.Sprint(hasDefault)}, cases...), ", "))
	e.clauses(t, lab, k, numbers, s.Body, func(i int) { bodies[i]() })
}

func (e *emitter) bindReceived(cm *ast.AssignStmt, v, ok string, el types.Type) {
	bind := func(x ast.Expr, text string, T types.Type) {
		if cm.Tok == token.DEFINE && !blank(x) {
			if o := e.info.Defs[x.(*ast.Ident)]; o != nil {
				e.declareVar(o, e.s(o.Type()), e.convert(text, T, o.Type()))
				return
			}
		}
		e.set(x, text, T)
	}
	bind(cm.Lhs[0], v, el)
	if ok != "" {
		bind(cm.Lhs[1], ok, types.Typ[types.Bool])
	}
}
