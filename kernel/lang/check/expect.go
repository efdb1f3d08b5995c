package check

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expect finds out what the place of an expression takes: its want and types. The
// path leads from the root to the expression's parent.
func (f *finder) expect(x ast.Expr, path []ast.Node) {
	info := f.b.info
	switch p := last(path).(type) {
	case *ast.ParenExpr:
		f.expect(p, path[:len(path)-1])
	case *ast.CallExpr:
		if i := indexOf(p.Args, x); i >= 0 {
			f.want = paramType(info.TypeOf(p.Fun), i)
		}
	case *ast.AssignStmt:
		if i := indexOf(p.Rhs, x); i >= 0 && i < len(p.Lhs) && p.Tok != token.DEFINE {
			f.want = info.TypeOf(p.Lhs[i])
		}
	case *ast.ValueSpec:
		if p.Type == x {
			f.types = true
		} else if p.Type != nil {
			f.want = info.TypeOf(p.Type)
		}
	case *ast.BinaryExpr:
		other := p.X
		if other == x {
			other = p.Y
		}
		if p.Op == token.SHL || p.Op == token.SHR {
			break
		}
		f.want = info.TypeOf(other)
	case *ast.UnaryExpr:
		if p.Op == token.NOT {
			f.want = types.Typ[types.Bool]
		}
	case *ast.ReturnStmt:
		i := indexOf(p.Results, x)
		if sig := f.enclosing(path); sig != nil && i >= 0 && i < sig.Results().Len() {
			f.want = sig.Results().At(i).Type()
		}
	case *ast.IfStmt:
		if p.Cond == x {
			f.want = types.Typ[types.Bool]
		}
	case *ast.ForStmt:
		if p.Cond == x {
			f.want = types.Typ[types.Bool]
		}
	case *ast.SendStmt:
		if t := info.TypeOf(p.Chan); t != nil && p.Value == x {
			if c, ok := t.Underlying().(*types.Chan); ok {
				f.want = c.Elem()
			}
		}
	case *ast.IndexExpr:
		if t := info.TypeOf(p.X); t != nil && p.Index == x {
			if m, ok := t.Underlying().(*types.Map); ok {
				f.want = m.Key()
			} else if _, ok := t.Underlying().(*types.Signature); !ok {
				f.want = types.Typ[types.Int]
			}
		}
	case *ast.KeyValueExpr:
		if lit, ok := parent(path).(*ast.CompositeLit); ok && p.Value == x {
			f.want = f.elemType(lit, p.Key, 0)
		}
	case *ast.CompositeLit:
		if p.Type == x {
			f.types = true
		} else if i := indexOf(p.Elts, x); i >= 0 {
			f.want = f.elemType(p, nil, i)
		}
	case *ast.Field, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.TypeSpec, *ast.TypeAssertExpr:
		f.types = true
	case *ast.StarExpr:
		switch parent(path).(type) {
		case *ast.Field, *ast.ArrayType, *ast.MapType, *ast.ChanType, *ast.TypeSpec, *ast.ValueSpec:
			f.types = true
		}
	}
	if !valid(f.want) {
		f.want = nil
	}
}

func parent(path []ast.Node) ast.Node {
	if len(path) < 2 {
		return nil
	}
	return path[len(path)-2]
}

func indexOf(list []ast.Expr, x ast.Expr) int {
	for i, e := range list {
		if e == x {
			return i
		}
	}
	return -1
}

// paramType returns the type of a function's ith argument.
func paramType(fn types.Type, i int) types.Type {
	if fn == nil {
		return nil
	}
	sig, ok := fn.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return nil
	}
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	}
	if i >= n {
		return nil
	}
	return sig.Params().At(i).Type()
}

// elemType returns the type of an element of a literal: the value of a key, or the
// ith one.
func (f *finder) elemType(lit *ast.CompositeLit, key ast.Expr, i int) types.Type {
	t := f.b.info.TypeOf(lit)
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		if key == nil {
			return u.Key()
		}
		return u.Elem()
	case *types.Struct:
		if id, ok := key.(*ast.Ident); ok {
			for v := range u.Fields() {
				if v.Name() == id.Name {
					return v.Type()
				}
			}
		} else if i < u.NumFields() {
			return u.Field(i).Type()
		}
	}
	return nil
}

// enclosing returns the signature of the function that a place is in.
func (f *finder) enclosing(path []ast.Node) *types.Signature {
	for i := len(path) - 1; i >= 0; i-- {
		switch n := path[i].(type) {
		case *ast.FuncLit:
			sig, _ := f.b.info.TypeOf(n).(*types.Signature)
			return sig
		case *ast.FuncDecl:
			if fn, ok := f.b.info.Defs[n.Name].(*types.Func); ok {
				return fn.Signature()
			}
			return nil
		}
	}
	return nil
}
