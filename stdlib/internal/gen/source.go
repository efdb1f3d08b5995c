package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/printer"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// genericSource returns the file that declares, in plain Go, the exported generic functions and types of a
// package, and the reasons why some of them cannot be had that way. The file holds what they use of the
// package's unexported names too, once; exported names that are not generic become members of the compiled
// package, imported under the name compiled.
func (u *universe) genericSource(unit *unit, importable func(path string) bool) (src []byte, refused map[string]string, err error) {
	pkg := unit.types
	var roots []string
	for _, name := range pkg.Scope().Names() {
		if obj := pkg.Scope().Lookup(name); obj.Exported() && isGeneric(obj) && !compiledOnly(obj) {
			roots = append(roots, name)
		}
	}
	if len(roots) == 0 {
		return nil, nil, nil
	}
	x, err := u.newExtraction(unit, importable)
	if err != nil {
		return nil, nil, err
	}
	refused = map[string]string{}
	keep := map[types.Object]bool{}
	for _, name := range roots {
		reached := map[types.Object]bool{}
		if err := x.reach(x.pkg.Scope().Lookup(name), reached); err != nil {
			refused[name] = err.Error()
			continue
		}
		maps.Copy(keep, reached)
	}
	if len(keep) == 0 {
		return nil, refused, nil
	}
	src, err = x.print(keep)
	return src, refused, err
}

// isGeneric reports whether obj is a function or type with type parameters.
func isGeneric(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		switch t := obj.Type().(type) {
		case *types.Named:
			return t.TypeParams().Len() > 0 && !types.IsInterface(t)
		}
	}
	return false
}

// compiledOnly reports whether compiled instances or shims cover every type argument of a generic function.
func compiledOnly(obj types.Object) bool {
	if shimmed[obj.Pkg().Path()+"."+obj.Name()] {
		return true
	}
	fn, ok := obj.(*types.Func)
	return ok && arguments(fn.Signature().TypeParams()) != nil && !open(fn.Signature().TypeParams())
}

// shimmed names the generic functions that stdlib/shims makes at run time for any type arguments.
var shimmed = map[string]bool{
	"hash/maphash.Comparable":      true,
	"hash/maphash.WriteComparable": true,
	"iter.Pull":                    true,
	"iter.Pull2":                   true,
	"reflect.TypeAssert":           true,
	"reflect.TypeFor":              true,
	"runtime.AddCleanup":           true,
}

// open reports whether more types than can be listed satisfy a constraint: by their underlying type or by methods.
func open(params *types.TypeParamList) bool {
	for p := range params.TypeParams() {
		if openType(p.Constraint()) {
			return true
		}
	}
	return false
}

func openType(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Interface:
		if t.IsMethodSet() {
			return true
		}
		for e := range t.EmbeddedTypes() {
			if types.IsInterface(e) && openType(e) {
				return true
			}
			if u, ok := e.(*types.Union); ok && openType(u) {
				return true
			}
		}
	case *types.Union:
		for term := range t.Terms() {
			if term.Tilde() || types.IsInterface(term.Type()) && openType(term.Type()) {
				return true
			}
		}
	}
	return false
}

// compiledName is how extracted code imports the package that it was taken from.
const compiledName = "compiled"

// print writes the kept declarations as one file.
func (x *extraction) print(keep map[types.Object]bool) ([]byte, error) {
	nodes := map[ast.Node]bool{}
	for obj := range keep {
		nodes[x.decls[obj]] = true
		for _, m := range x.methods[obj] {
			nodes[m] = true
		}
	}
	imports := map[string]string{}    // path → name
	selected := map[*ast.Ident]bool{} // those behind a dot
	for n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				selected[sel.Sel] = true
			}
			if id, ok := n.(*ast.Ident); ok {
				switch obj := x.info.Uses[id].(type) {
				case *types.PkgName:
					imports[obj.Imported().Path()] = obj.Name()
				case nil:
				default:
					if obj.Parent() == x.pkg.Scope() && x.compiled(obj) {
						id.Name = compiledName + "." + obj.Name()
						imports[x.pkg.Path()] = compiledName
					} else if dotImported(obj, x.pkg) && !selected[id] {
						id.Name = obj.Pkg().Name() + "." + obj.Name()
						imports[obj.Pkg().Path()] = obj.Pkg().Name()
					}
				}
			}
			return true
		})
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\n", x.pkg.Name())
	for _, path := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&b, "import %s %q\n", imports[path], path)
	}
	for _, n := range x.order {
		if !nodes[n] {
			continue
		}
		b.WriteString("\n")
		if tok, ok := x.tokens[n]; ok {
			b.WriteString(tok.String() + " ")
		}
		if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
			return nil, err
		}
		b.WriteString("\n")
	}
	return format.Source(bytes.ReplaceAll(b.Bytes(), []byte("\r"), nil))
}

// reasons prints refused names as an archive entry: name, NUL, reason, NUL.
func reasons(refused map[string]string) []byte {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(refused)) {
		fmt.Fprintf(&b, "%s\x00%s\x00", name, refused[name])
	}
	return []byte(b.String())
}
