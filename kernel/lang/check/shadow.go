package check

import (
	"go/ast"
	"go/token"
	"go/types"
)

// In a function body, x := x + 1 reads the x of the scope around it. A variable of
// a cell is a package variable, which the checker would see on both sides. So an
// identifier that stands above or inside the definition of the variable of its
// name, and has a meaning outside of the cell, bears another name during the check:
// that of a stand-in for the outer object. Without a meaning outside it is an
// error, which reportEarly finds.

// shadow makes the stand-ins.
func (b *builder) shadow(members map[string]map[string]bool) {
	early := map[string][]*ast.Ident{}
	funcs := b.funcRanges()
	note := func(id *ast.Ident) {
		o := b.own[id.Name]
		if o == nil || o.step < 0 || id == o.ident || id.Pos() >= b.steps[o.step].end || within(funcs, id.Pos()) || b.defines(o.step, id) {
			return
		}
		early[id.Name] = append(early[id.Name], id)
	}
	for _, id := range b.syn.free {
		note(id)
	}
	b.mapKeys(note)
	for name, ids := range early {
		obj := b.outer(name)
		if obj == nil && members[name] != nil {
			obj = b.autoImport(name, members[name])
		}
		if obj == nil {
			continue
		}
		stand := standIn(b.pkg, obj, name+mark)
		if stand == nil { // a predeclared function: the variable steps aside instead
			b.stepAside(name, ids)
			continue
		}
		b.aliases[stand] = obj
		b.pkg.Scope().Insert(stand)
		for _, id := range ids {
			b.rename(id)
		}
	}
}

func (b *builder) rename(id *ast.Ident) {
	id.Name += mark
	b.renamed = append(b.renamed, id)
}

// defines says whether an identifier is one of those that a step defines.
func (b *builder) defines(i int, id *ast.Ident) bool {
	for _, d := range b.steps[i].defines {
		if d == id {
			return true
		}
	}
	return false
}

// funcRanges returns where function declarations are: in them a name means the
// variable that the cell defines, wherever that is.
func (b *builder) funcRanges() [][2]token.Pos {
	var r [][2]token.Pos
	for _, d := range b.funcs {
		r = append(r, [2]token.Pos{d.Pos(), d.End()})
	}
	for _, d := range b.methods {
		r = append(r, [2]token.Pos{d.Pos(), d.End()})
	}
	for _, d := range b.consts {
		r = append(r, [2]token.Pos{d.Pos(), d.End()})
	}
	return r
}

func within(ranges [][2]token.Pos, p token.Pos) bool {
	for _, r := range ranges {
		if r[0] <= p && p < r[1] {
			return true
		}
	}
	return false
}

// mapKeys calls f for names that are keys of map and array literals, which the
// parser does not list with the free identifiers.
func (b *builder) mapKeys(f func(*ast.Ident)) {
	for _, s := range b.steps {
		ast.Inspect(s.Stmt, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			switch lit.Type.(type) {
			case *ast.MapType, *ast.ArrayType:
				for _, e := range lit.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if id, ok := kv.Key.(*ast.Ident); ok && id.Obj == nil {
							f(id)
						}
					}
				}
			}
			return true
		})
	}
}

// standIn returns an object of another name that behaves as obj does; nil for what
// cannot have another name.
func standIn(pkg *types.Package, obj types.Object, name string) types.Object {
	switch obj := obj.(type) {
	case *types.Var:
		return types.NewVar(token.NoPos, pkg, name, obj.Type())
	case *types.Func:
		return types.NewFunc(token.NoPos, pkg, name, obj.Signature())
	case *types.Const:
		return types.NewConst(token.NoPos, pkg, name, obj.Type(), obj.Val())
	case *types.TypeName:
		return types.NewTypeName(token.NoPos, pkg, name, obj.Type())
	case *types.PkgName:
		return types.NewPkgName(token.NoPos, pkg, name, obj.Imported())
	}
	return nil
}

// stepAside renames a variable of the cell and all that mention it, so that the
// early identifiers reach the predeclared object of the name.
func (b *builder) stepAside(name string, early []*ast.Ident) {
	isEarly := map[*ast.Ident]bool{}
	for _, id := range early {
		isEarly[id] = true
	}
	free := map[*ast.Ident]bool{}
	for _, id := range b.syn.free {
		free[id] = true
	}
	top := map[any]bool{}
	for _, s := range b.steps {
		top[s.Stmt] = true
		if s.Spec != nil {
			top[s.Spec] = true
		}
	}
	b.builtins[name] = true
	for _, it := range b.syn.items {
		var n ast.Node = it.decl
		if it.decl == nil {
			n = it.stmt
		}
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || id.Name != name || isEarly[id] {
				return true
			}
			if id == b.own[name].ident || free[id] || id.Obj != nil && top[id.Obj.Decl] {
				b.rename(id)
			}
			return true
		})
	}
}

// unshadow gives every identifier its own name and object back.
func (b *builder) unshadow() {
	for _, id := range b.renamed {
		id.Name = id.Name[:len(id.Name)-len(mark)]
		if obj, ok := b.aliases[b.info.Uses[id]]; ok {
			b.info.Uses[id] = b.inCell(obj)
		}
	}
	for name := range b.builtins {
		v, ok := b.pkg.Scope().Lookup(name + mark).(*types.Var)
		if !ok {
			continue
		}
		w := types.NewVar(v.Pos(), b.pkg, name, v.Type())
		b.pkg.Scope().Insert(w)
		for _, id := range b.renamed {
			if b.info.Defs[id] == v {
				b.info.Defs[id] = w
			}
			if b.info.Uses[id] == v {
				b.info.Uses[id] = w
			}
		}
	}
}
