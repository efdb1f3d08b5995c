package check

import (
	"go/token"
	"go/types"
)

// members returns the fields and methods that can be selected from a value of a
// type, in the cells' own package, nearest first: promoted ones after their
// owner's.
func members(t types.Type, pkg *types.Package) []types.Object {
	if t == nil || !valid(t) {
		return nil
	}
	var list []types.Object
	seen := map[string]bool{}
	add := func(o types.Object) {
		if seen[o.Name()] || o.Name() == "_" || !token.IsExported(o.Name()) && (o.Pkg() == nil || o.Pkg().Path() != pkg.Path()) {
			return
		}
		seen[o.Name()] = true
		list = append(list, o)
	}
	visited := map[types.Type]bool{}
	level := []types.Type{t}
	for depth := 0; len(level) > 0 && depth < 8; depth++ {
		var next []types.Type
		for _, t := range level {
			if p, ok := types.Unalias(t).(*types.Pointer); ok {
				t = p.Elem()
			} else if p, ok := t.Underlying().(*types.Pointer); ok && depth == 0 {
				if _, named := types.Unalias(t).(*types.Named); !named {
					t = p.Elem()
				}
			}
			t = types.Unalias(t)
			if visited[t] {
				continue
			}
			visited[t] = true
			if n, ok := t.(*types.Named); ok {
				for m := range n.Methods() {
					add(m)
				}
			}
			switch u := t.Underlying().(type) {
			case *types.Struct:
				for f := range u.Fields() {
					add(f)
					if f.Embedded() {
						next = append(next, f.Type())
					}
				}
			case *types.Interface:
				for m := range u.Methods() {
					add(m)
				}
			}
			if tp, ok := t.(*types.TypeParam); ok {
				if i, ok := tp.Constraint().Underlying().(*types.Interface); ok {
					for m := range i.Methods() {
						add(m)
					}
				}
			}
		}
		level = next
	}
	return list
}
