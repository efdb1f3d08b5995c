package rt

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Type describes a type as the user wrote it. Equal types have equal pointers, so
// == on descriptors is type identity. A type made of compiled parts alone is the
// compiled type itself (see [Type.Go]) and its values are never boxed.
type Type struct {
	id    int
	name  string // as reflect's String gives it
	named bool
	goT   reflect.Type             // the compiled type, or nil
	under atomic.Pointer[Type]     // what Def said
	shape atomic.Pointer[shape]    // structure of an unnamed type; of a compiled one, made when asked for
	set   atomic.Pointer[tableSet] // methods
	rep   atomic.Pointer[reflect.Type]
	adapt atomic.Pointer[func(Box) any]
	eq    atomic.Uint32 // how == works, see comparison

	plainImpls sync.Map // what tableSet.impls is, for a type without a table
}

// shape is the structure of a type.
type shape struct {
	kind     reflect.Kind
	elem     *Type
	key      *Type
	len      int
	dir      reflect.ChanDir
	fields   []Field
	in, out  []*Type
	variadic bool
	methods  []Sig // of an interface, sorted
}

// Field is a field of a struct type.
type Field struct {
	Name string
	T    *Type
	Tag  string
	Emb  bool // embedded
	pkg  string
}

// Exported reports whether the field's name is exported.
func (f Field) Exported() bool { return exported(f.Name) }

// Sig is the name and the type of a method, without its receiver.
type Sig struct {
	Name string
	T    *Type // a func type
	pkg  string
}

// F is a field, FE an embedded one; tag is the raw tag.
func F(name string, t *Type, tag string) Field { return Field{Name: name, T: t, Tag: tag} }

// FE is an embedded field: name is the type's own name.
func FE(name string, t *Type, tag string) Field {
	return Field{Name: name, T: t, Tag: tag, Emb: true}
}

var (
	internMu sync.Mutex
	interned = map[string]*Type{}
	compiled sync.Map // reflect.Type → *Type
	lastID   atomic.Int64
)

func newType(name string) *Type { return &Type{id: int(lastID.Add(1)), name: name} }

// intern returns the type for key, made by mk when it is new.
func intern(key string, name func() string, sh func() *shape) *Type {
	internMu.Lock()
	defer internMu.Unlock()
	if t := interned[key]; t != nil {
		return t
	}
	t := newType(name())
	t.shape.Store(sh())
	interned[key] = t
	return t
}

// Named makes a new defined type: each call makes another one. The name is
// qualified as reflect prints it ("main.Color", "main.Pair[int,string]"). Its
// structure comes with [Type.Def], before the first value.
func Named(name string) *Type {
	t := newType(name)
	t.named = true
	return t
}

// Def gives a named type its underlying type and returns the named type.
func (t *Type) Def(u *Type) *Type {
	t.under.Store(u)
	return t
}

// Rep tells the type of the representation in the interpreter, by a value of it.
// It is needed where the representation hides it: pointers kept as
// unsafe.Pointer, recursive types kept as any. It returns t.
func (t *Type) Rep(zero any) *Type {
	if r := reflect.TypeOf(zero); r != nil {
		t.rep.Store(&r)
	}
	return t
}

// Of describes the compiled type that p points to: Of((*int)(nil)).
func Of(p any) *Type { return OfR(reflect.TypeOf(p).Elem()) }

// OfR describes a compiled type.
func OfR(r reflect.Type) *Type {
	if t, ok := compiled.Load(r); ok {
		return t.(*Type)
	}
	t := newType(r.String())
	t.named, t.goT = r.Name() != "", r
	u, _ := compiled.LoadOrStore(r, t)
	return u.(*Type)
}

// SliceOf describes []e.
func SliceOf(e *Type) *Type {
	if e.goT != nil {
		return OfR(reflect.SliceOf(e.goT))
	}
	return intern("[]"+e.key(), func() string { return "[]" + e.name },
		func() *shape { return &shape{kind: reflect.Slice, elem: e} })
}

// ArrayOf describes [n]e.
func ArrayOf(n int, e *Type) *Type {
	if e.goT != nil {
		return OfR(reflect.ArrayOf(n, e.goT))
	}
	head := "[" + strconv.Itoa(n) + "]"
	return intern(head+e.key(), func() string { return head + e.name },
		func() *shape { return &shape{kind: reflect.Array, elem: e, len: n} })
}

// PtrTo describes *e.
func PtrTo(e *Type) *Type {
	if e.goT != nil {
		return OfR(reflect.PointerTo(e.goT))
	}
	return intern("*"+e.key(), func() string { return "*" + e.name },
		func() *shape { return &shape{kind: reflect.Pointer, elem: e} })
}

// MapOf describes map[k]e.
func MapOf(k, e *Type) *Type {
	if k.goT != nil && e.goT != nil {
		return OfR(reflect.MapOf(k.goT, e.goT))
	}
	return intern("map["+k.key()+"]"+e.key(), func() string { return "map[" + k.name + "]" + e.name },
		func() *shape { return &shape{kind: reflect.Map, key: k, elem: e} })
}

// ChanOf describes a channel of e: dir 1 receives (<-chan), 2 sends (chan<-), 3 does both.
func ChanOf(dir int, e *Type) *Type {
	d := reflect.ChanDir(dir)
	if e.goT != nil {
		return OfR(reflect.ChanOf(d, e.goT))
	}
	return intern(d.String()+" "+e.key(), func() string {
		if d != reflect.RecvDir && !e.named && strings.HasPrefix(e.name, "<-") {
			return d.String() + " (" + e.name + ")"
		}
		return d.String() + " " + e.name
	}, func() *shape { return &shape{kind: reflect.Chan, elem: e, dir: d} })
}

// FuncOf describes a func type; the last of in is a slice when variadic.
func FuncOf(in, out []*Type, variadic bool) *Type {
	if gi, ok := goTypes(in); ok {
		if gout, ok := goTypes(out); ok {
			return OfR(reflect.FuncOf(gi, gout, variadic))
		}
	}
	key := fmt.Sprintf("func(%s)(%s)%v", keys(in), keys(out), variadic)
	return intern(key, func() string { return "func" + signature(in, out, variadic) },
		func() *shape { return &shape{kind: reflect.Func, in: in, out: out, variadic: variadic} })
}

// StructOf describes a struct type.
func StructOf(fields ...Field) *Type {
	if t := goStruct(fields); t != nil {
		return t
	}
	var key strings.Builder
	key.WriteString("struct{")
	for _, f := range fields {
		fmt.Fprintf(&key, "%s %v %s %q;", f.Name, f.Emb, f.T.key(), f.Tag)
	}
	return intern(key.String(), func() string { return structName(fields) },
		func() *shape { return &shape{kind: reflect.Struct, fields: fields} })
}

// goStruct is the compiled struct type with these fields, where reflection can make
// the type that the interpreter itself uses: exported compiled fields, none embedded.
func goStruct(fields []Field) *Type {
	if len(fields) == 0 {
		return OfR(reflect.TypeFor[struct{}]())
	}
	sf := make([]reflect.StructField, len(fields))
	for i, f := range fields {
		if f.T.goT == nil || f.Emb || !f.Exported() {
			return nil
		}
		sf[i] = reflect.StructField{Name: f.Name, Type: f.T.goT, Tag: reflect.StructTag(f.Tag)}
	}
	return OfR(reflect.StructOf(sf))
}

// InterfaceOf describes an interface type by its whole method set.
func InterfaceOf(methods ...Sig) *Type {
	if len(methods) == 0 {
		return OfR(reflect.TypeFor[any]())
	}
	ms := sortedSigs(methods)
	var key strings.Builder
	key.WriteString("interface{")
	for _, m := range ms {
		key.WriteString(m.Name + " " + m.T.key() + ";")
	}
	return intern(key.String(), func() string { return interfaceName(ms) },
		func() *shape { return &shape{kind: reflect.Interface, methods: ms} })
}

// IM is a method of an interface type: its name and its func type.
func IM(name string, sig *Type) Sig { return Sig{Name: name, T: sig} }

func (t *Type) key() string { return "#" + strconv.Itoa(t.id) }

func keys(ts []*Type) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		s[i] = t.key()
	}
	return strings.Join(s, ",")
}

func goTypes(ts []*Type) ([]reflect.Type, bool) {
	r := make([]reflect.Type, len(ts))
	for i, t := range ts {
		if t.goT == nil {
			return nil, false
		}
		r[i] = t.goT
	}
	return r, true
}
