package command

import (
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// part is a piece of a cell: Go source, or one command.
type part struct {
	line int    // on which it begins, from 1
	src  string // Go; empty for a command

	name string // of a command, without %: "time", "!" for a shell command, "" for the bare %%
	args string
	body string // of a command with %%: the lines that follow
	cell bool   // it was written with %%
}

func (p part) isCommand() bool { return p.src == "" && (p.name != "" || p.cell) }

var (
	gonbPrefix = regexp.MustCompile(`^//\s?gonb:\s*`)
	percent    = regexp.MustCompile(`^(%%?)([A-Za-z][A-Za-z0-9_-]*)(?:\s+(.*))?$`)
	mainMark   = regexp.MustCompile(`^(?:%%|%main)(\s+-.*)?\s*$`)
)

// commandLine reads a line as a command. A line that begins with ! is a shell command, whatever follows.
func commandLine(line string) (p part, ok bool) {
	if loc := gonbPrefix.FindStringIndex(line); loc != nil {
		line = line[loc[1]:]
	}
	line = strings.TrimRight(line, " \t\r")
	switch m := percent.FindStringSubmatch(line); {
	case mainMark.MatchString(line):
		return part{cell: true, args: strings.TrimSpace(mainMark.FindStringSubmatch(line)[1])}, true
	case m != nil:
		return part{name: m[2], args: strings.TrimSpace(m[3]), cell: m[1] == "%%"}, true
	case strings.HasPrefix(line, "!"):
		if rest, ok := strings.CutPrefix(line, "!*"); ok {
			return part{name: "!*", args: strings.TrimSpace(rest)}, true
		}
		return part{name: "!", args: strings.TrimSpace(line[1:])}, true
	}
	return part{}, false
}

// split cuts a cell into Go and commands, in source order. Only a line at which Go source may begin anew is a command.
func split(src string) []part {
	var parts []part
	lines := strings.SplitAfter(src, "\n")
	offsets := make([]int, len(lines)+1)
	for i, l := range lines {
		offsets[i+1] = offsets[i] + len(l)
	}
	goFrom := 0 // line on which the Go source not yet taken begins
	take := func(to int) {
		if text := strings.Join(lines[goFrom:to], ""); strings.TrimSpace(text) != "" {
			parts = append(parts, part{line: goFrom + 1, src: text})
		}
	}
	open := newReach(src, 0)
	for i := 0; i < len(lines); i++ {
		text := strings.TrimSuffix(lines[i], "\n")
		p, ok := commandLine(text)
		if !ok && strings.TrimSpace(src[:offsets[i]]) == "" {
			p, ok = commandLine(strings.TrimLeft(text, " \t")) // the first line may be indented
		}
		if !ok || !open.fresh(offsets[i]) {
			continue
		}
		take(i)
		p.line = i + 1
		first := strings.TrimSpace(src[:offsets[i]]) == ""
		if p.cell && (p.name == "" || first) {
			p.body = strings.Join(lines[i+1:], "")
			return append(parts, p)
		}
		for strings.HasSuffix(p.args, `\`) && strings.HasPrefix(p.name, "!") && i+1 < len(lines) {
			i++
			p.args = strings.TrimSuffix(p.args, `\`) + strings.TrimSpace(lines[i])
		}
		parts = append(parts, p)
		goFrom = i + 1
		open = newReach(src, offsets[i+1])
	}
	take(len(lines))
	return parts
}

// reach follows the tokens of Go source, to know where a new statement may begin.
type reach struct {
	s     scanner.Scanner
	file  *token.File
	from  int
	depth int
	last  token.Token
	end   int // of the last token read that is no newline
	next  int // offset of the token read ahead; -1: none
	tok   token.Token
	lit   string
}

func newReach(src string, from int) *reach {
	r := &reach{from: from, next: -1, end: from, last: token.SEMICOLON}
	fset := token.NewFileSet()
	text := []byte(src[from:])
	r.file = fset.AddFile("", fset.Base(), len(text))
	r.s.Init(r.file, text, func(token.Position, string) {}, scanner.ScanComments)
	return r
}

// fresh reports whether a statement may begin at an offset, which is the beginning of a line. Offsets only grow.
func (r *reach) fresh(offset int) bool {
	for {
		if r.next < 0 {
			var pos token.Pos
			pos, r.tok, r.lit = r.s.Scan()
			r.next = r.from + r.file.Offset(pos)
		}
		// A newline that ends a statement lies before the offset, or at it when it is the end of the text.
		newline := r.tok == token.SEMICOLON && r.lit == "\n"
		if r.tok == token.EOF || r.next >= offset && !(newline && r.next == offset) {
			return r.depth == 0 && r.last == token.SEMICOLON && r.end <= offset
		}
		switch r.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			r.depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			r.depth = max(r.depth-1, 0)
		}
		if r.tok != token.COMMENT {
			r.last = r.tok
		}
		if !newline {
			r.end = r.next + len(r.lit)
			if r.lit == "" {
				r.end = r.next + len(r.tok.String())
			}
		}
		r.next = -1
	}
}

// Go returns the Go source of a cell that may hold commands: their lines are blank, so that every other line keeps
// its number.
func Go(cell string) string {
	lines := strings.SplitAfter(cell, "\n")
	out := make([]string, len(lines))
	for i, l := range lines {
		if strings.HasSuffix(l, "\n") {
			out[i] = "\n"
		}
	}
	for _, p := range split(cell) {
		if !p.isCommand() {
			copy(out[p.line-1:], slices.DeleteFunc(strings.SplitAfter(p.src, "\n"), func(l string) bool { return l == "" }))
		}
	}
	return strings.Join(out, "")
}
