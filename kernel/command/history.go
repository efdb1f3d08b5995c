package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
)

var _ = register(&Command{Name: "history", Usage: "[-o] [N | FROM-TO]", Help: "show the cells that ran; -o with what they showed", Run: history})

func history(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	outputs := false
	if len(words) > 0 && words[0] == "-o" {
		outputs, words = true, words[1:]
	}
	records, err := chosen(c.Session().History(), words)
	if err != nil {
		return kernel.Result{}, err
	}
	for _, r := range records {
		c.Printf("%s: %s\n", r.Name, strings.ReplaceAll(strings.TrimRight(r.Src, "\n"), "\n", "\n"+strings.Repeat(" ", len(r.Name)+2)))
		if !outputs {
			continue
		}
		shown, cut := r.Outputs()
		for _, o := range shown {
			text := o.Text
			if o.Bundle != nil {
				text = o.Bundle.Text() + "\n"
			}
			c.Printf("%s", text)
		}
		if cut {
			c.Printf("(more output than the history keeps)\n")
		}
		if msg, failed := r.Err(); failed {
			c.Printf("%s\n", msg)
		}
	}
	return kernel.Result{}, nil
}

// chosen picks records by their execution counts: "3", "2-5", "2-", each as a word; no word: all.
func chosen(all []*kernel.Record, words []string) ([]*kernel.Record, error) {
	if len(words) == 0 {
		return all, nil
	}
	var picked []*kernel.Record
	for _, w := range words {
		from, to, isRange := strings.Cut(w, "-")
		a, err := strconv.Atoi(from)
		if err != nil {
			return nil, usage("%q is no cell; want numbers such as 3, 2-5 or 2-", w)
		}
		b := a
		if isRange {
			b = 1 << 30
			if to != "" {
				if b, err = strconv.Atoi(to); err != nil {
					return nil, usage("%q is no range; want one such as 2-5 or 2-", w)
				}
			}
		}
		found := false
		for _, r := range all {
			if r.Count >= a && r.Count <= b {
				found = true
				if !slices.Contains(picked, r) {
					picked = append(picked, r)
				}
			}
		}
		if !found {
			return nil, fmt.Errorf("no cell %s has run", w)
		}
	}
	return picked, nil
}
