package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// declareImports resolves the cell's imports and enters their names.
func (b *builder) declareImports() {
	for _, spec := range b.imports {
		path := importPath(spec)
		pkg, err := b.s.im.Import(path)
		if err != nil {
			b.importError(spec, path, err)
			b.failed[path[strings.LastIndexByte(path, '/')+1:]] = true
			if spec.Name != nil {
				b.failed[spec.Name.Name] = true
			}
			continue
		}
		name := pkg.Name()
		if spec.Name != nil {
			name = spec.Name.Name
		}
		obj := types.NewPkgName(spec.Pos(), b.pkg, name, pkg)
		b.pkgNames[spec] = obj
		switch {
		case name == ".":
			b.dots = append(b.dots, spec)
			b.info.Implicits[spec] = obj
			continue
		case spec.Name != nil:
			b.info.Defs[spec.Name] = obj
		default:
			b.info.Implicits[spec] = obj
		}
		if name == "_" {
			continue
		}
		if o := b.own[name]; o != nil {
			at := max(o.ident.Pos(), spec.Pos())
			b.report(at, name+" is declared twice in this cell", "by the import of "+path+" and as a "+o.kind.String())
			continue
		}
		if alt := b.pkg.Scope().Insert(obj); alt != nil && alt.(*types.PkgName).Imported() != pkg {
			b.report(spec.Pos(), name+" is imported twice in this cell", "give one of the imports another name")
		}
	}
}

func (b *builder) importError(spec *ast.ImportSpec, path string, err error) {
	var wrong *Diagnostics
	if errors.As(err, &wrong) { // a package of the user's own
		b.diags.List = append(b.diags.List, wrong.List...)
		return
	}
	var unknown *unknownPackage
	remedy := ""
	if errors.As(err, &unknown) {
		remedy = "cells can import the packages that gossl contains and those of the module around the notebook"
		if near := b.s.im.suggest(path); near != "" {
			remedy = fmt.Sprintf("did you mean %q?", near)
		}
	}
	b.report(spec.Path.Pos(), err.Error(), remedy)
}

// outer returns what a name means outside of the cell's own declarations, or nil.
func (b *builder) outer(name string) types.Object {
	for i := len(b.dots) - 1; i >= 0; i-- {
		if obj := b.pkgNames[b.dots[i]].Imported().Scope().Lookup(name); obj != nil && obj.Exported() {
			return obj
		}
	}
	if obj := b.s.resolve(name); obj != nil {
		return obj
	}
	return types.Universe.Lookup(name)
}

// inCell returns an object as the checker wants it in this cell's package: the name
// of a package belongs to the package that uses it.
func (b *builder) inCell(obj types.Object) types.Object {
	if p, ok := obj.(*types.PkgName); ok {
		return types.NewPkgName(token.NoPos, b.pkg, p.Name(), p.Imported())
	}
	return obj
}

// mentions returns every name that the cell's tree contains, and for each name that
// could be a package, the members selected from it.
func (b *builder) mentions() (names map[string]bool, members map[string]map[string]bool) {
	names, members = map[string]bool{}, map[string]map[string]bool{}
	for _, it := range b.syn.items {
		var n ast.Node = it.decl
		if it.decl == nil {
			n = it.stmt
		}
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Ident:
				names[n.Name] = true
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok && id.Obj == nil {
					if members[id.Name] == nil {
						members[id.Name] = map[string]bool{}
					}
					if n.Sel.Name != "_" && n.Sel.Name != cursorName {
						members[id.Name][n.Sel.Name] = true
					}
				}
			}
			return true
		})
	}
	return names, members
}

// populate enters into the package what the cell mentions of the session, and
// imports what it mentions of packages without importing them.
func (b *builder) populate() {
	names, members := b.mentions()
	scope := b.pkg.Scope()
	for name := range names {
		if name == "_" || b.own[name] != nil || scope.Lookup(name) != nil {
			continue
		}
		obj := b.outer(name)
		if obj == nil || b.addedInVain(name, members[name]) {
			if sel := members[name]; sel != nil {
				if p := b.autoImport(name, sel); p != nil {
					obj = p
				}
			}
		}
		if obj != nil && obj.Parent() != types.Universe {
			scope.Insert(b.inCell(obj))
		}
	}
	slices.SortFunc(b.cell.Added, func(x, y ImportAdded) int { return strings.Compare(x.Path, y.Path) })
	b.shadow(members)
}

// addedInVain says whether a name is a package that an earlier cell was given without
// asking for it, and that lacks what this cell selects: rand.Read after rand.IntN.
func (b *builder) addedInVain(name string, members map[string]bool) bool {
	e := b.s.names[name]
	if e == nil || e.def.Kind != Import || e.def.Decl != nil {
		return false
	}
	scope := e.def.Obj.(*types.PkgName).Imported().Scope()
	for m := range members {
		if scope.Lookup(m) == nil {
			return true
		}
	}
	return false
}

// autoImport finds the package that a name must mean and notes it as added; nil
// when there is none.
func (b *builder) autoImport(name string, members map[string]bool) types.Object {
	for _, a := range b.cell.Added {
		if a.Name == name {
			pkg, _ := b.s.im.Import(a.Path)
			return types.NewPkgName(token.NoPos, b.pkg, name, pkg)
		}
	}
	path, several := b.s.im.choose(name, members)
	if several != nil {
		if id := b.firstUse(name); id != nil {
			b.report(id.Pos(), fmt.Sprintf("%s can be several packages: %s", name, strings.Join(several, ", ")), "import the one that is meant")
		}
		return nil
	}
	if path == "" {
		return nil
	}
	pkg, err := b.s.im.Import(path)
	if err != nil {
		return nil
	}
	b.cell.Added = append(b.cell.Added, ImportAdded{Name: name, Path: path})
	return types.NewPkgName(token.NoPos, b.pkg, name, pkg)
}

// firstUse returns the first free identifier of a name.
func (b *builder) firstUse(name string) *ast.Ident {
	var first *ast.Ident
	for _, id := range b.syn.free {
		if id.Name == name && (first == nil || id.Pos() < first.Pos()) {
			first = id
		}
	}
	return first
}
