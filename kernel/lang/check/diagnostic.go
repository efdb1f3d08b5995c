package check

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"unicode/utf8"
)

// Diagnostic is one thing wrong with a cell.
type Diagnostic struct {
	Name   string // of the cell or file, such as "In[3]"
	Line   int    // from 1
	Col    int    // from 1, in code points; 0 when the whole line is meant
	Msg    string // what is wrong, as the Go tools put it
	Remedy string // what to do about it; may be empty
	Source string // the line of source, without its end; empty when there is none

	offset int // in the file, for sorting
}

// Error returns the diagnostic in one line: "In[3]:2:5: undefined: lamda (did you mean lambda?)".
func (d Diagnostic) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d", d.Name, d.Line)
	if d.Col > 0 {
		fmt.Fprintf(&b, ":%d", d.Col)
	}
	b.WriteString(": ")
	b.WriteString(d.Msg)
	if d.Remedy != "" {
		b.WriteString(" (" + d.Remedy + ")")
	}
	return b.String()
}

// Caret returns the line of source and below it a caret under the column, each
// ended by a newline; "" when the source is not known. The caret line repeats
// the tabs of the source and takes two columns for a wide character, so that the
// caret stands under its character in any terminal. Of a very long line it shows
// the part around the column.
func (d Diagnostic) Caret() string {
	if d.Source == "" || d.Col == 0 {
		return ""
	}
	const most, before = 200, 100 // characters
	line, col := []rune(d.Source), d.Col-1
	if len(line) > most {
		from := max(0, col-before)
		line = line[from:min(len(line), from+most)]
		col -= from
		if from > 0 {
			line[0] = '…'
		}
	}
	var b strings.Builder
	b.WriteString(string(line))
	b.WriteByte('\n')
	for _, r := range line[:min(col, len(line))] {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", runeWidth(r)))
		}
	}
	b.WriteString("^\n")
	return b.String()
}

// Diagnostics is everything wrong with a cell, in source order. As an error it
// is *Diagnostics.
type Diagnostics struct {
	List []Diagnostic
}

// Error returns one line per diagnostic, each followed by its source line and
// caret, indented by a tab.
func (d *Diagnostics) Error() string {
	var b strings.Builder
	for i, x := range d.List {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(x.Error())
		for l := range strings.Lines(x.Caret()) {
			b.WriteString("\n\t" + strings.TrimSuffix(l, "\n"))
		}
	}
	return b.String()
}

// Unwrap returns the single diagnostics.
func (d *Diagnostics) Unwrap() []error {
	errs := make([]error, len(d.List))
	for i, x := range d.List {
		errs[i] = x
	}
	return errs
}

// finish sorts, drops duplicates, and returns nil when nothing is wrong.
func (d *Diagnostics) finish() error {
	if len(d.List) == 0 {
		return nil
	}
	slices.SortStableFunc(d.List, func(a, b Diagnostic) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return a.offset - b.offset
	})
	type place struct {
		name string
		off  int
		msg  string
	}
	seen := map[place]bool{}
	d.List = slices.DeleteFunc(d.List, func(x Diagnostic) bool {
		p := place{x.Name, x.offset, x.Msg}
		if seen[p] {
			return true
		}
		seen[p] = true
		return false
	})
	return d
}

// source is one text that positions point into.
type source struct {
	name string
	text string
	file *token.File // its base is that of the positions
}

// diagnose makes a diagnostic for an offset of the text, which may be its end.
func (s *source) diagnose(offset int, msg, remedy string) Diagnostic {
	offset = min(max(offset, 0), len(s.text))
	n := s.line(offset)
	start := s.file.Offset(s.file.LineStart(n))
	line := s.text[start:]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	line = strings.TrimSuffix(line, "\r")
	return Diagnostic{
		Name:   s.name,
		Line:   n,
		Col:    utf8.RuneCountInString(s.text[start:offset]) + 1,
		Msg:    msg,
		Remedy: remedy,
		Source: strings.ToValidUTF8(line, "\uFFFD"),
		offset: offset,
	}
}

// line returns the line, from 1, that an offset is in.
func (s *source) line(offset int) int {
	return s.file.Line(s.file.Pos(min(max(offset, 0), len(s.text))))
}

// at is diagnose for a position.
func (s *source) at(pos token.Pos, msg, remedy string) Diagnostic {
	return s.diagnose(int(pos)-s.file.Base(), msg, remedy)
}

// runeWidth returns the columns that a terminal gives a character: 0 for
// combining marks, 2 for wide East Asian characters and emoji, else 1. (Unicode
// 15 East Asian Width W and F, by block.)
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case r <= 0x36F, r >= 0x200B && r <= 0x200F, r >= 0xFE00 && r <= 0xFE0F, r >= 0x20D0 && r <= 0x20FF:
		return 0
	case r >= 0x1100 && r <= 0x115F, r >= 0x2E80 && r <= 0x303E, r >= 0x3041 && r <= 0x33FF,
		r >= 0x3400 && r <= 0x4DBF, r >= 0x4E00 && r <= 0x9FFF, r >= 0xA000 && r <= 0xA4CF,
		r >= 0xA960 && r <= 0xA97F, r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF,
		r >= 0xFE30 && r <= 0xFE6F, r >= 0xFF00 && r <= 0xFF60, r >= 0xFFE0 && r <= 0xFFE6,
		r >= 0x1F300 && r <= 0x1F64F, r >= 0x1F680 && r <= 0x1F6FF, r >= 0x1F900 && r <= 0x1F9FF,
		r >= 0x20000 && r <= 0x3FFFD:
		return 2
	}
	return 1
}
