package command

import (
	"go/scanner"
	"go/token"
	"strings"
)

// unit is Go source made ready to run as a cell: what a cell has beside plain Go is that functions named main, init
// and init_x run when they are declared.
type unit struct {
	src   string
	funcs []string // the functions that it declares, without methods, in order
	calls []call   // to be made once src has run, main last
}

// call is the call of a function that was declared on a line of the source, from 0.
type call struct {
	name string
	line int
}

// lexeme is a token of Go source.
type lexeme struct {
	tok    token.Token
	lit    string
	offset int
	line   int // from 0
	depth  int // of brackets around it
}

func lexemes(src string) []lexeme {
	var list []lexeme
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(src))
	s.Init(file, []byte(src), func(token.Position, string) {}, 0)
	depth := 0
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return list
		}
		if tok == token.RPAREN || tok == token.RBRACK || tok == token.RBRACE {
			depth = max(depth-1, 0)
		}
		list = append(list, lexeme{tok, lit, file.Offset(pos), file.Line(pos) - 1, depth})
		if tok == token.LPAREN || tok == token.LBRACK || tok == token.LBRACE {
			depth++
		}
	}
}

// prepare reads what Go source declares. A func init becomes a function literal that is called where it stands, in
// as many bytes before its body, so that every place keeps its line and column: a cell has no init of its own, and
// there may be many.
func prepare(src string) unit {
	u := unit{src: src}
	list := lexemes(src)
	var main []call
	added := 0 // bytes by which u.src is longer than src
	for i := range list {
		first := list[i].depth == 0 && (i == 0 || list[i-1].tok == token.SEMICOLON && list[i-1].depth == 0)
		if !first || !begins(list[i:], token.FUNC, token.IDENT) || len(list) < i+3 {
			continue
		}
		name := list[i+1].lit
		if t := list[i+2].tok; t == token.LPAREN || t == token.LBRACK {
			u.funcs = append(u.funcs, name)
		}
		if !begins(list[i:], token.FUNC, token.IDENT, token.LPAREN, token.RPAREN, token.LBRACE) {
			continue // it has parameters or results
		}
		here := call{name, list[i].line}
		switch {
		case name == "main":
			main = []call{here}
		case strings.HasPrefix(name, "init_"):
			u.calls = append(u.calls, here)
		case name == "init":
			for _, end := range list[i+5:] {
				if end.tok == token.RBRACE && end.depth == 0 {
					at, to := list[i+1].offset+added, end.offset+1+added
					u.src = u.src[:at] + "    " + u.src[at+len(name):to] + "()" + u.src[to:]
					added += len("()")
					break
				}
			}
		}
	}
	u.calls = append(u.calls, main...)
	return u
}

// begins reports whether a list begins with these tokens.
func begins(list []lexeme, toks ...token.Token) bool {
	if len(list) < len(toks) {
		return false
	}
	for i, t := range toks {
		if list[i].tok != t {
			return false
		}
	}
	return true
}
