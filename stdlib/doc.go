// Package stdlib holds what cells may import: the standard library, GoMLX, gonum's matrices, statistics and
// plots, and gossl's own ssl packages.
//
//	set := stdlib.Packages()
//	set.Paths()                      // every import path
//	set.Export("strings")            // types, for go/types
//	set.Symbols("strings")           // values, for the interpreter
//	set.Doc("strings", "Cut")        // documentation
//
// Nearly all of it is generated from source by
//
//	go generate ./stdlib
//
// which has to be run again whenever the API of an ssl package, the version of a dependency or the Go release
// changes. What is generated depends neither on the machine nor on the patch release of Go.
// It costs nothing until it is asked for: tables are data that the linker lays out,
// archives are unpacked package by package.
//
// # Generic functions
//
// A compiled program holds only those instances of a generic function that its compiler saw, so Symbols has no
// generic names. There are two ways to them, to be tried in this order:
//
//  1. [Set.Instance] returns a compiled function for given type arguments. It has those that a finite
//     constraint allows (graph.NewExec, tensors.FromValue, train.NewTrainer: every GoMLX function that
//     accepts a list of types) and those that the shims subpackage makes by reflection for any type, because their
//     source needs the runtime (iter.Pull, sync.OnceValue, reflect.TypeFor). The value has exactly
//     the instantiated signature, so that nothing need be converted around a call of it. A
//     type argument is the type by which the interpreter represents the type of the cell.
//
//  2. [Set.Source] returns the text of all other generic functions and types, to be instantiated like those of a
//     cell: plain Go that needs nothing that a cell could not write. It is a whole package, with the package's
//     own name, that declares the generic names and, under them, what they use of the package's unexported
//     names; its exported names that are not generic are not declared in it and mean the compiled ones.
//
// A generic name in neither place is one that cannot be had in a cell; [Set.Refused] says why.
package stdlib

//go:generate go run ./internal/gen
