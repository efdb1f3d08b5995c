package rt

import (
	"fmt"
	"reflect"
	"unsafe"
)

// twins makes, of compiled values of this test's own types, the boxes that lowered
// code would make: representations without names, unexported fields renamed,
// pointers of recursive types erased. Compiled Go is then the oracle for both.
type twins struct {
	types map[reflect.Type]*Type
	reps  map[reflect.Type]reflect.Type
	there map[unsafe.Pointer]unsafe.Pointer // original → twin
	back  map[unsafe.Pointer]reflect.Value  // twin → pointer to the original
}

func newTwins() *twins {
	return &twins{map[reflect.Type]*Type{}, map[reflect.Type]reflect.Type{},
		map[unsafe.Pointer]unsafe.Pointer{}, map[unsafe.Pointer]reflect.Value{}}
}

func typeOf(x any) reflect.Type { return reflect.TypeOf(x) }

func typeFor[T any]() reflect.Type { return reflect.TypeFor[T]() }

var testPkg = reflect.TypeFor[twins]().PkgPath()

// user reports whether a cell would define some part of r.
func user(r reflect.Type) bool { return hasUser(r, map[reflect.Type]bool{}) }

func hasUser(r reflect.Type, seen map[reflect.Type]bool) bool {
	if r.PkgPath() == testPkg {
		return true
	}
	if r.Name() != "" || seen[r] {
		return false
	}
	seen[r] = true
	switch r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return hasUser(r.Elem(), seen)
	case reflect.Map:
		return hasUser(r.Key(), seen) || hasUser(r.Elem(), seen)
	case reflect.Struct:
		for i := range r.NumField() {
			if f := r.Field(i); f.PkgPath != "" || f.Anonymous || hasUser(f.Type, seen) {
				return true
			}
		}
	case reflect.Func:
		for i := range r.NumIn() {
			if hasUser(r.In(i), seen) {
				return true
			}
		}
		for i := range r.NumOut() {
			if hasUser(r.Out(i), seen) {
				return true
			}
		}
	case reflect.Interface:
		return r.NumMethod() > 0
	}
	return false
}

// recursive reports whether r can be reached from itself.
func recursive(r reflect.Type) bool { return reaches(r, false) }

// reaches is recursive; cut leaves out what is behind pointers to recursive structs.
func reaches(r reflect.Type, cut bool) bool {
	seen := map[reflect.Type]bool{}
	var reach func(t reflect.Type) bool
	reach = func(t reflect.Type) bool {
		if t == r && len(seen) > 0 {
			return true
		}
		if seen[t] || !user(t) {
			return false
		}
		seen[t] = true
		switch t.Kind() {
		case reflect.Pointer:
			if e := t.Elem(); cut && e.Name() != "" && e.Kind() == reflect.Struct && recursive(e) {
				return false
			}
			return reach(t.Elem())
		case reflect.Slice, reflect.Array, reflect.Chan:
			return reach(t.Elem())
		case reflect.Map:
			return reach(t.Key()) || reach(t.Elem())
		case reflect.Struct:
			for i := range t.NumField() {
				if reach(t.Field(i).Type) {
					return true
				}
			}
		case reflect.Func:
			for i := range t.NumIn() {
				if reach(t.In(i)) {
					return true
				}
			}
			for i := range t.NumOut() {
				if reach(t.Out(i)) {
					return true
				}
			}
		}
		return false
	}
	return reach(r)
}

// typ describes r.
func (w *twins) typ(r reflect.Type) *Type {
	if !user(r) {
		return OfR(r)
	}
	if t := w.types[r]; t != nil {
		return t
	}
	if r.Name() == "" {
		t := w.structureOf(r)
		w.types[r] = t
		w.methodsOf(t, r)
		return t
	}
	t := Named(r.String())
	w.types[r] = t
	t.Def(w.structureOf(r))
	if r.Kind() != reflect.Interface {
		if r.Kind() == reflect.Struct && recursive(r) {
			t.Rep(reflect.Zero(w.rep(r)).Interface())
		}
		w.methodsOf(t, r)
		w.methodsOf(PtrTo(t), reflect.PointerTo(r))
		w.types[reflect.PointerTo(r)] = PtrTo(t)
	}
	return t
}

func (w *twins) all(n int, at func(int) reflect.Type) []*Type {
	ts := make([]*Type, n)
	for i := range ts {
		ts[i] = w.typ(at(i))
	}
	return ts
}

func (w *twins) structureOf(r reflect.Type) *Type {
	switch r.Kind() {
	case reflect.Pointer:
		return PtrTo(w.typ(r.Elem()))
	case reflect.Slice:
		return SliceOf(w.typ(r.Elem()))
	case reflect.Array:
		return ArrayOf(r.Len(), w.typ(r.Elem()))
	case reflect.Chan:
		return ChanOf(int(r.ChanDir()), w.typ(r.Elem()))
	case reflect.Map:
		return MapOf(w.typ(r.Key()), w.typ(r.Elem()))
	case reflect.Struct:
		fs := make([]Field, r.NumField())
		for i := range fs {
			f := r.Field(i)
			fs[i] = Field{Name: f.Name, T: w.typ(f.Type), Tag: string(f.Tag), Emb: f.Anonymous}
		}
		return StructOf(fs...)
	case reflect.Func:
		return FuncOf(w.all(r.NumIn(), r.In), w.all(r.NumOut(), r.Out), r.IsVariadic())
	case reflect.Interface:
		var ms []Sig
		for i := range r.NumMethod() {
			ms = append(ms, IM(r.Method(i).Name, w.typ(r.Method(i).Type)))
		}
		return InterfaceOf(ms...)
	}
	return OfR(basicTypes[r.Kind()])
}

var basicTypes = map[reflect.Kind]reflect.Type{}

func init() {
	for _, x := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0),
		uintptr(0), float32(0), 0.0, complex64(0), complex128(0), "", unsafe.Pointer(nil)} {
		basicTypes[reflect.TypeOf(x).Kind()] = reflect.TypeOf(x)
	}
}

func (w *twins) methodsOf(t *Type, r reflect.Type) {
	if t.goT != nil || r.Kind() == reflect.Interface {
		return
	}
	for i := range r.NumMethod() {
		m := r.Method(i)
		in := []reflect.Type{reflect.TypeFor[any]()}
		var sin, sout []*Type
		var out []reflect.Type
		for j := 1; j < m.Type.NumIn(); j++ {
			in, sin = append(in, w.rep(m.Type.In(j))), append(sin, w.typ(m.Type.In(j)))
		}
		for j := range m.Type.NumOut() {
			out, sout = append(out, w.rep(m.Type.Out(j))), append(sout, w.typ(m.Type.Out(j)))
		}
		f := reflect.MakeFunc(reflect.FuncOf(in, out, m.Type.IsVariadic()), func(args []reflect.Value) []reflect.Value {
			rep := args[0].Elem()
			recv := w.original(rep, r)
			real := []reflect.Value{recv}
			for j := 1; j < len(args); j++ {
				real = append(real, w.original(args[j], m.Type.In(j)))
			}
			var res []reflect.Value
			if m.Type.IsVariadic() {
				res = m.Func.CallSlice(real)
			} else {
				res = m.Func.Call(real)
			}
			if r.Kind() == reflect.Pointer && !recv.IsNil() { // what the method changed
				reflect.NewAt(w.rep(r.Elem()), rep.UnsafePointer()).Elem().Set(w.twin(recv.Elem()))
			}
			for j := range res {
				res[j] = w.twin(res[j])
			}
			return res
		})
		t.Method(m.Name, FuncOf(sin, sout, m.Type.IsVariadic()), f.Interface())
	}
}

// rep is the type of a variable that represents an r.
func (w *twins) rep(r reflect.Type) reflect.Type {
	if r.Kind() == reflect.Interface && user(r) || opaque(r) {
		return reflect.TypeFor[any]()
	}
	return w.core(r)
}

// core is the representation of r laid open.
func (w *twins) core(r reflect.Type) reflect.Type {
	if !user(r) {
		return r
	}
	if r.Kind() == reflect.Pointer && r.Elem().Kind() == reflect.Struct && recursive(r.Elem()) {
		return reflect.TypeFor[unsafe.Pointer]()
	}
	if t := w.reps[r]; t != nil {
		return t
	}
	t := w.repOf(r)
	w.reps[r] = t
	return t
}

// opaque, holdsHard and hard say which recursive types are kept as any.
func opaque(r reflect.Type) bool {
	if !user(r) {
		return false
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Chan:
		return r.Name() != "" && hard(r) || holdsHard(r.Elem())
	case reflect.Map:
		return r.Name() != "" && hard(r) || holdsHard(r.Elem()) || holdsHard(r.Key())
	case reflect.Pointer:
		return r.Name() != "" && hard(r) || !(r.Elem().Kind() == reflect.Struct && recursive(r.Elem())) && holdsHard(r.Elem())
	case reflect.Array, reflect.Func:
		return r.Name() != "" && hard(r)
	}
	return false
}

func holdsHard(r reflect.Type) bool {
	switch {
	case r.Kind() == reflect.Array:
		return holdsHard(r.Elem())
	case r.Kind() != reflect.Struct || !user(r):
		return false
	case r.Name() != "":
		return hard(r)
	}
	for i := range r.NumField() {
		if holdsHard(r.Field(i).Type) {
			return true
		}
	}
	return false
}

func hard(r reflect.Type) bool { return reaches(r, true) }

func (w *twins) repOf(r reflect.Type) reflect.Type {
	switch r.Kind() {
	case reflect.Pointer:
		return reflect.PointerTo(w.rep(r.Elem()))
	case reflect.Slice:
		return reflect.SliceOf(w.rep(r.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(r.Len(), w.rep(r.Elem()))
	case reflect.Chan:
		return reflect.ChanOf(r.ChanDir(), w.rep(r.Elem()))
	case reflect.Map:
		return reflect.MapOf(w.rep(r.Key()), w.rep(r.Elem()))
	case reflect.Struct:
		fs := make([]reflect.StructField, r.NumField())
		for i := range fs {
			f := r.Field(i)
			fs[i] = reflect.StructField{Name: f.Name, Type: w.rep(f.Type), Tag: f.Tag}
			if f.PkgPath != "" {
				fs[i].Name = "X" + f.Name
			}
		}
		return reflect.StructOf(fs)
	case reflect.Func:
		var in, out []reflect.Type
		for i := range r.NumIn() {
			in = append(in, w.rep(r.In(i)))
		}
		for i := range r.NumOut() {
			out = append(out, w.rep(r.Out(i)))
		}
		return reflect.FuncOf(in, out, r.IsVariadic())
	}
	return basicTypes[r.Kind()]
}

// box is the twin of x as it stands in an interface.
func (w *twins) box(x any) any {
	if x == nil {
		return nil
	}
	v := reflect.ValueOf(x)
	return Mk(w.typ(v.Type()), w.twin(v).Interface())
}

func readable(v reflect.Value) reflect.Value {
	if v.CanInterface() {
		return v
	}
	if v.CanAddr() {
		return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	}
	panic("twins: not addressable")
}

func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	n := reflect.New(v.Type()).Elem()
	n.Set(v)
	return n
}

// twin is the representation of v.
func (w *twins) twin(v reflect.Value) reflect.Value {
	if !opaque(v.Type()) {
		return w.open(v)
	}
	out := reflect.New(reflect.TypeFor[any]()).Elem()
	if !v.IsNil() {
		out.Set(w.open(v))
	}
	return out
}

// open is the representation of v laid open.
func (w *twins) open(v reflect.Value) reflect.Value {
	r := v.Type()
	t := w.core(r)
	if r.Kind() == reflect.Interface {
		t = w.rep(r)
	}
	out := reflect.New(t).Elem()
	switch r.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			b := w.box(v.Elem().Interface())
			if !reflect.TypeOf(b).AssignableTo(t) {
				panic(fmt.Sprintf("twins: %T as %s", b, t))
			}
			out.Set(reflect.ValueOf(b))
		}
	case reflect.Pointer:
		if !user(r) && (r.Elem().Kind() == reflect.Struct || !holdsInterface(r.Elem())) {
			return v
		}
		if v.IsNil() {
			return out
		}
		p, ok := w.there[v.UnsafePointer()]
		if !ok {
			n := reflect.New(w.rep(r.Elem()))
			p = n.UnsafePointer()
			w.there[v.UnsafePointer()], w.back[p] = p, v
			n.Elem().Set(w.twin(v.Elem()))
		}
		if t.Kind() == reflect.UnsafePointer {
			out.SetPointer(p)
		} else {
			out.Set(reflect.NewAt(t.Elem(), p))
		}
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(t, v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(w.twin(readable(v.Index(i))))
		}
	case reflect.Array:
		v = addressable(v)
		for i := range v.Len() {
			out.Index(i).Set(w.twin(readable(v.Index(i))))
		}
	case reflect.Map:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeMap(t))
		for it := v.MapRange(); it.Next(); {
			k := w.twin(it.Key())
			if t.Key().Kind() == reflect.Interface && !k.IsNil() {
				k = reflect.ValueOf(Hash(k.Interface()))
			}
			out.SetMapIndex(k, w.twin(it.Value()))
		}
	case reflect.Struct:
		if !user(r) && !holdsInterface(r) {
			return v
		}
		if !user(r) {
			for i := range r.NumField() {
				if r.Field(i).PkgPath != "" {
					return v
				}
			}
		}
		v = addressable(v)
		for i := range v.NumField() {
			out.Field(i).Set(w.twin(readable(v.Field(i))))
		}
	case reflect.Func:
		if !user(r) {
			return v
		}
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
			for i := range args {
				args[i] = w.original(args[i], r.In(i))
			}
			res := v.Call(args)
			for i := range res {
				res[i] = w.twin(res[i])
			}
			return res
		}))
	case reflect.Chan:
		if v.IsNil() {
			return out
		}
		if !user(r) {
			return v
		}
		out.Set(reflect.MakeChan(reflect.ChanOf(reflect.BothDir, t.Elem()), v.Cap()))
	default:
		out.Set(v.Convert(t))
	}
	return out
}

// original turns a representation back into a compiled value of type r.
func (w *twins) original(v reflect.Value, r reflect.Type) reflect.Value {
	out := reflect.New(r).Elem()
	if !v.IsValid() {
		return out
	}
	if v.Kind() == reflect.Interface && r.Kind() != reflect.Interface {
		return w.original(v.Elem(), r)
	}
	if !user(r) && r.Kind() != reflect.Interface {
		return v
	}
	switch r.Kind() {
	case reflect.Interface:
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if !v.IsValid() {
			return out
		}
		b := B(v.Interface())
		if b.T == nil {
			out.Set(v)
			return out
		}
		for gr, t := range w.types {
			if t == b.T {
				out.Set(w.original(reflect.ValueOf(b.V), gr))
				return out
			}
		}
		panic("twins: no original of " + b.T.name)
	case reflect.Pointer:
		if v.IsNil() {
			return out
		}
		if p, ok := w.back[v.UnsafePointer()]; ok && p.Type() == r {
			p.Elem().Set(w.original(reflect.NewAt(w.rep(r.Elem()), v.UnsafePointer()).Elem(), r.Elem()))
			return p
		}
		p := reflect.New(r.Elem())
		w.back[v.UnsafePointer()], w.there[p.UnsafePointer()] = p, v.UnsafePointer()
		p.Elem().Set(w.original(reflect.NewAt(w.rep(r.Elem()), v.UnsafePointer()).Elem(), r.Elem()))
		return p
	case reflect.Slice:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeSlice(r, v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(w.original(v.Index(i), r.Elem()))
		}
	case reflect.Array:
		for i := range v.Len() {
			out.Index(i).Set(w.original(v.Index(i), r.Elem()))
		}
	case reflect.Map:
		if v.IsNil() {
			return out
		}
		out.Set(reflect.MakeMap(r))
		for it := v.MapRange(); it.Next(); {
			out.SetMapIndex(w.original(it.Key(), r.Key()), w.original(it.Value(), r.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := out.Field(i)
			reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem().Set(w.original(v.Field(i), f.Type()))
		}
	case reflect.Func, reflect.Chan:
		// not called by the tests
	default:
		out.Set(v.Convert(r))
	}
	return out
}
