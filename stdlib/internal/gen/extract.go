package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
)

// An extraction takes declarations out of one package, checked with function bodies.
type extraction struct {
	fset       *token.FileSet
	pkg        *types.Package
	info       *types.Info
	decls      map[types.Object]ast.Node   // *ast.FuncDecl, *ast.TypeSpec, *ast.ValueSpec or a whole group of constants, by object
	methods    map[types.Object][]ast.Node // of types
	order      []ast.Node                  // all declarations, in the order of the source
	tokens     map[ast.Node]token.Token    // const, var or type
	importable func(path string) bool
}

// patchFile is the name under which a patch is parsed.
const patchFile = "patch.go"

// newExtraction parses the package again, puts patches in and checks it.
func (u *universe) newExtraction(unit *unit, importable func(path string) bool) (*extraction, error) {
	x := &extraction{
		fset: token.NewFileSet(),
		info: &types.Info{
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
			Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
		},
		decls: map[types.Object]ast.Node{}, methods: map[types.Object][]ast.Node{}, tokens: map[ast.Node]token.Token{},
		importable: importable,
	}
	patch := patches[unit.path]
	replaced := map[string]bool{}
	var files []*ast.File
	if patch != "" {
		f, err := parser.ParseFile(x.fset, patchFile, patch, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("patch of %s: %w", unit.path, err)
		}
		files = append(files, f)
		for _, d := range f.Decls {
			for _, name := range declared(d) {
				replaced[name] = true
			}
		}
	}
	for _, name := range unit.names {
		f, err := parser.ParseFile(x.fset, unit.dir+"/"+name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			names := declared(d)
			return len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return !replaced[n] })
		})
		files = append(files, f)
	}
	var bad []error
	conf := types.Config{
		FakeImportC: true, Sizes: types.SizesFor("gc", u.platform.arch), Importer: importMap{u.all, unit.vendor},
		Error: func(err error) {
			if e, ok := err.(types.Error); !ok || !e.Soft { // an import that a patch made unused
				bad = append(bad, err)
			}
		},
	}
	x.pkg, _ = conf.Check(unit.path, x.fset, files, x.info)
	if len(bad) > 0 {
		return nil, fmt.Errorf("%s, with bodies: %w", unit.path, errors.Join(bad...))
	}
	for _, f := range files {
		for _, d := range f.Decls {
			x.index(d)
		}
	}
	return x, nil
}

// declared returns the names that a declaration introduces; a method as Type.Method.
func declared(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv != nil {
			return []string{receiver(d.Recv.List[0].Type) + "." + d.Name.Name}
		}
		return []string{d.Name.Name}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, n := range s.Names {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// index enters the objects of one declaration.
func (x *extraction) index(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		x.order = append(x.order, d)
		if d.Recv == nil {
			x.decls[x.info.Defs[d.Name]] = d
		} else if owner := x.pkg.Scope().Lookup(receiver(d.Recv.List[0].Type)); owner != nil {
			x.methods[owner] = append(x.methods[owner], d)
		}
	case *ast.GenDecl:
		if d.Tok == token.CONST && d.Lparen.IsValid() { // values may follow from the lines before
			x.order = append(x.order, d)
			for _, s := range d.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					x.decls[x.info.Defs[n]] = d
				}
			}
			return
		}
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				x.decls[x.info.Defs[s.Name]] = s
			case *ast.ValueSpec:
				for _, n := range s.Names {
					x.decls[x.info.Defs[n]] = s
				}
			default:
				continue
			}
			x.order = append(x.order, s)
			x.tokens[s] = d.Tok
		}
	}
}

// reach adds to set obj and all that its declaration needs, or says why a cell could not declare it.
func (x *extraction) reach(obj types.Object, set map[types.Object]bool) error {
	if set[obj] {
		return nil
	}
	set[obj] = true
	nodes := append([]ast.Node{x.decls[obj]}, x.methods[obj]...)
	for _, n := range nodes {
		if fd, ok := n.(*ast.FuncDecl); ok && fd.Body == nil {
			return fmt.Errorf("%s is written in assembly or belongs to the runtime", obj.Name())
		}
		if spec, ok := n.(*ast.ValueSpec); ok && x.tokens[spec] == token.VAR {
			return fmt.Errorf("it shares the variable %s with compiled code", obj.Name())
		}
		var err error
		ast.Inspect(n, func(n ast.Node) bool {
			if err == nil {
				err = x.need(n, set)
			}
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// need looks at one node of a declaration.
func (x *extraction) need(n ast.Node, set map[types.Object]bool) error {
	if sel, ok := n.(*ast.SelectorExpr); ok {
		if s := x.info.Selections[sel]; s != nil && !s.Obj().Exported() && s.Obj().Pkg() == x.pkg {
			if owner := named(s.Recv()); owner != nil && owner.Obj().Pkg() == x.pkg && x.compiled(owner.Obj()) {
				return fmt.Errorf("it uses %s.%s, which is not exported", owner.Obj().Name(), s.Obj().Name())
			}
		}
	}
	if lit, ok := n.(*ast.CompositeLit); ok {
		if owner := named(x.info.Types[lit].Type); owner != nil && owner.Obj().Pkg() == x.pkg && x.compiled(owner.Obj()) {
			if field := hiddenField(lit, owner); field != "" {
				return fmt.Errorf("it sets %s.%s, which is not exported", owner.Obj().Name(), field)
			}
		}
	}
	id, ok := n.(*ast.Ident)
	if !ok {
		return nil
	}
	switch obj := x.info.Uses[id].(type) {
	case nil:
		return nil
	case *types.PkgName:
		if path := obj.Imported().Path(); path == "unsafe" {
			return errors.New("it uses package unsafe")
		} else if !x.importable(path) {
			return fmt.Errorf("it uses %s, which cells cannot import", path)
		}
	default:
		if obj.Parent() == x.pkg.Scope() && !x.compiled(obj) {
			return x.reach(obj, set)
		}
		if dotImported(obj, x.pkg) && !x.importable(obj.Pkg().Path()) {
			return fmt.Errorf("it uses %s, which cells cannot import", obj.Pkg().Path())
		}
	}
	return nil
}

// hiddenField returns an unexported field that a literal of a struct type sets, "" if there is none.
func hiddenField(lit *ast.CompositeLit, t *types.Named) string {
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for i, elt := range lit.Elts {
		name := s.Field(min(i, s.NumFields()-1)).Name()
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			name = kv.Key.(*ast.Ident).Name
		}
		if !token.IsExported(name) {
			return name
		}
	}
	return ""
}

// dotImported reports whether obj is declared at the top of another package; where no package name stands
// before it, a dot import brought it in.
func dotImported(obj types.Object, pkg *types.Package) bool {
	return obj.Pkg() != nil && obj.Pkg() != pkg && obj.Parent() == obj.Pkg().Scope()
}

// compiled reports whether extracted code refers to the compiled package for obj, an object of package scope.
func (x *extraction) compiled(obj types.Object) bool {
	return obj.Exported() && (!isGeneric(obj) || compiledOnly(obj)) && !isConstraint(obj)
}

// isConstraint reports whether obj is an interface for constraints alone: extracted code declares its own.
func isConstraint(obj types.Object) bool {
	tn, ok := obj.(*types.TypeName)
	return ok && types.IsInterface(tn.Type()) && !isValueType(tn)
}

// named returns the named type of a receiver, nil if it has none.
func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}
