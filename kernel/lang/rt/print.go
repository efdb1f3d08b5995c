package rt

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Format makes a box print as package fmt prints the compiled value, whatever the
// verb and the flags.
func (b Box) Format(s fmt.State, verb rune) {
	newPrinter(s, verb).operand(reflect.ValueOf(b.V), b.T)
}

// printer follows the rules of package fmt over a representation and its type.
// What is indivisible (a number, a string) it hands to fmt with the same flags.
type printer struct {
	s                               fmt.State
	verb                            rune
	plus, minus, sharp, space, zero bool
	dims                            string // width and precision as a format has them
	sharpV, plusV                   bool   // %#v, %+v
	bare                            bool   // %v, %d or %s without flags, width, precision
	erroring                        bool   // inside %!verb(…): no methods
}

func newPrinter(s fmt.State, verb rune) *printer {
	p := &printer{s: s, verb: verb,
		plus: s.Flag('+'), minus: s.Flag('-'), sharp: s.Flag('#'), space: s.Flag(' '), zero: s.Flag('0')}
	if w, ok := s.Width(); ok {
		p.dims = strconv.Itoa(w)
	}
	if n, ok := s.Precision(); ok {
		p.dims += "." + strconv.Itoa(n)
	}
	value := verb == 'v' || verb == wrapVerb
	p.sharpV, p.plusV = value && p.sharp, value && p.plus
	p.bare = !(p.plus || p.minus || p.sharp || p.space || p.zero || p.dims != "") && (verb == 'v' || verb == 'd' || verb == 's')
	return p
}

// operand prints an argument of a Printf.
func (p *printer) operand(v reflect.Value, t *Type) {
	switch p.verb {
	case typeVerb:
		fmt.Fprintf(p.s, p.format(p.plus, p.sharp, 's'), t.name)
		return
	case pointerVerb:
		p.verb = 'p'
		v = settle(v, t)
		switch v.Kind() {
		case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.Slice, reflect.UnsafePointer:
			p.pointer(v, t)
		default:
			p.badVerb(v, t)
		}
		return
	case wrapVerb:
		p.verb = 'w'
		p.badVerb(v, t)
		return
	}
	p.value(v, t, 0, true)
}

func (p *printer) str(x string) { io.WriteString(p.s, x) }

// format is a directive with the printer's flags, plus and sharp as given.
func (p *printer) format(plus, sharp bool, verb rune) string {
	b := append(make([]byte, 0, 16), '%')
	for _, f := range []struct {
		on bool
		c  byte
	}{{p.space, ' '}, {plus, '+'}, {p.minus, '-'}, {sharp, '#'}, {p.zero, '0'}} {
		if f.on {
			b = append(b, f.c)
		}
	}
	return string(append(append(b, p.dims...), string(verb)...))
}

// value prints v, the representation of a value of type t. Methods are called
// only if can: never for what was reached through an unexported field.
func (p *printer) value(v reflect.Value, t *Type, depth int, can bool) {
	if depth%64 == 63 {
		Deep() // a slice that holds itself has no end
	}
	if t.Kind() == reflect.Interface {
		p.iface(v, t, depth, can)
		return
	}
	held := unknot(v, t)
	if can && p.methods(held, t) {
		return
	}
	v = settle(v, t)
	switch t.Kind() {
	case reflect.Struct:
		p.structure(v, t, depth, can)
	case reflect.Map:
		p.mapping(v, t, depth, can)
	case reflect.Slice, reflect.Array:
		p.list(v, t, depth, can)
	case reflect.Pointer:
		if depth == 0 && !v.IsNil() {
			switch t.Elem().Kind() {
			case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
				if v.Kind() == reflect.Pointer { // else its element's representation is not known
					p.str("&")
					p.value(v.Elem(), t.Elem(), depth+1, can)
					return
				}
			}
		}
		p.pointer(v, t)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		p.pointer(v, t)
	default:
		p.basic(v, t)
	}
}

// iface prints what an interface holds.
func (p *printer) iface(v reflect.Value, t *Type, depth int, can bool) {
	if v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		if p.sharpV {
			p.str(t.name + "(nil)")
		} else {
			p.str("<nil>")
		}
		return
	}
	if bv, bt, ok := unboxValue(v); ok {
		p.value(bv, bt, depth+1, can)
		return
	}
	p.value(v, OfR(v.Type()), depth+1, can)
}

func (p *printer) structure(v reflect.Value, t *Type, depth int, can bool) {
	sep := " "
	if p.sharpV {
		p.str(t.name)
		sep = ", "
	}
	p.str("{")
	for i, f := range t.Fields() {
		if p.full() {
			return
		}
		if i > 0 {
			p.str(sep)
		}
		if p.sharpV || p.plusV {
			p.str(f.Name + ":")
		}
		p.value(v.Field(i), f.T, depth+1, can && f.Exported())
	}
	p.str("}")
}

func (p *printer) mapping(v reflect.Value, t *Type, depth int, can bool) {
	open, sep, end := "map[", " ", "]"
	if p.sharpV {
		if v.IsNil() {
			p.str(t.name + "(nil)")
			return
		}
		open, sep, end = t.name+"{", ", ", "}"
	}
	p.str(open)
	for i, e := range sortedEntries(v, t.Key()) {
		if p.full() {
			return
		}
		if i > 0 {
			p.str(sep)
		}
		p.value(e.key, t.Key(), depth+1, can)
		p.str(":")
		p.value(e.value, t.Elem(), depth+1, can)
	}
	p.str(end)
}

func (p *printer) list(v reflect.Value, t *Type, depth int, can bool) {
	switch p.verb {
	case 's', 'q', 'x', 'X':
		if t.Elem().Kind() == reflect.Uint8 {
			fmt.Fprintf(p.s, p.format(p.plus, p.sharp, p.verb), bytesOf(v))
			return
		}
	}
	open, sep, end := "[", " ", "]"
	if p.sharpV {
		if t.Kind() == reflect.Slice && v.IsNil() {
			p.str(t.name + "(nil)")
			return
		}
		open, sep, end = t.name+"{", ", ", "}"
	}
	p.str(open)
	for i := range v.Len() {
		if p.full() {
			return
		}
		if i > 0 {
			p.str(sep)
		}
		p.value(v.Index(i), t.Elem(), depth+1, can)
	}
	p.str(end)
}

func bytesOf(v reflect.Value) []byte {
	b := make([]byte, v.Len())
	for i := range b {
		b[i] = byte(v.Index(i).Uint())
	}
	return b
}

// methods lets a type with methods print itself, as fmt would.
func (p *printer) methods(v reflect.Value, t *Type) (done bool) {
	if p.erroring {
		return false
	}
	if t.goT != nil {
		if !p.ownMethods(t.goT) || !v.CanInterface() {
			return false
		}
		fmt.Fprintf(p.s, p.format(p.plus, p.sharp, p.verb), v.Interface())
		return true
	}
	m := t.table().funcs
	if len(m) == 0 {
		return false
	}
	if f, ok := m["Format"].(func(any, fmt.State, rune)); ok {
		done = true
		defer p.catch(v, "Format")
		f(held(v), p.s, p.verb)
		return true
	}
	if p.sharpV {
		f, ok := m["GoString"].(func(any) string)
		if ok {
			done = true
			defer p.catch(v, "GoString")
			fmt.Fprintf(p.s, p.format(false, false, 's'), f(held(v)))
		}
		return ok
	}
	switch p.verb {
	case 'v', 's', 'x', 'X', 'q':
		for _, name := range [...]string{"Error", "String"} {
			if f, ok := m[name].(func(any) string); ok {
				done = true
				defer p.catch(v, name)
				fmt.Fprintf(p.s, p.format(p.plus, p.sharp, p.verb), f(held(v)))
				return true
			}
		}
	}
	return false
}

// held is v as it stands in a box.
func held(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}

var (
	formatterT  = reflect.TypeFor[fmt.Formatter]()
	goStringerT = reflect.TypeFor[fmt.GoStringer]()
	stringerT   = reflect.TypeFor[fmt.Stringer]()
	errorT      = reflect.TypeFor[error]()
)

// ownMethods reports whether fmt would call a method of the compiled type.
func (p *printer) ownMethods(r reflect.Type) bool {
	if r.NumMethod() == 0 {
		return false
	}
	if r.Implements(formatterT) {
		return true
	}
	if p.sharpV {
		return r.Implements(goStringerT)
	}
	switch p.verb {
	case 'v', 's', 'x', 'X', 'q':
		return r.Implements(errorT) || r.Implements(stringerT)
	}
	return false
}

// catch reports the panic of a method as fmt does.
func (p *printer) catch(v reflect.Value, method string) {
	r := recover()
	if r == nil {
		return
	}
	if isNilPointer(v) {
		p.str("<nil>")
		return
	}
	p.str("%!" + string(p.verb) + "(PANIC=" + method + " method: ")
	fmt.Fprintf(p.s, "%v", Recovered(r))
	p.str(")")
	if _, _, precise := strings.Cut(p.dims, "."); precise { // fmt forgets both numbers here
		p.dims = ".0"
	} else {
		p.dims = ""
	}
}

func isNilPointer(v reflect.Value) bool {
	return !v.IsValid() || (v.Kind() == reflect.Pointer || v.Kind() == reflect.UnsafePointer) && v.IsNil()
}
