package lower

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// desc returns the descriptor of a type. Descriptors are made while lowering, in compiled code; lowered
// code names them as constants. A descriptor's methods are entered at the start of the chunk that first needs it.
func (s *Session) desc(T types.Type) *rt.Type {
	T = types.Unalias(T)
	if d, ok := s.descs.At(T).(*rt.Type); ok {
		return d
	}
	if s.pure(T) {
		if r := s.reflectType(T); r != nil {
			d := rt.OfR(r)
			putType(s, &s.descs, T, d)
			s.setAdapter(T, d)
			return d
		}
	}
	if r := s.sourced(T); r != T {
		d := s.desc(r)
		putType(s, &s.descs, T, d)
		return d
	}
	var d *rt.Type
	switch t := T.(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil { // comparable
			return s.desc(t.Underlying())
		}
		d = rt.Named(s.typeName(t, false))
		putType(s, &s.descs, T, d)
		d.Def(s.desc(t.Underlying()))
		s.enterMethods(T, d)
		s.desc(types.NewPointer(T)) // its methods may be asked for through an address
		return d
	case *types.Pointer:
		d = rt.PtrTo(s.desc(t.Elem()))
		if old := s.descs.At(T); old != nil {
			return old.(*rt.Type)
		}
	case *types.Slice:
		d = rt.SliceOf(s.desc(t.Elem()))
	case *types.Array:
		d = rt.ArrayOf(int(t.Len()), s.desc(t.Elem()))
	case *types.Chan:
		dir := 3
		switch t.Dir() {
		case types.RecvOnly:
			dir = 1
		case types.SendOnly:
			dir = 2
		}
		d = rt.ChanOf(dir, s.desc(t.Elem()))
	case *types.Map:
		d = rt.MapOf(s.desc(t.Key()), s.desc(t.Elem()))
	case *types.Signature:
		d = rt.FuncOf(s.descTuple(t.Params()), s.descTuple(t.Results()), t.Variadic())
	case *types.Struct:
		var fs []rt.Field
		for i := range t.NumFields() {
			f := t.Field(i)
			if f.Embedded() {
				fs = append(fs, rt.FE(f.Name(), s.desc(f.Type()), t.Tag(i)))
			} else {
				fs = append(fs, rt.F(f.Name(), s.desc(f.Type()), t.Tag(i)))
			}
		}
		d = rt.StructOf(fs...)
	case *types.Interface:
		var ms []rt.Sig
		for m := range t.Methods() {
			ms = append(ms, rt.IM(m.Name(), s.desc(bare(m.Type().(*types.Signature)))))
		}
		d = rt.InterfaceOf(ms...)
	default:
		panic(refuse(token.NoPos, "a value of type "+T.String()+" cannot be put into an interface"))
	}
	if old, ok := s.descs.At(T).(*rt.Type); ok {
		return old
	}
	putType(s, &s.descs, T, d)
	if d.Go() == nil {
		s.enterMethods(T, d)
	}
	return d
}

// bare is a signature without its receiver.
func bare(t *types.Signature) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, t.Params(), t.Results(), t.Variadic())
}

func (s *Session) descTuple(t *types.Tuple) []*rt.Type {
	var ds []*rt.Type
	for v := range t.Variables() {
		ds = append(ds, s.desc(v.Type()))
	}
	return ds
}

// d returns the text that names T's descriptor.
func (e *emitter) d(T types.Type) string {
	d := e.desc(e.s(T))
	n, ok := e.descSyms[d]
	if !ok {
		n = e.fresh("T")
		put(e.Session, e.descSyms, d, n)
		return e.symbol(n, reflect.ValueOf(d))
	}
	return e.imp(DescriptorPath, "desc") + "." + n
}

// typeName is the name that reflection would show; inside type arguments package paths are written in full.
func (s *Session) typeName(n *types.Named, full bool) string {
	o := n.Obj()
	pkg := ""
	if o.Pkg() != nil {
		pkg = o.Pkg().Name() + "."
		if full {
			pkg = o.Pkg().Path() + "."
		}
	}
	name := pkg + o.Name()
	if ta := n.TypeArgs(); ta != nil {
		var as []string
		for a := range ta.Types() {
			as = append(as, s.argName(a))
		}
		name += "[" + strings.Join(as, ",") + "]"
	}
	if inst := s.typeArgs[n]; inst != "" {
		name += inst
	}
	if full {
		if orig := s.localTypes[n]; orig != nil {
			o = orig
		}
		if g := s.generation(o); g > 0 {
			name += "·" + strconv.Itoa(g)
		}
	}
	return name
}

// generation numbers the types that functions of a package declare, in the order of the source, as the compiler does
// to tell apart those of one name; 0 for every other type.
func (s *Session) generation(o *types.TypeName) (g int) {
	u := s.units[o.Pkg()]
	if u == nil || !local(o) || u.info.Defs == nil {
		return 0
	}
	known := false
	for _, d := range u.info.Defs {
		t, ok := d.(*types.TypeName)
		if !ok || t.IsAlias() || !local(t) || t.Pos() > o.Pos() {
			continue
		}
		if _, ok := t.Type().(*types.TypeParam); ok {
			continue
		}
		g++
		known = known || t == o
	}
	if !known { // another cell declared it
		return 0
	}
	return g
}

// argName is how a type argument shows inside the name of an instance.
func (s *Session) argName(T types.Type) string {
	switch t := types.Unalias(T).(type) {
	case *types.Named:
		return s.typeName(t, true)
	case *types.Pointer:
		return "*" + s.argName(t.Elem())
	case *types.Slice:
		return "[]" + s.argName(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), s.argName(t.Elem()))
	case *types.Map:
		return "map[" + s.argName(t.Key()) + "]" + s.argName(t.Elem())
	case *types.Interface:
		if t.NumMethods() == 0 {
			return "interface {}"
		}
	case *types.Basic:
		return types.Typ[t.Kind()].Name() // byte shows as uint8, rune as int32
	}
	return s.desc(T).String()
}

// reflectType is the compiled type that a pure type is, nil when a part of it is not in the symbol tables.
func (s *Session) reflectType(T types.Type) reflect.Type {
	switch t := types.Unalias(T).(type) {
	case *types.Basic:
		return basicTypes[t.Kind()]
	case *types.Pointer:
		if el := s.reflectType(t.Elem()); el != nil {
			return reflect.PointerTo(el)
		}
	case *types.Slice:
		if el := s.reflectType(t.Elem()); el != nil {
			return reflect.SliceOf(el)
		}
	case *types.Array:
		if el := s.reflectType(t.Elem()); el != nil {
			return reflect.ArrayOf(int(t.Len()), el)
		}
	case *types.Chan:
		if el := s.reflectType(t.Elem()); el != nil {
			dir := reflect.BothDir
			switch t.Dir() {
			case types.RecvOnly:
				dir = reflect.RecvDir
			case types.SendOnly:
				dir = reflect.SendDir
			}
			return reflect.ChanOf(dir, el)
		}
	case *types.Map:
		k, v := s.reflectType(t.Key()), s.reflectType(t.Elem())
		if k != nil && v != nil {
			return reflect.MapOf(k, v)
		}
	case *types.Signature:
		in, ok := s.reflectTuple(t.Params())
		out, ok2 := s.reflectTuple(t.Results())
		if ok && ok2 {
			return reflect.FuncOf(in, out, t.Variadic())
		}
	case *types.Struct:
		var fs []reflect.StructField
		for i := range t.NumFields() {
			ft := s.reflectType(t.Field(i).Type())
			if ft == nil {
				return nil
			}
			fs = append(fs, reflect.StructField{Name: t.Field(i).Name(), Type: ft, Tag: reflect.StructTag(t.Tag(i))})
		}
		return reflect.StructOf(fs)
	case *types.Interface:
		return reflect.TypeFor[any]()
	case *types.Named:
		if t.Obj().Pkg() == nil {
			if t.Obj().Name() == "error" {
				return reflect.TypeFor[error]()
			}
			return reflect.TypeFor[any]()
		}
		if t.TypeArgs() != nil {
			r, _ := s.compiledInstanceOf(t)
			return r
		}
		if v, ok := s.host.Symbols(t.Obj().Pkg().Path())[t.Obj().Name()]; ok && v.Kind() == reflect.Pointer {
			return v.Type().Elem()
		}
	}
	return nil
}

func (s *Session) reflectTuple(t *types.Tuple) (ts []reflect.Type, ok bool) {
	for v := range t.Variables() {
		r := s.reflectType(v.Type())
		if r == nil {
			return nil, false
		}
		ts = append(ts, r)
	}
	return ts, true
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UnsafePointer: reflect.TypeOf(unsafePointer),
	types.UntypedBool:   reflect.TypeFor[bool](), types.UntypedString: reflect.TypeFor[string](), types.UntypedInt: reflect.TypeFor[int](),
	types.UntypedRune: reflect.TypeFor[rune](), types.UntypedFloat: reflect.TypeFor[float64](), types.UntypedComplex: reflect.TypeFor[complex128](),
	types.UntypedNil: reflect.TypeFor[any](),
}

// setAdapter tells a compiled interface's descriptor how boxes become values of it.
func (s *Session) setAdapter(T types.Type, d *rt.Type) {
	n, ok := T.(*types.Named)
	if !ok || !types.IsInterface(n) || n.Obj().Pkg() == nil {
		return
	}
	if f := s.host.Adapters(n.Obj().Pkg().Path())[n.Obj().Name()]; f != nil {
		d.SetAdapter(f)
	}
}

// enterMethods emits the code that enters T's methods in its descriptor, and tells it the representation.
func (s *Session) enterMethods(T types.Type, d *rt.Type) {
	if types.IsInterface(T) {
		return
	}
	ms := types.NewMethodSet(T)
	named, _ := T.(*types.Named)
	recursive := false
	if named != nil {
		recursive = s.cyclesOf(named).any
	}
	if ms.Len() == 0 && !recursive {
		return
	}
	e := s.emitter(nil)
	dn := e.d(T)
	if recursive {
		if _, isStruct := T.Underlying().(*types.Struct); isStruct {
			fmt.Fprintf(&s.inits, "%s.Rep(%s{})\n", dn, s.core(T))
		}
	}
	for sel := range ms.Methods() {
		m := sel.Obj().(*types.Func)
		if m.Name() == "_" || !m.Exported() && !s.interpreted(m.Pkg()) {
			continue // nothing outside of its package can call it
		}
		s.queue = append(s.queue, func(e *emitter) { e.enterMethod(T, d, dn, m, sel.Index()) })
	}
}

func (e *emitter) enterMethod(T types.Type, d *rt.Type, dn string, m *types.Func, idx []int) {
	sig := e.s(sel(T, m)).(*types.Signature)
	ps, as, res, ret := e.params(sig)
	recv := e.fresh("r")
	rep := e.t(T)
	text := recv
	if rep != "any" {
		text = recv + ".(" + rep + ")"
	}
	v := e.fresh("v")
	x, xt := e.path(v, T, idx[:len(idx)-1])
	var call string
	pre := e.nested(func() {
		if el, ok := pointerTo(xt); ok && len(idx) == 1 && !pointerReceiver(m) {
			if n, ok := types.Unalias(el).(*types.Named); ok && e.interpreted(n.Obj().Pkg()) {
				e.w("if %s == nil { %s(%s(%q, %q, %q)) }", x, e.rt("Raise"), e.rt("NilReceiver"), n.Obj().Pkg().Name(), n.Obj().Name(), m.Name())
			}
		}
		call = e.methodCall(x, xt, m, as)
	})
	fn := e.fresh("m_" + m.Name())
	fmt.Fprintf(&e.Session.funcs, "func %s(%s) %s {\n%s := %s\n%s%s%s\n}\n", fn, strings.Join(append([]string{recv + " any"}, ps...), ", "), res, v, text, pre, ret, call)
	fmt.Fprintf(&e.inits, "%s.Method(%q, %s, %s)\n", dn, m.Name(), e.d(bare(sig)), fn)
}

// sel is the signature of method m as a member of T.
func sel(T types.Type, m *types.Func) types.Type {
	if o, _, _ := types.LookupFieldOrMethod(T, true, m.Pkg(), m.Name()); o != nil {
		return o.Type()
	}
	return m.Type()
}
