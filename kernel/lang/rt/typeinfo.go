package rt

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// String is the type as reflect prints it: "map[string]main.Color".
func (t *Type) String() string { return t.name }

// Named reports whether t is a defined type (or a predeclared one).
func (t *Type) Named() bool { return t.named }

// Go is the compiled type that t describes, nil when a cell defined some part of it.
func (t *Type) Go() reflect.Type { return t.goT }

// Kind is the kind of the underlying type, reflect.Invalid before Def.
func (t *Type) Kind() reflect.Kind {
	if t.goT != nil {
		return t.goT.Kind()
	}
	if s := t.struc(); s != nil {
		return s.kind
	}
	return reflect.Invalid
}

// Elem is the element type of a slice, array, pointer, map or channel, else nil.
func (t *Type) Elem() *Type { return t.struc().elem }

// Key is the key type of a map, else nil.
func (t *Type) Key() *Type { return t.struc().key }

// Len is the length of an array type.
func (t *Type) Len() int { return t.struc().len }

// Fields are the fields of a struct type, in order; not to be changed.
func (t *Type) Fields() []Field { return t.struc().fields }

// Signature gives the parameters and results of a func type.
func (t *Type) Signature() (in, out []*Type, variadic bool) {
	s := t.struc()
	return s.in, s.out, s.variadic
}

// Interface gives the method set of an interface type, sorted by name.
func (t *Type) Interface() []Sig { return t.struc().methods }

// Underlying is the type behind a named one, itself for others.
func (t *Type) Underlying() *Type {
	for u := t.under.Load(); u != nil; u = t.under.Load() {
		t = u
	}
	return t
}

var noShape = &shape{}

// struc is the structure of t, through its underlying type.
func (t *Type) struc() *shape {
	t = t.Underlying()
	if s := t.shape.Load(); s != nil {
		return s
	}
	if t.goT == nil {
		return noShape // named, not yet defined
	}
	t.shape.CompareAndSwap(nil, goShape(t.goT))
	return t.shape.Load()
}

func goShape(r reflect.Type) *shape {
	s := &shape{kind: r.Kind()}
	switch s.kind {
	case reflect.Array:
		s.elem, s.len = OfR(r.Elem()), r.Len()
	case reflect.Slice, reflect.Pointer:
		s.elem = OfR(r.Elem())
	case reflect.Chan:
		s.elem, s.dir = OfR(r.Elem()), r.ChanDir()
	case reflect.Map:
		s.elem, s.key = OfR(r.Elem()), OfR(r.Key())
	case reflect.Struct:
		for i := range r.NumField() {
			f := r.Field(i)
			s.fields = append(s.fields, Field{f.Name, OfR(f.Type), string(f.Tag), f.Anonymous, f.PkgPath})
		}
	case reflect.Func:
		for i := range r.NumIn() {
			s.in = append(s.in, OfR(r.In(i)))
		}
		for i := range r.NumOut() {
			s.out = append(s.out, OfR(r.Out(i)))
		}
		s.variadic = r.IsVariadic()
	case reflect.Interface:
		for i := range r.NumMethod() {
			m := r.Method(i)
			s.methods = append(s.methods, Sig{m.Name, OfR(m.Type), m.PkgPath})
		}
	}
	return s
}

func sortedSigs(ms []Sig) []Sig {
	ms = slices.Clone(ms)
	slices.SortFunc(ms, func(a, b Sig) int { return strings.Compare(a.Name, b.Name) })
	return ms
}

func exported(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

// signature prints parameters and results as reflect does: "(int, ...string) (bool, error)".
func signature(in, out []*Type, variadic bool) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, t := range in {
		if i > 0 {
			b.WriteString(", ")
		}
		if variadic && i == len(in)-1 {
			b.WriteString("..." + t.Elem().name)
		} else {
			b.WriteString(t.name)
		}
	}
	b.WriteByte(')')
	switch len(out) {
	case 0:
	case 1:
		b.WriteString(" " + out[0].name)
	default:
		b.WriteString(" (")
		for i, t := range out {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(t.name)
		}
		b.WriteByte(')')
	}
	return b.String()
}

func structName(fields []Field) string {
	var b strings.Builder
	b.WriteString("struct {")
	for i, f := range fields {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if !f.Emb {
			b.WriteString(f.Name + " ")
		}
		b.WriteString(f.T.name)
		if f.Tag != "" {
			b.WriteString(" " + strconv.Quote(f.Tag))
		}
	}
	b.WriteString(" }")
	return b.String()
}

func interfaceName(ms []Sig) string {
	var b strings.Builder
	b.WriteString("interface {")
	for i, m := range ms {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if !exported(m.Name) {
			b.WriteString("main.") // reflect qualifies the unexported methods of interface types
		}
		in, out, variadic := m.T.Signature()
		b.WriteString(m.Name + signature(in, out, variadic))
	}
	b.WriteString(" }")
	return b.String()
}
