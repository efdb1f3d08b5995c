package lower

import (
	"go/ast"
	"go/types"
	"unsafe"
)

var unsafePointer unsafe.Pointer

// unsafeConversion refuses a conversion T(x) to or from unsafe.Pointer through which a program could see memory that
// looks otherwise than in compiled Go. Numbers, booleans and pointers lie there as they should; strings and slices have
// Go's headers, but not always the same pointers in them; interfaces, functions, maps and channels are the
// interpreter's own. Of (*T)(unsafe.Pointer(p)) it returns p when the two can be converted together.
func (e *emitter) unsafeConversion(x *ast.CallExpr, F, T types.Type) ast.Expr {
	const reason = "memory of interpreted values is not laid out as compiled Go's: only numbers, booleans, pointers, and arrays and structs of them can be reached through unsafe.Pointer"
	to, toPointer := pointerTo(T)
	from, fromPointer := pointerTo(F)
	switch {
	case toPointer && isUnsafePointer(F):
		if c, ok := ast.Unparen(x.Args[0]).(*ast.CallExpr); ok && e.info.Types[c.Fun].IsType() {
			if el, ok := pointerTo(e.typeOf(c.Args[0])); ok && (types.Identical(el, to) || e.sameHeader(el, to)) {
				return c.Args[0]
			}
		}
		if !e.plainMemory(to) {
			panic(refusef(x, reason))
		}
	case fromPointer && isUnsafePointer(T) && !e.plainMemory(from):
		panic(refusef(x, reason))
	}
	return nil
}

func isUnsafePointer(T types.Type) bool {
	b, ok := T.Underlying().(*types.Basic)
	return ok && b.Kind() == types.UnsafePointer
}

// plainMemory reports whether variables of type T lie in memory as compiled Go lays them out.
func (e *emitter) plainMemory(T types.Type) bool {
	T = e.s(T)
	switch u := T.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString == 0
	case *types.Pointer:
		return !e.opaque(T)
	case *types.Array:
		return e.plainMemory(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if f.Name() == "_" || !e.plainMemory(f.Type()) { // what lies in a blank field would count in comparisons
				return false
			}
		}
		return true
	}
	return false
}

// sameHeader reports whether a from can be read as a to: a slice as one of other elements, or as a string.
func (e *emitter) sameHeader(from, to types.Type) bool {
	s, ok := e.s(from).Underlying().(*types.Slice)
	if !ok || !e.plainMemory(s.Elem()) {
		return false
	}
	switch t := e.s(to).Underlying().(type) {
	case *types.Slice:
		return e.plainMemory(t.Elem())
	case *types.Basic:
		return t.Info()&types.IsString != 0
	}
	return false
}
