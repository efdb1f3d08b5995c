package lower

import (
	"go/ast"
	"go/token"
)

// target is what a break or continue can mean.
type target struct {
	label   string // the user's
	out     string // ours; "" until something needs it
	loop    bool
	continu string     // code that goes before continue
	rangeFn *rangeBody // the target is the body of a range over a function
	block   bool       // a labelled block, or a switch with a goto, lowered to a loop that runs once
	breaks  bool       // a break without a label means this block
	falls   string     // what fallthrough is lowered to, "" for itself
}

func (e *emitter) push(t *target) { e.fn.targets = append(e.fn.targets, t) }
func (e *emitter) pop()           { e.fn.targets = e.fn.targets[:len(e.fn.targets)-1] }

func (e *emitter) stmts(l []ast.Stmt) {
	for _, s := range l {
		e.stmt(s, "")
	}
}

// stmt lowers one statement; label is the user's label on it.
func (e *emitter) stmt(s ast.Stmt, label string) {
	e.here(s.Pos())
	switch s := s.(type) {
	case *ast.EmptyStmt:
	case *ast.BlockStmt:
		if label != "" {
			e.breakable(label, func() { e.stmts(s.List) })
			return
		}
		e.w("{")
		e.stmts(s.List)
		e.w("}")
	case *ast.ExprStmt:
		e.exprStmt(s)
	case *ast.AssignStmt:
		e.assign(s)
	case *ast.IncDecStmt:
		e.incDec(s)
	case *ast.DeclStmt:
		if gd := s.Decl.(*ast.GenDecl); gd.Tok == token.VAR {
			for _, sp := range gd.Specs {
				e.varSpec(sp.(*ast.ValueSpec))
			}
		}
	case *ast.ReturnStmt:
		e.ret(s)
	case *ast.IfStmt:
		e.ifStmt(s, label)
	case *ast.ForStmt:
		e.forStmt(s, label)
	case *ast.RangeStmt:
		e.rangeStmt(s, label)
	case *ast.SwitchStmt:
		e.switchStmt(s, label)
	case *ast.TypeSwitchStmt:
		e.typeSwitch(s, label)
	case *ast.SelectStmt:
		e.selectStmt(s, label)
	case *ast.LabeledStmt:
		if e.fn.gotos[s.Label.Name] {
			e.w("%s:\n_ = 0", e.gotoLabel(s.Label.Name))
		}
		e.stmt(s.Stmt, s.Label.Name)
	case *ast.BranchStmt:
		e.branch(s.Tok, s.Label)
	case *ast.SendStmt:
		e.send(s)
	case *ast.GoStmt:
		e.goStmt(s)
	case *ast.DeferStmt:
		e.deferStmt(s)
	default:
		panic(refusef(s, "lowering does not know this kind of statement (%T)", s))
	}
}

func (e *emitter) gotoLabel(name string) string {
	if n, ok := e.fn.labels[name]; ok {
		return n
	}
	n := e.fresh("G")
	e.fn.labels[name] = n
	return n
}

// breakable wraps a labelled statement that is no loop, switch or select.
func (e *emitter) breakable(label string, body func()) {
	t := &target{label: label, out: e.fresh("L"), block: true}
	e.w("%s:\nfor {", t.out)
	e.push(t)
	body()
	e.pop()
	e.w("break\n}")
}

func (e *emitter) exprStmt(s *ast.ExprStmt) {
	x := ast.Unparen(s.X)
	if u, ok := x.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		e.mark(u.Pos())
		e.w("%s(%s, nil)", e.rt("Recv"), e.opened(u.X))
		return
	}
	if c, ok := x.(*ast.CallExpr); ok {
		r := e.call(c)
		if e.builtinOf(c.Fun) == "copy" || e.info.Types[c.Fun].IsType() {
			e.w("_ = %s", r)
			return
		}
		if e.builtinOf(c.Fun) == "recover" {
			e.w("_ = %s", r)
			return
		}
		e.w("%s", r)
		return
	}
	e.w("_ = %s", e.expr(x))
}

func (e *emitter) ifStmt(s *ast.IfStmt, label string) {
	if label != "" {
		e.breakable(label, func() { e.ifStmt(s, "") })
		return
	}
	if s.Init != nil {
		e.w("{")
		e.stmt(s.Init, "")
		defer e.w("}")
	}
	e.w("if %s {", unparen(e.expr(s.Cond)))
	e.stmts(s.Body.List)
	switch el := s.Else.(type) {
	case nil:
	case *ast.BlockStmt:
		e.w("} else {")
		e.stmts(el.List)
	default:
		e.w("} else {")
		e.stmt(el, "")
	}
	e.w("}")
}

// branch lowers break, continue, goto and fallthrough.
func (e *emitter) branch(tok token.Token, label *ast.Ident) {
	switch tok {
	case token.FALLTHROUGH:
		if f := e.fn.targets[len(e.fn.targets)-1].falls; f != "" {
			e.w("%s", f)
			return
		}
		e.w("fallthrough")
		return
	case token.GOTO:
		if t, i := e.insideRange(); t != nil && !declaresLabel(t.rangeFn.body, label.Name) {
			e.leave(t, i, func() { e.branch(tok, label) })
			return
		}
		e.w("goto %s", e.gotoLabel(label.Name))
		return
	}
	crossed := false // a loop of ours lies between
	for i := len(e.fn.targets) - 1; i >= 0; i-- {
		t := e.fn.targets[i]
		var match bool
		switch {
		case label != nil:
			match = t.label == label.Name
		case tok == token.CONTINUE:
			match = t.loop
		default:
			match = !t.block || t.breaks
		}
		switch {
		case match && t.rangeFn != nil && tok == token.CONTINUE:
			e.w("%s.Leave()\nreturn true", t.rangeFn.state)
			return
		case match && t.rangeFn != nil:
			e.w("%s.Break()\nreturn false", t.rangeFn.state)
			return
		case match:
			if tok == token.CONTINUE && t.continu != "" {
				e.w("%s", t.continu)
			}
			if label != nil || crossed || t.breaks {
				e.w("%s %s", tok, t.out)
			} else {
				e.w("%s", tok)
			}
			return
		case t.rangeFn != nil:
			e.leave(t, i, func() { e.branch(tok, label) })
			return
		}
		crossed = crossed || t.block
	}
	panic(refuse(e.at.pos, "lowering lost the target of a branch"))
}
