package repl

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel/command"
)

// complete offers what may follow in the line that is being edited; pos counts in code points.
func (r *REPL) complete(line string, pos int) (head string, words []string, tail string) {
	runes := []rune(line)
	head, tail = string(runes[:pos]), string(runes[pos:])
	if head == "" && r.before != "" || strings.TrimSpace(head) == "" && len(head) > 0 {
		return head, []string{tab}, tail // indentation
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
	for _, candidate := range c.Candidates {
		words = append(words, candidate.Text)
	}
	return string(runes[:keep]), words, tail
}

// completeCommand completes the name of a command, and names of files after it.
func completeCommand(head, tail string) (string, []string, string) {
	at := strings.LastIndexAny(head, " \t")
	if name := strings.TrimLeft(head, " %"); at < 0 || !strings.ContainsAny(name, " \t") && !strings.HasPrefix(strings.TrimSpace(head), "!") {
		sign := head[:len(head)-len(strings.TrimLeft(head, " %"))]
		var words []string
		for _, c := range command.Commands() {
			if strings.HasPrefix(c.Name, name) && c.Name != "!" {
				words = append(words, c.Name+" ")
			}
		}
		return sign, words, tail
	}
	keep, word := head[:at+1], head[at+1:]
	return keep, files(word), tail
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
