package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strings"
)

// composite lowers a composite literal of type T; T is a pointer for an elided &T in a list.
func (e *emitter) composite(x *ast.CompositeLit, T types.Type) string {
	if p, ok := T.Underlying().(*types.Pointer); ok {
		el := e.s(p.Elem())
		s := "&" + e.composite(x, el)
		if _, cyc := e.cyclicStruct(el); cyc {
			return e.imp("unsafe", "unsafe") + ".Pointer(" + s + ")"
		}
		if _, isStruct := el.Underlying().(*types.Struct); !isStruct {
			return "(&" + e.tmpT(el, s[1:]) + ")"
		}
		return s
	}
	var vals []string
	var text string
	switch u := T.Underlying().(type) {
	case *types.Struct:
		text = e.structLit(x, T, u)
	case *types.Map:
		vals = e.mapLit(x, u)
	case *types.Array:
		vals = e.listLit(x, u.Elem())
	case *types.Slice:
		vals = e.listLit(x, u.Elem())
	default:
		panic(refusef(x, "lowering does not know literals of type %s", T))
	}
	if text == "" {
		text = e.core(T) + "{" + strings.Join(vals, ", ") + "}"
	}
	return e.shut(text, T)
}

// element lowers an element of a literal. It stands without parentheses: in a literal the interpreter
// takes the type of (*p + 1) for a pointer's.
func (e *emitter) element(x ast.Expr, T types.Type) string {
	if cl, ok := x.(*ast.CompositeLit); ok && cl.Type == nil {
		return e.composite(cl, e.s(T))
	}
	return unparen(e.conv(x, T))
}

func (e *emitter) structLit(x *ast.CompositeLit, T types.Type, u *types.Struct) string {
	_, compiled := e.compiledStruct(T)
	var xs []ast.Expr
	var fields []int
	for i, el := range x.Elts {
		if kv, ok := el.(*ast.KeyValueExpr); ok {
			el = kv.Value
			for i = 0; u.Field(i).Name() != kv.Key.(*ast.Ident).Name; i++ {
			}
		}
		xs = append(xs, el)
		fields = append(fields, i)
	}
	vals := e.list(xs, func(i int, y ast.Expr) string { return e.element(y, u.Field(fields[i]).Type()) })
	var parts []string
	for i, f := range fields {
		name := u.Field(f).Name()
		if name == "_" {
			if e.effects(xs[i]) {
				e.w("_ = %s", vals[i])
			}
			continue
		}
		if !compiled {
			name = fieldName(u, f)
		}
		parts = append(parts, name+": "+vals[i])
	}
	return e.core(T) + "{" + strings.Join(parts, ", ") + "}"
}

func (e *emitter) mapLit(x *ast.CompositeLit, u *types.Map) []string {
	var xs []ast.Expr
	for _, el := range x.Elts {
		kv := el.(*ast.KeyValueExpr)
		xs = append(xs, kv.Key, kv.Value)
	}
	vals := e.list(xs, func(i int, y ast.Expr) string {
		if i%2 == 0 {
			if cl, ok := y.(*ast.CompositeLit); ok && cl.Type == nil {
				return e.composite(cl, e.s(u.Key()))
			}
			return unparen(e.key(y, u.Key()))
		}
		return e.element(y, u.Elem())
	})
	var parts []string
	for i := 0; i < len(vals); i += 2 {
		parts = append(parts, vals[i]+": "+vals[i+1])
	}
	return parts
}

func (e *emitter) listLit(x *ast.CompositeLit, el types.Type) []string {
	var xs []ast.Expr
	var at []string
	for _, y := range x.Elts {
		idx := ""
		if kv, ok := y.(*ast.KeyValueExpr); ok {
			idx = constant.ToInt(e.info.Types[kv.Key].Value).ExactString() + ": "
			y = kv.Value
		}
		xs = append(xs, y)
		at = append(at, idx)
	}
	vals := e.list(xs, func(i int, y ast.Expr) string { return e.element(y, el) })
	for i := range vals {
		vals[i] = fmt.Sprint(at[i], vals[i])
	}
	return vals
}
