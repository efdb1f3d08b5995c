package rt

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// verbs are those that fit a kind; the first stands for %v inside %!verb(…).
func verbs(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "tv"
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return "gvbGxXfFeE"
	case reflect.String:
		return "svxXq"
	}
	return "dvboOxXcqU"
}

// basic prints a number, a string or a bool.
func (p *printer) basic(v reflect.Value, t *Type) {
	k := t.Kind()
	if !strings.ContainsRune(verbs(k), p.verb) {
		p.badVerb(v, t)
		return
	}
	if p.bare {
		var buf [24]byte
		switch {
		case k == reflect.String:
			p.str(v.String())
			return
		case reflect.Int <= k && k <= reflect.Int64:
			p.s.Write(strconv.AppendInt(buf[:0], v.Int(), 10))
			return
		case reflect.Uint <= k && k <= reflect.Uintptr:
			p.s.Write(strconv.AppendUint(buf[:0], v.Uint(), 10))
			return
		}
	}
	verb := p.verb
	if p.erroring && verb == 'v' && !p.sharpV && !p.plusV { // + and # mean what they mean to a number
		verb = rune(verbs(k)[0])
	}
	fmt.Fprintf(p.s, p.format(p.plus, p.sharp, verb), unnamed(v))
}

// unnamed is the value of a basic kind without its type, which may have methods.
func unnamed(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return v.Uint()
	case reflect.Float32:
		return float32(v.Float())
	case reflect.Float64:
		return v.Float()
	case reflect.Complex64:
		return complex64(v.Complex())
	case reflect.Complex128:
		return v.Complex()
	case reflect.String:
		return v.String()
	}
	panic(fmt.Errorf("rt: a value of kind %s is not basic", v.Kind()))
}

// pointer prints an address.
func (p *printer) pointer(v reflect.Value, t *Type) {
	u := v.Pointer()
	switch p.verb {
	case 'v':
		switch {
		case p.sharpV && u == 0:
			p.str("(" + t.name + ")(nil)")
		case p.sharpV:
			p.str("(" + t.name + ")(")
			fmt.Fprintf(p.s, p.format(false, true, 'x'), u)
			p.str(")")
		case u == 0: // padded, never cut
			q := *p
			q.dims, _, _ = strings.Cut(p.dims, ".")
			fmt.Fprintf(p.s, q.format(false, false, 's'), "<nil>")
		default:
			fmt.Fprintf(p.s, p.format(p.plus && !p.plusV, !p.sharp, 'x'), u)
		}
	case 'p':
		fmt.Fprintf(p.s, p.format(p.plus, !p.sharp, 'x'), u)
	case 'b', 'o', 'd', 'x', 'X':
		fmt.Fprintf(p.s, p.format(p.plus, p.sharp, p.verb), u)
	default:
		p.badVerb(v, t)
	}
}

// badVerb says that the verb does not fit the value: %!z(main.Color=2).
func (p *printer) badVerb(v reflect.Value, t *Type) {
	p.str("%!" + string(p.verb) + "(" + t.name + "=")
	q := *p
	q.erroring, q.verb, q.bare = true, 'v', false
	q.value(v, t, 0, false)
	p.str(")")
}
