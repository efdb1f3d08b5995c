package lower

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// largestArray is how many bytes an array has at most; the linker allows a compiled program's variables as many.
const largestArray = 2 << 30

// t returns the text of the type that stands for T in lowered code. Defined types of cells have
// no name there: what a value's type is called, its methods and tags are in its descriptor, which
// goes with the value into every interface. So identical underlying types share one representation
// and most conversions vanish.
//
//	defined type of a cell     that of its underlying type
//	interface of a cell        any
//	interface without methods  any
//	struct                     a generated struct type, one per shape
//	pointer to a recursive struct   unsafe.Pointer (see recursion.go)
//	other recursive types      any
//	anything compiled          itself
func (e *emitter) t(T types.Type) string { return e.rep(e.s(T)) }

// rep is t for a type without type parameters.
func (s *Session) rep(T types.Type) string {
	if r, ok := s.reps.At(T).(string); ok {
		return r
	}
	var r string
	if s.opaque(T) {
		r = "any"
	} else {
		r = s.core(T)
	}
	putType(s, &s.reps, T, r)
	return r
}

// core is the representation of T with its outermost layer laid open.
func (s *Session) core(T types.Type) string {
	switch t := types.Unalias(T).(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.UnsafePointer:
			return s.imp("unsafe", "unsafe") + ".Pointer"
		case types.UntypedNil:
			return "any"
		case types.Invalid:
			panic("lower: invalid type")
		}
		return types.Default(t).(*types.Basic).Name()
	case *types.Pointer:
		if n, ok := s.cyclicStruct(t.Elem()); ok {
			_ = n
			return s.imp("unsafe", "unsafe") + ".Pointer"
		}
		return "*" + s.rep(t.Elem())
	case *types.Slice:
		return "[]" + s.rep(t.Elem())
	case *types.Array:
		el := s.rep(t.Elem())
		if n := s.sizes.Sizeof(t); n < 0 || n > largestArray {
			panic(refuse(token.NoPos, fmt.Sprintf("the array type %s is too large; make a slice", types.TypeString(t, types.RelativeTo(nil)))))
		}
		return fmt.Sprintf("[%d]%s", t.Len(), el)
	case *types.Chan:
		el := s.rep(t.Elem())
		switch t.Dir() {
		case types.SendOnly:
			return "chan<- " + el
		case types.RecvOnly:
			return "<-chan " + el
		}
		if strings.HasPrefix(el, "<-") {
			return "chan (" + el + ")"
		}
		return "chan " + el
	case *types.Map:
		return "map[" + s.rep(t.Key()) + "]" + s.rep(t.Elem())
	case *types.Signature:
		return "func" + s.signature(t)
	case *types.Struct:
		return s.structRep(t)
	case *types.Interface:
		return "any"
	case *types.Named:
		return s.namedRep(t)
	case *types.TypeParam:
		panic(refuse(t.Obj().Pos(), "a type parameter is left over: "+t.String()))
	}
	panic(fmt.Sprintf("lower: representation of %T", T))
}

func (s *Session) namedRep(n *types.Named) string {
	o := n.Obj()
	if o.Pkg() == nil {
		if o.Name() == "error" {
			return "error"
		}
		return "any" // comparable
	}
	if s.interpreted(o.Pkg()) {
		return s.core(n.Underlying())
	}
	if n.TypeArgs() != nil {
		switch u := n.Underlying().(type) {
		case *types.Signature: // iter.Seq
			return s.core(u)
		case *types.Interface:
			return "any"
		}
		if t, ok := s.compiledInstanceOf(n); ok {
			return s.compiledTypeName(o, t)
		}
		if r, ok := s.sourceInstance(n); ok {
			return s.rep(r)
		}
		panic(refuse(token.NoPos, "the generic type "+n.String()+" of a compiled package cannot be used in a cell"))
	}
	if !o.Exported() {
		panic(refuse(token.NoPos, "the unexported type "+n.String()+" of a compiled package cannot be named in a cell"))
	}
	return s.imp(o.Pkg().Path(), o.Pkg().Name()) + "." + o.Name()
}

func (s *Session) signature(t *types.Signature) string {
	var ps []string
	for i := range t.Params().Len() {
		p := t.Params().At(i).Type()
		if t.Variadic() && i == t.Params().Len()-1 {
			ps = append(ps, "..."+s.rep(variadicElem(p)))
		} else {
			ps = append(ps, s.rep(p))
		}
	}
	r := "(" + strings.Join(ps, ", ") + ")"
	switch n := t.Results().Len(); n {
	case 0:
	case 1:
		r += " " + s.rep(t.Results().At(0).Type())
	default:
		var rs []string
		for v := range t.Results().Variables() {
			rs = append(rs, s.rep(v.Type()))
		}
		r += " (" + strings.Join(rs, ", ") + ")"
	}
	return r
}

// variadicElem is the element type of the last parameter of a variadic function: append([]byte, string...) has a string there.
func variadicElem(p types.Type) types.Type {
	if sl, ok := p.Underlying().(*types.Slice); ok {
		return sl.Elem()
	}
	return types.Typ[types.Byte]
}

// structRep names the generated type that stands for a struct. A struct that
// reflection could have made itself (exported compiled fields, none embedded) keeps names and tags,
// so that compiled code sees what Go would show it.
func (s *Session) structRep(t *types.Struct) string {
	if t.NumFields() == 0 {
		return "struct{}"
	}
	natural := s.naturalStruct(t)
	var b strings.Builder
	for i := range t.NumFields() {
		f := t.Field(i)
		fmt.Fprintf(&b, "%s %s", fieldName(t, i), s.rep(f.Type()))
		if natural && t.Tag(i) != "" {
			b.WriteString(" " + strconv.Quote(t.Tag(i)))
		}
		b.WriteString("; ")
	}
	key := b.String()
	if n, ok := s.structs[key]; ok {
		return n
	}
	n := s.fresh("S")
	put(s, s.structs, key, n)
	fmt.Fprintf(&s.types, "type %s struct{ %s}\n", n, key)
	return n
}

func (s *Session) naturalStruct(t *types.Struct) bool {
	for f := range t.Fields() {
		if !f.Exported() || f.Embedded() || !s.pure(f.Type()) {
			return false
		}
	}
	return true
}

func isSignature(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// fieldName is the name of a field in lowered code: exported names stay, the others get a
// capital and their index, since the interpreter renames unexported fields.
func fieldName(t *types.Struct, i int) string {
	f := t.Field(i)
	if f.Exported() {
		return f.Name()
	}
	n := "X" + strconv.Itoa(i) + "_" + f.Name()
	for clash := true; clash; {
		clash = false
		for j := range t.NumFields() {
			if t.Field(j).Name() == n {
				n += "_"
				clash = true
			}
		}
	}
	return n
}

// pure reports whether a type is made of compiled parts alone, so that its values need no box.
func (s *Session) pure(T types.Type) bool {
	if r, ok := s.pures.At(T).(bool); ok {
		return r
	}
	putType(s, &s.pures, T, false) // a recursive type has a defined type of a cell in it
	r := s.isPure(T)
	putType(s, &s.pures, T, r)
	return r
}

func (s *Session) isPure(T types.Type) bool {
	switch t := types.Unalias(T).(type) {
	case *types.Basic:
		return true
	case *types.Pointer:
		return s.pure(t.Elem())
	case *types.Slice:
		return s.pure(t.Elem())
	case *types.Array:
		return s.pure(t.Elem())
	case *types.Chan:
		return s.pure(t.Elem())
	case *types.Map:
		return s.pure(t.Key()) && s.pure(t.Elem())
	case *types.Signature:
		for v := range t.Params().Variables() {
			if !s.pure(v.Type()) {
				return false
			}
		}
		for v := range t.Results().Variables() {
			if !s.pure(v.Type()) {
				return false
			}
		}
		return true
	case *types.Struct:
		return s.naturalStruct(t)
	case *types.Interface:
		return t.NumMethods() == 0
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return true
		}
		if t.TypeArgs() != nil {
			_, ok := s.compiledInstanceOf(t)
			return ok && !types.IsInterface(t) && !isSignature(t)
		}
		return !s.interpreted(t.Obj().Pkg())
	}
	return false
}
