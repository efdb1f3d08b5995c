package watch

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/gossl/gossl/kernel/lang/check"
)

// effects are what running a piece of Go does with the names of the session.
type effects struct {
	reads   map[types.Object]bool // objects of cells that it mentions, directly or through functions
	writes  map[types.Object]bool // those that it assigns, or that it may change through their address
	touches map[types.Object]bool // those that lead to something shared, which it may change
	imports map[string]string     // name → path of the packages that it mentions
	free    map[string]bool       // predeclared names that it mentions
}

func newEffects() *effects {
	return &effects{map[types.Object]bool{}, map[types.Object]bool{}, map[types.Object]bool{}, map[string]string{}, map[string]bool{}}
}

// effectsOf finds what a checked cell does, its functions aside: these act where they are called. The definitions of
// earlier cells, and what their functions do, are in known.
func effectsOf(c *check.Cell, known map[types.Object]*effects) *effects {
	e := newEffects()
	w := &walker{e: e, info: c.Info, known: known, latest: c.Latest}
	own := map[types.Object]*effects{}
	for _, d := range c.File.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			w.walk(d)
			continue
		}
		of := newEffects()
		(&walker{e: of, info: c.Info}).walk(f)
		if obj := c.Info.Defs[f.Name]; obj != nil {
			own[obj] = of
		}
		w.mentioned(of)
	}
	for _, s := range c.Steps {
		if s.Spec != nil {
			w.walk(s.Spec)
		} else {
			w.walk(s.Stmt)
		}
	}
	for _, d := range c.Defs {
		known[d.Obj] = own[d.Obj] // nil for what is no function
		if v, ok := d.Obj.(*types.Var); ok && shares(v.Type()) {
			if of := literals(c, d); of != nil {
				known[d.Obj] = of
			}
		}
	}
	w.throughCalls()
	return e
}

// literals are the effects of the functions that a variable's definition holds.
func literals(c *check.Cell, d *check.Def) *effects {
	if d.Decl == nil {
		return nil
	}
	var of *effects
	ast.Inspect(d.Decl, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncLit); ok {
			if of == nil {
				of = newEffects()
			}
			(&walker{e: of, info: c.Info}).walk(f)
			return false
		}
		return true
	})
	return of
}

// walker collects the effects of syntax.
type walker struct {
	e      *effects
	info   *types.Info
	known  map[types.Object]*effects
	latest func(types.Object) types.Object
}

// mentioned notes what a function's declaration mentions: each name has to mean there what it means in the version.
func (w *walker) mentioned(of *effects) {
	maps.Copy(w.e.reads, of.reads)
	maps.Copy(w.e.imports, of.imports)
	maps.Copy(w.e.free, of.free)
}

func (w *walker) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			w.mention(n)
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if id, ok := x.(*ast.Ident); n.Tok != token.DEFINE || ok && w.info.Defs[id] == nil {
					w.write(x)
				}
			}
		case *ast.IncDecStmt:
			w.write(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				w.write(n.Key)
				w.write(n.Value)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				w.write(n.X)
			}
		case *ast.SliceExpr:
			if t := w.info.TypeOf(n.X); t != nil {
				if _, array := t.Underlying().(*types.Array); array {
					w.write(n.X)
				}
			}
		case *ast.SelectorExpr:
			if w.takesAddress(n) {
				w.write(n.X)
			}
		}
		return true
	})
}

// takesAddress reports whether a method is selected that gets the operand's address.
func (w *walker) takesAddress(n *ast.SelectorExpr) bool {
	s := w.info.Selections[n]
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	sig, ok := s.Obj().Type().(*types.Signature)
	if !ok || sig.Recv() == nil {
		return false
	}
	_, pointer := types.Unalias(sig.Recv().Type()).(*types.Pointer)
	_, have := s.Recv().Underlying().(*types.Pointer)
	return pointer && !have
}

// mention notes the use of a name.
func (w *walker) mention(id *ast.Ident) {
	obj := w.info.Uses[id]
	if f, ok := obj.(*types.Func); ok {
		obj = f.Origin()
	}
	if obj == nil {
		return
	}
	if p, ok := obj.(*types.PkgName); ok {
		w.e.imports[id.Name] = p.Imported().Path()
		return
	}
	if obj.Parent() == types.Universe {
		w.e.free[id.Name] = true
		return
	}
	if !ofCells(obj) {
		return
	}
	w.e.reads[obj] = true
	if v, ok := obj.(*types.Var); ok && shares(v.Type()) {
		w.e.touches[obj] = true
	}
}

// ofCells reports whether an object is one that cells define: no field, no local variable, nothing of a package.
func ofCells(obj types.Object) bool {
	if obj.Pkg() == nil || obj.Pkg().Path() != "main" {
		return false
	}
	switch o := obj.(type) {
	case *types.Var:
		return !o.IsField() && o.Parent() == o.Pkg().Scope()
	case *types.Const, *types.TypeName:
		return o.Parent() == o.Pkg().Scope()
	case *types.Func:
		return true
	}
	return false
}

// write notes a change of what an expression denotes: of the variable at its root.
func (w *walker) write(x ast.Expr) {
	for x != nil {
		switch e := x.(type) {
		case *ast.Ident:
			if v, ok := w.info.Uses[e].(*types.Var); ok && ofCells(v) {
				w.e.writes[v] = true
			}
			return
		case *ast.ParenExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.IndexExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.SliceExpr:
			x = e.X
		default:
			return
		}
	}
}

// throughCalls adds what the functions do that are mentioned, and those that they mention; each mention means what it
// means now.
func (w *walker) throughCalls() {
	list := make([]types.Object, 0, len(w.e.reads))
	for o := range w.e.reads {
		list = append(list, o)
	}
	seen := map[types.Object]bool{}
	for len(list) > 0 {
		o := w.latest(list[0])
		list = list[1:]
		if seen[o] {
			continue
		}
		seen[o] = true
		w.e.reads[o] = true
		of := w.known[o]
		if of == nil {
			continue
		}
		for r := range of.reads {
			list = append(list, r)
		}
		for r := range of.writes {
			w.e.writes[w.latest(r)] = true
		}
		for r := range of.touches {
			w.e.touches[w.latest(r)] = true
		}
	}
}

// shares reports whether two values of a type may have something in common that either can change.
func shares(t types.Type) bool { return sharing(t, nil) }

func sharing(t types.Type, above []types.Type) bool {
	if slices.ContainsFunc(above, func(u types.Type) bool { return types.Identical(t, u) }) {
		return false
	}
	above = append(above, t)
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return sharing(u.Elem(), above)
	case *types.Struct:
		for f := range u.Fields() {
			if sharing(f.Type(), above) {
				return true
			}
		}
		return false
	}
	return true
}
