// Package watch runs a script again as its file changes, from the first cell that a change matters to.
//
// A Version is one state of the file, checked, with what each of its cells reads and changes as the type checker saw
// it. A Plan compares a version with what has run: the cells whose text changed, the cells that use what these define or
// may change, and the cells that set up what one of them is going to change once more. All others keep their values.
//
// What a cell reads and writes is known by name: variables that it assigns, whose address it takes, or on which it calls
// a method that may change them. What it changes behind a pointer, a map or a slice is passed on to later cells, which
// then run again, but is not taken back: an experiment that was changed while it trained stays changed.
package watch
