package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// effects reports whether evaluating x may run user code or block: what Go orders lexically.
func (e *emitter) effects(x ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if tv, ok := e.info.Types[n]; ok && tv.Value != nil {
				return false
			}
			if tv, ok := e.info.Types[n.Fun]; ok && tv.IsType() {
				return true
			}
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				if b, ok := e.info.Uses[id].(*types.Builtin); ok {
					switch b.Name() {
					case "len", "cap", "real", "imag", "complex", "min", "max":
						return true
					}
				}
			}
			found = true
		case *ast.TypeAssertExpr:
			found = true
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				found = true
			}
		}
		return !found
	})
	return found
}

// list evaluates operands from left to right. An operand is put into a temporary only when a later
// one needs statements of its own, or calls something while this one calls something too.
func (e *emitter) list(xs []ast.Expr, f func(i int, x ast.Expr) string) []string {
	pre := make([]string, len(xs))
	out := make([]string, len(xs))
	last := -1
	for i, x := range xs {
		pre[i] = e.nested(func() { out[i] = f(i, x) })
		if onlyMarks(pre[i]) != "" {
			last = i
		}
	}
	if last < 0 {
		// markers alone: the first will do, the operands stay in place
		for _, p := range pre {
			if p != "" {
				e.buf.WriteString(p)
				break
			}
		}
		return out
	}
	for i, x := range xs {
		e.buf.WriteString(pre[i])
		if i < last && !e.fixed(x) {
			out[i] = e.tmp(out[i])
		}
	}
	return out
}

// fixed reports whether x has the same value whenever it is evaluated and needs no temporary.
func (e *emitter) fixed(x ast.Expr) bool {
	tv := e.info.Types[x]
	if tv.Value != nil || tv.IsNil() || tv.IsType() {
		return true
	}
	switch ast.Unparen(x).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		return true // a variable is read last, as the compiler does
	}
	return false
}

// unparen drops parentheses around a whole text.
func unparen(s string) string {
	for len(s) > 1 && s[0] == '(' && s[len(s)-1] == ')' && balanced(s[1:len(s)-1]) {
		s = s[1 : len(s)-1]
	}
	return s
}
