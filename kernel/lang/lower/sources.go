package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"slices"

	"github.com/gossl/gossl/kernel/lang/check"
)

// source returns the compiled package at path as checked from source, nil when there is no source. The generic
// functions and types in it are other objects than those that cells see; they are found again by name.
func (s *Session) source(path string) (*types.Package, error) {
	if p, ok := s.sources[path]; ok {
		return p, nil
	}
	p, err := s.host.SourceOf(path)
	if err != nil {
		return nil, err
	}
	if p == nil {
		s.sources[path] = nil
		return nil, nil
	}
	s.sources[path] = p.Types
	s.addPackage(p)
	return p.Types, nil
}

func (s *Session) addPackage(p *check.Package) *unit {
	u := &unit{p.Fset, p.Types, p.Info}
	s.add(u, p.Files)
	return u
}

// add makes a unit's functions known.
func (s *Session) add(u *unit, files []*ast.File) {
	put(s, s.units, u.pkg, u)
	for _, f := range files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				if o := u.info.Defs[fd.Name]; o != nil {
					put(s, s.decls, o, &decl{fd, u})
				}
			}
		}
	}
}

// sourceType returns the type declared in source that stands for a generic type of a compiled package.
func (s *Session) sourceType(n *types.Named) (*types.TypeName, bool) {
	o := n.Origin().Obj()
	if o.Pkg() == nil || s.interpreted(o.Pkg()) {
		return nil, false
	}
	p, err := s.source(o.Pkg().Path())
	if err != nil || p == nil {
		return nil, false
	}
	tn, ok := p.Scope().Lookup(o.Name()).(*types.TypeName)
	return tn, ok && tn.Pkg() == p
}

// sourceInstance returns the instance of the type declared in source that stands for an instance of a generic type of
// a compiled package: substitution puts it in place of a type that an expression has, and the parts of a defined type,
// which go/types keeps as they were declared, come here.
func (s *Session) sourceInstance(n *types.Named) (types.Type, bool) {
	tn, ok := s.sourceType(n)
	if !ok {
		return nil, false
	}
	r, err := types.Instantiate(s.ctx, tn.Type(), slices.Collect(n.TypeArgs().Types()), false)
	if err != nil {
		return nil, false
	}
	return r, true
}

// sourced is sourceInstance of T or of what T points to, T itself where there is none.
func (s *Session) sourced(T types.Type) types.Type {
	switch t := T.(type) {
	case *types.Named:
		if t.TypeArgs() == nil || t.Obj().Pkg() == nil || s.interpreted(t.Obj().Pkg()) || types.IsInterface(t) || isSignature(t) {
			return T
		}
		if _, ok := s.compiledInstanceOf(t); ok {
			return T
		}
		if r, ok := s.sourceInstance(t); ok {
			return r
		}
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok {
			if r := s.sourced(n); r != types.Type(n) {
				return types.NewPointer(r)
			}
		}
	}
	return T
}

// standsFor is what lowered code has in place of an instance of a compiled package's generic type: its underlying
// func type, the instance of the type declared in source, or n itself.
func (s *Session) standsFor(n *types.Named) types.Type {
	if n.TypeArgs() != nil && isSignature(n) {
		return n.Underlying()
	}
	return s.sourced(n)
}

// compiledType returns the compiled instance of a compiled package's generic type for type arguments, if there is
// one. All values of such an instance are of it, also those that cells make, so that they go to and fro.
func (s *Session) compiledType(n *types.Named, targs []types.Type) (reflect.Type, bool) {
	o := n.Origin().Obj()
	if o.Pkg() == nil || s.interpreted(o.Pkg()) || len(targs) == 0 {
		return nil, false
	}
	rs := make([]reflect.Type, len(targs))
	for i, t := range targs {
		if !s.pure(t) {
			return nil, false
		}
		if rs[i] = s.reflectType(t); rs[i] == nil {
			return nil, false
		}
	}
	return s.host.Type(o.Pkg().Path(), o.Name(), rs)
}

// compiledInstanceOf is compiledType for an instance.
func (s *Session) compiledInstanceOf(n *types.Named) (reflect.Type, bool) {
	var targs []types.Type
	for t := range n.TypeArgs().Types() {
		if _, open := types.Unalias(t).(*types.TypeParam); open {
			return nil, false
		}
		targs = append(targs, t)
	}
	return s.compiledType(n, targs)
}

// compiledTypeName names such an instance in lowered code.
func (s *Session) compiledTypeName(o *types.TypeName, t reflect.Type) string {
	key := fmt.Sprintf("type %p", t)
	n, ok := s.helpers[key]
	if !ok {
		n = s.fresh("T_" + o.Name())
		put(s, s.helpers, key, n)
		return s.symbol(n, reflect.Zero(reflect.PointerTo(t)))
	}
	return s.imp(DescriptorPath, "desc") + "." + n
}
