package check

import (
	"go/ast"
	"go/types"
	"strings"
)

// A struct literal without keys may set unexported fields only in the package of
// its type, and every cell is a package of its own. Where that hits a type of an
// earlier cell, the check is done again with the keys written out.

// keyedLit is a literal of which the checker sees a form with keys.
type keyedLit struct {
	fields []string
	elts   []ast.Expr // the user's
}

const unexportedLit = "implicit assignment to unexported field "

// needsKeys notes the literals that the checker refused for want of keys; false when
// there is none that was not noted before.
func (b *builder) needsKeys() bool {
	at := map[int]bool{}
	for _, e := range b.typed {
		if strings.HasPrefix(e.msg, unexportedLit) {
			at[int(e.pos)] = true
		}
	}
	if len(at) == 0 {
		return false
	}
	found := false
	b.eachNode(func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || b.keyed[lit] != nil {
			return true
		}
		for _, x := range lit.Elts {
			if at[int(x.Pos())] {
				if fields := ownFields(b.info.TypeOf(lit)); fields != nil {
					b.keyed[lit] = &keyedLit{fields: fields}
					found = true
				}
				return true
			}
		}
		return true
	})
	return found
}

// ownFields returns the field names of a struct type that cells define; nil for other
// types, and for those with blank fields, which no key can name.
func ownFields(t types.Type) []string {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok { // []*T{{1, 2}}
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var names []string
	for f := range st.Fields() {
		if f.Name() == "_" || f.Pkg() == nil || f.Pkg().Path() != "main" {
			return nil
		}
		names = append(names, f.Name())
	}
	return names
}

// writeKeys gives the noted literals their keys, and reports those of a wrong length,
// which the checker accepts in that form.
func (b *builder) writeKeys() {
	for lit, k := range b.keyed {
		k.elts = lit.Elts
		if len(k.elts) > len(k.fields) {
			b.report(k.elts[len(k.fields)].Pos(), "too many values in struct literal", "")
		} else if len(k.elts) < len(k.fields) {
			b.report(lit.Rbrace, "too few values in struct literal", "")
		}
		lit.Elts = nil
		for i, x := range k.elts[:min(len(k.elts), len(k.fields))] {
			key := &ast.Ident{NamePos: x.Pos(), Name: k.fields[i]}
			lit.Elts = append(lit.Elts, &ast.KeyValueExpr{Key: key, Colon: x.Pos(), Value: x})
		}
	}
}

// dropKeys gives the literals back as the user wrote them.
func (b *builder) dropKeys() {
	for lit, k := range b.keyed {
		for _, x := range lit.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				delete(b.info.Uses, kv.Key.(*ast.Ident))
			}
		}
		lit.Elts = k.elts
	}
}

// eachNode calls f for the nodes of the cell, as ast.Inspect does.
func (b *builder) eachNode(f func(ast.Node) bool) {
	for _, it := range b.syn.items {
		if it.decl != nil {
			ast.Inspect(it.decl, f)
		} else {
			ast.Inspect(it.stmt, f)
		}
	}
}
