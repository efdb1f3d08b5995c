package lower

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
)

// Bounds are checked in lowered code: the interpreter's own panic does not know the numbers that Go's messages tell.

var simpleName = regexp.MustCompile(`^[\pL_][\pL\pN_]*$|^\d+$`)

// simple makes text something that can be written twice.
func (e *emitter) simple(text string) string {
	if simpleName.MatchString(text) {
		return text
	}
	return e.tmp(text)
}

// checkIndex emits the check of base[i]; base is an array, a slice or a string of type T, or the array that T points to.
func (e *emitter) checkIndex(base string, T types.Type, x ast.Expr, i string) (string, string) {
	v := e.info.Types[x].Value
	n := ""
	if a, ok := arrayOf(T.Underlying()); ok {
		if v != nil {
			return base, i
		}
		n = fmt.Sprint(a.Len())
	} else {
		base = e.simple(base)
		n = "len(" + base + ")"
	}
	if v != nil {
		e.w("if %s >= %s { %s(%s(%s, %s)) }", i, n, e.rt("Raise"), e.rt("IndexError"), i, n)
		return base, i
	}
	i = e.simple(i)
	b, _ := e.typeOf(x).Underlying().(*types.Basic)
	switch {
	case b == nil || b.Info()&types.IsUntyped != 0 || b.Kind() == types.Int:
		e.w("if %s < 0 || %s >= %s { %s(%s(%s, %s)) }", i, i, n, e.rt("Raise"), e.rt("IndexError"), i, n)
	case b.Info()&types.IsUnsigned != 0:
		e.w("if uint64(%s) >= uint64(%s) { %s(%s(uint64(%s), %s)) }", i, n, e.rt("Raise"), e.rt("IndexErrorU"), i, n)
	default:
		e.w("if int(%s) < 0 || int(%s) >= %s { %s(%s(int(%s), %s)) }", i, i, n, e.rt("Raise"), e.rt("IndexError"), i, n)
	}
	return base, i
}

// checkSlice emits the check of p[0][p[1]:p[2]:p[3]], in which missing bounds are "".
func (e *emitter) checkSlice(x *ast.SliceExpr, p [4]string, T types.Type) [4]string {
	if p[1] == "" && p[2] == "" && p[3] == "" {
		return p
	}
	isSlice := false
	unsigned := 0
	var n, length string
	if a, ok := arrayOf(T.Underlying()); ok {
		n = fmt.Sprint(a.Len())
		length = n
		if constBounds(e, x, a.Len()) {
			return p
		}
	} else {
		p[0] = e.simple(p[0])
		length = "len(" + p[0] + ")"
		n = length
		if _, ok := T.Underlying().(*types.Slice); ok {
			isSlice = true
			n = "cap(" + p[0] + ")"
		}
	}
	for i, y := range []ast.Expr{x.Low, x.High, x.Max} {
		if y == nil {
			continue
		}
		if e.info.Types[y].Value == nil {
			p[i+1] = e.simple("int(" + p[i+1] + ")")
			if b, ok := e.typeOf(y).Underlying().(*types.Basic); ok && b.Info()&types.IsUnsigned != 0 {
				unsigned |= 1 << i
			}
		}
	}
	lo, hi := p[1], p[2]
	if lo == "" {
		lo = "0"
	}
	if hi == "" {
		hi = length
	}
	if x.Slice3 {
		e.w("if %s < 0 || %s < %s || %s < %s || %s > %s { %s(%s(%s, %s, %s, %s, %t, %d)) }", lo, hi, lo, p[3], hi, p[3], n,
			e.rt("Raise"), e.rt("Slice3Error"), lo, hi, p[3], n, isSlice, unsigned)
		return p
	}
	limit := n
	if p[2] == "" {
		limit = length // s[i:] names the length
		n = length
		isSlice = false
		if _, ok := T.Underlying().(*types.Slice); ok {
			n = "cap(" + p[0] + ")"
			isSlice = true
		}
	}
	e.w("if %s < 0 || %s < %s || %s > %s { %s(%s(%s, %s, %s, %t, %d)) }", lo, hi, lo, hi, limit,
		e.rt("Raise"), e.rt("SliceError"), lo, hi, n, isSlice, unsigned)
	return p
}

// constBounds reports whether all bounds are constants, which the checker has checked against the array.
func constBounds(e *emitter, x *ast.SliceExpr, n int64) bool {
	for _, y := range []ast.Expr{x.Low, x.High, x.Max} {
		if y == nil {
			continue
		}
		v := e.info.Types[y].Value
		if v == nil {
			return false
		}
		if i, ok := constant.Int64Val(constant.ToInt(v)); !ok || i > n {
			return false
		}
	}
	return true
}

// checkMake emits the check of the sizes of make; it may change them to temporaries.
func (e *emitter) checkMake(x *ast.CallExpr, T types.Type, sizes []string) {
	variable, large := false, false
	for i := range sizes {
		v := e.info.Types[x.Args[i+1]].Value
		if v == nil {
			variable = true
			sizes[i] = e.simple("int(" + sizes[i] + ")")
		} else if n, ok := constant.Int64Val(constant.ToInt(v)); !ok || n > 1<<24 {
			large = true
		}
	}
	if !variable && !large {
		return
	}
	size := func(T types.Type) int64 { return e.sizes.Sizeof(e.s(T)) }
	switch u := T.Underlying().(type) {
	case *types.Slice:
		n, c := sizes[0], sizes[len(sizes)-1]
		if !variable {
			e.w("%s(%s, %d)", e.rt("Allot"), c, size(u.Elem()))
			return
		}
		e.w("if %s < 0 || %s < %s || %s > 1<<24 {\nif err_ := %s(%s, %s, %d); err_ != nil { %s(err_) }\n%s(%s, %d)\n}", n, c, n, c,
			e.rt("MakeSliceError"), n, c, e.sizes.Sizeof(e.s(u.Elem())), e.rt("Raise"), e.rt("Allot"), c, size(u.Elem()))
	case *types.Map:
		e.w("if %s > 1<<24 { %s(%s, %d) }", sizes[0], e.rt("Allot"), sizes[0], size(u.Key())+size(u.Elem()))
	case *types.Chan:
		if variable {
			e.w("if %s < 0 { %s(%s()) }", sizes[0], e.rt("Raise"), e.rt("MakeChanError"))
		}
		e.w("if %s > 1<<24 { %s(%s, %d) }", sizes[0], e.rt("Allot"), sizes[0], size(u.Elem()))
	}
}
