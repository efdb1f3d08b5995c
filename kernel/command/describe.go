package command

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
)

var _ = register(
	&Command{Name: "doc", Usage: "NAME", Help: "describe a name: signature and documentation", Run: describe(0)},
	&Command{Name: "type", Usage: "EXPRESSION", Help: "say what type an expression has, without running it", Run: typeOf},
	&Command{Name: "source", Usage: "NAME", Help: "show the source of a name", Run: describe(1)},
)

func describe(detail int) func(*Call) (kernel.Result, error) {
	return func(c *Call) (kernel.Result, error) {
		if c.Args == "" {
			return kernel.Result{}, usage("want a name")
		}
		text, ok := Describe(c.Session(), c.Args, detail)
		if !ok {
			return kernel.Result{}, fmt.Errorf("%s: nothing of that name is known", c.Args)
		}
		c.Printf("%s\n", text)
		return kernel.Result{}, nil
	}
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
