package export

import (
	"fmt"
	"go/scanner"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel/script"
)

// names gives every package-level thing of the program a name of its own. A name is kept where it can be; a new one
// occurs nowhere in the notebook, so that nothing local hides it.
type names struct {
	seen    map[string]bool // every identifier of the notebook
	given   map[string]bool // at package level or as the name of an import
	objects map[types.Object]string
	imports map[imported]string
	helpers map[string]string
}

// imported is a package under one of the names that cells have for it.
type imported struct{ path, name string }

func newNames(n *script.Notebook) *names {
	x := &names{seen: map[string]bool{}, given: map[string]bool{}, objects: map[types.Object]string{}, imports: map[imported]string{}, helpers: map[string]string{}}
	for _, name := range types.Universe.Names() {
		x.given[name] = true
	}
	x.given["main"], x.given["init"] = true, true
	for _, c := range n.Cells {
		if c.Kind != script.Code {
			continue
		}
		var s scanner.Scanner
		s.Init(token.NewFileSet().AddFile("", -1, len(c.Source)), []byte(c.Source), func(token.Position, string) {}, 0)
		for {
			_, tok, lit := s.Scan()
			if tok == token.EOF {
				break
			}
			if tok == token.IDENT {
				x.seen[lit] = true
			}
		}
	}
	return x
}

// take gives name itself, or a fresh one when something else has it.
func (x *names) take(name string) string {
	if x.given[name] {
		return x.fresh(name)
	}
	x.given[name] = true
	return name
}

// fresh gives name where nothing in the notebook bears it, else name2 and so on.
func (x *names) fresh(name string) string {
	full := name
	for i := 2; x.given[full] || x.seen[full]; i++ {
		full = name + strconv.Itoa(i)
	}
	x.given[full] = true
	return full
}

// define names an object of a cell.
func (x *names) define(obj types.Object) string {
	name := x.take(obj.Name())
	x.objects[obj] = name
	return name
}

// pkg returns the name under which the program imports a package that a cell calls name.
func (x *names) pkg(path, name string) string {
	key := imported{path, name}
	if alias, ok := x.imports[key]; ok {
		return alias
	}
	x.imports[key] = x.take(name)
	return x.imports[key]
}

// std returns the name of a package of the standard library for what the exporter itself writes.
func (x *names) std(path string) string {
	if alias, ok := x.imported(path); ok {
		return alias
	}
	name := path[strings.LastIndexByte(path, '/')+1:]
	alias := name
	if x.given[name] || x.seen[name] { // a local variable may have it
		alias = x.fresh(name)
	}
	x.given[alias] = true
	x.imports[imported{path, name}] = alias
	return alias
}

// imported returns a name of a package that the program imports.
func (x *names) imported(path string) (string, bool) {
	for _, key := range slices.SortedFunc(maps.Keys(x.imports), byPath) {
		if key.path == path {
			return x.imports[key], true
		}
	}
	return "", false
}

func byPath(a, b imported) int {
	if c := strings.Compare(a.path, b.path); c != 0 {
		return c
	}
	return strings.Compare(a.name, b.name)
}

func (x *names) paths() []string {
	var paths []string
	for key := range x.imports {
		paths = append(paths, key.path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// importDecls are the lines of the import declaration, the standard library first.
func (x *names) importDecls() []string {
	var std, other []string
	for _, key := range slices.SortedFunc(maps.Keys(x.imports), byPath) {
		line := strconv.Quote(key.path)
		if alias := x.imports[key]; alias != key.path[strings.LastIndexByte(key.path, '/')+1:] {
			line = alias + " " + line
		}
		if first, _, _ := strings.Cut(key.path, "/"); strings.Contains(first, ".") {
			other = append(other, line)
		} else {
			std = append(std, line)
		}
	}
	if len(std) > 0 && len(other) > 0 {
		std = append(std, "")
	}
	return append(std, other...)
}

// helper names one of the exporter's own functions.
func (x *names) helper(name string) string {
	if x.helpers[name] == "" {
		x.helpers[name] = x.fresh(name)
	}
	return x.helpers[name]
}

// typeText writes a type as the program does. It fails for a type that has no name there.
func (x *names) typeText(t types.Type) (string, error) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return x.pkg("unsafe", "unsafe") + ".Pointer", nil
		}
		return t.Name(), nil
	case *types.Alias:
		if text, err := x.typeName(t.Obj(), t.TypeArgs()); err == nil {
			return text, nil
		}
		return x.typeText(types.Unalias(t))
	case *types.Named:
		return x.typeName(t.Obj(), t.TypeArgs())
	case *types.Pointer:
		return x.prefixed("*", t.Elem())
	case *types.Slice:
		return x.prefixed("[]", t.Elem())
	case *types.Array:
		return x.prefixed(fmt.Sprintf("[%d]", t.Len()), t.Elem())
	case *types.Map:
		key, err := x.typeText(t.Key())
		if err != nil {
			return "", err
		}
		return x.prefixed("map["+key+"]", t.Elem())
	case *types.Chan:
		prefix := map[types.ChanDir]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()]
		elem, err := x.typeText(t.Elem())
		return prefix + "(" + elem + ")", err
	case *types.Signature:
		text, err := x.signature(t)
		return "func" + text, err
	case *types.Struct:
		return x.structText(t)
	case *types.Interface:
		return x.interfaceText(t)
	}
	return "", fmt.Errorf("the type %s cannot be written", t)
}

func (x *names) prefixed(prefix string, elem types.Type) (string, error) {
	text, err := x.typeText(elem)
	return prefix + text, err
}

func (x *names) typeName(obj *types.TypeName, args *types.TypeList) (string, error) {
	name := obj.Name()
	switch pkg := obj.Pkg(); {
	case pkg == nil: // error, any
	case pkg.Path() == "main":
		own, ok := x.objects[obj]
		if !ok {
			return "", fmt.Errorf("the type %s is local to a function", name)
		}
		name = own
	case !obj.Exported():
		return "", fmt.Errorf("the type %s.%s is not exported", pkg.Name(), name)
	default:
		name = x.pkg(pkg.Path(), pkg.Name()) + "." + name
	}
	if args.Len() == 0 {
		return name, nil
	}
	list := make([]string, args.Len())
	for i := range list {
		text, err := x.typeText(args.At(i))
		if err != nil {
			return "", err
		}
		list[i] = text
	}
	return name + "[" + strings.Join(list, ", ") + "]", nil
}

func (x *names) signature(s *types.Signature) (string, error) {
	tuple := func(t *types.Tuple, variadic bool) ([]string, error) {
		list := make([]string, t.Len())
		for i := range list {
			typ, prefix := t.At(i).Type(), ""
			if s, ok := typ.(*types.Slice); ok && variadic && i == t.Len()-1 {
				typ, prefix = s.Elem(), "..."
			}
			text, err := x.typeText(typ)
			if err != nil {
				return nil, err
			}
			list[i] = prefix + text
		}
		return list, nil
	}
	in, err := tuple(s.Params(), s.Variadic())
	if err != nil {
		return "", err
	}
	out, err := tuple(s.Results(), false)
	if err != nil {
		return "", err
	}
	text := "(" + strings.Join(in, ", ") + ")"
	switch len(out) {
	case 0:
		return text, nil
	case 1:
		return text + " " + out[0], nil
	}
	return text + " (" + strings.Join(out, ", ") + ")", nil
}

func (x *names) structText(s *types.Struct) (string, error) {
	var b strings.Builder
	b.WriteString("struct{")
	for i := range s.NumFields() {
		f := s.Field(i)
		if !f.Exported() && f.Pkg() != nil && f.Pkg().Path() != "main" {
			return "", fmt.Errorf("the field %s is not exported", f.Name())
		}
		text, err := x.typeText(f.Type())
		if err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteString("; ")
		}
		if !f.Embedded() {
			b.WriteString(f.Name() + " ")
		}
		b.WriteString(text)
		if tag := s.Tag(i); tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	return b.String() + "}", nil
}

func (x *names) interfaceText(t *types.Interface) (string, error) {
	var parts []string
	for i := range t.NumEmbeddeds() {
		text, err := x.typeText(t.EmbeddedType(i))
		if err != nil {
			return "", err
		}
		parts = append(parts, text)
	}
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		text, err := x.signature(m.Signature())
		if err != nil {
			return "", err
		}
		parts = append(parts, m.Name()+text)
	}
	return "interface{" + strings.Join(parts, "; ") + "}", nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
