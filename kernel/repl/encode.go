package repl

import "strings"

// What a line editor cannot hold in one line is shown by the pictures that Unicode has for it.
const (
	newline = "␤"
	tab     = "␉"
)

// encode turns a cell into one line of the editor.
func encode(cell string) string {
	return strings.NewReplacer("\n", newline, "\t", tab).Replace(cell)
}

// decode is the inverse.
func decode(line string) string {
	return strings.NewReplacer(newline, "\n", tab, "\t").Replace(line)
}
