package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang/check"
)

// complete offers what may follow in the line that is being edited; pos counts in code points. Of several words the
// editor gets what they begin with; when that is there already, they are listed above the prompt.
func (r *REPL) complete(line string, pos int) (head string, words []string, tail string) {
	head, offers, tail := r.offers(line, pos)
	if len(offers) == 0 {
		return head, nil, tail
	}
	common := offers[0].Text
	for _, o := range offers[1:] {
		for !strings.HasPrefix(o.Text, common) {
			_, size := utf8.DecodeLastRuneInString(common)
			common = common[:len(common)-size]
		}
	}
	typed := strings.TrimPrefix(string([]rune(line)[:pos]), head)
	switch {
	case len(offers) == 1 || utf8.RuneCountInString(common) > utf8.RuneCountInString(typed):
		return head, []string{common}, tail
	case common != typed: // they differ in how the word is spelt, as in upper and lower case
		common = typed
	}
	columns, rows := 80, 24
	if size := r.screen.Mode().Size; size != nil {
		columns, rows = size()
	}
	r.screen.Print(table(offers, columns, rows))
	return head, []string{common}, tail
}

// table lists offers with their types where the screen has room for it, else their names in columns.
func table(offers []check.Candidate, columns, rows int) string {
	wide := 0
	for _, o := range offers {
		wide = max(wide, utf8.RuneCountInString(o.Text)+2)
	}
	var b strings.Builder
	if len(offers) <= max(rows-6, 4) {
		for _, o := range offers {
			what := o.Type
			if what == "" {
				what = o.Kind
			}
			row := []rune(fmt.Sprintf("%-*s%s", wide, o.Text, what))
			if len(row) >= columns {
				row = append(row[:max(columns-2, 0)], '…')
			}
			b.WriteString(strings.TrimRight(string(row), " ") + "\n")
		}
		return b.String()
	}
	perRow := max((columns-1)/wide, 1)
	shown := min(len(offers), perRow*max(rows-6, 4))
	for i, o := range offers[:shown] {
		switch {
		case i%perRow == perRow-1 || i == shown-1:
			b.WriteString(o.Text + "\n")
		default:
			fmt.Fprintf(&b, "%-*s", wide, o.Text)
		}
	}
	if more := len(offers) - shown; more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	return b.String()
}

// named are offers of words without types.
func named(kind string, words []string) []check.Candidate {
	list := make([]check.Candidate, len(words))
	for i, w := range words {
		list[i] = check.Candidate{Text: w, Kind: kind}
	}
	return list
}

// offers are what may stand at the cursor.
func (r *REPL) offers(line string, pos int) (head string, offers []check.Candidate, tail string) {
	runes := []rune(line)
	head, tail = string(runes[:pos]), string(runes[pos:])
	if head == "" && r.before != "" || strings.TrimSpace(head) == "" && len(head) > 0 {
		return head, named("", []string{tab}), tail // indentation
	}
	if start := strings.TrimLeft(head, " "); r.before == "" && (strings.HasPrefix(start, "%") || strings.HasPrefix(start, "!")) {
		return completeCommand(head, tail)
	}
	before := decode(head)
	src := r.before + before
	c := r.session.Complete(src+decode(tail), utf8.RuneCountInString(src))
	all := []rune(src)
	if c.Start < utf8.RuneCountInString(r.before) || c.Start > len(all) {
		return head, nil, tail
	}
	// encode keeps the number of code points, so positions in the cell are positions in the line.
	keep := c.Start - utf8.RuneCountInString(r.before)
	return string(runes[:keep]), c.Candidates, tail
}

// completeCommand completes the name of a command, and names of files after it.
func completeCommand(head, tail string) (string, []check.Candidate, string) {
	at := strings.LastIndexAny(head, " \t")
	if name := strings.TrimLeft(head, " %"); at < 0 || !strings.ContainsAny(name, " \t") && !strings.HasPrefix(strings.TrimSpace(head), "!") {
		sign := head[:len(head)-len(strings.TrimLeft(head, " %"))]
		var offers []check.Candidate
		for _, c := range command.Commands() {
			if strings.HasPrefix(c.Name, name) && c.Name != "!" {
				offers = append(offers, check.Candidate{Text: c.Name + " ", Kind: c.Help})
			}
		}
		return sign, offers, tail
	}
	keep, word := head[:at+1], head[at+1:]
	return keep, named("", files(word)), tail
}

// files returns the files whose names begin with prefix.
func files(prefix string) []string {
	dir, base := filepath.Split(prefix)
	from := dir
	if from == "" {
		from = "."
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return nil
	}
	var words []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && base == "" {
			continue
		}
		word := dir + strings.ReplaceAll(name, " ", `\ `)
		if e.IsDir() {
			word += "/"
		}
		words = append(words, word)
	}
	return words
}
