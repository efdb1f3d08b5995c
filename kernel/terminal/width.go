package terminal

import (
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"
)

var escape = regexp.MustCompile("\x1b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[@-Z\\\\^_])")

// cells splits s into what a terminal draws in one place: an escape sequence (no width) or a rune.
func cells(s string, visit func(text string, width int) bool) {
	for s != "" {
		if loc := escape.FindStringIndex(s); s[0] == '\x1b' && loc != nil && loc[0] == 0 {
			if !visit(s[:loc[1]], 0) {
				return
			}
			s = s[loc[1]:]
			continue
		}
		for _, r := range s {
			n := len(string(r))
			if r == '\uFFFD' && s[0] != "\uFFFD"[0] {
				n = 1 // a byte that is no UTF-8
			}
			if !visit(s[:n], runewidth.RuneWidth(r)) {
				return
			}
			s = s[n:]
			break
		}
	}
}

// width is the number of columns that s takes, tabs to every eighth column.
func width(s string) int {
	n := 0
	cells(s, func(text string, w int) bool {
		if text == "\t" {
			w = 8 - n%8
		}
		n += w
		return true
	})
	return n
}

// cut shortens one line to at most n columns, with an ellipsis when something is lost. Control characters other than
// escape sequences are dropped: they would move the cursor out of the line.
func cut(s string, n int) string {
	var b strings.Builder
	used, lost := 0, false
	fits := width(s) <= n
	cells(s, func(text string, w int) bool {
		switch {
		case w == 0 && text[0] == '\x1b':
			b.WriteString(text)
		case text == "\t":
			k := min(8-used%8, n-used)
			b.WriteString(strings.Repeat(" ", max(k, 0)))
			used += max(k, 0)
		case text[0] < ' ' || text[0] == 0x7f:
		case lost:
		case used+w > n || !fits && used+w > n-1:
			if !lost && used < n {
				b.WriteString("…")
			}
			lost = true
		default:
			b.WriteString(text)
			used += w
		}
		return true
	})
	return b.String()
}

// wrap breaks one line into rows of at most n columns, as a terminal does.
func wrap(s string, n int) []string {
	var rows []string
	var b strings.Builder
	used := 0
	cells(s, func(text string, w int) bool {
		if text == "\t" {
			text = strings.Repeat(" ", min(8-used%8, n-used))
			w = len(text)
		} else if text[0] < ' ' && text[0] != '\x1b' || text[0] == 0x7f {
			return true
		}
		if used+w > n {
			rows = append(rows, b.String())
			b.Reset()
			used = 0
		}
		b.WriteString(text)
		used += w
		return true
	})
	return append(rows, b.String())
}
