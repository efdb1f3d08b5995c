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
		fmt.Fprintf(&b, "  %-30s %s\n", cmd.line(), filled(cmd.Help, max(len(cmd.line())+3, helpAt)))
	}
	b.WriteString("name? describes a name, name?? shows its source. Ctrl-C interrupts a cell and leaves training alone.\n")
	c.Printf("%s", b.String())
	return kernel.Result{}, nil
}

// helpAt is the column at which the table says what a command does, helpWidth the width of the table.
const helpAt, helpWidth = 33, 79

// filled breaks a text between words; it begins in the given column, its further lines in the table's own.
func filled(text string, column int) string {
	var b strings.Builder
	for i, word := range strings.Fields(text) {
		switch {
		case column+1+len([]rune(word)) > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", helpAt))
			column = helpAt
		case i > 0:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len([]rune(word))
	}
	return b.String()
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
