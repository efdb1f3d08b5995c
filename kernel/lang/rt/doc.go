// Package rt is the compiled runtime that lowered cells call.
//
// The interpreter keeps no identity for the types that a cell defines: in an
// interface a Color and an int look the same. So a value of such a type enters an
// interface as a [Box], the value together with a [Type] that describes it. Boxes
// are comparable, so ==, map keys and type switches see what Go would see; they
// print, compare, marshal and unwrap as the compiled type would.
//
//	color := rt.Named("main.Color").Def(rt.Of((*int)(nil)))
//	color.Method("String", rt.FuncOf(nil, []*rt.Type{rt.Of((*string)(nil))}, false),
//		func(recv any) string { return names[recv.(int)] })
//	rt.Sprintf("%v %d %T", rt.Mk(color, 2), rt.Mk(color, 2), rt.Mk(color, 2)) // "Blue 2 main.Color"
//
// The second half of the package is the running cell. A [Cell] is known to every
// goroutine that it starts, compiled ones too, so output, interruption and panics
// reach the cell that caused them. What may block ([Recv], [Send], [Select],
// [Sleep], [Lock], [Wait]) ends within milliseconds once the cell is interrupted.
//
// Types: typedesc.go and methods.go. Values: box.go, assert.go, equal.go,
// represent.go. What they look like: print.go, format.go, show.go, panictext.go and
// json*.go. The cell: cell.go, poll.go, unwind.go, channel.go, block.go, stdio.go.
// Functions of the standard library that look into an any have stand-ins in the
// package standin below this one.
//
// What reflection cannot make, this package cannot either: a compiled type with the
// name, the methods or the unexported fields of a cell's type. So encoding/gob,
// encoding/xml, the template packages and reflect.ValueOf refuse such values.
//
// The package needs the standard library alone: no interpreter, no model library.
package rt
