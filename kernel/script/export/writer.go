package export

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
)

// writer writes one checked piece of a cell.
type writer struct {
	x    *exporter
	c    *check.Cell
	body strings.Builder
	err  error // the first

	end    int            // line of the cell on which the last thing in body ends
	shows  bool           // the last step's value is the cell's
	late   string         // the variable that keeps the value until what was deferred has run
	fails  bool           // the body returns an error
	inside [][2]token.Pos // where declarations and steps are: comments there are in their text
}

// fail notes what a program cannot have.
func (w *writer) fail(pos token.Pos, format string, args ...any) {
	if w.err == nil {
		at := w.c.Fset.Position(pos)
		w.err = fmt.Errorf("%s:%d:%d: %s", at.Filename, at.Line, at.Column, fmt.Sprintf(format, args...))
	}
}

// declare names what the piece defines, and writes its types, constants, functions and variables.
func (w *writer) declare() {
	kept := map[*check.Def]bool{}
	for _, r := range w.c.Redefined {
		if r.Old.Obj == r.New.Obj {
			kept[r.New] = true // a type declared again as it was
		}
	}
	for _, d := range w.c.Defs {
		switch {
		case kept[d] || d.Kind == check.Import || d.Kind == check.Method:
		case d.Kind == check.Var:
			w.variable(d.Obj.(*types.Var))
		default:
			w.x.names.define(d.Obj)
		}
	}
	for _, s := range w.c.Steps {
		w.skip(s)
	}
	for _, d := range w.c.File.Decls {
		w.inside = append(w.inside, [2]token.Pos{start(d), d.End()})
		switch d := d.(type) {
		case *ast.GenDecl:
			w.general(d, kept)
		case *ast.FuncDecl:
			if d.Recv != nil {
				w.method(d)
				continue
			}
			fmt.Fprintf(&w.x.decls, "%s\n\n", w.text(d, w.c))
		}
	}
}

// variable declares a package variable.
func (w *writer) variable(v *types.Var) {
	name := w.x.names.define(v)
	text, err := w.x.names.typeText(v.Type())
	if err != nil {
		w.fail(v.Pos(), "%s cannot be a package variable: %v; give it a type that has a name, or keep it inside a function", v.Name(), err)
		return
	}
	fmt.Fprintf(&w.x.vars, "%s %s\n", name, text)
}

// general writes constants and types.
func (w *writer) general(d *ast.GenDecl, kept map[*check.Def]bool) {
	if d.Tok == token.IMPORT {
		return
	}
	specs := slices.Clone(d.Specs)
	specs = slices.DeleteFunc(specs, func(s ast.Spec) bool {
		t, ok := s.(*ast.TypeSpec)
		return ok && slices.ContainsFunc(w.c.Defs, func(d *check.Def) bool { return kept[d] && d.Decl == ast.Node(t) })
	})
	switch {
	case len(specs) == len(d.Specs):
		fmt.Fprintf(&w.x.decls, "%s\n\n", w.text(d, w.c))
	default: // types alone: each can stand by itself
		for _, s := range specs {
			fmt.Fprintf(&w.x.decls, "type %s\n\n", w.text(s, w.c))
		}
	}
}

// method writes a method, of which a program has one.
func (w *writer) method(d *ast.FuncDecl) {
	fn, _ := w.c.Info.Defs[d.Name].(*types.Func)
	if fn == nil {
		return
	}
	key := fn.FullName()
	if named := receiver(fn); named != nil {
		key = w.x.names.objects[named.Obj()] + "." + fn.Name()
	}
	if w.x.methods == nil {
		w.x.methods = map[string]bool{}
	}
	if w.x.methods[key] {
		w.fail(d.Name.Pos(), "the method %s has another body here than in an earlier cell, and a program has one; declare it once", key)
		return
	}
	w.x.methods[key] = true
	fmt.Fprintf(&w.x.decls, "%s\n\n", w.text(d, w.c))
}

func receiver(fn *types.Func) *types.Named {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, _ := types.Unalias(t).(*types.Named)
	if named != nil {
		named = named.Origin()
	}
	return named
}

// rebind writes functions of earlier cells again that mention something which this piece defines anew.
func (w *writer) rebind(from int) {
	var again []check.Rebound
	for _, r := range w.c.Rebound {
		if r.From != from {
			continue
		}
		if r.Def.Kind == check.Method {
			w.fail(w.c.Redefined[0].New.Decl.Pos(), "the method %s uses something that is defined anew here, and a program has it once; write it as a function, or run its definition again", r.Def.Name)
			return
		}
		again = append(again, r)
	}
	for _, r := range again {
		w.x.names.define(r.Def.Obj)
	}
	for _, r := range again {
		fmt.Fprintf(&w.x.decls, "%s\n\n", w.text(r.Def.Decl, r.Def.Cell))
	}
}

// start is where a declaration begins, its comment included.
func start(n ast.Node) token.Pos {
	switch n := n.(type) {
	case *ast.GenDecl:
		if n.Doc != nil {
			return n.Doc.Pos()
		}
	case *ast.FuncDecl:
		if n.Doc != nil {
			return n.Doc.Pos()
		}
	}
	return n.Pos()
}

// edit replaces a part of the text.
type edit struct {
	from, to token.Pos
	text     string
}

// text returns the source of a node of a cell, with the names of the program.
func (w *writer) text(n ast.Node, c *check.Cell, more ...edit) string {
	return w.span(start(n), n.End(), c, append(w.edits(n, c), more...))
}

// span returns the source from one position to another, changed by edits.
func (w *writer) span(from, to token.Pos, c *check.Cell, edits []edit) string {
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	base := c.File.FileStart
	var b strings.Builder
	at := from
	for _, e := range edits {
		if e.from < at {
			continue
		}
		b.WriteString(c.Src[at-base : e.from-base])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(c.Src[at-base : to-base])
	return b.String()
}

// edits are the changes of names that a node needs.
func (w *writer) edits(n ast.Node, c *check.Cell) []edit {
	var list []edit
	selected := map[*ast.Ident]bool{}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
		case *ast.Ident:
			if name, ok := w.name(n, c, selected[n]); ok && name != n.Name {
				list = append(list, edit{n.Pos(), n.End(), name})
			}
		}
		return true
	})
	return list
}

// name returns what an identifier is called in the program.
func (w *writer) name(id *ast.Ident, c *check.Cell, selected bool) (string, bool) {
	obj := c.Info.Uses[id]
	if obj == nil {
		obj = c.Info.Defs[id]
	}
	if obj == nil {
		return "", false
	}
	if fn, ok := obj.(*types.Func); ok {
		obj = fn.Origin()
	}
	switch o := obj.(type) {
	case *types.PkgName:
		return w.x.names.pkg(o.Imported().Path(), id.Name), true
	case *types.Var:
		if o.IsField() {
			if !o.Embedded() {
				return "", false
			}
			return w.embedded(o)
		}
	}
	if c != w.c { // a function that is written again means what is defined now
		obj = w.c.Latest(obj)
	}
	if name, ok := w.x.names.objects[obj]; ok {
		return name, true
	}
	if pkg := obj.Pkg(); pkg != nil && pkg.Path() != "main" && !selected && obj.Parent() == pkg.Scope() { // of a dot-import
		return w.x.names.pkg(pkg.Path(), pkg.Name()) + "." + id.Name, true
	}
	return "", false
}

// embedded is the name of an embedded field: that of its type.
func (w *writer) embedded(f *types.Var) (string, bool) {
	t := f.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	var obj *types.TypeName
	switch t := t.(type) {
	case *types.Alias:
		obj = t.Obj()
	case *types.Named:
		obj = t.Origin().Obj()
	}
	name, ok := w.x.names.objects[obj]
	return name, ok && obj != nil
}
