package main

import (
	"fmt"
	"go/constant"
	"go/types"
	"sort"
	"strings"
)

// An entry is one line of a symbol table: a name and the Go expression of its value.
type entry struct{ name, expr string }

// symbols lists the exported, non-generic objects of a package, sorted by name. q is the qualifier under
// which the generated file imports the package.
func symbols(pkg *types.Package, q string) []entry {
	var list []entry
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if expr := symbol(obj, q+"."+name); expr != "" {
			list = append(list, entry{name, expr})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list
}

// symbol returns the expression that stands for obj in a table, "" if it has none: generic functions and
// types exist only once instantiated, and a constraint is no type of values.
func symbol(obj types.Object, ref string) string {
	switch obj := obj.(type) {
	case *types.Const:
		if b, ok := obj.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			return untyped(b, obj.Val())
		}
		return ref
	case *types.Var:
		return "&" + ref
	case *types.Func:
		if obj.Signature().TypeParams().Len() > 0 {
			return ""
		}
		return ref
	case *types.TypeName:
		if !isValueType(obj) {
			return ""
		}
		return "(*" + ref + ")(nil)"
	}
	panic(fmt.Sprintf("object of unknown kind %T", obj))
}

// isValueType reports whether variables of the type can exist: it is no constraint and not generic.
func isValueType(obj *types.TypeName) bool {
	switch t := obj.Type().(type) {
	case *types.Alias:
		if t.TypeParams().Len() > 0 {
			return false
		}
	case *types.Named:
		if t.TypeParams().Len() > 0 {
			return false
		}
	}
	iface, ok := obj.Type().Underlying().(*types.Interface)
	return !ok || iface.IsMethodSet()
}

// untyped returns the symbol package's form of an untyped constant.
func untyped(b *types.Basic, v constant.Value) string {
	switch b.Kind() {
	case types.UntypedBool:
		return fmt.Sprintf("symbol.Bool(%s)", v.ExactString())
	case types.UntypedString:
		return fmt.Sprintf("symbol.String(%s)", v.ExactString())
	case types.UntypedInt:
		return fmt.Sprintf("symbol.Int(%q)", v.ExactString())
	case types.UntypedRune:
		return fmt.Sprintf("symbol.Rune(%q)", v.ExactString())
	case types.UntypedFloat:
		return fmt.Sprintf("symbol.Float(%q)", v.ExactString())
	case types.UntypedComplex:
		return fmt.Sprintf("symbol.Complex{%q, %q}", constant.Real(v).ExactString(), constant.Imag(v).ExactString())
	}
	panic(fmt.Sprintf("constant of type %s", b))
}

// split sorts the tables that one package has on several platforms into what all of them share and what
// only some have. The rest is keyed by platform.
func split(tables map[platform][]entry) (shared []entry, rest map[platform][]entry) {
	count := map[entry]int{}
	for _, table := range tables {
		for _, e := range table {
			count[e]++
		}
	}
	rest = map[platform][]entry{}
	for p, table := range tables {
		for _, e := range table {
			if count[e] < len(tables) {
				rest[p] = append(rest[p], e)
			}
		}
	}
	for _, e := range tables[platforms[0]] {
		if count[e] == len(tables) {
			shared = append(shared, e)
		}
	}
	return shared, rest
}

// writeEntries prints the lines of a table.
func writeEntries(w *strings.Builder, list []entry) {
	for _, e := range list {
		fmt.Fprintf(w, "\t{%q, %s},\n", e.name, e.expr)
	}
}
