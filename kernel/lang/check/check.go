package check

import (
	"go/ast"
	"go/types"
)

// Check checks a parsed cell against the session. It does not change what names mean
// in the session; [Scope.Commit] does. The error is a *Diagnostics.
func (s *Scope) Check(syn *Syntax) (*Cell, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.analyse(syn, true)
	if err := b.diags.finish(); err != nil {
		return nil, err
	}
	for _, m := range b.cell.added {
		// Whoever lowers the cell needs the type's full method set. Until the commit no
		// other cell may use the method.
		m.named.AddMethod(m.fn)
		s.ghosts[m.fn] = true
	}
	if s.fset.File(syn.text.file.Pos(0)) == nil {
		s.fset.AddExistingFiles(syn.text.file)
	}
	return b.cell, nil
}

// analyse runs the check. With adopt it may add methods to types of earlier cells
// when the cell can be checked in no other way.
func (s *Scope) analyse(syn *Syntax, adopt bool) *builder {
	denied := map[string]bool{}
	keyed := map[*ast.CompositeLit]*keyedLit{}
	for {
		b := s.analyseOnce(syn, denied, keyed)
		if b.needsKeys() {
			continue
		}
		if b.conflict != "" {
			denied[b.conflict] = true
			continue
		}
		if adopt && b.wantsMethods() {
			for _, m := range b.cell.added {
				m.named.AddMethod(m.fn)
				s.ghosts[m.fn] = true
			}
			adopt = false
			continue
		}
		b.finish()
		return b
	}
}

func (s *Scope) analyseOnce(syn *Syntax, denied map[string]bool, keyed map[*ast.CompositeLit]*keyedLit) *builder {
	b := newBuilder(s, syn)
	b.denied, b.keyed = denied, keyed
	b.collect()
	b.declareImports()
	b.keepTypes()
	b.findForeign()
	b.populate()
	b.run()
	return b
}

// finish draws from the checked tree what the cell defines and is worth, and
// reports what go/types does not know to be wrong in a cell.
func (b *builder) finish() {
	b.setSteps()
	b.setValue()
	b.reportReturns()
	b.reportJumps()
	b.reportEarly()
	b.reportUnready(nil)
	b.reportGhosts()
	b.reportTyped()
	if len(b.diags.List) == 0 {
		b.setDefs()
		b.setPackages()
		b.setRedefined()
	}
}

// setSteps fills in the variables of the steps.
func (b *builder) setSteps() {
	for _, s := range b.steps {
		for _, id := range s.defines {
			if v, ok := b.info.Defs[id].(*types.Var); ok {
				s.Vars = append(s.Vars, v)
			}
		}
		if x, ok := s.Stmt.(*ast.ExprStmt); ok && s.Kind == Statement {
			s.DropsError = isCall(x.X) && lastIsError(b.info.TypeOf(x.X)) && !b.isPrint(x.X)
		}
		b.cell.Steps = append(b.cell.Steps, s.Step)
	}
}

// setPackages lists the packages from disk that the cell is the first to import.
func (b *builder) setPackages() {
	l := b.s.im.local
	if l == nil {
		return
	}
	var roots []*Package
	for _, spec := range b.imports {
		obj := b.pkgNames[spec]
		if c := l.pkgs[importPath(spec)]; obj != nil && c != nil && c.pkg != nil && c.pkg.Types == obj.Imported() {
			roots = append(roots, c.pkg)
		}
	}
	for _, p := range closure(roots, map[*Package]bool{}, nil) {
		if !b.s.known[p] {
			b.cell.Packages = append(b.cell.Packages, p)
		}
	}
}

func isCall(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok
}

// lastIsError says whether a type is error, or several results of which the last is.
func lastIsError(t types.Type) bool {
	if tuple, ok := t.(*types.Tuple); ok {
		if tuple.Len() == 0 {
			return false
		}
		t = tuple.At(tuple.Len() - 1).Type()
	}
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// setValue finds the cell's value.
func (b *builder) setValue() {
	n := len(b.steps)
	if n == 0 || !b.steps[n-1].value {
		return
	}
	x := b.steps[n-1].Stmt.(*ast.ExprStmt).X
	tv, ok := b.info.Types[x]
	if !ok || tv.IsVoid() || !tv.IsValue() || !valid(tv.Type) || b.isPrint(x) {
		return
	}
	if t, ok := tv.Type.(*types.Tuple); ok && t.Len() == 0 {
		return
	}
	b.cell.Value = x
	b.cell.ValueType = types.Default(tv.Type)
}

// prints are functions that are called for their effect: how many bytes they wrote
// is not the value of a cell that ends in one.
var prints = map[string]bool{
	"fmt.Print": true, "fmt.Printf": true, "fmt.Println": true,
	"fmt.Fprint": true, "fmt.Fprintf": true, "fmt.Fprintln": true,
}

func (b *builder) isPrint(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	var id *ast.Ident
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.Ident:
		id = f
	}
	fn, ok := b.info.Uses[id].(*types.Func)
	return ok && fn.Pkg() != nil && prints[fn.Pkg().Path()+"."+fn.Name()]
}
