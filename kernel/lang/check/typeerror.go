package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// typeError is an error of go/types, with its code.
type typeError struct {
	pos  token.Pos
	msg  string
	code int
}

// Codes of go/types that messages are chosen by. go/types does not export them, but
// keeps their values for tools (see the comment on types.Error).
const (
	codeInvalidInitCycle = 9
	codeUndeclaredName   = 75
	codeUnusedExpr       = 100
	codeUnusedVar        = 101
	codeTooManyReturns   = 103
)

func newTypeError(e types.Error) typeError {
	t := typeError{pos: e.Pos, msg: e.Msg}
	if f := reflect.ValueOf(e).FieldByName("go116code"); f.IsValid() && f.CanInt() {
		t.code = int(f.Int())
	}
	return t
}

// maxRemedies is how many errors of a cell get a remedy; finding one takes a look at
// everything that is defined.
const maxRemedies = 30

// reportTyped turns the checker's errors into diagnostics of the cell.
func (b *builder) reportTyped() {
	own := len(b.diags.List)
	at := map[int]bool{}
	for _, d := range b.diags.List {
		at[d.offset] = true
	}
	undefined := map[string]bool{}
	for i := 0; i < len(b.typed); i++ {
		e := b.typed[i]
		var notes []typeError // further places of the same error
		for i+1 < len(b.typed) && strings.HasPrefix(b.typed[i+1].msg, "\t") {
			i++
			notes = append(notes, b.typed[i])
		}
		if b.harmless(e, own > 0) || at[int(e.pos-b.start())] {
			continue
		}
		msg := b.clean(e.msg)
		if e.code == codeUndeclaredName {
			if undefined[msg] {
				continue // said at its first use
			}
			undefined[msg] = true
		}
		remedy := ""
		if len(b.diags.List) < maxRemedies {
			remedy = b.remedy(e, msg, notes)
		}
		if e.code == codeInvalidInitCycle {
			msg = "the value needs itself: " + strings.TrimPrefix(msg, "initialization cycle for ")
		}
		b.diags.List = append(b.diags.List, b.syn.text.at(e.pos, msg, remedy))
	}
}

// harmless says whether an error does not hold for a cell, or follows from one that
// the cell's own rules found.
func (b *builder) harmless(e typeError, others bool) bool {
	for _, m := range b.cell.added { // methods of the cell's own, which a right cell would have got
		if strings.Contains(e.msg, "field or method "+m.fn.Name()) || strings.Contains(e.msg, "missing method "+m.fn.Name()) {
			return len(b.typed) > 1 || others
		}
	}
	switch e.code {
	case codeUndeclaredName:
		return b.failed[strings.TrimPrefix(e.msg, "undefined: ")]
	case codeUnusedExpr: // the value of the cell
		if n := len(b.steps); n > 0 && b.steps[n-1].value {
			return e.pos == b.steps[n-1].Stmt.Pos() && b.cell.Value != nil
		}
	case codeInvalidInitCycle:
		return others
	case codeTooManyReturns:
		for _, s := range b.steps { // at the top level, where reportReturns spoke
			if s.Stmt.Pos() <= e.pos && e.pos < s.Stmt.End() && others {
				return b.topReturn(s, e.pos)
			}
		}
	}
	return false
}

// topReturn says whether a position is in a return statement of the top level.
func (b *builder) topReturn(s *step, pos token.Pos) bool {
	found := false
	ast.Inspect(s.Stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || n.Pos() <= pos && pos < n.End()
		}
		return true
	})
	return found
}

// clean removes from a message of the checker what is not the user's: the package
// of cells and the marks of stand-ins.
func (b *builder) clean(msg string) string {
	return cleanMessage(msg)
}

func cleanMessage(msg string) string {
	msg = strings.ReplaceAll(msg, mark, "")
	msg = strings.ReplaceAll(msg, " in assignment to _ identifier", "")
	msg = strings.ReplaceAll(msg, " in this block", " in this cell")
	var out strings.Builder
	var quote byte
	for i := 0; i < len(msg); i++ {
		c := msg[i]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' && i+1 < len(msg) {
				out.WriteByte(c)
				i++
				c = msg[i]
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '`':
			quote = c
		case c == 'm' && strings.HasPrefix(msg[i:], "main.") && (i == 0 || !isWord(msg[i-1])):
			i += len("main.") - 1
			continue
		}
		out.WriteByte(c)
	}
	return strings.TrimRight(out.String(), "\n")
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

var noField = regexp.MustCompile(`^(\S+) undefined \(type .* has no field or method (\S+)\)$`)

// remedy says what to do about an error, where that is clear.
func (b *builder) remedy(e typeError, msg string, notes []typeError) string {
	if len(notes) > 0 {
		return b.noteText(notes)
	}
	switch e.code {
	case codeUndeclaredName:
		name := strings.TrimPrefix(msg, "undefined: ")
		if r := foreignWords[name]; r != "" {
			return r
		}
		if b.assigned(e.pos) {
			if near := nearest(name, maps.Keys(b.visible(e.pos))); near != "" {
				return "did you mean " + near + "? To define it, write " + name + " := …"
			}
			return "to define it, write " + name + " := …"
		}
		if paths := b.s.im.byName(name); len(paths) > 0 {
			return "it is a package; select a name of it"
		}
		if near := nearest(name, maps.Keys(b.visible(e.pos))); near != "" {
			return "did you mean " + near + "?"
		}
	case codeUnusedVar:
		return "use it or remove it"
	case codeUnusedExpr:
		return "only a cell's last line shows its value"
	}
	if rest, ok := strings.CutPrefix(msg, "undefined: "); ok && e.code != codeUndeclaredName {
		return b.remedyMember(rest)
	}
	if m := notAType.FindStringSubmatch(msg); m != nil {
		return b.hidden(m[1])
	}
	if m := noField.FindStringSubmatch(msg); m != nil {
		name, _, _ := strings.Cut(m[1], ".")
		if r := b.hidden(name); r != "" {
			return r
		}
		if near := nearest(m[2], slices.Values(b.membersAt(e.pos))); near != "" {
			return "did you mean " + near + "?"
		}
	}
	return b.remedyVersions(e.pos)
}

// assigned says whether the name at a position stands left of =.
func (b *builder) assigned(pos token.Pos) bool {
	path := b.pathTo(func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && id.Pos() == pos
	})
	if len(path) < 2 {
		return false
	}
	st, ok := path[len(path)-2].(*ast.AssignStmt)
	return ok && st.Tok == token.ASSIGN && indexOf(st.Lhs, path[len(path)-1].(*ast.Ident)) >= 0
}

var notAType = regexp.MustCompile(`^(\S+) \((?:package-level )?variable.*\) is not a type$`)

// hidden explains a name of Go's own, or of a package, that an earlier cell took for
// something else.
func (b *builder) hidden(name string) string {
	e := b.s.names[name]
	if e == nil || e.def.Kind == Import {
		return ""
	}
	what := fmt.Sprintf("%s is the %s of %s here", name, e.def.Kind, e.def.Cell.Name)
	if types.Universe.Lookup(name) != nil {
		return what + "; forget that to get Go's own back"
	}
	if paths := b.s.im.byName(name); len(paths) > 0 {
		return fmt.Sprintf("%s; import %q to have the package", what, paths[0])
	}
	return ""
}

// foreignWords are what people write who come from other languages.
var foreignWords = map[string]string{
	"None": "Go's word is nil", "null": "Go's word is nil", "NULL": "Go's word is nil", "undefined": "Go's word is nil",
	"True": "Go's word is true", "False": "Go's word is false",
	"and": "Go writes &&", "or": "Go writes ||", "not": "Go writes !",
	"print_": "use println or fmt.Println", "let": "define a variable with x := value", "def": "Go writes func",
	"while": "Go writes for", "str": "Go's type is string", "double": "Go's type is float64",
	"float": "Go's types are float32 and float64", "char": "Go's types are byte and rune", "self": "a method names its receiver: func (t T) M()",
	"this": "a method names its receiver: func (t T) M()",
}

// remedyMember is the remedy for pkg.Member that the package does not have.
func (b *builder) remedyMember(qualified string) string {
	name, member, ok := strings.Cut(qualified, ".")
	if !ok || strings.Contains(member, "(but have") {
		return ""
	}
	p, ok := b.pkg.Scope().Lookup(name).(*types.PkgName)
	if !ok {
		return ""
	}
	var exported []string
	for _, n := range p.Imported().Scope().Names() {
		if token.IsExported(n) {
			exported = append(exported, n)
		}
	}
	if near := nearest(member, slices.Values(exported)); near != "" {
		return "did you mean " + name + "." + near + "?"
	}
	return "package " + p.Imported().Path() + " has no such name"
}

// noteText puts the further places of an error into words.
func (b *builder) noteText(notes []typeError) string {
	var parts []string
	for _, n := range notes {
		text := strings.TrimSpace(b.clean(n.msg))
		if n.pos.IsValid() && n.pos >= b.start() && n.pos <= b.end() {
			text += fmt.Sprintf(" on line %d", b.syn.text.file.Line(n.pos))
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// membersAt returns the fields and methods of the value whose selection is at a
// position.
func (b *builder) membersAt(pos token.Pos) []string {
	var names []string
	for _, it := range b.syn.items {
		var n ast.Node = it.decl
		if it.decl == nil {
			n = it.stmt
		}
		if pos < n.Pos() || pos >= n.End() {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
				for _, m := range members(b.info.TypeOf(sel.X), b.pkg) {
					names = append(names, m.Name())
				}
			}
			return true
		})
	}
	return names
}

// remedyVersions explains a mismatch of two types of one name: a function of an
// earlier cell, or a value made earlier, still has the older of the two.
func (b *builder) remedyVersions(pos token.Pos) string {
	var old *types.TypeName
	seen := func(t types.Type) {
		if t == nil || old != nil {
			return
		}
		mentionsType(t, func(o *types.TypeName) bool {
			if o.Pkg() == nil || o.Pkg().Path() != "main" || o.Pkg() == b.pkg || o.Parent() != o.Pkg().Scope() {
				return false
			}
			if e := b.s.names[o.Name()]; b.own[o.Name()] != nil || e != nil && e.def.Obj != o {
				old = o
				return true
			}
			return false
		})
	}
	for _, it := range b.syn.items {
		var n ast.Node = it.decl
		if it.decl == nil {
			n = it.stmt
		}
		if pos < n.Pos() || pos >= n.End() {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if x.Pos() <= pos && pos < x.End() {
				seen(b.info.TypeOf(x))
				if call, ok := x.(*ast.CallExpr); ok {
					seen(b.info.TypeOf(call.Fun))
				}
			}
			return true
		})
	}
	if old == nil {
		return ""
	}
	where := b.s.fset.Position(old.Pos()).Filename
	return fmt.Sprintf("here is still the %s of %s, which was defined again since; run the cells that use it again", old.Name(), where)
}
