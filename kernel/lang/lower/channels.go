package lower

import (
	"go/ast"
	"go/types"
)

// Channel operations go through the runtime, which can interrupt them.

// receive lowers <-ch into two variables.
func (e *emitter) receive(x *ast.UnaryExpr) (v, ok string) {
	ct := e.typeOf(x.X).Underlying().(*types.Chan)
	ch := e.opened(x.X)
	e.mark(x.Pos())
	v, ok = e.fresh("v"), e.fresh("ok")
	e.declare(v, ct.Elem(), "")
	e.w("%s := %s(%s, &%s)", ok, e.rt("Recv"), ch, v)
	return v, ok
}

func (e *emitter) send(s *ast.SendStmt) {
	ct := e.typeOf(s.Chan).Underlying().(*types.Chan)
	v := e.list([]ast.Expr{s.Chan, s.Value}, func(i int, y ast.Expr) string {
		if i == 1 {
			return e.conv(y, ct.Elem())
		}
		return e.opened(y)
	})
	ch := e.tmp(v[0])
	val := e.tmpT(ct.Elem(), v[1])
	e.mark(s.Arrow)
	e.w("%s(%s, &%s)", e.rt("Send"), ch, val)
}
