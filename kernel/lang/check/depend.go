package check

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// setDefs lists what the cell defines, and what each definition mentions.
func (b *builder) setDefs() {
	c := b.cell
	add := func(kind DefKind, name string, obj types.Object, decl ast.Node, doc *ast.CommentGroup) *Def {
		d := &Def{Kind: kind, Name: name, Obj: obj, Cell: c, Decl: decl, Doc: doc.Text()}
		c.Defs = append(c.Defs, d)
		return d
	}
	for _, decl := range c.File.Decls {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ImportSpec:
					obj := b.pkgNames[spec]
					switch {
					case obj == nil || obj.Name() == "_":
					case obj.Name() == ".":
						add(Import, obj.Imported().Path(), obj, spec, nil).dot = true
					default:
						add(Import, obj.Name(), obj, spec, nil)
					}
				case *ast.TypeSpec:
					if obj := b.info.Defs[spec.Name]; obj != nil && spec.Name.Name != "_" {
						d := add(Type, spec.Name.Name, obj, spec, firstDoc(spec.Doc, decl.Doc, spec.Comment))
						d.uses = b.usesOf(spec)
					}
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						if obj := b.info.Defs[id]; obj != nil && id.Name != "_" {
							d := add(Const, id.Name, obj, spec, firstDoc(spec.Doc, decl.Doc, spec.Comment))
							d.uses = b.usesOf(spec)
						}
					}
				}
			}
		case *ast.FuncDecl:
			obj := b.info.Defs[decl.Name]
			if obj == nil || decl.Name.Name == "_" {
				continue
			}
			kind, name := Func, decl.Name.Name
			if base, _ := receiverBase(decl); base != nil {
				kind, name = Method, base.Name+"."+name
			}
			add(kind, name, obj, decl, decl.Doc).uses = b.usesOf(decl)
		}
	}
	for _, s := range b.steps {
		for _, id := range s.defines {
			v, ok := b.info.Defs[id].(*types.Var)
			if !ok {
				continue
			}
			d := add(Var, id.Name, v, s.Stmt, nil)
			if s.Spec != nil {
				d.Decl = s.Spec
				d.Doc = firstDoc(s.Spec.Doc, s.Stmt.(*ast.DeclStmt).Decl.(*ast.GenDecl).Doc, s.Spec.Comment).Text()
			}
		}
	}
	slices.SortStableFunc(c.Defs, func(x, y *Def) int { return cmp.Compare(defPos(x), defPos(y)) })
	for _, a := range c.Added {
		pkg, _ := b.s.im.Import(a.Path)
		obj := types.NewPkgName(token.NoPos, b.pkg, a.Name, pkg)
		if b.own[a.Name] != nil {
			continue // a variable of the cell took the name: rand := rand.New(…)
		}
		c.Defs = append(c.Defs, &Def{Kind: Import, Name: a.Name, Obj: obj, Cell: c})
	}
}

func defPos(d *Def) token.Pos {
	if d.Decl == nil {
		return token.NoPos
	}
	return d.Decl.Pos()
}

func firstDoc(groups ...*ast.CommentGroup) *ast.CommentGroup {
	for _, g := range groups {
		if g != nil {
			return g
		}
	}
	return nil
}

// usesOf returns the objects of cells that a declaration mentions, by name or as a
// method, each once.
func (b *builder) usesOf(n ast.Node) []types.Object {
	var list []types.Object
	seen := map[types.Object]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := b.info.Uses[id]
		if fn, ok := obj.(*types.Func); ok {
			obj = fn.Origin()
		}
		if obj == nil || seen[obj] || obj.Pkg() == nil || obj.Pkg().Path() != "main" {
			return true
		}
		switch o := obj.(type) {
		case *types.PkgName:
			return true
		case *types.Var:
			if o.IsField() || o.Parent() != o.Pkg().Scope() {
				return true
			}
		case *types.Const, *types.TypeName:
			if o.Parent() != o.Pkg().Scope() {
				return true
			}
		}
		seen[obj] = true
		list = append(list, obj)
		return true
	})
	return list
}

// setRedefined compares the cell's definitions with the session's.
func (b *builder) setRedefined() {
	c := b.cell
	same := map[types.Object]reach{} // old objects whose users can use the new one
	stale := map[types.Object]*Def{} // old objects whose users cannot
	gone := map[*Def]bool{}          // definitions that the cell replaces
	at := b.stepOf()
	for _, d := range c.Defs {
		var old *Def
		if d.Kind == Method {
			old = b.s.methods[d.Name]
			if base, _ := receiverBase(d.Decl.(*ast.FuncDecl)); base != nil && b.own[base.Name] != nil {
				old = nil // of a new type: the old type's methods stay the old type's
			}
		} else if e := b.s.names[d.Name]; e != nil && !d.dot {
			old = e.def
		}
		if old == nil {
			continue
		}
		gone[old] = true
		r := Redefinition{Old: old, New: d, SameType: sameMeaning(old, d)}
		c.Redefined = append(c.Redefined, r)
		switch {
		case !r.SameType:
			stale[old.Obj] = old
			if old.Kind == Type {
				for name, m := range b.s.methods {
					if base, _ := receiverBase(m.Decl.(*ast.FuncDecl)); base != nil && base.Name == old.Name {
						gone[b.s.methods[name]] = b.redeclares(name)
						stale[m.Obj] = m
					}
				}
			}
		case r.Old.Kind == Func || r.Old.Kind == Method:
			same[old.Obj] = reach{step: -1}
		case r.Old.Kind == Var:
			v := d.Obj.(*types.Var)
			same[old.Obj] = reach{v, at[v]}
		}
	}
	if len(same)+len(stale) == 0 {
		return
	}
	b.setRebound(same, gone)
	b.setStale(stale, gone)
}

// redeclares says whether the cell declares a method "T.M".
func (b *builder) redeclares(name string) bool {
	for _, d := range b.cell.Defs {
		if d.Kind == Method && d.Name == name {
			return true
		}
	}
	return false
}

// sameMeaning says whether what used the old definition can use the new one.
func sameMeaning(old, now *Def) bool {
	if old.Kind != now.Kind {
		return false
	}
	if old.Obj == now.Obj {
		return true
	}
	switch o := now.Obj.(type) {
	case *types.PkgName:
		return old.Obj.(*types.PkgName).Imported() == o.Imported()
	case *types.TypeName:
		was := old.Obj.(*types.TypeName)
		return o.IsAlias() && was.IsAlias() && types.Identical(o.Type(), was.Type())
	case *types.Const:
		was := old.Obj.(*types.Const)
		return types.Identical(o.Type(), was.Type()) && constant.Compare(o.Val(), token.EQL, was.Val()) && o.Val().Kind() == was.Val().Kind()
	}
	return types.Identical(old.Obj.Type(), now.Obj.Type())
}

// live returns the session's functions, methods and types that stay, in the order
// in which they were defined.
func (b *builder) live(gone map[*Def]bool) []*Def {
	return slices.DeleteFunc(b.s.defs(), func(d *Def) bool { return gone[d] })
}

// setRebound collects the functions that mention a redefined object, and those that
// mention these. The map says from which step on an old object's users are to use the
// new one: from the first for a function, from behind its definition for a variable.
func (b *builder) setRebound(same map[types.Object]reach, gone map[*Def]bool) {
	users := map[types.Object][]*Def{}
	for _, d := range b.live(gone) {
		if d.Kind == Func || d.Kind == Method {
			for _, o := range d.uses {
				o = b.s.Latest(o)
				users[o] = append(users[o], d)
			}
		}
	}
	first, last := map[*Def]reach{}, map[*Def]reach{} // the least and the greatest step of what a function mentions
	var visit func(o types.Object, r reach)
	visit = func(o types.Object, r reach) {
		for _, d := range users[o] {
			f, seen := first[d]
			l := last[d]
			if seen && r.step >= f.step && r.step <= l.step {
				continue
			}
			if !seen || r.step < f.step {
				first[d] = r
			}
			if !seen || r.step > l.step {
				last[d] = r
			}
			visit(d.Obj, r)
		}
	}
	for o, r := range same {
		visit(o, r)
	}
	known := map[types.Object]reach{}
	between := map[types.Object]*Def{}
	for d, r := range last {
		b.cell.Rebound = append(b.cell.Rebound, Rebound{Def: d, From: r.step + 1})
		if r.step >= 0 {
			known[d.Obj] = r
		}
		if first[d].step < r.step {
			between[d.Obj] = d
		}
	}
	slices.SortFunc(b.cell.Rebound, func(x, y Rebound) int { return cmp.Compare(x.Def.order, y.Def.order) })
	if len(known) > 0 {
		b.reportUnready(known)
	}
	for i, s := range b.steps {
		if len(between) == 0 {
			break
		}
		b.eachIdent(s, func(id *ast.Ident) {
			if d := between[b.info.Uses[id]]; d != nil && i > first[d].step && i <= last[d].step {
				b.report(id.Pos(), fmt.Sprintf("%s uses %s, which the cell defines again only on line %d, and something that it defined again above", d.Name, last[d].v.Name(), b.line(last[d].v)),
					"put the definitions in a cell of their own")
			}
		})
	}
}

// setStale collects the definitions that mention an object whose new definition
// they cannot use, and the variables of a type that was one.
func (b *builder) setStale(stale map[types.Object]*Def, gone map[*Def]bool) {
	for _, d := range b.live(gone) {
		if d.Kind == Import || d.Kind == Const {
			continue
		}
		if d.Kind == Var {
			mentionsType(d.Obj.Type(), func(t *types.TypeName) bool {
				if old := stale[t]; old != nil {
					b.cell.Stale = append(b.cell.Stale, Stale{d, old})
					return true
				}
				return false
			})
			continue
		}
		var found []*Def
		types := map[string]bool{}
		for _, o := range d.uses {
			if old := stale[b.s.Latest(o)]; old != nil && old != d {
				found = append(found, old)
				types[old.Name] = old.Kind == Type
			}
		}
		for _, old := range found {
			if base, _, ok := strings.Cut(old.Name, "."); ok && types[base] {
				continue // said with the type
			}
			b.cell.Stale = append(b.cell.Stale, Stale{d, old})
		}
	}
}
