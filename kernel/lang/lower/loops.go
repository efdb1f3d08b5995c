package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// captured reports whether variable o may outlive the iteration of the loop n that it belongs to:
// a function literal mentions it, or its address is taken.
func (e *emitter) captured(n ast.Node, o types.Object) bool {
	found := false
	root := func(x ast.Expr) types.Object {
		for {
			switch y := ast.Unparen(x).(type) {
			case *ast.Ident:
				return e.info.Uses[y]
			case *ast.SelectorExpr:
				x = y.X
			case *ast.IndexExpr:
				x = y.X
			default:
				return nil
			}
		}
	}
	var walk func(n ast.Node, inside bool)
	walk = func(n ast.Node, inside bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				if !inside {
					walk(m.Body, true)
					return false
				}
			case *ast.Ident:
				if inside && e.info.Uses[m] == o {
					found = true
				}
			case *ast.UnaryExpr:
				if m.Op == token.AND && root(m.X) == o {
					found = true
				}
			case *ast.SliceExpr:
				if root(m.X) == o {
					found = true
				}
			case *ast.SelectorExpr:
				if s := e.info.Selections[m]; s != nil && s.Kind() == types.MethodVal && root(m.X) == o {
					found = true
				}
			case *ast.RangeStmt:
				if T := e.info.TypeOf(m.X); T != nil && !inside {
					if _, ok := e.s(T).Underlying().(*types.Signature); ok {
						walk(m.Body, true)
					}
				}
			case *ast.DeferStmt:
				if !inside {
					walk(m.Call, true)
				}
			}
			return !found
		})
	}
	walk(n, false)
	return found
}

// loop opens a loop target and returns the text of its label.
func (e *emitter) loop(label string, body ast.Node) (*target, string) {
	t := &target{label: label, loop: true}
	if label == "" && !hasLabels(body) {
		return t, ""
	}
	t.out = e.fresh("L")
	return t, t.out + ":\n"
}

// hasLabels reports whether the body has labels of its own, or jumps to one: a labelled block in it, or a switch
// with a goto, becomes a loop, through which an unlabelled continue must reach this one.
func hasLabels(body ast.Node) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.LabeledStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

func (e *emitter) forStmt(s *ast.ForStmt, label string) {
	t, lab := e.loop(label, s)
	e.w("{")
	defer e.w("}")
	var shared []types.Object // variables that need a copy per iteration
	if as, ok := s.Init.(*ast.AssignStmt); ok && as.Tok == token.DEFINE {
		for _, x := range as.Lhs {
			if id, ok := x.(*ast.Ident); ok && e.info.Defs[id] != nil && id.Name != "_" && e.captured(s, e.info.Defs[id]) {
				shared = append(shared, e.info.Defs[id])
			}
		}
	}
	if s.Init != nil {
		e.stmt(s.Init, "")
	}
	if len(shared) > 0 {
		e.forCopies(s, t, lab, shared)
		return
	}
	// the condition stays in the head when it needs no statements
	cond := ""
	var pre string
	if s.Cond != nil {
		pre = e.nested(func() { cond = e.expr(s.Cond) })
	}
	if onlyMarks(pre) == "" && postIsSimple(s.Post) {
		post := ""
		var body string
		if s.Post != nil {
			body = e.nested(func() { e.stmt(s.Post, "") })
		}
		if onlyMarks(body) == body && oneLine(body) {
			post = body
			e.buf.WriteString(pre)
			e.w("%sfor ; %s; %s {", lab, unparen(cond), trimNL(post))
			e.poll()
			e.push(t)
			e.stmts(s.Body.List)
			e.pop()
			e.w("}")
			return
		}
	}
	first := ""
	if s.Post != nil {
		first = e.fresh("first")
		e.w("%s := true", first)
	}
	e.w("%sfor {", lab)
	e.poll()
	if s.Post != nil {
		e.w("if %s { %s = false } else {", first, first)
		e.stmt(s.Post, "")
		e.w("}")
	}
	if s.Cond != nil {
		e.w("if !(%s) { break }", e.expr(s.Cond))
	}
	e.push(t)
	e.stmts(s.Body.List)
	e.pop()
	e.w("}")
}

func postIsSimple(s ast.Stmt) bool {
	switch s.(type) {
	case nil, *ast.IncDecStmt, *ast.AssignStmt:
		return true
	}
	return false
}

func oneLine(s string) bool {
	n := 0
	for _, c := range s {
		if c == '\n' {
			n++
		}
	}
	return n <= 1
}

func trimNL(s string) string {
	for len(s) > 0 && s[len(s)-1] == '\n' {
		s = s[:len(s)-1]
	}
	return s
}

// forCopies lowers a loop whose variables closures capture: each iteration has its own, and the post
// statement works on the next one's.
func (e *emitter) forCopies(s *ast.ForStmt, t *target, lab string, shared []types.Object) {
	first := e.fresh("first")
	e.w("%s := true", first)
	outer := make([]string, len(shared))
	for i, o := range shared {
		outer[i] = e.names[o]
	}
	e.w("%sfor {", lab)
	e.poll()
	var back string
	for i, o := range shared {
		n := e.fresh(o.Name())
		e.declare(n, o.Type(), outer[i])
		e.names[o] = n
		back += outer[i] + " = " + n + "\n"
	}
	e.w("if %s { %s = false } else {", first, first)
	if s.Post != nil {
		e.stmt(s.Post, "")
	}
	e.w("}")
	if s.Cond != nil {
		e.w("if !(%s) { break }", e.expr(s.Cond))
	}
	t.continu = trimNL(back)
	e.push(t)
	e.stmts(s.Body.List)
	e.pop()
	e.w("%s}", back)
}
