package rt

import (
	"fmt"
	"reflect"
	"sync"
)

// tableSet is the method table of a type; it is replaced, never changed.
type tableSet struct {
	funcs map[string]any   // name → func(recv any, args…)
	sigs  map[string]*Type // name → func type without receiver
	impls *sync.Map        // interface → missing method, "" for none
	kind  variant
}

var noMethods = &tableSet{}

func (t *Type) table() *tableSet {
	if s := t.set.Load(); s != nil {
		return s
	}
	return noMethods
}

// Method enters a method of t's method set and returns t: sig is its func type
// without receiver, f a func(recv any, args…) whose first parameter is the value
// in the box. Promoted methods, and for a pointer type the methods of its element,
// are entered like any other. All methods come before the first value.
func (t *Type) Method(name string, sig *Type, f any) *Type {
	for {
		old := t.set.Load()
		s := &tableSet{funcs: map[string]any{name: f}, sigs: map[string]*Type{name: sig}, impls: new(sync.Map)}
		if old != nil {
			for n, of := range old.funcs {
				if n != name {
					s.funcs[n], s.sigs[n] = of, old.sigs[n]
				}
			}
		}
		s.kind = variantOf(s.funcs)
		if t.set.CompareAndSwap(old, s) {
			return t
		}
	}
}

// Func is the method of that name as func(recv any, args…), nil when there is none.
func (t *Type) Func(name string) any {
	if t.goT != nil {
		return unbound(t.goT, name)
	}
	return t.table().funcs[name]
}

// Methods are the names of the methods of a type of the session.
func (t *Type) Methods() []Sig {
	var ms []Sig
	if t.goT != nil {
		for i := range t.goT.NumMethod() {
			ms = append(ms, Sig{Name: t.goT.Method(i).Name, T: t.sig(t.goT.Method(i).Name)})
		}
		return ms
	}
	for n, s := range t.table().sigs {
		ms = append(ms, Sig{Name: n, T: s})
	}
	return sortedSigs(ms)
}

// sig is the func type of a method without its receiver, nil when t lacks it.
func (t *Type) sig(name string) *Type {
	if t.goT == nil {
		if t.Kind() == reflect.Interface {
			for _, m := range t.Interface() {
				if m.Name == name {
					return m.T
				}
			}
		}
		return t.table().sigs[name]
	}
	m, ok := t.goT.MethodByName(name)
	if !ok {
		return nil
	}
	if t.goT.Kind() == reflect.Interface {
		return OfR(m.Type)
	}
	in := make([]reflect.Type, m.Type.NumIn()-1)
	for i := range in {
		in[i] = m.Type.In(i + 1)
	}
	out := make([]reflect.Type, m.Type.NumOut())
	for i := range out {
		out[i] = m.Type.Out(i)
	}
	return OfR(reflect.FuncOf(in, out, m.Type.IsVariadic()))
}

// Implements reports whether values of type t have the methods of iface.
func (t *Type) Implements(iface *Type) bool { return t.missing(iface) == "" }

// missing is the first method of iface that t lacks or has with another type.
func (t *Type) missing(iface *Type) string {
	impls := t.table().impls
	if impls == nil {
		impls = &t.plainImpls
	}
	if m, ok := impls.Load(iface); ok {
		return m.(string)
	}
	m := t.findMissing(iface)
	impls.Store(iface, m)
	return m
}

func (t *Type) findMissing(iface *Type) string {
	if t.goT != nil && iface.goT != nil && t.goT.Implements(iface.goT) {
		return ""
	}
	for _, m := range iface.Interface() {
		if m.pkg != "" && t.goT == nil || t.sig(m.Name) != m.T {
			return m.Name
		}
	}
	return ""
}

// Method is the method of that name of the boxed value's type, as a func of type F
// whose first parameter is the value: Method[func(any, []byte) (int, error)](b, "Read")(b.V, p).
// It panics when the type has no such method.
func Method[F any](b Box, name string) F {
	f, ok := b.T.table().funcs[name].(F)
	if !ok {
		panic(fmt.Errorf("rt: method %s of %s: the table holds %T, wanted %T", name, b.T, b.T.table().funcs[name], f))
	}
	return f
}

// M is the method of that name of the value in x, as func(recv any, args…), to be
// called with V(x) first. A nil interface panics as a nil dereference does.
func M(x any, name string) any {
	b := B(x)
	if b.T == nil {
		if x == nil {
			panic(NilDeref())
		}
		return unbound(reflect.TypeOf(x), name)
	}
	return b.T.table().funcs[name]
}

var unbounds sync.Map // unboundKey → any

type unboundKey struct {
	t    reflect.Type
	name string
}

// unbound is a compiled type's method as a func whose receiver is an any.
func unbound(t reflect.Type, name string) any {
	key := unboundKey{t, name}
	if f, ok := unbounds.Load(key); ok {
		return f
	}
	m, ok := t.MethodByName(name)
	if !ok {
		return nil
	}
	mt := m.Type
	in := []reflect.Type{reflect.TypeFor[any]()}
	for i := 1; i < mt.NumIn(); i++ {
		in = append(in, mt.In(i))
	}
	var out []reflect.Type
	for i := range mt.NumOut() {
		out = append(out, mt.Out(i))
	}
	f := reflect.MakeFunc(reflect.FuncOf(in, out, mt.IsVariadic()), func(args []reflect.Value) []reflect.Value {
		recv := args[0].Elem()
		if mt.IsVariadic() {
			return recv.Method(m.Index).CallSlice(args[1:])
		}
		return recv.Method(m.Index).Call(args[1:])
	}).Interface()
	unbounds.Store(key, f)
	return f
}
