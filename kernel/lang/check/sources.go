package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
)

// SourceOf returns a package whose generic functions are instantiated from source,
// checked from that source; nil when the package has none. The source declares
// the generic names and what they need; its other exported names are the compiled
// package's objects. It may be called inside Hold, by the holder.
func (s *Scope) SourceOf(path string) (*Package, error) {
	if !s.held.Load() {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	if p := s.sources[path]; p != nil {
		return p, nil
	}
	files := s.im.p.Source(path)
	if files == nil {
		return nil, nil
	}
	compiled, err := s.im.Import(path)
	if err != nil {
		return nil, err
	}
	p := &Package{Path: path, Fset: s.fset, Info: newInfo(), Types: types.NewPackage(path, compiled.Name())}
	declared := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, text, errs := parseFile(Source{path + "/" + name, files[name]})
		if len(errs) > 0 {
			return nil, fmt.Errorf("source of %s: %w", path, errs[0])
		}
		s.fset.AddExistingFiles(text.file)
		p.Files = append(p.Files, f)
		for _, d := range f.Decls {
			for _, id := range declaredNames(d) {
				declared[id.Name] = true
			}
		}
	}
	for _, n := range compiled.Scope().Names() {
		if token.IsExported(n) && !declared[n] {
			p.Types.Scope().Insert(compiled.Scope().Lookup(n))
		}
	}
	var first error
	conf := s.config(func(err error) {
		if first == nil {
			first = err
		}
	})
	types.NewChecker(conf, s.fset, p.Types, p.Info).Files(p.Files)
	if first != nil {
		return nil, fmt.Errorf("source of %s: %w", path, first)
	}
	s.sources[path] = p
	return p, nil
}

// declaredNames returns the package-level names of a declaration, methods aside.
func declaredNames(d ast.Decl) []*ast.Ident {
	var ids []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			ids = append(ids, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				ids = append(ids, spec.Name)
			case *ast.ValueSpec:
				ids = append(ids, spec.Names...)
			}
		}
	}
	return ids
}
