package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Inspection is what is known about the name under the cursor.
type Inspection struct {
	Name      string   // as one would write it in full: "strings.Builder.WriteString"
	Kind      string   // as in Candidate, also "builtin"
	Signature string   // its declaration, as Go writes it
	Doc       string   // its documentation; empty when it has none
	Where     string   // where it is declared: "In[3]:2:5" or an import path; empty for Go's own names
	Source    string   // the text of its declaration, with detail, for what cells define
	Members   []string // with detail: the exported names of a package, the methods of a type
}

// Inspect says what the name at the cursor is; the cursor is a number of code points.
// Directly behind an opening parenthesis the function that is called is meant. With
// detail above 0 it tells more. It is false when there is no name or it means
// nothing. The rest of the cell need be neither complete nor right.
func (s *Scope) Inspect(src string, cursor, detail int) (Inspection, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	off := byteOffset(src, cursor)
	start, end := wordStart(src, off), wordEnd(src, off)
	if start == end { // f(| or f (|
		i := len(strings.TrimRight(src[:off], " \t"))
		if i == 0 || src[i-1] != '(' && src[i-1] != '.' {
			return Inspection{}, false
		}
		end = len(strings.TrimRight(src[:i-1], " \t"))
		start = wordStart(src, end)
		if start == end {
			return Inspection{}, false
		}
	}
	c := cutAt(src, end, "")
	if c.inNote {
		return Inspection{}, false
	}
	if c.inString {
		if !c.inImport {
			return Inspection{}, false
		}
		path := c.partial
		for i := end; i < len(src) && src[i] != '"' && src[i] != '`' && src[i] != '\n'; i++ {
			path += string(src[i])
		}
		return s.inspectPackage(path, detail)
	}
	syn := parse("", src)
	if len(syn.diags.List) > 0 {
		syn = parseAround(c.text, start)
	}
	b := s.analyse(syn, false)
	pos := b.start() + token.Pos(start)
	path := b.pathTo(func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && id.Pos() == pos
	})
	if path == nil {
		return b.inspectWord(src, start, end, detail)
	}
	id := path[len(path)-1].(*ast.Ident)
	obj := b.info.Uses[id]
	if obj == nil {
		obj = b.info.Defs[id]
	}
	if obj == nil {
		return b.inspectWord(src, start, end, detail)
	}
	if p, ok := obj.(*types.PkgName); ok {
		return s.inspectPackage(p.Imported().Path(), detail)
	}
	in := b.inspectObject(obj, detail)
	if inst, ok := b.info.Instances[id]; ok {
		if _, isFunc := obj.(*types.Func); isFunc {
			in.Signature += "\n// here " + b.typeString(inst.Type)
		}
	}
	if sel, ok := last(path[:len(path)-1]).(*ast.SelectorExpr); ok && sel.Sel == id {
		if x := b.info.Selections[sel]; x != nil {
			if n := namedBase(x.Recv()); n != nil {
				in.Name = b.typeString(n) + "." + obj.Name()
			}
		}
	}
	return in, true
}

// inspectWord tells about a word that the checker gave no object: a keyword, a package
// that is not imported, or a name in text too broken to check.
func (b *builder) inspectWord(src string, start, end, detail int) (Inspection, bool) {
	word := src[start:end]
	if token.IsKeyword(word) {
		return Inspection{Name: word, Kind: "keyword", Signature: word}, true
	}
	if obj := b.outer(word); obj != nil {
		return b.inspectObject(obj, detail), true
	}
	if start > 0 && src[start-1] == '.' {
		return Inspection{}, false
	}
	members := map[string]bool{}
	if strings.HasPrefix(src[end:], ".") {
		if to := wordEnd(src, end+1); to > end+1 {
			members[src[end+1:to]] = true
		}
	}
	if path, _ := b.s.im.choose(word, members); path != "" {
		return b.s.inspectPackage(path, detail)
	}
	return Inspection{}, false
}

func (s *Scope) inspectPackage(path string, detail int) (Inspection, bool) {
	name := s.im.p.Name(path)
	pkg, err := s.im.Import(path)
	if err != nil {
		return Inspection{}, false
	}
	if name == "" {
		name = pkg.Name()
	}
	in := Inspection{Name: path, Kind: "package", Signature: fmt.Sprintf("package %s // import %q", name, path), Doc: s.im.p.Doc(path, ""), Where: path}
	if detail > 0 {
		for _, n := range pkg.Scope().Names() {
			if obj := pkg.Scope().Lookup(n); obj.Exported() {
				in.Members = append(in.Members, declaration(obj))
			}
		}
	}
	return in, true
}

// inspectObject tells about an object.
func (b *builder) inspectObject(obj types.Object, detail int) Inspection {
	in := Inspection{Name: obj.Name(), Signature: declaration(obj)}
	switch obj := obj.(type) {
	case *types.TypeName:
		in.Kind = "type"
		if detail > 0 {
			in.Members = methodsOf(obj.Type())
		}
	case *types.Const:
		in.Kind = "constant"
	case *types.Func:
		in.Kind = "function"
		if obj.Signature().Recv() != nil {
			in.Kind = "method"
		}
	case *types.Var:
		in.Kind = "variable"
		if obj.IsField() {
			in.Kind = "field"
		}
	case *types.Builtin, *types.Nil:
		in.Kind = "builtin"
	}
	pkg := obj.Pkg()
	switch {
	case pkg == nil:
		in.Kind = "builtin"
		in.Doc = builtins[obj.Name()].doc
	case pkg.Path() == "main":
		b.inspectOwn(&in, obj, detail)
	default:
		in.Where = pkg.Path()
		name := obj.Name()
		if owner := ownerOf(obj); owner != "" {
			name = owner + "." + name
		}
		in.Name = pkg.Name() + "." + name
		in.Doc = b.s.im.p.Doc(pkg.Path(), name)
	}
	return in
}

// ownerOf returns the name of the type whose method an object is.
func ownerOf(obj types.Object) string {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		return ""
	}
	if n := namedBase(fn.Signature().Recv().Type()); n != nil {
		return n.Obj().Name()
	}
	return ""
}

// inspectOwn adds what cells say about what they define.
func (b *builder) inspectOwn(in *Inspection, obj types.Object, detail int) {
	if owner := ownerOf(obj); owner != "" {
		in.Name = owner + "." + in.Name
	}
	if fn, ok := obj.(*types.Func); ok {
		obj = fn.Origin()
	}
	syn, decl, doc := b.declOf(obj)
	if syn == nil {
		return
	}
	in.Doc = doc
	if syn != b.syn {
		p := b.s.fset.Position(obj.Pos())
		in.Where = fmt.Sprintf("%s:%d:%d", p.Filename, p.Line, p.Column)
	}
	if detail > 0 && decl != nil {
		in.Source = syn.textOf(decl)
	}
}

// declOf finds the declaration of an object of this cell or of the session.
func (b *builder) declOf(obj types.Object) (*Syntax, ast.Node, string) {
	if d := b.s.defOf(obj); d != nil {
		if obj == d.Obj {
			return d.Cell.syntax, d.Decl, d.Doc
		}
		return d.Cell.syntax, nil, fieldDoc(d.Decl, obj.Pos())
	}
	if obj.Pos() < b.start() || obj.Pos() > b.end() {
		return nil, nil, ""
	}
	for _, it := range b.syn.items {
		switch d := it.decl.(type) {
		case *ast.FuncDecl:
			if d.Name.Pos() == obj.Pos() {
				return b.syn, d, d.Doc.Text()
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec.Pos() <= obj.Pos() && obj.Pos() < spec.End() {
					if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Pos() == obj.Pos() {
						return b.syn, spec, firstDoc(t.Doc, d.Doc, t.Comment).Text()
					}
					if v, ok := spec.(*ast.ValueSpec); ok {
						return b.syn, spec, firstDoc(v.Doc, d.Doc, v.Comment).Text()
					}
					return b.syn, nil, fieldDoc(spec, obj.Pos())
				}
			}
		}
	}
	return b.syn, nil, ""
}

// defOf returns the session's definition of an object, or of the type whose field it
// is.
func (s *Scope) defOf(obj types.Object) *Def {
	if e := s.names[obj.Name()]; e != nil && e.def.Obj == obj {
		return e.def
	}
	if owner := ownerOf(obj); owner != "" {
		if d := s.methods[owner+"."+obj.Name()]; d != nil && d.Obj == obj {
			return d
		}
	}
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		for _, e := range s.names {
			if d := e.def; d.Kind == Type && d.Decl != nil && d.Decl.Pos() <= obj.Pos() && obj.Pos() < d.Decl.End() {
				return d
			}
		}
	}
	return nil
}

// fieldDoc returns the comment on the struct field or interface method at a position.
func fieldDoc(n ast.Node, pos token.Pos) string {
	doc := ""
	if n == nil {
		return ""
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok && f.Pos() <= pos && pos < f.End() {
			doc = firstDoc(f.Doc, f.Comment).Text()
		}
		return true
	})
	return doc
}

// declaration writes an object's declaration as Go does, names of the session
// unqualified.
func declaration(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Builtin:
		return builtins[obj.Name()].signature
	case *types.Nil:
		return builtins["nil"].signature
	case *types.Const:
		t := types.TypeString(obj.Type(), qualifier)
		if strings.HasPrefix(t, "untyped ") {
			return fmt.Sprintf("const %s = %s", obj.Name(), obj.Val())
		}
		return fmt.Sprintf("const %s %s = %s", obj.Name(), t, obj.Val())
	case *types.Var:
		kind := "var"
		if obj.IsField() {
			kind = "field"
		}
		return kind + " " + obj.Name() + " " + types.TypeString(obj.Type(), qualifier)
	case *types.TypeName:
		if obj.Pkg() == nil {
			return "type " + obj.Name()
		}
		return typeDeclaration(obj)
	}
	return types.ObjectString(obj, qualifier)
}

// typeDeclaration writes a type with its fields or methods on lines of their own.
func typeDeclaration(obj *types.TypeName) string {
	name := "type " + obj.Name()
	if n, ok := obj.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
		var ps []string
		for p := range n.TypeParams().TypeParams() {
			ps = append(ps, p.Obj().Name()+" "+types.TypeString(p.Constraint(), qualifier))
		}
		name += "[" + strings.Join(ps, ", ") + "]"
	}
	if obj.IsAlias() {
		return name + " = " + types.TypeString(types.Unalias(obj.Type()), qualifier)
	}
	st, ok := obj.Type().Underlying().(*types.Struct)
	if !ok || st.NumFields() == 0 {
		return name + " " + types.TypeString(obj.Type().Underlying(), qualifier)
	}
	var b strings.Builder
	b.WriteString(name + " struct {\n")
	hidden := false
	for f := range st.Fields() {
		if !f.Exported() && (f.Pkg() == nil || f.Pkg().Path() != "main") {
			hidden = true
			continue
		}
		if f.Embedded() {
			b.WriteString("\t" + types.TypeString(f.Type(), qualifier) + "\n")
			continue
		}
		b.WriteString("\t" + f.Name() + " " + types.TypeString(f.Type(), qualifier) + "\n")
	}
	if hidden {
		b.WriteString("\t// and unexported fields\n")
	}
	b.WriteString("}")
	return b.String()
}

// methodsOf returns the declarations of a type's methods, those of its pointer too.
func methodsOf(t types.Type) []string {
	var list []string
	for m := range types.NewMethodSet(types.NewPointer(t)).Methods() {
		if fn, ok := m.Obj().(*types.Func); ok && (fn.Exported() || fn.Pkg().Path() == "main") {
			list = append(list, types.ObjectString(fn, qualifier))
		}
	}
	if types.IsInterface(t) {
		for m := range t.Underlying().(*types.Interface).Methods() {
			list = append(list, types.ObjectString(m, qualifier))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
