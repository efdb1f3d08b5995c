package check

import (
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// scanned is what the tokens of a cell say before it is parsed.
type scanned struct {
	parts     []part
	errs      []scanError
	open      []bracket // brackets not closed at the end
	end       int       // offset after the last token, comments aside
	lastToken int       // offset of the last token
	stop      int       // offset from which on the brackets make no sense; len(src)+1 when they do
	// more says that the text ends inside a raw string or comment.
	more bool
	// ended says that the last token ends its statement, as a newline after it would.
	ended   bool
	clause  string // the name of a package clause, which a cell may have and ignores
	program bool   // has a package clause and a function main
}

// part is a stretch of the cell that is parsed on its own: an import or function
// declaration, or a run of everything that a function body may hold.
type part struct {
	start, end int
	body       bool
}

type bracket struct {
	offset int
	tok    token.Token
}

type scanError struct {
	offset      int
	msg, remedy string
}

type tok struct {
	offset int
	tok    token.Token
	lit    string
}

// scan splits a cell into parts. A part starts where a statement can start, which
// is after a semicolon, written or implied, outside of all brackets.
func scan(file *token.File, src string) scanned {
	r := scanned{stop: len(src) + 1}
	toks := r.tokens(file, src)
	var stack []bracket
	start := 0 // of the current run of statements
	atStart := true
	flush := func(end int) {
		for _, t := range src[start:end] {
			if !strings.ContainsRune(" \t\r\n;", t) {
				r.parts = append(r.parts, part{start, end, true})
				break
			}
		}
		start = end
	}
	limit := len(src)
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if atStart && len(stack) == 0 {
			end, ok := 0, false
			switch {
			case t.tok == token.PACKAGE && r.clause == "" && len(r.parts) == 0:
				if i+1 < len(toks) && toks[i+1].tok == token.IDENT {
					r.clause = toks[i+1].lit
					end, i, ok = r.toEnd(toks, i, &stack)
					if ok {
						start = end
						continue
					}
				}
			case t.tok == token.IMPORT, t.tok == token.FUNC && isFuncDecl(toks[i:]):
				from := leadingComment(src, start, t.offset)
				flush(from)
				if t.tok == token.FUNC && toks[i+1].lit == "main" && r.clause == "main" {
					r.program = true
				}
				end, i, ok = r.toEnd(toks, i, &stack)
				r.parts = append(r.parts, part{from, end, false})
				start = end
				if ok {
					continue
				}
				r.open = stack
				return r
			}
		}
		atStart = t.tok == token.SEMICOLON && len(stack) == 0
		if !r.push(t, &stack) {
			limit = t.offset
			break
		}
	}
	r.open = stack
	if start < limit {
		flush(limit)
	}
	return r
}

// toEnd moves from the first token of a declaration to the semicolon that ends it
// and returns the offset after it.
func (r *scanned) toEnd(toks []tok, i int, stack *[]bracket) (end, next int, ok bool) {
	for ; i < len(toks); i++ {
		t := toks[i]
		if t.tok == token.SEMICOLON && len(*stack) == 0 {
			if t.lit == ";" {
				return t.offset + 1, i, true
			}
			return t.offset, i, true
		}
		if !r.push(t, stack) {
			return t.offset, i, false
		}
	}
	return r.end, i, false
}

// maxDepth bounds how deep brackets nest: the parser and the checker take time that
// is quadratic in the depth, and stack.
const maxDepth = 1000

// push follows a token's effect on the open brackets; false when it closes none or
// another one, after which the structure of the text is unknown.
func (r *scanned) push(t tok, stack *[]bracket) bool {
	var opener token.Token
	switch t.tok {
	case token.LPAREN, token.LBRACK, token.LBRACE:
		if len(*stack) == maxDepth {
			r.errs = append(r.errs, scanError{t.offset, fmt.Sprintf("more than %d brackets inside one another", maxDepth), ""})
			r.stop = t.offset
			return false
		}
		*stack = append(*stack, bracket{t.offset, t.tok})
		return true
	case token.RPAREN:
		opener = token.LPAREN
	case token.RBRACK:
		opener = token.LBRACK
	case token.RBRACE:
		opener = token.LBRACE
	default:
		return true
	}
	s := *stack
	if n := len(s); n > 0 && s[n-1].tok == opener {
		*stack = s[:n-1]
		return true
	}
	msg := fmt.Sprintf("unexpected '%s'", t.tok)
	remedy := "nothing is open that it could close"
	if n := len(s); n > 0 {
		remedy = fmt.Sprintf("'%s' is open", s[n-1].tok)
	}
	r.errs = append(r.errs, scanError{t.offset, msg, remedy})
	r.stop = t.offset
	return false
}

func (r *scanned) tokens(file *token.File, src string) []tok {
	var sc scanner.Scanner
	base := file.Base()
	sc.Init(file, []byte(src), func(pos token.Position, msg string) {
		off := pos.Offset
		switch msg {
		case "raw string literal not terminated", "comment not terminated":
			r.more = true
			r.stop = min(r.stop, off)
		}
		r.errs = append(r.errs, scanError{off, msg, scanRemedies[msg]})
	}, 0)
	toks := make([]tok, 0, len(src)/4+8)
	for {
		pos, t, lit := sc.Scan()
		if t == token.EOF {
			return toks
		}
		off := int(pos) - base
		if t != token.SEMICOLON || lit != "\n" {
			r.lastToken = off
		}
		toks = append(toks, tok{off, t, lit})
		if t == token.SEMICOLON && lit == "\n" {
			r.ended = true
			continue
		}
		r.ended = t == token.SEMICOLON
		n := len(lit)
		if n == 0 || t.IsOperator() {
			n = len(t.String())
		}
		r.end = min(off+n, len(src))
	}
}

// scanRemedies are for errors of the scanner that people make who come from other
// languages.
var scanRemedies = map[string]string{
	"illegal rune literal":                    "text takes double quotes",
	"more than one character in rune literal": "text takes double quotes",
	"illegal character U+0023 '#'":            "comments start with //",
	"illegal character U+201C '“'":            "use plain double quotes",
	"illegal character U+201D '”'":            "use plain double quotes",
	"illegal character U+00D7 '×'":            "multiplication is *",
	"illegal character U+2212 '−'":            "use the plain minus sign",
}

// isFuncDecl says whether tokens that start with func declare a function or a
// method, rather than start a function literal: a name follows, or a parameter
// list, a name and an opening bracket.
func isFuncDecl(t []tok) bool {
	if len(t) < 2 {
		return false
	}
	if t[1].tok == token.IDENT {
		return true
	}
	if t[1].tok != token.LPAREN {
		return false
	}
	depth := 0
	for i := 1; i < len(t); i++ {
		switch t[i].tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
			if depth == 0 {
				return i+2 < len(t) && t[i+1].tok == token.IDENT && t[i+2].tok == token.LPAREN
			}
		}
	}
	return false
}

// leadingComment returns where the comment lines that stand directly above an
// offset start, at or after from: a declaration's documentation belongs to it.
func leadingComment(src string, from, at int) int {
	line := strings.LastIndexByte(src[:at], '\n') + 1
	if line <= from || strings.TrimSpace(src[line:at]) != "" {
		return at
	}
	for line > from {
		prev := strings.LastIndexByte(src[:line-1], '\n') + 1
		if prev < from || !strings.HasPrefix(strings.TrimSpace(src[prev:line]), "//") {
			break
		}
		line = prev
	}
	return line
}

func (r *scanned) diagnostics(s *source) []Diagnostic {
	var list []Diagnostic
	for _, e := range r.errs {
		list = append(list, s.diagnose(e.offset, e.msg, e.remedy))
	}
	return list
}

// endOfCell puts an error of the parser that stands at the end of a part in terms
// of the cell: what the parser found there is the wrapper.
func endOfCell(msg string) string {
	before, _, found := strings.Cut(msg, ", found ")
	if !found {
		return msg
	}
	return before + ", found the end of the cell"
}
