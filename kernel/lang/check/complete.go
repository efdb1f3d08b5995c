package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"
)

// Candidate is one way to complete what is being typed.
type Candidate struct {
	Text string // what replaces the stretch from Completion.Start to End
	Kind string // "variable", "function", "method", "field", "type", "constant", "package", "keyword", "label" or "import"
	Type string // its type, as messages write it; empty for packages and keywords, and beyond the first 200
	fit  int
	near int
	typ  types.Type
}

// Completion is what can stand at the cursor, the likeliest first.
type Completion struct {
	Start, End int // in code points
	Candidates []Candidate
}

// Complete returns what can stand at the cursor, a number of code points, of a
// cell that need be neither complete nor right. Candidates whose type fits the
// place come first. Nothing is defined or imported by it.
func (s *Scope) Complete(src string, cursor int) Completion {
	s.mu.Lock()
	defer s.mu.Unlock()
	off := byteOffset(src, cursor)
	start := wordStart(src, off)
	c := cutAt(src, start, cursorName)
	if c.inNote {
		return Completion{Start: cursor, End: cursor}
	}
	if c.inString {
		if !c.inImport {
			return Completion{Start: cursor, End: cursor}
		}
		in := cutAt(src, off, "")
		return s.completePath(in.partial, utf8.RuneCountInString(src[:off]))
	}
	done := Completion{Start: utf8.RuneCountInString(src[:start]), End: utf8.RuneCountInString(src[:off])}
	b := s.analyse(parseAround(c.text, start), false)
	f := finder{b: b, prefix: src[start:off], pos: b.start() + token.Pos(start)}
	f.find()
	done.Candidates = f.ranked()
	return done
}

// parseAround parses a text that may be wrong, for what stands at an offset. Lines
// further up that the parser cannot read are left out, a few of them, when they keep
// it from seeing the place.
func parseAround(text string, off int) *Syntax {
	syn := parse("", text)
	for range 5 {
		bad := -1
		for _, d := range syn.diags.List {
			if d.offset < off && (bad < 0 || d.offset < bad) {
				bad = d.offset
			}
		}
		if bad < 0 || syn.reaches(off) {
			break
		}
		from := strings.LastIndexByte(text[:bad], '\n') + 1
		to := off
		if i := strings.IndexByte(text[bad:off], '\n'); i >= 0 {
			to = bad + i
		}
		if wordStart(text, to) < to && to == off || strings.TrimSpace(text[from:to]) == "" {
			break
		}
		text = text[:from] + strings.Repeat(" ", to-from) + text[to:]
		syn = parse("", text)
	}
	return syn
}

// reaches says whether the tree has an identifier at an offset.
func (s *Syntax) reaches(off int) bool {
	pos := s.text.file.Pos(off)
	found := false
	for _, it := range s.items {
		var n ast.Node = it.decl
		if it.decl == nil {
			n = it.stmt
		}
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Pos() == pos
			return !found
		})
	}
	return found
}

// completePath completes an import path.
func (s *Scope) completePath(prefix string, end int) Completion {
	c := Completion{Start: end - utf8.RuneCountInString(prefix), End: end}
	for _, p := range s.im.p.Paths() {
		base := p[strings.LastIndexByte(p, '/')+1:]
		switch {
		case strings.HasPrefix(p, prefix):
			c.Candidates = append(c.Candidates, Candidate{Text: p, Kind: "import"})
		case strings.HasPrefix(base, prefix):
			c.Candidates = append(c.Candidates, Candidate{Text: p, Kind: "import", near: 1})
		}
	}
	slices.SortStableFunc(c.Candidates, func(x, y Candidate) int { return x.near - y.near })
	return c
}
