package lower

import (
	"fmt"
	"go/types"
)

// env is what names and type parameters mean in one function instance.
type env struct {
	sub    map[*types.TypeParam]types.Type
	names  map[types.Object]string
	locals map[*types.TypeName]*types.Named // this instance's copies of types declared inside it
	inst   string                           // how the instance's type arguments show in the names of local types
}

func newEnv(sub map[*types.TypeParam]types.Type) *env {
	return &env{sub: sub, names: map[types.Object]string{}, locals: map[*types.TypeName]*types.Named{}}
}

// s replaces type parameters by what they stand for here. Aliases are gone afterwards and
// instances of generic types canonical.
func (e *emitter) s(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	switch t := t.(type) {
	case *types.TypeParam:
		if r, ok := e.sub[t]; ok {
			return r
		}
		return t
	case *types.Basic, *types.Union:
		return t
	case *types.Pointer:
		if n := e.s(t.Elem()); n != t.Elem() {
			return types.NewPointer(n)
		}
	case *types.Slice:
		if n := e.s(t.Elem()); n != t.Elem() {
			return types.NewSlice(n)
		}
	case *types.Array:
		if n := e.s(t.Elem()); n != t.Elem() {
			return types.NewArray(n, t.Len())
		}
	case *types.Chan:
		if n := e.s(t.Elem()); n != t.Elem() {
			return types.NewChan(t.Dir(), n)
		}
	case *types.Map:
		k, v := e.s(t.Key()), e.s(t.Elem())
		if k != t.Key() || v != t.Elem() {
			return types.NewMap(k, v)
		}
	case *types.Tuple:
		return e.tuple(t)
	case *types.Signature:
		p, r := e.tuple(t.Params()), e.tuple(t.Results())
		if p != t.Params() || r != t.Results() || t.Recv() != nil || t.TypeParams() != nil {
			return types.NewSignatureType(nil, nil, nil, p, r, t.Variadic())
		}
	case *types.Struct:
		return e.substStruct(t)
	case *types.Interface:
		return e.substInterface(t)
	case *types.Named:
		return e.substNamed(t)
	default:
		panic(fmt.Sprintf("lower: substitution in %T", t))
	}
	return t
}

func (e *emitter) substStruct(t *types.Struct) types.Type {
	changed := false
	var fs []*types.Var
	var tags []string
	for i := range t.NumFields() {
		f := t.Field(i)
		if n := e.s(f.Type()); n != f.Type() {
			changed = true
			f = types.NewField(f.Pos(), f.Pkg(), f.Name(), n, f.Embedded())
		}
		fs = append(fs, f)
		tags = append(tags, t.Tag(i))
	}
	if !changed {
		return t
	}
	return types.NewStruct(fs, tags)
}

func (e *emitter) substInterface(t *types.Interface) types.Type {
	if len(e.sub) == 0 {
		return t
	}
	changed := false
	var ms []*types.Func
	var em []types.Type
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		if n := e.s(m.Type()); !types.Identical(n, m.Type()) {
			changed = true
			m = types.NewFunc(m.Pos(), m.Pkg(), m.Name(), n.(*types.Signature))
		}
		ms = append(ms, m)
	}
	for i := range t.NumEmbeddeds() {
		x := t.EmbeddedType(i)
		n := e.s(x)
		changed = changed || n != x
		em = append(em, n)
	}
	if !changed {
		return t
	}
	it := types.NewInterfaceType(ms, em)
	it.Complete()
	return it
}

func (e *emitter) substNamed(t *types.Named) types.Type {
	if ta := t.TypeArgs(); ta != nil {
		var as []types.Type
		for i := range ta.Len() {
			as = append(as, e.s(ta.At(i)))
		}
		if len(e.sub) > 0 && local(t.Obj()) && insideGeneric(t.Obj()) {
			panic(refuse(t.Obj().Pos(), "a generic type declared inside a generic function is not interpreted: declare "+t.Obj().Name()+" outside of it"))
		}
		origin := types.Type(t.Origin())
		switch t.Underlying().(type) {
		case *types.Signature, *types.Interface:
		default:
			if _, ok := e.compiledType(t, as); ok {
				break // compiled code has values of it
			}
			if tn, ok := e.sourceType(t); ok {
				origin = tn.Type()
			}
		}
		r, err := types.Instantiate(e.ctx, origin, as, false)
		if err != nil {
			panic(err)
		}
		return r
	}
	if len(e.sub) == 0 || !local(t.Obj()) {
		return t
	}
	if n, ok := e.locals[t.Obj()]; ok {
		return n
	}
	if !insideGeneric(t.Obj()) {
		return t
	}
	tn := types.NewTypeName(t.Obj().Pos(), t.Obj().Pkg(), t.Obj().Name(), nil)
	n := types.NewNamed(tn, nil, nil)
	e.locals[t.Obj()] = n
	e.localTypes[n] = t.Obj()
	e.typeArgs[n] = e.inst
	n.SetUnderlying(e.s(t.Underlying()).Underlying())
	return n
}

func (e *emitter) tuple(t *types.Tuple) *types.Tuple {
	changed := false
	var vs []*types.Var
	for v := range t.Variables() {
		if n := e.s(v.Type()); n != v.Type() {
			changed = true
			v = types.NewParam(v.Pos(), v.Pkg(), v.Name(), n)
		}
		vs = append(vs, v)
	}
	if !changed {
		return t
	}
	return types.NewTuple(vs...)
}

// local reports whether a type is declared inside a function.
func local(o *types.TypeName) bool {
	return o.Pkg() != nil && o.Parent() != o.Pkg().Scope() && o.Parent() != types.Universe
}

// insideGeneric reports whether a local type is declared in a generic function or a method of a generic type.
func insideGeneric(o *types.TypeName) bool {
	for s := o.Parent(); s != nil; s = s.Parent() {
		for _, n := range s.Names() {
			if tn, ok := s.Lookup(n).(*types.TypeName); ok {
				if _, ok := types.Unalias(tn.Type()).(*types.TypeParam); ok {
					return true
				}
			}
		}
	}
	return false
}
