package lang

import (
	"io"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Cell is one input: its name, as positions in messages show it ("In[3]", "train.go"), and its source.
type Cell struct {
	Name string
	Src  string
}

// IO is where a cell's code reads and writes. A nil Stdin is empty, a nil writer discards.
type IO struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	// Owner is handed on in rt.Cell.Owner: a host finds with it, from any goroutine that the cell
	// started, whom the cell belongs to.
	Owner any
	// Panicked is told of a panic in a goroutine that the cell started; nil: it is written to Stderr.
	Panicked func(*Panic)
	// Note is told, before the cell runs, what its author should know besides the result: an import that was
	// added, a definition that still uses an old one. It may be nil.
	Note func(text string)
}

// Value is the value of a cell's last expression.
type Value struct {
	HasValue bool   // false for a cell that ends in a statement or in a call without results
	Type     string // its static type as the user would write it: "[]main.Color" without "main."
	V        any    // a plain Go value, or an rt.Box for a value of a type that cells define; a []any for several results
	Text     string // as fmt.Sprintf("%v") prints it, long values shortened
}

// Current returns the cell that the calling goroutine belongs to, nil outside of any cell.
func Current() *rt.Cell { return rt.Current() }
