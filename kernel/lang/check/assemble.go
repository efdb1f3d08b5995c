package check

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// file builds what the checker reads: declarations and variables in source order,
// then the statements as the body of one function. Its nodes are the user's.
func (b *builder) file() *ast.File {
	f := &ast.File{Package: b.start(), Name: ast.NewIdent("main"), FileStart: b.start(), FileEnd: b.end(), GoVersion: ""}
	for _, d := range b.consts {
		if d = b.withoutKept(d); d != nil {
			f.Decls = append(f.Decls, d)
		}
	}
	for _, d := range b.funcs {
		f.Decls = append(f.Decls, d)
	}
	for _, d := range b.methods {
		if m := b.foreignFor(d); m != nil {
			f.Decls = append(f.Decls, m.stand)
			continue
		}
		if slices.Contains(b.refused, d) {
			continue
		}
		f.Decls = append(f.Decls, d)
	}
	var body []ast.Stmt
	for _, s := range b.steps {
		switch s.Kind {
		case Variable:
			f.Decls = append(f.Decls, varDecl(s.Spec))
		case Define:
			specs, assigns := b.split(s)
			for _, spec := range specs {
				f.Decls = append(f.Decls, varDecl(spec))
			}
			body = append(body, assigns...)
		default:
			body = append(body, b.statement(s))
		}
	}
	slices.SortStableFunc(f.Decls, func(x, y ast.Decl) int { return cmp.Compare(x.Pos(), y.Pos()) })
	if body != nil {
		f.Decls = append(f.Decls, &ast.FuncDecl{
			Name: b.blank(b.start()),
			Type: &ast.FuncType{Func: b.start(), Params: &ast.FieldList{}},
			Body: &ast.BlockStmt{Lbrace: b.start(), List: body, Rbrace: b.end()},
		})
	}
	return f
}

func varDecl(spec *ast.ValueSpec) *ast.GenDecl {
	return &ast.GenDecl{TokPos: spec.Pos(), Tok: token.VAR, Specs: []ast.Spec{spec}}
}

// split takes a := apart into package variables and assignments to the variables
// that exist already. A call of several results cannot be taken apart: there the
// assignments are left to assignTuple.
func (b *builder) split(s *step) (specs []*ast.ValueSpec, assigns []ast.Stmt) {
	st := s.Stmt.(*ast.AssignStmt)
	old := map[int]bool{}
	for _, i := range s.assigns {
		old[i] = true
	}
	spec := &ast.ValueSpec{}
	if len(old) > 0 && len(st.Lhs) == len(st.Rhs) {
		for i, x := range st.Lhs {
			id, ok := x.(*ast.Ident)
			if !ok {
				continue
			}
			if old[i] {
				assigns = append(assigns, &ast.AssignStmt{Lhs: []ast.Expr{id}, TokPos: st.TokPos, Tok: token.ASSIGN, Rhs: []ast.Expr{st.Rhs[i]}})
				continue
			}
			specs = append(specs, &ast.ValueSpec{Names: []*ast.Ident{id}, Values: []ast.Expr{st.Rhs[i]}})
		}
		return specs, assigns
	}
	for i, x := range st.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok || old[i] {
			id = b.blank(x.Pos())
		}
		spec.Names = append(spec.Names, id)
	}
	spec.Values = st.Rhs
	return []*ast.ValueSpec{spec}, nil
}

// statement returns a step's statement as the checker is to see it: the last
// expression of a cell is used, by being the cell's value.
func (b *builder) statement(s *step) ast.Stmt {
	if !s.value {
		return s.Stmt
	}
	x := s.Stmt.(*ast.ExprStmt).X
	if canStand(x) {
		return s.Stmt
	}
	return &ast.AssignStmt{Lhs: []ast.Expr{b.blank(x.Pos())}, TokPos: x.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{x}}
}

// canStand says whether an expression may be a statement by its form. Some calls,
// such as conversions, may not after all, which the checker's own complaint says.
func canStand(x ast.Expr) bool {
	switch x := ast.Unparen(x).(type) {
	case *ast.CallExpr, *ast.BadExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
}

// run checks the assembled file.
func (b *builder) run() {
	f := b.file()
	b.writeKeys()
	conf := b.s.config(func(err error) {
		var te types.Error
		if errors.As(err, &te) {
			b.typed = append(b.typed, newTypeError(te))
		}
	})
	b.guarded(func() {
		types.NewChecker(conf, b.syn.fset, b.pkg, b.info).Files([]*ast.File{f}) // errors went to report
	})
	b.dropKeys()
	b.info.FileVersions[b.cell.File] = b.info.FileVersions[f]
	delete(b.info.FileVersions, f)
	b.info.Scopes[b.cell.File] = b.info.Scopes[f]
	delete(b.info.Scopes, f)
	b.unshadow()
	b.settleMethods()
	for _, s := range b.steps {
		b.assignTuple(s)
	}
	b.dropSynthetic()
}

// guarded runs the checker. It is given trees that no parser made whole; should it
// stumble over one, that is an error of the cell and not the end of the session.
func (b *builder) guarded(f func()) {
	defer func() {
		if p := recover(); p != nil {
			b.report(b.start(), fmt.Sprintf("the type checker failed on this cell: %v", p), "please report it, with the cell")
		}
	}()
	f()
}

// assignTuple checks and records the variables that a := of a call of several
// results assigns rather than defines.
func (b *builder) assignTuple(s *step) {
	if s.Kind != Define || len(s.assigns) == 0 {
		return
	}
	st := s.Stmt.(*ast.AssignStmt)
	if len(st.Rhs) != 1 || len(st.Lhs) == 1 {
		return // each was an assignment of its own
	}
	tuple, _ := b.info.TypeOf(st.Rhs[0]).(*types.Tuple)
	for _, i := range s.assigns {
		id := st.Lhs[i].(*ast.Ident)
		v, _ := b.pkg.Scope().Lookup(id.Name).(*types.Var)
		if v == nil {
			continue
		}
		b.info.Uses[id] = v
		if tuple == nil || i >= tuple.Len() {
			continue
		}
		from, to := tuple.At(i).Type(), v.Type()
		if basic, ok := from.(*types.Basic); ok && basic.Info()&types.IsUntyped != 0 {
			if b, ok := to.Underlying().(*types.Basic); ok && b.Info()&types.IsBoolean != 0 {
				continue // the ok of v, ok := m[k]
			}
		}
		if valid(from) && valid(to) && !types.AssignableTo(from, to) {
			msg := fmt.Sprintf("cannot use %s (value of type %s) as %s value in assignment", types.ExprString(st.Rhs[0]), b.typeString(from), b.typeString(to))
			if i, ok := to.Underlying().(*types.Interface); ok {
				if m, _ := types.MissingMethod(from, i, true); m != nil {
					msg += fmt.Sprintf(": %s does not implement %s (missing method %s)", b.typeString(from), b.typeString(to), m.Name())
				}
			}
			b.report(id.Pos(), msg, fmt.Sprintf("%s has this type since line %d; give the new variable another name", id.Name, b.syn.text.file.Line(v.Pos())))
		}
	}
}

func valid(t types.Type) bool { return t != nil && t != types.Typ[types.Invalid] }

// typeString writes a type as the user would: names of the session unqualified.
func (b *builder) typeString(t types.Type) string { return types.TypeString(t, qualifier) }

func qualifier(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

// blank returns a blank identifier that stands in no source.
func (b *builder) blank(pos token.Pos) *ast.Ident {
	id := &ast.Ident{NamePos: pos, Name: "_"}
	b.synthetic = append(b.synthetic, id)
	return id
}

// dropSynthetic removes from Info what only the checker saw.
func (b *builder) dropSynthetic() {
	for _, id := range b.synthetic {
		delete(b.info.Defs, id)
	}
}
