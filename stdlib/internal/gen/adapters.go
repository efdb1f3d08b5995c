package main

import (
	"fmt"
	"go/types"
	"strings"
)

// An adapter is an interface type that interpreted values can be wrapped as.
type adapter struct {
	name  string
	iface *types.Interface
	extra [][]*types.Func // methods of optional interfaces, by interface
}

// adapters lists the exported interface types of a package that code of other packages can implement: with
// methods, all of them exported and of types that can be named, and no constraint. An alias is left to the
// package that declares the type.
func (u *universe) adapters(pkg *types.Package) ([]adapter, error) {
	var list []adapter
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() || obj.IsAlias() || !isValueType(obj) {
			continue
		}
		iface, ok := obj.Type().Underlying().(*types.Interface)
		if !ok || iface.NumMethods() == 0 || !nameable(iface) {
			continue
		}
		a := adapter{name: name, iface: iface}
		var err error
		if a.extra, err = u.extras(pkg, a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// adapterType returns the name of the Go type that adapts a with the optional interfaces of the mask.
func (t *table) adapterType(a adapter, mask int) string {
	name := t.group.file(t.pkg.Path()) + a.name
	if mask != 0 {
		name = fmt.Sprintf("%sWith%d", name, mask)
	}
	return name
}

// wrapper returns the name of the function that chooses among the types that adapt a.
func (t *table) wrapper(a adapter) string {
	name := t.adapterType(a, 0)
	return "wrap" + strings.ToUpper(name[:1]) + name[1:]
}

// writeAdapters prints the types that carry a box and have the methods of an interface, and their table. A
// method calls the one that the box's type has under its name, with the boxed value in front.
func (t *table) writeAdapters(w *strings.Builder, q *qualifiers) {
	fmt.Fprintf(w, "var %sAdapters = symbol.Adapters{\n", t.variable())
	for _, a := range t.adapters {
		if len(a.extra) > 0 {
			fmt.Fprintf(w, "\t{%q, %s},\n", a.name, t.wrapper(a))
		} else {
			fmt.Fprintf(w, "\t{%q, func(b rt.Box) any { return %s{b} }},\n", a.name, t.adapterType(a, 0))
		}
	}
	w.WriteString("}\n")
	for _, a := range t.adapters {
		fmt.Fprintf(w, "\ntype %s struct{ box }\n\n", t.adapterType(a, 0))
		for m := range a.iface.Methods() {
			writeMethod(w, q, t.adapterType(a, 0), m, empty[t.pkg.Path()+"."+a.name+"."+m.Name()])
		}
		if len(a.extra) > 0 {
			t.writeExtras(w, q, a)
		}
	}
}

// writeExtras prints an adapter's types for each set of optional interfaces, and the function that chooses.
func (t *table) writeExtras(w *strings.Builder, q *qualifiers, a adapter) {
	base := t.adapterType(a, 0)
	fmt.Fprintf(w, "\nfunc %s(b rt.Box) any {\n\thas := 0\n", t.wrapper(a))
	for i, methods := range a.extra {
		var conds []string
		for _, m := range methods {
			conds = append(conds, fmt.Sprintf("symbol.Has[%s](b, %q)", methodFunc(q, m), m.Name()))
		}
		fmt.Fprintf(w, "\tif %s {\n\t\thas |= %d\n\t}\n", strings.Join(conds, " && "), 1<<i)
	}
	w.WriteString("\tswitch has {\n")
	for mask := 1; mask < 1<<len(a.extra); mask++ {
		fmt.Fprintf(w, "\tcase %d:\n\t\treturn %s{%s{b}}\n", mask, t.adapterType(a, mask), base)
	}
	fmt.Fprintf(w, "\t}\n\treturn %s{b}\n}\n", base)
	for mask := 1; mask < 1<<len(a.extra); mask++ {
		fmt.Fprintf(w, "\ntype %s struct{ %s }\n\n", t.adapterType(a, mask), base)
		written := map[string]bool{} // two optional interfaces may share a method
		for i, methods := range a.extra {
			for _, m := range methods {
				if mask&(1<<i) != 0 && !written[m.Name()] {
					written[m.Name()] = true
					writeMethod(w, q, t.adapterType(a, mask), m, "")
				}
			}
		}
	}
}

// methodFunc returns the type under which a box's table holds method m: its receiver is an any in front.
func methodFunc(q *qualifiers, m *types.Func) string {
	sig := m.Signature()
	params := []string{"any"}
	for i := range sig.Params().Len() {
		params = append(params, paramType(q, sig, i, true))
	}
	return "func(" + strings.Join(params, ", ") + ")" + resultTypes(q, sig, true)
}

// paramType prints the type of a parameter: as declared, or as a cell's method is represented.
func paramType(q *qualifiers, sig *types.Signature, i int, cells bool) string {
	t := sig.Params().At(i).Type()
	if sig.Variadic() && i == sig.Params().Len()-1 {
		return "..." + types.TypeString(t.(*types.Slice).Elem(), q.of)
	}
	if cells {
		t = represented(t)
	}
	return types.TypeString(t, q.of)
}

// resultTypes prints a result list: as declared, or as a cell's method is represented.
func resultTypes(q *qualifiers, sig *types.Signature, cells bool) string {
	var results []string
	for v := range sig.Results().Variables() {
		t := v.Type()
		if cells {
			t = represented(t)
		}
		results = append(results, types.TypeString(t, q.of))
	}
	if len(results) == 0 {
		return ""
	}
	return " (" + strings.Join(results, ", ") + ")"
}

// represented returns the type that values of t have in the interpreter, which knows no instances of generic
// types: an iter.Seq[V] is a plain function there. The two are assignable to each other.
func represented(t types.Type) types.Type {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.TypeArgs().Len() > 0 {
		if sig, ok := n.Underlying().(*types.Signature); ok {
			return sig
		}
	}
	return t
}

// empty says what methods return for the zero adapter, where compiled code makes one to learn a type's zero value.
var empty = map[string]string{"flag.Value.String": `""`}

// writeMethod prints one method of an adapter; zero is what it returns without a box, if it is called so.
func writeMethod(w *strings.Builder, q *qualifiers, recv string, m *types.Func, zero string) {
	sig := m.Signature()
	params, args := []string{}, []string{"a.box.V"}
	for i := range sig.Params().Len() {
		name := fmt.Sprint("p", i)
		params = append(params, name+" "+paramType(q, sig, i, false))
		if sig.Variadic() && i == sig.Params().Len()-1 {
			name += "..."
		}
		args = append(args, name)
	}
	ret := ""
	if sig.Results().Len() > 0 {
		ret = "return "
	}
	if zero != "" {
		ret = fmt.Sprintf("if a.box.T == nil {\n\t\treturn %s\n\t}\n\t%s", zero, ret)
	}
	fmt.Fprintf(w, "func (a %s) %s(%s)%s {\n\t%srt.Method[%s](a.box, %q)(%s)\n}\n",
		recv, m.Name(), strings.Join(params, ", "), resultTypes(q, sig, false), ret, methodFunc(q, m), m.Name(), strings.Join(args, ", "))
}
