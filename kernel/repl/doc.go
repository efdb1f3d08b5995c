// Package repl is the terminal: it reads cells line by line, runs them on a session, and shows what they give.
//
// A cell is run as soon as it is complete; until then the prompt goes on in the next line, indented. Alt-Enter begins a
// new line in any case, and text that is pasted stays one cell: within the line being edited, and in the history, ␤
// stands for a new line and ␉ for a tab. Ctrl-C interrupts the running cell and leaves training alone, Ctrl-D leaves.
//
// Run needs a terminal for its input; where there is none, package script runs the whole input as a script.
package repl
