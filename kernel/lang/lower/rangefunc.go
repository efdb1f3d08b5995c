package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// rangeBody is the body of a range over a function, which becomes a function literal. What leaves
// the body in another way than by its end, continue or break is done after the iterator has returned.
type rangeBody struct {
	state string   // the rt.RangeFunc that guards the body
	codes []string // what is to be done after the call, by exit code
	body  ast.Node
}

func (e *emitter) rangeFunc(s *ast.RangeStmt, u *types.Signature, label string, key, val ast.Expr, bind func(ast.Expr, string, types.Type)) {
	f := e.tmp(e.opened(s.X))
	rb := &rangeBody{state: e.fresh("rf"), body: s.Body}
	t := &target{label: label, loop: true, rangeFn: rb}
	e.w("%s := %s()", rb.state, e.rt("NewRange"))
	if len(e.fn.results) > 0 && e.fn.resNames == nil {
		var names []string
		for _, R := range e.fn.results {
			n := e.fresh("rv")
			e.declare(n, R, "")
			names = append(names, n)
		}
		e.fn.resNames = names
		defer func() { e.fn.resNames = nil }()
	}
	yield := e.s(u.Params().At(0).Type()).Underlying().(*types.Signature)
	var ps, names []string
	for i := range yield.Params().Len() {
		n := e.fresh("k")
		names = append(names, n)
		ps = append(ps, n+" "+e.t(yield.Params().At(i).Type()))
	}
	body := e.fresh("body")
	e.w("%s := func(%s) bool {", body, strings.Join(ps, ", "))
	e.w("%s.Enter()", rb.state)
	e.poll()
	saved := e.fn.targets
	for i, x := range []ast.Expr{key, val} {
		if i < len(names) {
			bind(x, names[i], e.s(yield.Params().At(i).Type()))
		}
	}
	e.push(t)
	e.stmts(s.Body.List)
	e.fn.targets = saved
	e.w("%s.Leave()\nreturn true\n}", rb.state)
	e.mark(s.X.Pos())
	e.w("%s(%s)\n%s.Done()", f, body, rb.state)
	for i, c := range rb.codes {
		e.w("if %s.Code == %d {\n%s}", rb.state, i+1, c)
	}
}

// leave exits the body of target i, a range over a function, and then does what after writes.
func (e *emitter) leave(t *target, i int, after func()) {
	rb := t.rangeFn
	rb.codes = append(rb.codes, "")
	n := len(rb.codes)
	e.w("%s.Exit(%d)\nreturn false", rb.state, n)
	save := e.fn.targets
	e.fn.targets = e.fn.targets[:i]
	rb.codes[n-1] = e.nested(after)
	e.fn.targets = save
}

// insideRange returns the innermost range over a function around here.
func (e *emitter) insideRange() (*target, int) {
	for i := len(e.fn.targets) - 1; i >= 0; i-- {
		if t := e.fn.targets[i]; t.rangeFn != nil {
			return t, i
		}
	}
	return nil, 0
}

// declaresLabel reports whether the label stands in n.
func declaresLabel(n ast.Node, label string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok && l.Label.Name == label {
			found = true
		}
		return !found
	})
	return found
}
