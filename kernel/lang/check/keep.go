package check

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
)

// A cell is often run again as it is. A type that it declares again, word for word
// and of the same parts, stays the type that it was, so that values made between
// the two runs fit the functions of both.

// keepTypes finds the types of the session that the cell declares again as they
// were. Types that mention one another are kept together or not at all.
func (b *builder) keepTypes() {
	specs := map[string]*ast.TypeSpec{}
	count := map[string]int{}
	for _, d := range b.consts {
		for _, spec := range d.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok {
				count[spec.Name.Name]++
				if def := b.keepable(spec); def != nil {
					specs[spec.Name.Name] = spec
					b.kept[spec.Name.Name] = def
				}
			}
		}
	}
	for again := true; again; {
		again = false
		for name, def := range b.kept {
			o := b.own[name]
			if count[name] > 1 || o == nil || o.ident != specs[name].Name || !b.sameDeclaration(def, specs[name]) {
				delete(b.kept, name)
				again = true
			}
		}
	}
	for name, def := range b.kept {
		delete(b.own, name)
		b.copyInfo(def, specs[name])
	}
}

// copyInfo records for a declaration that is not checked again what the checker
// found out about the one that it repeats.
func (b *builder) copyInfo(def *Def, spec *ast.TypeSpec) {
	was, is := allIdents(def.Decl), allIdents(spec)
	for i := range min(len(was), len(is)) {
		if obj := def.Cell.Info.Uses[was[i]]; obj != nil {
			b.info.Uses[is[i]] = obj
		}
		if obj := def.Cell.Info.Defs[was[i]]; obj != nil {
			b.info.Defs[is[i]] = obj
		}
	}
}

func allIdents(n ast.Node) []*ast.Ident {
	var ids []*ast.Ident
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			ids = append(ids, id)
		}
		return true
	})
	return ids
}

// keepable returns the session's type that a declaration could repeat.
func (b *builder) keepable(spec *ast.TypeSpec) *Def {
	e := b.s.names[spec.Name.Name]
	if e == nil || e.def.Kind != Type || b.denied[spec.Name.Name] || spec.Assign.IsValid() || spec.TypeParams != nil {
		return nil
	}
	if old, ok := e.def.Decl.(*ast.TypeSpec); !ok || old.Assign.IsValid() || old.TypeParams != nil {
		return nil
	}
	return e.def
}

// sameDeclaration says whether two declarations have the same words, of which each
// means the same.
func (b *builder) sameDeclaration(def *Def, spec *ast.TypeSpec) bool {
	old := def.Decl.(*ast.TypeSpec)
	was, is := def.Cell.syntax.textOf(old), b.syn.textOf(spec)
	if was != is && !sameTokens(was, is) {
		return false
	}
	from, to := identsOf(old), identsOf(spec)
	if len(from) != len(to) {
		return false
	}
	for i := range from {
		use := def.Cell.Info.Uses[from[i]]
		if use == nil || use.Parent() == nil || use == def.Obj {
			continue // a field, a selected name, or the type itself
		}
		if !b.meansSame(to[i].Name, use) {
			return false
		}
	}
	return true
}

// meansSame says whether a name in this cell means an object of an earlier one.
func (b *builder) meansSame(name string, use types.Object) bool {
	if b.own[name] != nil {
		kept := b.kept[name]
		return kept != nil && kept.Obj == use
	}
	now := b.pkg.Scope().Lookup(name)
	if now == nil {
		now = b.outer(name)
	}
	if p, ok := use.(*types.PkgName); ok {
		q, ok := now.(*types.PkgName)
		return ok && q.Imported() == p.Imported()
	}
	return now == use
}

// textOf returns the source of a node.
func (s *Syntax) textOf(n ast.Node) string {
	base := s.text.file.Base()
	from, to := int(n.Pos())-base, int(n.End())-base
	return s.Src[min(from, len(s.Src)):min(to, len(s.Src))]
}

// identsOf returns the identifiers of a node in order, those after a dot aside.
func identsOf(n ast.Node) []*ast.Ident {
	var ids []*ast.Ident
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok {
				ids = append(ids, id)
				return false
			}
		case *ast.Ident:
			ids = append(ids, n)
		}
		return true
	})
	return ids
}

// sameTokens compares two texts without their comments and white space.
func sameTokens(a, b string) bool {
	var x, y scanner.Scanner
	x.Init(token.NewFileSet().AddFile("", -1, len(a)), []byte(a), nil, 0)
	y.Init(token.NewFileSet().AddFile("", -1, len(b)), []byte(b), nil, 0)
	for {
		_, t, l := x.Scan()
		_, u, m := y.Scan()
		if t != u || l != m {
			return false
		}
		if t == token.EOF {
			return true
		}
	}
}

// withoutKept returns a declaration without the types that stay what they are; nil
// when nothing remains.
func (b *builder) withoutKept(d *ast.GenDecl) *ast.GenDecl {
	if d.Tok != token.TYPE || len(b.kept) == 0 {
		return d
	}
	rest := *d
	rest.Specs = nil
	for _, spec := range d.Specs {
		if spec, ok := spec.(*ast.TypeSpec); ok {
			if def := b.kept[spec.Name.Name]; def != nil {
				b.info.Defs[spec.Name] = def.Obj
				continue
			}
		}
		rest.Specs = append(rest.Specs, spec)
	}
	if rest.Specs == nil {
		return nil
	}
	return &rest
}
