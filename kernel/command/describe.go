package command

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
)

var _ = register(
	&Command{Name: "doc", Usage: "[-a] NAME", Help: "describe a name: signature and the first of its documentation; -a all of it", Run: doc},
	&Command{Name: "type", Usage: "EXPRESSION", Help: "say what type an expression has, without running it", Run: typeOf},
	&Command{Name: "source", Usage: "NAME", Help: "show all documentation of a name, and its source", Run: source},
)

func doc(c *Call) (kernel.Result, error) {
	name, all := strings.CutPrefix(c.Args, "-a ")
	return c.describe(strings.TrimSpace(name), func(in lang.Inspection) string {
		if !all {
			in.Doc = shortened(in.Doc, c.Args)
		}
		in.Source = ""
		return inspection(in)
	})
}

func source(c *Call) (kernel.Result, error) { return c.describe(c.Args, inspection) }

func (c *Call) describe(name string, text func(lang.Inspection) string) (kernel.Result, error) {
	if name == "" {
		return kernel.Result{}, usage("want a name")
	}
	in, ok := c.Session().Inspect(name, utf8.RuneCountInString(name), 1)
	if !ok {
		return kernel.Result{}, fmt.Errorf("%s: nothing of that name is known", name)
	}
	c.Printf("%s\n", text(in))
	return kernel.Result{}, nil
}

// shortLines is how much of a documentation the short form shows, in lines; it ends at a paragraph.
const shortLines = 12

func shortened(doc, name string) string {
	lines := strings.Split(strings.TrimRight(doc, "\n"), "\n")
	if len(lines) <= shortLines+2 {
		return doc
	}
	end := shortLines
	for i := shortLines; i > 0; i-- {
		if strings.TrimSpace(lines[i]) == "" {
			end = i
			break
		}
	}
	return strings.Join(lines[:end], "\n") + fmt.Sprintf("\n\n… %d more lines: %s??", len(lines)-end, name)
}

// Describe returns what is known about a name such as strings.Cut: its kind and signature, its documentation, and with
// detail 1 its source.
func Describe(s *kernel.Session, name string, detail int) (string, bool) {
	in, ok := s.Inspect(name, utf8.RuneCountInString(name), detail)
	if !ok {
		return "", false
	}
	return inspection(in), true
}

func inspection(in lang.Inspection) string {
	var parts []string
	for _, p := range []string{in.Signature, in.Doc, in.Source} {
		if p = strings.TrimRight(p, "\n"); p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\n\n")
}

func typeOf(c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, usage("want an expression")
	}
	text, err := c.Session().TypeOf("%type", c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s\n", text)
	return kernel.Result{}, nil
}
