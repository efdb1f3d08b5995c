// Package command runs cells that hold commands beside Go: lines that begin with % or !, in the terminal, in Jupyter
// and in scripts alike.
//
//	%time run.Wait()
//	%whos
//	!ls -l
//
// A command is a line of its own between complete pieces of Go; inside a string, a comment or an open bracket such a
// line is Go. It may stand behind "//gonb:" or "// gonb:", so that gofmt leaves the cell alone. A first line that
// begins with %% takes the rest of the cell: %%bash, %%writefile, %%time; %% alone makes it the body of a main function.
//
// There is one table of commands; each command is one row of it in a file of its own. A Shell runs cells on a
// session, and knows what commands need beside it: the experiments, by way of the small interface Lab.
package command
