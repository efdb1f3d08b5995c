package main

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
)

// An instance is a generic function with the type arguments that one table entry gives it.
type instance struct {
	name string
	args []types.Type
}

// instances lists the instances of pkg's exported generic functions that are compiled in: all of a function
// whose constraints allow finitely many types (a ~T counts as T), and those that common asks for.
func instances(pkg *types.Package) []instance {
	var list []instance
	for _, name := range pkg.Scope().Names() {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if !ok || !fn.Exported() || fn.Signature().TypeParams().Len() == 0 {
			continue
		}
		for _, args := range arguments(fn.Signature().TypeParams()) {
			list = append(list, instance{name, args})
		}
		for _, args := range common(fn) {
			list = append(list, instance{name, args})
		}
	}
	return list
}

// arguments returns all lists of type arguments, nil if they are not finitely many. For a constraint that is
// an ordinary interface it takes the interface itself.
func arguments(params *types.TypeParamList) [][]types.Type {
	lists := [][]types.Type{nil}
	for p := range params.TypeParams() {
		terms := finite(p.Constraint())
		var longer [][]types.Type
		for _, list := range lists {
			for _, t := range terms {
				longer = append(longer, append(slices.Clip(list), t))
			}
		}
		lists = longer
	}
	return lists
}

// finite returns the types of a constraint's type set, nil if there is no end of them or if one of them
// cannot be named from outside.
func finite(constraint types.Type) []types.Type {
	iface, ok := constraint.Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	if iface.NumMethods() > 0 && iface.IsMethodSet() && nameable(constraint) {
		return []types.Type{constraint}
	}
	if iface.NumMethods() > 0 || iface.NumEmbeddeds() != 1 {
		return nil
	}
	var list []types.Type
	add := func(t types.Type) bool {
		if types.IsInterface(t) {
			inner := finite(t)
			list = append(list, inner...)
			return inner != nil
		}
		list = append(list, t)
		return nameable(t)
	}
	switch t := iface.EmbeddedType(0).(type) {
	case *types.Union:
		for term := range t.Terms() {
			if !add(term.Type()) {
				return nil
			}
		}
	default:
		if !add(t) {
			return nil
		}
	}
	var unique []types.Type
	for _, t := range list {
		if !slices.ContainsFunc(unique, func(u types.Type) bool { return types.Identical(t, u) }) {
			unique = append(unique, t)
		}
	}
	return unique
}

// keys and elements are the types for which functions over any slice or map are compiled in, so that sorting
// and searching the slices people mostly have run at full speed.
var (
	keys     = []types.Type{types.Typ[types.Int], types.Typ[types.String]}
	elements = []types.Type{types.Typ[types.Int], types.Typ[types.Float64], types.Typ[types.String]}
)

// common returns further type arguments: for functions over any slice or map, for those that read
// hyperparameters of any type, and for go-plotly's, whose results are fields of compiled types. Functions over slices that take or return functions are left out: a call from
// compiled into interpreted code costs more than it saves.
func common(fn *types.Func) [][]types.Type {
	path, sig := fn.Pkg().Path(), fn.Signature()
	var lists [][]types.Type
	switch {
	case path == "github.com/gomlx/gomlx/ml/model" && strings.Contains(fn.Name(), "Param"),
		path == "github.com/MetalBlueberry/go-plotly/pkg/types" && fn.Name() == "DataArray":
		for _, t := range plainData {
			lists = append(lists, []types.Type{t})
		}
	case path == "github.com/MetalBlueberry/go-plotly/pkg/types" && strings.HasPrefix(fn.Name(), "ArrayOK"):
		for _, name := range []string{"StringType", "NumberType", "IntegerType", "Color", "ColorWithColorScale"} {
			lists = append(lists, []types.Type{fn.Pkg().Scope().Lookup(name).Type()})
		}
		lists = append(lists, []types.Type{types.Universe.Lookup("any").Type()})
	case (path == "slices" || path == "maps") && !mentionsFunc(sig.Params()) && !mentionsFunc(sig.Results()):
		for _, elem := range elements {
			for _, key := range keys {
				list := arrange(sig.TypeParams(), key, elem)
				if _, err := types.Instantiate(nil, sig, list, true); err == nil {
					lists = append(lists, list)
				}
				if path == "slices" {
					break // keys play no part
				}
			}
		}
	}
	return lists
}

// plainData are the types of hyperparameters and of columns in a plot: what a command line, a checkpoint or a
// table can hold.
var plainData = func() []types.Type {
	var list []types.Type
	for k := types.Bool; k <= types.String; k++ {
		if k != types.Uintptr {
			list = append(list, types.Typ[k])
		}
	}
	for _, k := range []types.BasicKind{types.Bool, types.Int, types.Float32, types.Float64, types.String} {
		list = append(list, types.NewSlice(types.Typ[k]))
	}
	return append(list, types.Universe.Lookup("any").Type())
}()

// arrange returns the type arguments when map keys are of one type and elements of another: a parameter
// constrained by ~[]E is []elem, one by ~map[K]V is map[key]elem, K is key and any other is elem.
func arrange(params *types.TypeParamList, key, elem types.Type) []types.Type {
	var list []types.Type
	for p := range params.TypeParams() {
		arg := elem
		if p.Obj().Name() == "K" {
			arg = key
		}
		if iface, ok := p.Constraint().Underlying().(*types.Interface); ok && iface.NumEmbeddeds() == 1 {
			if u, ok := iface.EmbeddedType(0).(*types.Union); ok && u.Len() == 1 {
				switch u.Term(0).Type().(type) {
				case *types.Slice:
					arg = types.NewSlice(elem)
				case *types.Map:
					arg = types.NewMap(key, elem)
				}
			}
		}
		list = append(list, arg)
	}
	return list
}

// mentionsFunc reports whether a parameter or result is a function, iterators among them.
func mentionsFunc(t *types.Tuple) bool {
	for v := range t.Variables() {
		if _, ok := v.Type().Underlying().(*types.Signature); ok {
			return true
		}
	}
	return false
}

// nameable reports whether code of another package can write the type.
func nameable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Alias:
		if t.Obj().Pkg() != nil && (!t.Obj().Exported() || hidden(t.Obj().Pkg().Path())) {
			return nameable(types.Unalias(t))
		}
		return true
	case *types.Basic:
		return t.Kind() != types.Invalid
	case *types.Named:
		if t.Obj().Pkg() != nil && (!t.Obj().Exported() || hidden(t.Obj().Pkg().Path())) {
			return false
		}
		for a := range t.TypeArgs().Types() {
			if !nameable(a) {
				return false
			}
		}
		return t.Obj().Parent() == nil || t.Obj().Pkg() == nil || t.Obj().Parent() == t.Obj().Pkg().Scope()
	case *types.Pointer:
		return nameable(t.Elem())
	case *types.Slice:
		return nameable(t.Elem())
	case *types.Array:
		return nameable(t.Elem())
	case *types.Chan:
		return nameable(t.Elem())
	case *types.Map:
		return nameable(t.Key()) && nameable(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if !nameable(v.Type()) {
				return false
			}
		}
		return true
	case *types.Signature:
		return nameable(t.Params()) && nameable(t.Results())
	case *types.Struct:
		for f := range t.Fields() {
			if !f.Exported() || !nameable(f.Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		for m := range t.Methods() {
			if !m.Exported() || !nameable(m.Signature()) {
				return false
			}
		}
		return t.IsMethodSet()
	}
	return false
}

// hidden reports whether other modules may not import the path.
func hidden(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(elem string) bool { return elem == "internal" || elem == "vendor" })
}

// writeInstances prints the lines of an instance table.
func writeInstances(w *strings.Builder, q *qualifiers, pkg *types.Package, list []instance) {
	for _, in := range list {
		var args, keys []string
		for _, a := range in.args {
			text := types.TypeString(a, q.of)
			args = append(args, text)
			keys = append(keys, "(*"+text+")(nil)")
		}
		fmt.Fprintf(w, "\t{%q, []any{%s}, %s.%s[%s]},\n", in.name, strings.Join(keys, ", "), q.of(pkg), in.name, strings.Join(args, ", "))
	}
}
