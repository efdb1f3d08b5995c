package command

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "who", Usage: "[PREFIX]", Help: "list what the session's cells defined", Run: who},
	&Command{Name: "whos", Usage: "[PREFIX]", Help: "list definitions with kind, type and value", Run: whos},
	&Command{Name: "list", Usage: "[PREFIX]", Help: "the same as %whos", Run: whos},
	&Command{Name: "ls", Usage: "[PREFIX]", Help: "the same as %whos", Run: whos},
	&Command{Name: "remove", Usage: "NAME...", Help: "the same as %rm", Run: remove, Check: checkRemove},
	&Command{Name: "rm", Usage: "NAME...", Help: "forget definitions", Run: remove, Check: checkRemove},
	&Command{Name: "reset", Help: "forget everything that cells defined; runs go on", Run: reset, Check: func(_ *Call, k *Checker) error { return k.lang.Reset() }},
)

func who(c *Call) (kernel.Result, error) {
	var names []string
	for _, v := range c.Session().Names() {
		if strings.HasPrefix(v.Name, c.Args) {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		c.Printf("nothing is defined\n")
		return kernel.Result{}, nil
	}
	c.Printf("%s\n", strings.Join(names, "  "))
	return kernel.Result{}, nil
}

func whos(c *Call) (kernel.Result, error) {
	found := false
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', 0)
	for _, v := range c.Session().Names() {
		if !strings.HasPrefix(v.Name, c.Args) {
			continue
		}
		found = true
		value := ""
		if v.Kind == "variable" {
			if res, err := c.Eval(v.Name, c.Line); err == nil && res.Value.HasValue {
				value = oneLine(res.Value.Text, 60)
			}
		}
		if _, err := w.Write([]byte(v.Name + "\t" + v.Kind + "\t" + v.Type + "\t" + value + "\n")); err != nil {
			return kernel.Result{}, err
		}
	}
	if !found {
		c.Printf("nothing is defined\n")
	}
	if err := w.Flush(); err != nil {
		return kernel.Result{}, err
	}
	for line := range strings.Lines(table.String()) {
		c.Printf("%s\n", strings.TrimRight(line, " \n"))
	}
	return kernel.Result{}, nil
}

func reset(c *Call) (kernel.Result, error) {
	if c.Args == "go.mod" {
		return kernel.Result{}, c.Shell.newWorkspace()
	}
	if c.Args != "" && c.Args != "-f" {
		return kernel.Result{}, usage("%q is not understood", c.Args)
	}
	if err := c.Shell.newWorkspace(); err != nil {
		return kernel.Result{}, err
	}
	return kernel.Result{}, c.Reset()
}

func remove(c *Call) (kernel.Result, error) {
	names, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(names) == 0 {
		return kernel.Result{}, usage("want a name")
	}
	if unknown := c.Session().Forget(names...); len(unknown) > 0 {
		return kernel.Result{}, fmt.Errorf("%s: not defined", strings.Join(unknown, ", "))
	}
	return kernel.Result{}, nil
}

func checkRemove(c *Call, k *Checker) error {
	names, err := fields(c.Args)
	if err != nil || len(names) == 0 {
		return err
	}
	if unknown := k.lang.Scope().Forget(names...); len(unknown) > 0 && !k.open && len(k.doubtful) == 0 {
		return fmt.Errorf("%s: not defined", strings.Join(unknown, ", "))
	}
	return nil
}
