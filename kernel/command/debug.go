package command

import (
	"errors"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
)

var _ = register(&Command{Name: "debug", Help: "say where the last panic was, and what the variables around it hold", Run: debug})

// around is how many lines above and below a panic %debug shows.
const around = 3

func debug(c *Call) (kernel.Result, error) {
	var p *lang.Panic
	var at *kernel.CellError
	err := c.Session().Panicked()
	if !errors.As(err, &p) || !errors.As(err, &at) {
		return kernel.Result{}, errors.New("no cell has panicked")
	}
	c.Printf("%s\n", at)
	if p.Func != "" {
		c.Printf("in %s\n", p.Func)
	}
	src := ""
	for _, r := range c.Session().History() {
		if r.Name == p.Name {
			src = r.Src
		}
	}
	lines := strings.Split(src, "\n")
	from, to := max(p.Line-around, 1), min(p.Line+around, len(lines))
	if src == "" || p.Line < 1 || p.Line > len(lines) {
		return kernel.Result{}, nil // the text of a file is not kept
	}
	for i := from; i <= to; i++ {
		mark := "  "
		if i == p.Line {
			mark = "> "
		}
		c.Printf("%s%4d  %s\n", mark, i, lines[i-1])
	}
	mentioned := identifiers(strings.Join(lines[from-1:to], "\n"))
	for _, v := range c.Session().Names() {
		if v.Kind != "variable" || !mentioned[v.Name] {
			continue
		}
		if res, err := c.Eval(v.Name, c.Line); err == nil && res.Value.HasValue {
			c.Printf("%s %s = %s\n", v.Name, v.Type, oneLine(res.Value.Text, 200))
		}
	}
	return kernel.Result{}, nil
}

func identifiers(src string) map[string]bool {
	found := map[string]bool{}
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), func(token.Position, string) {}, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return found
		}
		if tok == token.IDENT {
			found[lit] = true
		}
	}
}

// oneLine is a text on one line, at most n characters of it.
func oneLine(text string, n int) string {
	runes := []rune(strings.ReplaceAll(text, "\n", `\n`))
	if len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return string(runes)
}
