package script

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"sort"
	"strconv"
	"strings"
	"time"
)

// ParameterTag marks the cell whose variables -p sets.
const ParameterTag = "parameters"

// Parameter is a value given from outside for a variable of the parameters cell, such as -p lambda=0.3.
type Parameter struct {
	Name  string
	Value string // a Go expression; where the cell declares a string, its text, quoted as in Go or bare
}

// ParseParameter reads "name=value".
func ParseParameter(text string) (Parameter, error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || !token.IsIdentifier(name) {
		return Parameter{}, fmt.Errorf("parameter %q: want name=value, such as lambda=0.3", text)
	}
	return Parameter{name, value}, nil
}

// SetParameters returns a copy of the notebook in which each parameter is assigned right after its declaration in the
// cell tagged "parameters", on the same line, so that positions stay and the compiler checks the value against the
// type that the cell declares. It fails when there is no such cell, when the cell does not declare a name, and when a
// value is no Go expression. The error of a value of another type is the cell's own, when it runs.
func (n *Notebook) SetParameters(params []Parameter) (*Notebook, error) {
	if len(params) == 0 {
		return n, nil
	}
	out := *n
	out.Cells = append([]*Cell(nil), n.Cells...)
	var found bool
	var names []string
	left := map[string]Parameter{}
	for _, p := range params {
		left[p.Name] = p
	}
	for i, c := range out.Cells {
		if c.Kind != Code || !c.HasTag(ParameterTag) {
			continue
		}
		found = true
		copied := *c
		declared, err := copied.assign(left)
		if err != nil {
			return nil, err
		}
		names = append(names, declared...)
		out.Cells[i] = &copied
	}
	if !found {
		return nil, fmt.Errorf("-p %s: the script has no parameters cell; mark one with // %%%% tags=[%q]", params[0].Name, ParameterTag)
	}
	for _, p := range params {
		if _, missing := left[p.Name]; missing {
			sort.Strings(names)
			return nil, fmt.Errorf("-p %s: no such parameter; the parameters cell declares %s", p.Name, strings.Join(names, ", "))
		}
	}
	return &out, nil
}

// assign changes the cell's source and deletes from left what it has set. It returns the names that the cell declares.
func (c *Cell) assign(left map[string]Parameter) ([]string, error) {
	// The prefix puts the cell into a function without moving a line.
	const prefix = "package p; func _() {"
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", prefix+statements(c.Source)+"\n}", parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the parameters cell does not parse: %w", shifted(err, c.Line, len(prefix)))
	}
	type insertion struct {
		at   int
		text string
	}
	var names []string
	var inserts []insertion
	replaceConst := map[int]int{} // from byte to byte
	offset := func(p token.Pos) int { return fset.Position(p).Offset - len(prefix) }
	set := func(id *ast.Ident, decl ast.Node, typ ast.Expr, value ast.Expr) error {
		names = append(names, id.Name)
		p, ok := left[id.Name]
		if !ok {
			return nil
		}
		delete(left, id.Name)
		text, err := p.expression(isString(typ, value))
		if err != nil {
			return err
		}
		inserts = append(inserts, insertion{offset(decl.End()), "; " + id.Name + " = " + text})
		return nil
	}
	body := file.Decls[0].(*ast.FuncDecl).Body
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE {
				continue
			}
			for i, l := range s.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					var value ast.Expr
					if len(s.Rhs) == len(s.Lhs) {
						value = s.Rhs[i]
					}
					if err := set(id, s, nil, value); err != nil {
						return nil, err
					}
				}
			}
		case *ast.DeclStmt:
			d, ok := s.Decl.(*ast.GenDecl)
			if !ok || d.Tok != token.VAR && d.Tok != token.CONST {
				continue
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, id := range v.Names {
					var value ast.Expr
					if i < len(v.Values) {
						value = v.Values[i]
					}
					if d.Tok == token.CONST {
						names = append(names, id.Name)
						p, ok := left[id.Name]
						if !ok {
							continue
						}
						if value == nil {
							return nil, fmt.Errorf("-p %s: the constant repeats the line above; give it a value of its own in the parameters cell", p.Name)
						}
						delete(left, id.Name)
						text, err := p.expression(isString(v.Type, value))
						if err != nil {
							return nil, err
						}
						replaceConst[offset(value.Pos())] = offset(value.End())
						inserts = append(inserts, insertion{offset(value.Pos()), text})
						continue
					}
					if err := set(id, s, v.Type, value); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	sort.SliceStable(inserts, func(i, j int) bool { return inserts[i].at < inserts[j].at })
	var b strings.Builder
	at := 0
	for _, in := range inserts {
		b.WriteString(c.Source[at:in.at])
		b.WriteString(in.text)
		at = in.at
		if end, ok := replaceConst[in.at]; ok {
			at = end
		}
	}
	b.WriteString(c.Source[at:])
	c.Source = b.String()
	return names, nil
}

// isString reports whether a declaration shows by itself that it declares a string.
func isString(typ, value ast.Expr) bool {
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name == "string"
	}
	lit, ok := value.(*ast.BasicLit)
	return typ == nil && ok && lit.Kind == token.STRING
}

// expression returns the parameter's value as Go source on one line.
func (p Parameter) expression(quoted bool) (string, error) {
	if quoted {
		if _, err := strconv.Unquote(p.Value); err == nil && p.Value[0] != '\'' {
			return p.Value, nil
		}
		return strconv.Quote(p.Value), nil
	}
	if strings.ContainsAny(p.Value, "\n\r") {
		return "", fmt.Errorf("-p %s=%q: want an expression on one line", p.Name, p.Value)
	}
	if _, err := parser.ParseExpr(p.Value); err == nil && !strings.Contains(p.Value, "//") {
		return "(" + p.Value + ")", nil
	}
	if d, err := time.ParseDuration(p.Value); err == nil {
		return fmt.Sprintf("time.Duration(%d)", d), nil
	}
	return "", fmt.Errorf("-p %s=%s: the value is no Go expression", p.Name, p.Value)
}

// shifted moves a syntax error from the wrapped source to its place in the file.
func shifted(err error, line, prefix int) error {
	list, ok := err.(interface{ Error() string })
	if !ok {
		return err
	}
	text := list.Error()
	var l, col int
	var rest string
	if _, scan := fmt.Sscanf(text, "%d:%d:", &l, &col); scan != nil {
		return err
	}
	if parts := strings.SplitN(text, ": ", 2); len(parts) == 2 {
		rest = parts[1]
	}
	if l == 1 {
		col -= prefix
	}
	return fmt.Errorf("%d:%d: %s", l+max(line, 1)-1, col, rest)
}

// statements blanks what may stand in a cell but not in a function: commands, imports, functions, a package clause.
func statements(src string) string {
	text := []byte(src)
	blankOut := func(from, to int) {
		for i := from; i < min(to, len(text)); i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
	}
	at := 0
	var raw rawString
	for _, line := range lines(src) {
		inside := raw.inside
		raw.line(line)
		if !inside && (commandLine.MatchString(line) || mainLine.MatchString(line)) {
			blankOut(at, at+len(line))
		}
		at += len(line) + 1
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(text))
	s.Init(file, []byte(string(text)), func(token.Position, string) {}, 0)
	depth, begins, skip := 0, true, -1 // skip is where a declaration to be blanked begins
	held := -1                         // where a func begins whose next token tells whether it is declared
	for {
		pos, tok, _ := s.Scan()
		offset := file.Offset(pos)
		if held >= 0 && (tok == token.IDENT || tok == token.LPAREN) && skip < 0 {
			skip = held
		}
		held = -1
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
		case token.IMPORT, token.PACKAGE:
			if begins && depth == 0 {
				skip = offset
			}
		case token.FUNC:
			if begins && depth == 0 {
				held = offset
			}
		case token.SEMICOLON, token.EOF:
			if depth <= 0 && skip >= 0 {
				blankOut(skip, offset)
				skip = -1
			}
		}
		begins = tok == token.SEMICOLON
		if tok == token.EOF {
			return string(text)
		}
	}
}

// SplitValues takes the text of a parameter apart at the commas outside of brackets and quotes: "0,0.1,1" are three
// values, "f(1, 2)" and "[]int{1, 2}" are one.
func SplitValues(text string) []string {
	var list []string
	depth, from := 0, 0
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' && quote != '`' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '`' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth <= 0:
			list = append(list, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
	}
	return append(list, strings.TrimSpace(text[from:]))
}
