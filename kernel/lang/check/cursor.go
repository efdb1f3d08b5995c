package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"
)

// cursorName stands, during completion, for the identifier that is being typed.
const cursorName = "gosslCursorHere"

// byteOffset turns a cursor in code points into a byte offset, kept within the text.
func byteOffset(src string, cursor int) int {
	off := 0
	for ; cursor > 0 && off < len(src); cursor-- {
		_, n := utf8.DecodeRuneInString(src[off:])
		off += n
	}
	return off
}

// wordStart returns where the identifier that ends at an offset starts.
func wordStart(src string, off int) int {
	for off > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:off])
		if !isIdent(r) {
			break
		}
		off -= n
	}
	return off
}

// wordEnd returns where the identifier that contains an offset ends.
func wordEnd(src string, off int) int {
	for off < len(src) {
		r, n := utf8.DecodeRuneInString(src[off:])
		if !isIdent(r) {
			break
		}
		off += n
	}
	return off
}

func isIdent(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// cut is a cell cut off at the cursor and completed so that it can be parsed.
type cut struct {
	text     string
	toks     []tok // of the text before the cursor
	inString bool  // the cursor is in a string or rune literal
	inImport bool  // and that is the path of an import
	inNote   bool  // the cursor is in a comment
	partial  string
}

// cutAt cuts a cell off at an offset, puts word there, closes what is open, and
// appends the declarations that follow further down, which the text before may use.
func cutAt(src string, off int, word string) cut {
	head := src[:off]
	file := token.NewFileSet().AddFile("", -1, len(head))
	var r scanned
	c := cut{toks: r.tokens(file, head)}
	if n := len(c.toks); n > 0 && c.toks[n-1].tok == token.SEMICOLON && c.toks[n-1].lit == "\n" && r.ended {
		c.toks = c.toks[:n-1] // implied by the cut alone, or by a newline, which the offset tells apart
		if strings.Contains(head[r.end:], "\n") {
			c.toks = append(c.toks, tok{len(head), token.SEMICOLON, "\n"})
		}
	}
	for _, e := range r.errs {
		switch e.msg {
		case "string literal not terminated", "raw string literal not terminated", "rune literal not terminated":
			if !strings.Contains(head[e.offset:], "\n") || e.msg[0] == 'r' {
				c.inString = true
				c.partial = head[e.offset+1:]
				c.inImport = inImportDecl(c.toks, e.offset)
			}
		case "comment not terminated":
			c.inNote = true
		}
	}
	if i := strings.LastIndexByte(head, '\n') + 1; !c.inString && !c.inNote {
		// A line comment is no token: it starts after the last one.
		if j := strings.Index(head[max(i, min(r.end, len(head))):], "//"); j >= 0 {
			c.inNote = true
		}
	}
	var b strings.Builder
	b.WriteString(head)
	b.WriteString(word)
	b.WriteString(closers(c.toks))
	b.WriteString("\n")
	b.WriteString(declsAfter(src, off))
	c.text = b.String()
	return c
}

// inImportDecl says whether the literal at an offset is the path of an import.
func inImportDecl(toks []tok, off int) bool {
	for i := len(toks) - 1; i >= 0; i-- {
		switch t := toks[i]; {
		case t.offset >= off:
		case t.tok == token.IMPORT:
			return true
		case t.tok == token.LPAREN, t.tok == token.STRING, t.tok == token.SEMICOLON, t.tok == token.IDENT, t.tok == token.PERIOD:
		default:
			return false
		}
	}
	return false
}

// closers returns what closes a text: a call for a go or defer, a block for a
// statement that needs one, and the brackets that are open.
func closers(toks []tok) string {
	type level struct {
		open  token.Token
		start token.Token // the keyword of the statement that the level is in
		block bool        // the statement has its block
	}
	stack := []level{{}}
	fresh := true
	for _, t := range toks {
		top := &stack[len(stack)-1]
		if fresh {
			top.start, top.block = t.tok, false
		}
		fresh = false
		switch t.tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if t.tok == token.LBRACE {
				top.block = true
			}
			stack = append(stack, level{open: t.tok})
			fresh = t.tok == token.LBRACE
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
			stack[len(stack)-1].block = stack[len(stack)-1].block || t.tok == token.RPAREN && stack[len(stack)-1].start == token.GO
		case token.ELSE:
			top.start, top.block = token.ELSE, false
		case token.SEMICOLON:
			switch top.start {
			case token.IF, token.FOR, token.SWITCH, token.ELSE:
				fresh = t.lit == "\n" || top.block
			default:
				fresh = true
			}
		case token.COLON:
			fresh = top.start == token.CASE || top.start == token.DEFAULT
		}
	}
	var b strings.Builder
	for i := len(stack) - 1; i >= 0; i-- {
		l := stack[i]
		switch l.start {
		case token.IF, token.FOR, token.SWITCH, token.SELECT:
			if !l.block {
				b.WriteString(" {}")
			}
		case token.GO, token.DEFER:
			if i == len(stack)-1 {
				b.WriteString("()")
			}
		case token.CASE:
			if i == len(stack)-1 && !fresh {
				b.WriteString(":")
			}
		}
		switch l.open {
		case token.LPAREN:
			b.WriteString(")")
		case token.LBRACK:
			b.WriteString("]")
		case token.LBRACE:
			b.WriteString("}")
		}
	}
	return b.String()
}

// declsAfter returns the function declarations of a cell that start after an offset
// and on a line of their own, as text: those above may use them.
func declsAfter(src string, off int) string {
	nl := strings.IndexByte(src[off:], '\n')
	if nl < 0 {
		return ""
	}
	rest := src[off+nl+1:]
	for {
		if strings.HasPrefix(rest, "func ") || strings.HasPrefix(rest, "type ") || strings.HasPrefix(rest, "const ") {
			break
		}
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			return ""
		}
		rest = rest[i+1:]
	}
	r := scan(token.NewFileSet().AddFile("", -1, len(rest)), rest)
	if len(r.errs) > 0 || len(r.open) > 0 {
		return ""
	}
	return rest
}

// pathTo returns the nodes from the root to the innermost node for which f holds;
// nil when there is none.
func (b *builder) pathTo(f func(ast.Node) bool) []ast.Node {
	var path, found []ast.Node
	b.eachNode(func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, n)
		if found == nil && f(n) {
			found = append(found, path...)
		}
		return true
	})
	return found
}

// namedBase returns the named type of a value or of what it points to.
func namedBase(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}
