package check

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"sync/atomic"
)

// Syntax is a parsed cell: declarations and statements in source order.
type Syntax struct {
	Name, Src string

	text  source
	fset  *token.FileSet // holds text.file alone
	items []item
	free  []*ast.Ident // identifiers that no scope inside a statement or function declares
	clash []*ast.Ident // keys of composite literals: a field or a variable, only types can tell
	notes []*ast.CommentGroup
	diags Diagnostics
	found []syntaxError // the parser's, before those that mean nothing are left out
	scan  scanned
}

// item is one top-level declaration or statement.
type item struct {
	decl ast.Decl // import, const, type or func; nil for a statement
	stmt ast.Stmt // a var declaration is an *ast.DeclStmt
}

type syntaxError struct {
	offset      int
	msg, remedy string
}

// Parse reads a cell. The name is what positions in messages start with, such as
// "In[3]". The error is a *Diagnostics with every syntax error.
func Parse(name, src string) (*Syntax, error) {
	s := parse(name, src)
	if err := s.diags.finish(); err != nil {
		return nil, err
	}
	return s, nil
}

// nextBase is where the positions of the next cell start. Every cell of the
// process has its own range, far above those of export data, so that positions of
// different cells and sessions never collide.
var nextBase atomic.Int64

func init() { nextBase.Store(1 << 30) }

// The wrappers that make a Go file of a part of a cell. Their lengths are taken
// off the positions, so nodes end up with positions in the cell.
const (
	declPrefix = "package p;\n" // a comment on its line would not be a declaration's
	bodyPrefix = "package p;func _(){\n"
	bodySuffix = "\n}"
)

// parse is Parse for sources that may be wrong: what can be read is in items, what
// is wrong in diags.
func parse(name, src string) *Syntax {
	const slack = 64 // more than any prefix, so that a part's own base is positive and in this range
	base := int(nextBase.Add(int64(len(src)+2*slack))) - len(src) - slack
	s := &Syntax{Name: name, Src: src, fset: token.NewFileSet()}
	s.text = source{name: name, text: src, file: s.fset.AddFile(name, base, len(src))}
	s.scan = scan(s.text.file, src)
	s.diags.List = append(s.diags.List, s.scan.diagnostics(&s.text)...)
	for _, p := range s.scan.parts {
		s.parsePart(p)
	}
	s.reportSyntax()
	return s
}

func (s *Syntax) parsePart(p part) {
	prefix, suffix := declPrefix, "\n"
	if p.body {
		prefix, suffix = bodyPrefix, bodySuffix
	}
	fset := token.NewFileSet()
	pad := s.text.file.Base() + p.start - len(prefix) - 2
	fset.AddFile("", 1, pad) // moves the base of the next file to where we want it
	text := s.Src[p.start:p.end]
	f, err := parser.ParseFile(fset, s.Name, prefix+text+suffix, parser.ParseComments|parser.AllErrors)
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			off := e.Pos.Offset - len(prefix) + p.start
			if off < p.start {
				off = p.start
			}
			s.addError(off, e.Msg, p)
		}
	}
	if f == nil {
		return
	}
	s.free = append(s.free, f.Unresolved...)
	s.notes = append(s.notes, f.Comments...)
	for i, d := range f.Decls {
		fn, isFunc := d.(*ast.FuncDecl)
		if !p.body || i > 0 || !isFunc {
			if isFunc && fn.Body == nil && !p.body && len(s.found)+len(s.diags.List) == 0 {
				off := int(fn.Name.Pos()) - s.text.file.Base()
				s.found = append(s.found, syntaxError{off, "missing function body", "a function needs its { on the same line"})
			}
			s.items = append(s.items, item{decl: d})
			continue
		}
		for _, st := range fn.Body.List {
			s.addStmt(st)
		}
	}
}

// addStmt appends a statement, constants and types as declarations.
func (s *Syntax) addStmt(st ast.Stmt) {
	if d, ok := st.(*ast.DeclStmt); ok {
		if g, ok := d.Decl.(*ast.GenDecl); ok && g.Tok != token.VAR {
			s.items = append(s.items, item{decl: g})
			return
		}
	}
	if _, ok := st.(*ast.EmptyStmt); ok {
		return
	}
	s.items = append(s.items, item{stmt: st})
}

// addError adds an error of the parser, in words that hold for a cell: the
// wrapper's brace and the end of the part are the end of the cell.
func (s *Syntax) addError(off int, msg string, p part) {
	remedy := remedies[msg]
	if end := s.scan.end; off >= p.end || off >= end {
		off = min(off, p.end, end)
		msg = endOfCell(msg)
		if n := len(s.scan.open); n > 0 {
			b := s.scan.open[n-1]
			msg = "unexpected end of the cell"
			remedy = fmt.Sprintf("the '%s' of line %d is not closed", b.tok, s.text.file.Line(s.text.file.Pos(b.offset)))
		}
	}
	s.found = append(s.found, syntaxError{off, msg, remedy})
}

// remedies are for errors of the parser that have one usual cause.
var remedies = map[string]string{
	"expected '{', found newline":                "Go wants the { on the same line",
	"expected 1 expression":                      "a cell's value is one expression",
	"expected statement, found 'else'":           "else stands on the line of the } before it",
	"missing import path; require quoted string": "write the path in double quotes",
}

// foreignSyntax says how Go writes what a line does that starts as in another language.
func (s *Syntax) foreignSyntax(off int) string {
	off = min(off, len(s.Src))
	start := strings.LastIndexByte(s.Src[:off], '\n') + 1
	line := s.Src[start:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	words := strings.Fields(line)
	switch {
	case len(words) == 0:
	case words[0] == "for" && slices.Contains(words, "in"):
		return "Go writes for _, x := range xs"
	case words[0] == "while":
		return "Go writes for condition {"
	case words[0] == "def" || words[0] == "function" || words[0] == "fn":
		return "Go writes func name(x int) int {"
	case words[0] == "elif":
		return "Go writes } else if condition {"
	case words[0] == "class":
		return "Go writes type Name struct {"
	case words[0] == "let":
		return "Go writes x := value"
	case words[0] == "from" || words[0] == "import" && len(words) > 1 && !strings.ContainsAny(line, "\"`("):
		return "Go writes import \"path/of/package\""
	case words[0] == "try" || words[0] == "try:":
		return "Go functions return their errors: if err != nil {"
	case strings.HasSuffix(strings.TrimSpace(line), ":") && (words[0] == "if" || words[0] == "for" || words[0] == "else:"):
		return "Go writes { instead of :"
	}
	return ""
}

// reportSyntax turns the parser's errors into diagnostics: the first of each line, up to
// the place from which on the brackets make no sense.
func (s *Syntax) reportSyntax() {
	list := s.found
	slices.SortStableFunc(list, func(a, b syntaxError) int { return cmp.Compare(a.offset, b.offset) })
	if len(s.scan.open) > 0 && len(list) > 1 {
		list = list[:1] // the others come of reading on inside an open bracket
	}
	lines := map[int]bool{}
	for _, d := range s.diags.List {
		lines[d.Line] = true
	}
	for _, e := range list {
		line := s.text.line(e.offset)
		if e.offset >= s.scan.stop || lines[line] || len(s.diags.List) > 0 && e.offset >= s.scan.end {
			continue
		}
		lines[line] = true
		if e.remedy == "" && len(s.diags.List) < maxRemedies {
			e.remedy = s.foreignSyntax(e.offset)
		}
		s.diags.List = append(s.diags.List, s.text.diagnose(e.offset, e.msg, e.remedy))
	}
	s.found = nil
}
