package rt

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// JSONOptions are the settings of a json.Decoder.
type JSONOptions struct{ UseNumber, DisallowUnknownFields bool }

// UnmarshalJSON decodes data into what x points to. x is a box of a pointer, or a
// compiled pointer, which encoding/json handles itself.
func UnmarshalJSON(data []byte, x any, opts JSONOptions) error {
	b := B(x)
	if b.T == nil {
		if opts == (JSONOptions{}) {
			return json.Unmarshal(data, x)
		}
		dec := json.NewDecoder(bytes.NewReader(data))
		opts.apply(dec)
		return dec.Decode(x)
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return err // the text is no JSON
	}
	v := settle(reflect.ValueOf(b.V), b.T)
	if b.T.Kind() != reflect.Pointer || v.IsNil() {
		return &json.InvalidUnmarshalError{Type: b.T.shown(v)}
	}
	if v.Kind() != reflect.Pointer {
		return fmt.Errorf("json: cannot decode into %s: the interpreter did not say how its values are represented", b.T)
	}
	d := &jsonDecoder{data: data, opts: opts}
	if err := d.value(reflect.ValueOf(b.V), b.T); err != nil {
		return d.place(err)
	}
	return d.saved
}

func (o JSONOptions) apply(dec *json.Decoder) {
	if o.UseNumber {
		dec.UseNumber()
	}
	if o.DisallowUnknownFields {
		dec.DisallowUnknownFields()
	}
}

// jsonDecoder reads text that is known to be valid JSON.
type jsonDecoder struct {
	data  []byte
	pos   int
	opts  JSONOptions
	saved error // the first that did not stop the decoding

	owner *Type    // struct that the field being decoded belongs to
	path  []string // names from the top to the field
}

func (d *jsonDecoder) save(err error) {
	if d.saved == nil {
		d.saved = d.place(err)
	}
}

// place says in an error which field it is about.
func (d *jsonDecoder) place(err error) error {
	te, ok := err.(*json.UnmarshalTypeError)
	if !ok || d.owner == nil && len(d.path) == 0 {
		return err
	}
	if te.Field != "" {
		te.Field = strings.Join(d.path, ".") + "." + te.Field
	} else {
		te.Field = strings.Join(d.path, ".")
		te.Struct = d.owner.shortName()
	}
	return te
}

func (d *jsonDecoder) mismatch(what string, v reflect.Value, t *Type, at int) {
	d.save(&json.UnmarshalTypeError{Value: what, Type: t.shown(v), Offset: int64(at)})
}

func (d *jsonDecoder) space() {
	for d.pos < len(d.data) && strings.IndexByte(" \t\r\n", d.data[d.pos]) >= 0 {
		d.pos++
	}
}

// skip moves over one value and returns its text.
func (d *jsonDecoder) skip() []byte {
	d.space()
	start, depth := d.pos, 0
	for {
		switch c := d.data[d.pos]; c {
		case '"':
			for d.pos++; d.data[d.pos] != '"'; d.pos++ {
				if d.data[d.pos] == '\\' {
					d.pos++
				}
			}
			d.pos++
		case '[', '{':
			depth++
			d.pos++
		case ']', '}':
			depth--
			d.pos++
		case ',', ':', ' ', '\t', '\r', '\n':
			d.pos++
		default:
			for d.pos < len(d.data) && strings.IndexByte(",:]} \t\r\n", d.data[d.pos]) < 0 {
				d.pos++
			}
		}
		if depth == 0 {
			return d.data[start:d.pos]
		}
	}
}

// value decodes the next value into v, which can be set.
func (d *jsonDecoder) value(v reflect.Value, t *Type) error {
	d.space()
	switch c := d.data[d.pos]; c {
	case '[', '{':
		what := map[byte]string{'[': "array", '{': "object"}[c]
		v0, t0 := v, t
		js, text, v, t, err := d.target(v, t, false)
		switch {
		case err != nil:
			return err
		case t != nil && t.goT != nil:
			return d.compiled(v)
		case js != nil:
			return js(d.skip())
		case text != nil:
			d.mismatch(what, v0, t0, d.pos+1)
			d.skip()
			return nil
		}
		done := d.open(&v, t)
		defer done()
		switch k := t.Kind(); {
		case k == reflect.Interface && len(t.Interface()) == 0:
			return d.compiled(v)
		case c == '[' && (k == reflect.Slice || k == reflect.Array):
			return d.array(v, t)
		case c == '{' && k == reflect.Struct:
			return d.object(v, t)
		case c == '{' && k == reflect.Map && t.Key().jsonKeyable():
			return d.mapping(v, t)
		}
		d.mismatch(what, v, t, d.pos+1)
		d.skip()
		return nil
	}
	start := d.pos
	item := d.skip()
	return d.literal(item, start, v, t, false)
}

func (t *Type) jsonKeyable() bool {
	k := t.Kind()
	return k == reflect.String || reflect.Int <= k && k <= reflect.Uintptr || t.unmarshalsText()
}

func (t *Type) unmarshalsText() bool {
	if t.goT != nil {
		return reflect.PointerTo(t.goT).Implements(textUnmarshalerT)
	}
	return PtrTo(t).table().funcs["UnmarshalText"] != nil
}

// target follows pointers to what is to be decoded into, making what is nil, and
// finds the methods that decode it. The type comes back compiled when encoding/json
// can go on by itself.
func (d *jsonDecoder) target(v reflect.Value, t *Type, null bool) (js, text func([]byte) error, _ reflect.Value, _ *Type, err error) {
	for {
		if t.Kind() == reflect.Interface && !v.IsNil() { // a pointer inside is decoded into
			e, et := dynamic(v.Elem())
			if et.Kind() == reflect.Pointer && (t.goT == nil || et.goT == nil) {
				if p := settle(e, et); p.Kind() == reflect.Pointer && !p.IsNil() && (!null || et.Elem().Kind() == reflect.Pointer) {
					if js, text = methodsOf(held(unknot(e, et)), et, null); js != nil || text != nil {
						return js, text, v, t, nil
					}
					v, t = p.Elem(), et.Elem()
					continue
				}
			}
		}
		if t.goT != nil {
			return nil, nil, v, t, nil
		}
		if t.Kind() != reflect.Pointer {
			if t.named {
				js, text = methodsOf(address(v, t), PtrTo(t), null)
			}
			return js, text, v, t, nil
		}
		if null && v.CanSet() {
			return nil, nil, v, t, nil
		}
		p := settle(v, t)
		if p.Kind() != reflect.Pointer {
			return nil, nil, v, t, fmt.Errorf("json: cannot decode into %s: the interpreter did not say how its values are represented", t)
		}
		if p.IsNil() {
			p = reflect.New(p.Type().Elem())
			if v.Kind() == reflect.UnsafePointer {
				v.SetPointer(p.UnsafePointer())
			} else {
				v.Set(p)
			}
		}
		if js, text = methodsOf(held(unknot(v, t)), t, null); js != nil || text != nil {
			return js, text, v, t, nil
		}
		v, t = p.Elem(), t.Elem()
	}
}

func methodsOf(recv any, t *Type, null bool) (js, text func([]byte) error) {
	if t.goT != nil {
		if u, ok := recv.(json.Unmarshaler); ok {
			return u.UnmarshalJSON, nil
		}
		if u, ok := recv.(encoding.TextUnmarshaler); ok && !null {
			return nil, u.UnmarshalText
		}
		return nil, nil
	}
	m := t.table().funcs
	if f, ok := m["UnmarshalJSON"].(func(any, []byte) error); ok {
		return func(b []byte) error { return f(recv, b) }, nil
	}
	if f, ok := m["UnmarshalText"].(func(any, []byte) error); ok && !null {
		return nil, func(b []byte) error { return f(recv, b) }
	}
	return nil, nil
}

// open lays open a recursive slice or map that is kept in an any, and returns what
// puts it back.
func (d *jsonDecoder) open(v *reflect.Value, t *Type) func() {
	if v.Kind() != reflect.Interface || t.Kind() == reflect.Interface {
		return func() {}
	}
	knot := *v
	s := settle(knot, t)
	n := reflect.New(s.Type()).Elem()
	n.Set(s)
	*v = n
	return func() {
		if t.repType() == nil && knot.IsNil() {
			d.save(fmt.Errorf("json: cannot decode into %s: the interpreter did not say how its values are represented", t))
			return
		}
		knot.Set(n)
	}
}

// compiled lets encoding/json decode the next value.
func (d *jsonDecoder) compiled(v reflect.Value) error {
	d.space()
	start := d.pos
	dec := json.NewDecoder(bytes.NewReader(d.skip()))
	d.opts.apply(dec)
	return d.passed(dec.Decode(v.Addr().Interface()), start)
}

// passed handles an error of encoding/json from a value that starts at start.
func (d *jsonDecoder) passed(err error, start int) error {
	var te *json.UnmarshalTypeError
	if errors.As(err, &te) {
		te.Offset += int64(start)
		d.save(te)
		return nil
	}
	if err != nil && strings.HasPrefix(err.Error(), "json: ") {
		d.save(err)
		return nil
	}
	return err
}
