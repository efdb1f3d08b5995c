package standin

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gossl/gossl/kernel/lang/rt"
)

var _ = add(map[string]any{"reflect.TypeOf": TypeOf})

func init() {
	generic["reflect.TypeFor"] = func(targs []*rt.Type) any {
		return func() reflect.Type { return shown(targs[0]) }
	}
}

// TypeOf is reflect.TypeOf. The type of a box answers questions about itself; it
// cannot be used to make values, and it has no size.
func TypeOf(x any) reflect.Type {
	if x == nil {
		return nil
	}
	return shown(rt.TypeOf(x))
}

// cellType is a type that a cell defines, as a reflect.Type. The embedded Type is
// that of a type of the same kind; what it would answer wrongly is overridden.
type cellType struct {
	reflect.Type
	t *rt.Type
}

func shown(t *rt.Type) reflect.Type {
	if t == nil {
		return nil
	}
	if r := t.Go(); r != nil {
		return r
	}
	return cellType{standard[t.Kind()], t}
}

// standard has a compiled type of each kind.
var standard = func() map[reflect.Kind]reflect.Type {
	m := map[reflect.Kind]reflect.Type{}
	for _, x := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0), float32(0), 0.0,
		complex64(0), complex128(0), "", []int(nil), [0]int{}, map[int]int(nil), (*int)(nil), (func())(nil), (chan int)(nil), struct{}{}} {
		m[reflect.TypeOf(x).Kind()] = reflect.TypeOf(x)
	}
	m[reflect.Interface] = reflect.TypeFor[any]()
	return m
}()

func (c cellType) cannot(method string) error {
	return fmt.Errorf("reflect: %s of %s: package reflect does not know the types that cells define", method, c.t)
}

func (c cellType) String() string { return c.t.String() }

func (c cellType) Name() string {
	if !c.t.Named() {
		return ""
	}
	head, args, generic := strings.Cut(c.t.String(), "[")
	head = head[strings.LastIndexByte(head, '.')+1:]
	if generic {
		return head + "[" + args
	}
	return head
}

func (c cellType) PkgPath() string {
	if !c.t.Named() {
		return ""
	}
	head, _, _ := strings.Cut(c.t.String(), "[")
	return head[:max(strings.LastIndexByte(head, '.'), 0)]
}

func (c cellType) Size() uintptr   { panic(c.cannot("Size")) }
func (c cellType) Align() int      { panic(c.cannot("Align")) }
func (c cellType) FieldAlign() int { panic(c.cannot("FieldAlign")) }

// methods are the exported ones, in order.
func (c cellType) methods() []rt.Sig {
	all := c.t.Methods()
	if c.t.Kind() == reflect.Interface {
		all = c.t.Interface()
	}
	var out []rt.Sig
	for _, m := range all {
		if c.t.Kind() == reflect.Interface || (rt.Field{Name: m.Name}).Exported() {
			out = append(out, m)
		}
	}
	return out
}

func (c cellType) NumMethod() int { return len(c.methods()) }

func (c cellType) Method(i int) reflect.Method {
	ms := c.methods()
	if i < 0 || i >= len(ms) {
		panic("reflect: Method index out of range")
	}
	m := reflect.Method{Name: ms[i].Name, Index: i, Type: shown(ms[i].T)}
	if c.t.Kind() != reflect.Interface { // the receiver is the first parameter
		in, out, variadic := ms[i].T.Signature()
		m.Type = shown(rt.FuncOf(append([]*rt.Type{c.t}, in...), out, variadic))
	}
	return m
}

func (c cellType) MethodByName(name string) (reflect.Method, bool) {
	for i, m := range c.methods() {
		if m.Name == name {
			return c.Method(i), true
		}
	}
	return reflect.Method{}, false
}

// typeOf is the descriptor behind a reflect.Type.
func typeOf(r reflect.Type) *rt.Type {
	if c, ok := r.(cellType); ok {
		return c.t
	}
	return rt.OfR(r)
}

func (c cellType) Implements(u reflect.Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.Implements")
	}
	if u.Kind() != reflect.Interface {
		panic("reflect: non-interface type passed to Type.Implements")
	}
	return c.t.Implements(typeOf(u))
}

func (c cellType) AssignableTo(u reflect.Type) bool {
	t := typeOf(u)
	return c.t == t || t.Kind() == reflect.Interface && c.t.Implements(t) ||
		(!c.t.Named() || !t.Named()) && c.t.Underlying() == t.Underlying()
}

func (c cellType) ConvertibleTo(reflect.Type) bool { panic(c.cannot("ConvertibleTo")) }
func (c cellType) Comparable() bool                { return c.t.Comparable() }

func (c cellType) need(method string, kinds ...reflect.Kind) {
	for _, k := range kinds {
		if c.t.Kind() == k {
			return
		}
	}
	panic("reflect: " + method + " of non-" + kinds[0].String() + " type " + c.t.String())
}

func (c cellType) Elem() reflect.Type {
	switch c.t.Kind() {
	case reflect.Array, reflect.Chan, reflect.Map, reflect.Pointer, reflect.Slice:
		return shown(c.t.Elem())
	}
	panic("reflect: Elem of invalid type " + c.t.String())
}

func (c cellType) Key() reflect.Type { c.need("Key", reflect.Map); return shown(c.t.Key()) }
func (c cellType) Len() int          { c.need("Len", reflect.Array); return c.t.Len() }
func (c cellType) NumField() int     { c.need("NumField", reflect.Struct); return len(c.t.Fields()) }

func (c cellType) ChanDir() reflect.ChanDir {
	c.need("ChanDir", reflect.Chan)
	switch s := c.t.Underlying().String(); {
	case strings.HasPrefix(s, "<-"):
		return reflect.RecvDir
	case strings.HasPrefix(s, "chan<-"):
		return reflect.SendDir
	}
	return reflect.BothDir
}

func (c cellType) Field(i int) reflect.StructField {
	c.need("Field", reflect.Struct)
	fs := c.t.Fields()
	if i < 0 || i >= len(fs) {
		panic("reflect: Field index out of bounds")
	}
	f := reflect.StructField{Name: fs[i].Name, Type: shown(fs[i].T), Tag: reflect.StructTag(fs[i].Tag), Index: []int{i}, Anonymous: fs[i].Emb}
	if !fs[i].Exported() {
		f.PkgPath = "main"
	}
	return f
}

func (c cellType) FieldByIndex(index []int) (f reflect.StructField) {
	t := reflect.Type(c)
	for i, n := range index {
		if i > 0 && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
			t = t.Elem()
		}
		f = t.Field(n)
		t = f.Type
	}
	return f
}

func (c cellType) FieldByName(name string) (reflect.StructField, bool) {
	return c.FieldByNameFunc(func(s string) bool { return s == name })
}

// FieldByNameFunc searches the embedded structs level by level, as reflect does: two
// of one level cancel each other.
func (c cellType) FieldByNameFunc(match func(string) bool) (reflect.StructField, bool) {
	c.need("FieldByNameFunc", reflect.Struct)
	type level struct {
		t     reflect.Type
		index []int
	}
	seen := map[reflect.Type]bool{}
	for now := []level{{t: c}}; len(now) > 0; {
		var next []level
		var found []reflect.StructField
		for _, l := range now {
			if seen[l.t] {
				continue
			}
			for i := range l.t.NumField() {
				f := l.t.Field(i)
				f.Index = append(append([]int(nil), l.index...), i)
				t := f.Type
				if t.Kind() == reflect.Pointer {
					t = t.Elem()
				}
				switch {
				case match(f.Name):
					found = append(found, f)
				case f.Anonymous && t.Kind() == reflect.Struct:
					next = append(next, level{t, f.Index})
				}
			}
		}
		for _, l := range now {
			seen[l.t] = true
		}
		if len(found) > 0 {
			return one(found)
		}
		now = next
	}
	return reflect.StructField{}, false
}

func one(found []reflect.StructField) (reflect.StructField, bool) {
	if len(found) > 1 {
		return reflect.StructField{}, false
	}
	return found[0], true
}

func (c cellType) signature(method string) (in, out []*rt.Type, variadic bool) {
	c.need(method, reflect.Func)
	return c.t.Signature()
}

func (c cellType) NumIn() int            { in, _, _ := c.signature("NumIn"); return len(in) }
func (c cellType) NumOut() int           { _, out, _ := c.signature("NumOut"); return len(out) }
func (c cellType) In(i int) reflect.Type { in, _, _ := c.signature("In"); return shown(in[i]) }
func (c cellType) Out(i int) reflect.Type {
	_, out, _ := c.signature("Out")
	return shown(out[i])
}
func (c cellType) IsVariadic() bool { _, _, v := c.signature("IsVariadic"); return v }

func (c cellType) CanSeq() bool  { panic(c.cannot("CanSeq")) }
func (c cellType) CanSeq2() bool { panic(c.cannot("CanSeq2")) }
