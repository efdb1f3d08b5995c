package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// foreignMethod is a method that the cell declares for a type of an earlier cell.
// The checker accepts methods only beside their type; it is given a function
// whose first parameter is the receiver, with the method's own body.
type foreignMethod struct {
	decl  *ast.FuncDecl
	stand *ast.FuncDecl
	typ   string
	named *types.Named
}

// addedMethod is a method that a type of an earlier cell gets on commit.
type addedMethod struct {
	named *types.Named
	fn    *types.Func
}

// receiverBase returns the name of a method's receiver type and whether it has type
// parameters.
func receiverBase(d *ast.FuncDecl) (id *ast.Ident, generic bool) {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return nil, false
	}
	x := d.Recv.List[0].Type
	ast.Inspect(x, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.IndexExpr, *ast.IndexListExpr:
			generic = true
		}
		return !generic
	})
	return baseIdent(x), generic
}

// baseIdent strips pointers, parentheses and type arguments off a type.
func baseIdent(x ast.Expr) *ast.Ident {
	for {
		switch t := x.(type) {
		case *ast.ParenExpr:
			x = t.X
		case *ast.StarExpr:
			x = t.X
		case *ast.IndexExpr:
			x = t.X
		case *ast.IndexListExpr:
			x = t.X
		case *ast.Ident:
			return t
		default:
			return nil
		}
	}
}

// findForeign sorts out the methods of types of earlier cells.
func (b *builder) findForeign() {
	seen := map[string]*ast.Ident{}
	for _, d := range b.methods {
		base := b.baseType(d)
		if base == nil || b.own[base.Name] != nil {
			continue
		}
		tn, ok := b.outer(base.Name).(*types.TypeName)
		if !ok || tn.Parent() == types.Universe || len(d.Recv.List) != 1 || len(d.Recv.List[0].Names) > 1 {
			continue
		}
		named, ok := types.Unalias(tn.Type()).(*types.Named)
		if !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "main" {
			b.refuseMethod(d, base.Pos(), "cannot define new methods on type "+b.typeString(tn.Type()), "only types that cells define can get methods; define a type of your own that embeds it")
			continue
		}
		name := base.Name + "." + d.Name.Name
		if first := seen[name]; first != nil {
			b.refuseMethod(d, d.Name.Pos(), "method "+name+" already declared", fmt.Sprintf("the other is on line %d", b.syn.text.file.Line(first.Pos())))
			continue
		}
		seen[name] = d.Name
		if named.TypeParams().Len() > 0 {
			b.refuseMethod(d, base.Pos(), "a method of a generic type belongs in the cell that defines the type",
				fmt.Sprintf("define %s and its methods in one cell", base.Name))
			continue
		}
		switch named.Underlying().(type) {
		case *types.Pointer, *types.Interface:
			b.refuseMethod(d, base.Pos(), fmt.Sprintf("invalid receiver type %s (pointer or interface type)", base.Name), "")
			continue
		}
		b.foreign = append(b.foreign, &foreignMethod{decl: d, stand: b.standFor(d), typ: named.Obj().Name(), named: named})
	}
}

// refuseMethod reports a method and keeps it from the checker, which could not cope
// with the receiver.
func (b *builder) refuseMethod(d *ast.FuncDecl, pos token.Pos, msg, remedy string) {
	b.report(pos, msg, remedy)
	b.refused = append(b.refused, d)
}

// baseType returns the identifier that names a method's receiver type, aliases that
// the cell itself declares resolved.
func (b *builder) baseType(d *ast.FuncDecl) *ast.Ident {
	id, _ := receiverBase(d)
	for range len(b.own) + 1 {
		if id == nil {
			return nil
		}
		spec := b.typeSpec(id.Name)
		if spec == nil || !spec.Assign.IsValid() || spec.TypeParams != nil {
			return id
		}
		id = baseIdent(spec.Type)
	}
	return nil
}

// typeSpec returns the cell's own declaration of a type.
func (b *builder) typeSpec(name string) *ast.TypeSpec {
	o := b.own[name]
	if o == nil || o.kind != Type {
		return nil
	}
	for _, d := range b.consts {
		for _, spec := range d.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name == o.ident {
				return spec
			}
		}
	}
	return nil
}

// standFor returns the function that stands for a method: blank, so that nothing can
// call it.
func (b *builder) standFor(d *ast.FuncDecl) *ast.FuncDecl {
	named := func(f *ast.Field) *ast.Field {
		if len(f.Names) > 0 {
			return f
		}
		c := *f
		c.Names = []*ast.Ident{b.blank(f.Pos())}
		return &c
	}
	params := &ast.FieldList{Opening: d.Type.Params.Opening, Closing: d.Type.Params.Closing, List: []*ast.Field{named(d.Recv.List[0])}}
	for _, f := range d.Type.Params.List {
		params.List = append(params.List, named(f))
	}
	return &ast.FuncDecl{
		Name: &ast.Ident{NamePos: d.Name.Pos(), Name: "_"},
		Type: &ast.FuncType{Func: d.Type.Func, Params: params, Results: d.Type.Results},
		Body: d.Body,
	}
}

func (b *builder) foreignFor(d *ast.FuncDecl) *foreignMethod {
	for _, m := range b.foreign {
		if m.decl == d {
			return m
		}
	}
	return nil
}

// settleMethods makes methods of the functions that stood for them, and finds those
// that do not fit the type.
func (b *builder) settleMethods() {
	for _, m := range b.foreign {
		fn, ok := b.info.Defs[m.stand.Name].(*types.Func)
		delete(b.info.Defs, m.stand.Name)
		if sc := b.info.Scopes[m.stand.Type]; sc != nil {
			b.info.Scopes[m.decl.Type] = sc
			delete(b.info.Scopes, m.stand.Type)
		}
		if !ok {
			continue
		}
		sig := fn.Signature()
		if sig.Params().Len() == 0 {
			continue
		}
		var params []*types.Var
		for i := 1; i < sig.Params().Len(); i++ {
			params = append(params, sig.Params().At(i))
		}
		sig = types.NewSignatureType(sig.Params().At(0), nil, nil, types.NewTuple(params...), sig.Results(), sig.Variadic())
		b.settle(m, sig)
	}
}

func (b *builder) settle(m *foreignMethod, sig *types.Signature) {
	name := m.decl.Name.Name
	if old := methodOf(m.named, name); old != nil {
		if types.Identical(old.Type(), sig) && types.Identical(old.Signature().Recv().Type(), sig.Recv().Type()) {
			b.info.Defs[m.decl.Name] = old
			b.cell.Methods = append(b.cell.Methods, old)
			return
		}
		if b.kept[m.typ] != nil {
			b.conflict = m.typ
			return
		}
		b.report(m.decl.Name.Pos(), fmt.Sprintf("%s has a method %s already, %s", m.typ, name, b.typeString(old.Type())),
			fmt.Sprintf("to change what a method takes or returns, define %s and its methods in one cell", m.typ))
		return
	}
	if obj, _, _ := types.LookupFieldOrMethod(m.named, true, m.named.Obj().Pkg(), name); obj != nil {
		if v, ok := obj.(*types.Var); ok && fieldOf(m.named, v) {
			if b.kept[m.typ] != nil {
				b.conflict = m.typ
			}
			b.report(m.decl.Name.Pos(), fmt.Sprintf("field and method with the same name %s", name), "")
			return
		}
	}
	if name == "_" {
		return
	}
	fn := types.NewFunc(m.decl.Name.Pos(), m.named.Obj().Pkg(), name, sig)
	b.info.Defs[m.decl.Name] = fn
	b.cell.Methods = append(b.cell.Methods, fn)
	b.cell.added = append(b.cell.added, addedMethod{m.named, fn})
}

func methodOf(n *types.Named, name string) *types.Func {
	for m := range n.Methods() {
		if m.Name() == name {
			return m
		}
	}
	return nil
}

func fieldOf(n *types.Named, v *types.Var) bool {
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f == v {
			return true
		}
	}
	return false
}

// wantsMethods says whether every type error may be due to the cell using the very
// methods that it adds to a type of an earlier cell: then they have to be added
// before the cell can be checked.
func (b *builder) wantsMethods() bool {
	if len(b.cell.added) == 0 || len(b.typed) == 0 || len(b.diags.List) > 0 {
		return false
	}
	for _, m := range b.cell.added {
		if mentionsPackage(m.fn.Type(), b.pkg) {
			return false // its types would be other ones in a second check
		}
	}
	for _, e := range b.typed {
		ok := false
		for _, m := range b.cell.added {
			n := m.fn.Name()
			if strings.Contains(e.msg, "field or method "+n) || strings.Contains(e.msg, "missing method "+n) {
				ok = true
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// mentionsPackage says whether a type mentions a named type of a package.
func mentionsPackage(t types.Type, pkg *types.Package) bool {
	return mentionsType(t, func(o *types.TypeName) bool { return o.Pkg() == pkg })
}

// mentionsType says whether a type mentions a named type or alias that f accepts.
// It does not look into what those are made of.
func mentionsType(t types.Type, f func(*types.TypeName) bool) bool {
	switch t := t.(type) {
	case *types.Alias:
		return f(t.Obj()) || mentionsType(types.Unalias(t), f)
	case *types.Named:
		for a := range t.TypeArgs().Types() {
			if mentionsType(a, f) {
				return true
			}
		}
		return f(t.Obj())
	case *types.Pointer:
		return mentionsType(t.Elem(), f)
	case *types.Slice:
		return mentionsType(t.Elem(), f)
	case *types.Array:
		return mentionsType(t.Elem(), f)
	case *types.Chan:
		return mentionsType(t.Elem(), f)
	case *types.Map:
		return mentionsType(t.Key(), f) || mentionsType(t.Elem(), f)
	case *types.Tuple:
		for v := range t.Variables() {
			if mentionsType(v.Type(), f) {
				return true
			}
		}
	case *types.Signature:
		return mentionsType(t.Params(), f) || mentionsType(t.Results(), f)
	case *types.Struct:
		for v := range t.Fields() {
			if mentionsType(v.Type(), f) {
				return true
			}
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if mentionsType(m.Type(), f) {
				return true
			}
		}
		for e := range t.EmbeddedTypes() {
			if mentionsType(e, f) {
				return true
			}
		}
	}
	return false
}

// reportGhosts finds uses of methods that a failed cell left behind in a type.
func (b *builder) reportGhosts() {
	if len(b.s.ghosts) == 0 {
		return
	}
	defines := map[*types.Func]bool{}
	for _, m := range b.cell.Methods {
		defines[m] = true
	}
	for id, obj := range b.info.Uses {
		if fn, ok := obj.(*types.Func); ok && b.s.ghosts[fn] && !defines[fn] && id.Pos() != token.NoPos {
			b.report(id.Pos(), fmt.Sprintf("%s is not defined: the cell that declares it was not right", fn.Name()), "")
		}
	}
}
