package main

import (
	"fmt"
	"go/types"
	"sort"
	"strings"
)

// typeInstances lists the instances of generic types that the exported API of a package speaks of, each once:
// iter.Seq[string] as a result of strings.Lines, for one. They exist in the binary, and a cell that has to do
// with the API needs the very same types.
func typeInstances(pkg *types.Package, importable func(path string) bool) []*types.Named {
	f := finder{seen: map[types.Type]bool{}, importable: importable}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() || isGeneric(obj) {
			continue
		}
		f.find(obj.Type())
		named, ok := obj.Type().(*types.Named)
		if !ok {
			continue
		}
		f.find(named.Underlying())
		for m := range named.Methods() {
			if m.Exported() {
				f.find(m.Type())
			}
		}
	}
	sort.Slice(f.list, func(i, j int) bool { return f.list[i].String() < f.list[j].String() })
	return f.list
}

// A finder collects instances of generic types inside of other types.
type finder struct {
	seen       map[types.Type]bool
	importable func(path string) bool
	list       []*types.Named
}

// find looks through t up to the next defined types.
func (f *finder) find(t types.Type) {
	t = types.Unalias(t)
	if f.seen[t] {
		return
	}
	f.seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			f.find(a)
		}
		if t.TypeArgs().Len() > 0 && nameable(t) && f.importable(t.Obj().Pkg().Path()) && !types.IsInterface(t) {
			for _, other := range f.list {
				if types.Identical(t, other) {
					return
				}
			}
			f.list = append(f.list, t)
		}
	case *types.Pointer:
		f.find(t.Elem())
	case *types.Slice:
		f.find(t.Elem())
	case *types.Array:
		f.find(t.Elem())
	case *types.Chan:
		f.find(t.Elem())
	case *types.Map:
		f.find(t.Key())
		f.find(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			f.find(v.Type())
		}
	case *types.Signature:
		f.find(t.Params())
		f.find(t.Results())
	case *types.Struct:
		for v := range t.Fields() {
			if v.Exported() {
				f.find(v.Type())
			}
		}
	case *types.Interface:
		for m := range t.Methods() {
			f.find(m.Type())
		}
	}
}

// writeTypes prints the lines of a table of type instances.
func writeTypes(w *strings.Builder, q *qualifiers, list []*types.Named) {
	for _, t := range list {
		var args []string
		for a := range t.TypeArgs().Types() {
			args = append(args, "(*"+types.TypeString(a, q.of)+")(nil)")
		}
		fmt.Fprintf(w, "\t{%q, %q, []any{%s}, (*%s)(nil)},\n", t.Obj().Pkg().Path(), t.Obj().Name(), strings.Join(args, ", "), types.TypeString(t, q.of))
	}
}
