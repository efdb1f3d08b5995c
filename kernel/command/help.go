package command

import (
	"fmt"
	"strings"

	"github.com/gossl/gossl/kernel"
)

var _ = register(&Command{Name: "help", Usage: "[COMMAND]", Help: "list the commands, or describe one", Run: help})

func help(c *Call) (kernel.Result, error) {
	if name := strings.TrimLeft(c.Args, "%"); name != "" {
		cmd := table[name]
		if cmd == nil {
			return kernel.Result{}, fmt.Errorf("no such command: %%%s%s", name, suggest(name))
		}
		c.Printf("%s\n    %s\n", cmd.line(), cmd.Help)
		return kernel.Result{}, nil
	}
	var b strings.Builder
	b.WriteString("Cells are Go; the value of the last expression is shown. Lines that begin with % or ! are commands:\n")
	for _, cmd := range Commands() {
		fmt.Fprintf(&b, "  %-38s %s\n", cmd.line(), cmd.Help)
	}
	b.WriteString("name? describes a name, name?? shows its source. Ctrl-C interrupts a cell and leaves training alone.\n")
	c.Printf("%s", b.String())
	return kernel.Result{}, nil
}

// line is the command as it is written.
func (c *Command) line() string {
	sign := "%"
	switch {
	case strings.HasPrefix(c.Name, "!"):
		sign = ""
	case c.Body:
		sign = "%[%]"
	}
	if c.Name == "bash" || c.Name == "sh" || c.Name == "writefile" {
		sign = "%%"
	}
	return strings.TrimSpace(sign + c.Name + " " + c.Usage)
}
