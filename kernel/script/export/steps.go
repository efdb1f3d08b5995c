package export

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
)

// skip notes where a step is.
func (w *writer) skip(s check.Step) {
	w.inside = append(w.inside, [2]token.Pos{s.Stmt.Pos(), s.Stmt.End()})
}

// write writes the piece's steps as the body of a function.
func (w *writer) write() {
	comments := w.loose()
	before := maps.Clone(w.x.names.objects)
	for i := range w.c.Steps { // functions that the piece declares see what is bound in the end
		w.rebind(i)
	}
	w.rebind(len(w.c.Steps))
	after := w.x.names.objects
	for i, s := range w.c.Steps {
		w.x.names.objects = w.bound(before, after, i)
		for len(comments) > 0 && comments[0].Pos() < s.Stmt.Pos() {
			w.gap(comments[0].Pos())
			w.comment(comments[0])
			comments = comments[1:]
		}
		w.gap(s.Stmt.Pos())
		w.step(s, i == len(w.c.Steps)-1)
		w.end = w.line(s.Stmt.End())
		for len(comments) > 0 && w.line(comments[0].Pos()) == w.end { // at the end of the step's line
			w.body.WriteString(" ")
			w.comment(comments[0])
			comments = comments[1:]
		}
		w.body.WriteByte('\n')
	}
	w.x.names.objects = after
	if w.body.Len() > 0 {
		for _, c := range comments {
			w.comment(c)
		}
	}
}

// bound are the names as they are for one step: functions that are written again only for later ones keep their old.
func (w *writer) bound(before, after map[types.Object]string, step int) map[types.Object]string {
	now := after
	for _, r := range w.c.Rebound {
		if r.From > step {
			if old, ok := before[r.Def.Obj]; ok {
				if len(now) == len(after) {
					now = maps.Clone(after)
				}
				now[r.Def.Obj] = old
			}
		}
	}
	return now
}

// loose are the comments outside of declarations and steps.
func (w *writer) loose() []*ast.CommentGroup {
	return slices.DeleteFunc(slices.Clone(w.c.File.Comments), func(c *ast.CommentGroup) bool {
		if strings.HasPrefix(c.List[0].Text, "//go:") {
			return true
		}
		return slices.ContainsFunc(w.inside, func(in [2]token.Pos) bool { return in[0] <= c.Pos() && c.Pos() < in[1] })
	})
}

func (w *writer) comment(c *ast.CommentGroup) {
	for _, line := range c.List {
		w.body.WriteString(line.Text + "\n")
	}
	w.end = w.line(c.End())
}

func (w *writer) line(p token.Pos) int { return w.c.Fset.Position(p).Line }

// gap keeps an empty line above what stands at a position.
func (w *writer) gap(at token.Pos) {
	if w.end > 0 && w.line(at) > w.end+1 {
		w.body.WriteByte('\n')
	}
}

func (w *writer) step(s check.Step, last bool) {
	switch s.Kind {
	case check.Variable:
		w.assignSpec(s.Spec)
	case check.Define:
		st := s.Stmt.(*ast.AssignStmt)
		w.body.WriteString(w.text(st, w.c, edit{st.TokPos, st.TokPos + 2, "="}))
	default:
		w.statement(s, last)
	}
}

// assignSpec writes var x T = v as the assignment that is left of it.
func (w *writer) assignSpec(spec *ast.ValueSpec) {
	blank := !slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return id.Name != "_" })
	switch {
	case blank:
		w.body.WriteString("var " + w.text(spec, w.c))
	case len(spec.Values) > 0:
		names := make([]string, len(spec.Names))
		for i, id := range spec.Names {
			names[i] = id.Name
			if name, ok := w.name(id, w.c, false); ok {
				names[i] = name
			}
		}
		values := make([]string, len(spec.Values))
		for i, v := range spec.Values {
			values[i] = w.text(v, w.c)
		}
		w.body.WriteString(strings.Join(names, ", ") + " = " + strings.Join(values, ", "))
	}
}

// statement writes an ordinary statement; the cell's value is shown, and an error that nobody takes ends the program.
func (w *writer) statement(s check.Step, last bool) {
	x, ok := s.Stmt.(*ast.ExprStmt)
	if !ok {
		w.body.WriteString(w.text(s.Stmt, w.c))
		return
	}
	text := w.text(x.X, w.c)
	results := 1
	if t, ok := w.c.Info.TypeOf(x.X).(*types.Tuple); ok {
		results = t.Len()
	}
	shown := last && w.shows && w.c.Value != nil
	var named []string // the results that are shown, where they have to be named
	for i := range results {
		named = append(named, fmt.Sprintf("v%d", i+1))
	}
	switch {
	case s.DropsError && shown && results > 1:
		named[results-1] = "err"
		w.fails = true
		fmt.Fprintf(&w.body, "{\n%s := %s\nif err != nil {\nreturn err\n}\n%s\n}", strings.Join(named, ", "), text, w.show(strings.Join(named[:results-1], ", ")))
	case s.DropsError:
		w.fails = true
		fmt.Fprintf(&w.body, "if %serr := %s; err != nil {\nreturn err\n}", strings.Repeat("_, ", results-1), text)
	case shown && results > 1 && w.defers():
		list := strings.Join(named, ", ")
		fmt.Fprintf(&w.body, "{\n%s := %s\n%s\n}", list, text, w.show(list))
	case shown:
		w.body.WriteString(w.show(text))
	default:
		if last && w.c.Value != nil && !isCall(x.X) { // an expression may not stand by itself
			text = "_ = " + text
		}
		w.body.WriteString(text)
	}
}

// show is the statement that shows the cell's value, which comes after what the cell defers.
func (w *writer) show(list string) string {
	if !w.defers() {
		return w.x.need("show") + "(" + list + ")"
	}
	w.late = w.x.names.helper("value")
	return w.late + " = []any{" + list + "}"
}

// defers reports whether the cell itself defers something.
func (w *writer) defers() bool {
	found := false
	for _, s := range w.c.Steps {
		ast.Inspect(s.Stmt, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.DeferStmt:
				found = true
			}
			return !found
		})
	}
	return found
}

// function is the body of the function for the cell.
func (w *writer) function() string {
	body := w.body.String()
	if w.fails {
		body += "return nil\n"
	}
	if w.late == "" {
		return body
	}
	call, result := "func() {\n"+body+"}()\n", ""
	if w.fails {
		call, result = "err := func() error {\n"+body+"}()\nif err != nil {\nreturn err\n}\n", "return nil\n"
	}
	return "var " + w.late + " []any\n" + call + w.x.need("show") + "(" + w.late + "...)\n" + result
}

func isCall(x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.CallExpr)
	return ok
}
