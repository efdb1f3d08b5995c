package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strings"

	"github.com/gossl/gossl/kernel/lang/rt"
	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

// funcRef names the function o, instantiated as id says.
func (e *emitter) funcRef(o *types.Func, id *ast.Ident) string {
	e.refuseUnfaithful(o)
	var targs []types.Type
	if id != nil {
		if in, ok := e.info.Instances[id]; ok {
			for t := range in.TypeArgs.Types() {
				targs = append(targs, e.s(t))
			}
		}
	}
	if len(targs) > 0 {
		if !e.interpreted(o.Pkg()) {
			return e.compiledGeneric(id, o, targs)
		}
		return e.instance(o, targs)
	}
	if !e.interpreted(o.Pkg()) {
		return e.imp(o.Pkg().Path(), o.Pkg().Name()) + "." + o.Name()
	}
	return e.function(o)
}

// funcValue is funcRef for a function that is not called at once.
func (e *emitter) funcValue(o *types.Func, id *ast.Ident) string {
	if !e.interpreted(o.Pkg()) {
		if h, ok := e.standin(o); ok {
			return h
		}
		return e.funcRef(o, id)
	}
	// a bare name is not yet a value to the interpreter, and one that it has not seen yet needs its type
	T := types.Type(o.Signature())
	if in, ok := e.info.Instances[id]; ok {
		T = in.Type
	}
	if f := e.funcRef(o, id); e.opaque(e.s(T)) {
		return e.tmp(f)
	} else {
		return e.tmpT(T, f)
	}
}

// function returns the name of a function or method without type parameters.
func (e *emitter) function(o *types.Func) string {
	if f, ok := e.current(o).(*types.Func); ok {
		o = f
	}
	n := e.global(o)
	if !e.emitted[o] {
		put(e.Session, e.emitted, types.Object(o), true)
		d := e.decls[o]
		if d == nil {
			panic(refuse(o.Pos(), "the body of "+o.FullName()+" is not known"))
		}
		e.queue = append(e.queue, func(e *emitter) {
			e.unit = d.unit
			e.emitFunc(n, d.fd, o, o.Signature())
		})
	}
	return n
}

// instance returns the name of a generic function, or a method of a generic type, with these type arguments.
func (e *emitter) instance(o *types.Func, targs []types.Type) string {
	if f, ok := e.current(o).(*types.Func); ok {
		o = f
	}
	key := fmt.Sprintf("%p", o)
	var names []string
	for _, t := range targs {
		key += fmt.Sprintf("|%p", e.canonical(t))
		names = append(names, e.instName(t))
	}
	if n, ok := e.insts[key]; ok {
		return n
	}
	n := e.fresh(o.Name() + "_g")
	put(e.Session, e.insts, key, n)
	d := e.decls[o]
	if d == nil {
		panic(refuse(o.Pos(), "the body of the generic function "+o.FullName()+" is not known"))
	}
	sig := o.Signature()
	sub := recvSubst(sig, targs)
	if len(e.insts) > 20000 {
		panic(refuse(d.fd.Pos(), "too many instances of generic functions: does "+o.Name()+" instantiate itself without end?"))
	}
	e.queue = append(e.queue, func(e *emitter) {
		e.unit = d.unit
		e.env = newEnv(sub)
		e.inst = "[" + strings.Join(names, ",") + "]"
		e.emitFunc(n, d.fd, o, sig)
	})
	return n
}

func (s *Session) instName(T types.Type) string {
	return s.argName(T)
}

// canonical returns one type for all that are identical to T.
func (s *Session) canonical(T types.Type) types.Type {
	if c, ok := s.canon.At(T).(types.Type); ok {
		return c
	}
	s.canon.Set(T, T)
	return T
}

// compiledGeneric names an instance of a compiled package's generic function: a compiled one, or one made from
// the package's source.
func (e *emitter) compiledGeneric(at *ast.Ident, o *types.Func, targs []types.Type) string {
	if n, ok := e.genericStandin(o, targs); ok {
		return n
	}
	if n, ok := e.compiledInstance(o, targs); ok {
		return n
	}
	if n, ok := e.pulled(o, targs); ok {
		return n
	}
	src, err := e.source(o.Pkg().Path())
	if err != nil {
		panic(refusef(at, "the generic function %s.%s cannot be called from a cell: %v", o.Pkg().Name(), o.Name(), err))
	}
	if src != nil {
		if f, ok := src.Scope().Lookup(o.Name()).(*types.Func); ok && f.Pkg() == src {
			return e.instance(f, targs)
		}
	}
	panic(refusef(at, "the generic function %s.%s is compiled, and has no instance for these types", o.Pkg().Name(), o.Name()))
}

// genericStandin names the runtime's stand-in for a compiled generic function, if it has one.
func (e *emitter) genericStandin(o *types.Func, targs []types.Type) (string, bool) {
	if !standin.HasGeneric(o.FullName()) {
		return "", false
	}
	key := "standin " + o.FullName()
	ds := make([]*rt.Type, len(targs))
	for i, t := range targs {
		ds[i] = e.desc(t)
		key += fmt.Sprintf("|%p", ds[i])
	}
	if n, ok := e.helpers[key]; ok {
		return e.imp(DescriptorPath, "desc") + "." + n, true
	}
	n := e.fresh("F_" + o.Name())
	put(e.Session, e.helpers, key, n)
	return e.symbol(n, standin.Generic(o.FullName(), ds...)), true
}

// compiledInstance asks the host for a compiled instance, whose type arguments are the representations of the cell's types.
func (e *emitter) compiledInstance(o *types.Func, targs []types.Type) (string, bool) {
	rs := make([]reflect.Type, len(targs))
	key := "compiled " + o.FullName()
	for i, t := range targs {
		r := e.repType(t)
		if r == nil {
			return "", false
		}
		rs[i] = r
		key += "|" + fmt.Sprintf("%p", r)
	}
	if n, ok := e.helpers[key]; ok {
		return e.imp(DescriptorPath, "desc") + "." + n, true
	}
	v, ok := e.host.Instance(o.Pkg().Path(), o.Name(), rs)
	if !ok {
		return "", false
	}
	n := e.fresh("F_" + o.Name())
	put(e.Session, e.helpers, key, n)
	return e.symbol(n, v), true
}

// repType is the reflect type of T's representation, nil when it is not known here.
func (s *Session) repType(T types.Type) reflect.Type {
	if s.pure(T) {
		return s.reflectType(T)
	}
	switch u := T.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()]
	case *types.Slice:
		if s.opaque(T) {
			return nil
		}
		if el := s.repType(u.Elem()); el != nil {
			return reflect.SliceOf(el)
		}
	case *types.Interface:
		return reflect.TypeFor[any]()
	}
	return nil
}
