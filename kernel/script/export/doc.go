// Package export writes a notebook as an ordinary Go program.
//
// Types, constants and functions of cells become those of package main. A variable that a cell defines at its top level
// becomes a package variable of the type that the checker found; the statements of each cell become a function, and main
// calls them in order. A name that a later cell defines anew gets a number, as does a function that calls a new one
// from then on. The value of a cell's last expression is printed, and an error that nobody takes ends the program, as in
// the session. Parameters become flags.
package export
