// Package check turns a cell of Go into a checked tree, with the type checker
// that the go command itself uses, over the definitions of a live session.
//
// A cell mixes what a Go file holds (imports, types, constants, functions) with
// what a function body holds (statements, and an expression whose value is
// wanted). The package answers, for every cell: is it complete, is it right,
// what does each name mean, what does it define, what does it redefine, and
// which earlier definitions does that leave behind.
//
// # How a cell is read
//
// The cell is a function body in a scope whose outer scope is the session:
//
//   - A variable defined at the top level, by x := f() or by var x = f(), is a
//     package variable: functions of the same cell and later cells see it. Its
//     initialisation runs in source order between the statements.
//   - A name left of := that an earlier statement of the same cell defined is
//     assigned, as in a function body; one that only an earlier cell defined is
//     a fresh definition, of any type. In x := x + 1 the x on the right is the
//     session's earlier x. Using a variable above its definition is an error,
//     unless the session has one of that name, which is then meant.
//   - Functions, methods, types and constants of a cell may refer to one another
//     in any order, as in a Go file. A statement may not reach, through
//     functions, a variable that gets its value further down.
//   - A cell that fails while it runs has defined all its names; the variables
//     that it did not reach hold zero values.
//   - Unused variables and imports are allowed at the top level; inside
//     functions and blocks Go's rules hold.
//   - A package named without import is imported, and the cell says so. A
//     session variable called fmt hides the package until a cell imports it.
//
// # Redefinition
//
// Any name can be defined again with any kind and type. Functions of earlier
// cells that use it see the new definition when its type is identical (for a
// constant, its value too); the others are named in [Cell.Stale] and keep the
// old one. They see a new variable from behind its definition on: in
// total := sum() + 1 the function sum still reads the total of before. Function
// literals keep the variables that they were made with.
//
// A type declared again with the same text keeps its identity, so that running a
// cell twice leaves old values usable; a different declaration makes a new type
// and old values keep the old one. A generic type is a new one each time. A method
// can be added to a type of an earlier cell, or its body replaced; to change what
// a method takes or returns, the type and its methods are defined in one cell,
// which makes a new type.
//
// # Stages
//
// [Parse] reads the syntax, [StatusOf] says whether to ask for another line,
// [Scope.Check] checks the types without changing the session, [Scope.Commit]
// makes the definitions the session's. [Scope.Complete] and [Scope.Inspect] run the
// same check on text that is neither complete nor right. [CheckProgram] checks
// whole programs as the compiler does.
package check
