package check

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// finder collects candidates for one place.
type finder struct {
	b      *builder
	prefix string
	pos    token.Pos
	want   types.Type // what the place takes; nil: anything
	types  bool       // the place takes a type
	list   []Candidate
}

// How far away a name is, for ranking among equally fitting ones.
const (
	nearField = iota
	nearLocal
	nearSession
	nearMember
	nearBuiltin
	nearKeyword
	nearPackage
)

func (f *finder) find() {
	path := f.b.pathTo(func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && id.Name == cursorName
	})
	if path == nil {
		f.names(true) // broken beyond parsing: whatever is visible
		return
	}
	id := path[len(path)-1].(*ast.Ident)
	path = path[:len(path)-1]
	if sel, ok := last(path).(*ast.SelectorExpr); ok && sel.Sel == id {
		f.expect(sel, path[:len(path)-1])
		f.selected(sel.X)
		return
	}
	switch p := last(path).(type) {
	case *ast.BranchStmt:
		f.labels()
		return
	case *ast.FuncDecl, *ast.LabeledStmt:
		return // a name being made up
	case *ast.TypeSpec:
		if p.Name == id {
			return
		}
	case *ast.ValueSpec:
		if slices.Contains(p.Names, id) {
			return
		}
	}
	f.expect(id, path)
	if f.fields(id, path) {
		return
	}
	_, statement := last(path).(*ast.ExprStmt)
	f.names(statement)
}

func last(path []ast.Node) ast.Node {
	if len(path) == 0 {
		return nil
	}
	return path[len(path)-1]
}

// labels adds the cell's labels.
func (f *finder) labels() {
	f.b.eachNode(func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			f.add(l.Label.Name, "label", nil, nearLocal, false)
		}
		return true
	})
}

// add enters a candidate if it matches what was typed.
func (f *finder) add(text string, kind string, t types.Type, near int, isType bool) {
	if !f.matches(text) || text == cursorName || text == "_" {
		return
	}
	c := Candidate{Text: text, Kind: kind, near: near}
	if f.types && (kind == "variable" || kind == "function" || kind == "constant") {
		return
	}
	if t != nil && valid(t) {
		c.typ = t
		c.fit = f.fit(t, isType)
	}
	f.list = append(f.list, c)
}

func (f *finder) matches(text string) bool {
	return len(text) >= len(f.prefix) && strings.EqualFold(text[:len(f.prefix)], f.prefix)
}

func (f *finder) addObject(name string, obj types.Object, near int) {
	if !f.matches(name) {
		return
	}
	switch obj := obj.(type) {
	case *types.PkgName:
		f.add(name, "package", nil, near, false)
	case *types.TypeName:
		f.add(name, "type", obj.Type(), near, true)
	case *types.Const:
		f.add(name, "constant", obj.Type(), near, false)
	case *types.Func:
		kind := "function"
		if obj.Signature().Recv() != nil {
			kind = "method"
		}
		f.add(name, kind, obj.Type(), near, false)
	case *types.Var:
		kind := "variable"
		if obj.IsField() {
			kind = "field"
		}
		f.add(name, kind, obj.Type(), near, false)
	case *types.Builtin:
		f.add(name, "function", nil, near, false)
	case *types.Nil:
		f.add(name, "constant", nil, near, false)
	}
}

// fit says how well something of a type suits the place: 3 as it is, 2 after a
// call, 1 after & or *, -1 not at all.
func (f *finder) fit(t types.Type, isType bool) int {
	if f.types {
		if isType {
			return 3
		}
		return -1
	}
	if f.want == nil {
		return 0
	}
	if isType { // a conversion or literal of it
		if types.AssignableTo(t, f.want) && !types.IsInterface(f.want) {
			return 2
		}
		return -1
	}
	assignable := func(t types.Type) bool {
		if _, generic := t.(*types.TypeParam); generic {
			return false
		}
		return types.AssignableTo(t, f.want)
	}
	if assignable(t) {
		return 3
	}
	if sig, ok := t.Underlying().(*types.Signature); ok && sig.Results().Len() > 0 {
		if assignable(sig.Results().At(0).Type()) {
			return 2
		}
		return -1
	}
	if assignable(types.NewPointer(t)) {
		return 1
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && assignable(p.Elem()) {
		return 1
	}
	return -1
}

// selected adds what can be selected from an expression.
func (f *finder) selected(x ast.Expr) {
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := f.b.info.Uses[id].(*types.PkgName); ok {
			scope := p.Imported().Scope()
			for _, n := range scope.Names() {
				if token.IsExported(n) {
					f.addObject(n, scope.Lookup(n), nearMember)
				}
			}
			return
		}
	}
	tv := f.b.info.Types[x]
	for _, m := range members(tv.Type, f.b.pkg) {
		if _, field := m.(*types.Var); field && tv.IsType() {
			continue // only methods can be selected from a type
		}
		f.addObject(m.Name(), m, nearMember)
	}
}

// fields adds the fields of a struct whose literal the cursor is in, and says whether
// nothing else can stand there.
func (f *finder) fields(id *ast.Ident, path []ast.Node) bool {
	lit, ok := last(path).(*ast.CompositeLit)
	if !ok {
		kv, isKey := last(path).(*ast.KeyValueExpr)
		if !isKey || kv.Key != id || len(path) < 2 {
			return false
		}
		lit, ok = path[len(path)-2].(*ast.CompositeLit)
		if !ok {
			return false
		}
	}
	t := f.b.info.TypeOf(lit)
	if t == nil || ast.Expr(id) == lit.Type {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	set := map[string]bool{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); ok {
				set[k.Name] = true
			}
		}
	}
	for v := range st.Fields() {
		if set[v.Name()] || !v.Exported() && (v.Pkg() == nil || v.Pkg().Path() != "main") {
			continue
		}
		if f.matches(v.Name()) {
			f.list = append(f.list, Candidate{Text: v.Name() + ": ", Kind: "field", typ: v.Type(), fit: 3, near: nearField})
		}
	}
	return len(set) > 0
}

// names adds what is visible at the cursor, and packages that could be imported.
func (f *finder) names(statement bool) {
	b := f.b
	visible := b.visible(f.pos)
	for name, obj := range visible {
		near := nearSession
		switch {
		case obj.Parent() == types.Universe:
			near = nearBuiltin
		case obj.Pkg() == b.pkg && obj.Parent() != b.pkg.Scope():
			near = nearLocal
		case obj.Pkg() != nil && obj.Pkg().Path() != "main":
			near = nearMember
		}
		f.addObject(name, obj, near)
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		if statement || t == token.FUNC || t == token.MAP || t == token.CHAN || t == token.STRUCT || t == token.INTERFACE {
			f.add(t.String(), "keyword", nil, nearKeyword, false)
		}
	}
	if f.prefix == "" {
		return
	}
	seen := map[string]bool{}
	for _, p := range b.s.im.p.Paths() {
		if n := b.s.im.p.Name(p); !seen[n] && visible[n] == nil {
			seen[n] = true
			f.add(n, "package", nil, nearPackage, false)
		}
	}
}

// typesShown is how many candidates come with the text of their type: writing it
// costs more than finding them.
const typesShown = 200

// ranked sorts the candidates: the fitting ones, then the near ones, then those whose
// capitals match, then by name.
func (f *finder) ranked() []Candidate {
	cased := func(c Candidate) int {
		if strings.HasPrefix(c.Text, f.prefix) {
			return 0
		}
		return 1
	}
	slices.SortFunc(f.list, func(x, y Candidate) int {
		return cmp.Or(cased(x)-cased(y), max(y.fit, 0)-max(x.fit, 0), x.near-y.near, y.fit-x.fit, cmp.Compare(x.Text, y.Text))
	})
	list := slices.CompactFunc(f.list, func(x, y Candidate) bool { return x.Text == y.Text })
	for i := range list[:min(len(list), typesShown)] {
		if list[i].typ != nil {
			list[i].Type = f.b.typeString(list[i].typ)
		}
	}
	return list
}
