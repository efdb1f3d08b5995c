package rt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// MarshalJSON encodes the boxed value as encoding/json encodes the compiled one.
func (b Box) MarshalJSON() ([]byte, error) { return b.AppendJSON(nil, true) }

// AppendJSON is MarshalJSON for an encoder that may not escape HTML: what it appends
// is not escaped itself, but JSON inside of strings (the tag "string") is, or not.
func (b Box) AppendJSON(to []byte, escapeHTML bool) ([]byte, error) {
	e := &jsonEncoder{escape: escapeHTML}
	if err := e.encode(reflect.ValueOf(b.V), b.T, false, false); err != nil {
		return nil, &boxError{err}
	}
	return append(to, e.buf.Bytes()...), nil
}

// boxError marks an error that encoding/json wraps once too often, see PlainJSONError.
type boxError struct{ err error }

func (e *boxError) Error() string { return e.err.Error() }
func (e *boxError) Unwrap() error { return e.err }

// PlainJSONError is err as encoding/json would have returned it for compiled types:
// without the mention of the box around the value.
func PlainJSONError(err error) error {
	var b *boxError
	if errors.As(err, &b) {
		return b.err
	}
	return err
}

type jsonEncoder struct {
	buf    bytes.Buffer
	escape bool // HTML in strings that are encoded twice
	deep   int
	seen   map[any]bool
}

// shownType is a reflect.Type with the name that the user gave the type.
type shownType struct {
	reflect.Type
	t *Type
}

func (s shownType) String() string { return s.t.name }
func (s shownType) Name() string   { return s.t.shortName() }

// shown is t as errors of the standard library want it.
func (t *Type) shown(v reflect.Value) reflect.Type {
	if t.goT != nil {
		return t.goT
	}
	r := t.repType()
	if r == nil && v.IsValid() {
		r = v.Type()
	}
	return shownType{r, t}
}

// shortName is the name without its package.
func (t *Type) shortName() string {
	if !t.named {
		return ""
	}
	head, args, generic := strings.Cut(t.name, "[")
	head = head[strings.LastIndexByte(head, '.')+1:]
	if generic {
		return head + "[" + args
	}
	return head
}

// encode writes v. addr says that the compiled value would be addressable, so that
// methods of its pointer count.
func (e *jsonEncoder) encode(v reflect.Value, t *Type, addr, quoted bool) error {
	if t.Kind() == reflect.Interface {
		return e.iface(v, t)
	}
	if t.goT != nil && (!quoted || t.goT == reflect.TypeFor[json.Number]()) {
		return e.compiled(v, addr, quoted)
	}
	if done, err := e.marshaler(v, t, addr); done {
		return err
	}
	v = settle(v, t)
	switch t.Kind() {
	case reflect.Struct:
		return e.structure(v, t, addr)
	case reflect.Map:
		return e.mapping(v, t)
	case reflect.Slice:
		if v.IsNil() {
			e.buf.WriteString("null")
			return nil
		}
		if t.Elem().Kind() == reflect.Uint8 && !t.Elem().marshals() {
			return e.std(bytesOf(v))
		}
		return e.through(v, t, func() error { return e.list(v, t, true) })
	case reflect.Array:
		return e.list(v, t, addr)
	case reflect.Pointer:
		if v.IsNil() {
			e.buf.WriteString("null")
			return nil
		}
		return e.through(v, t, func() error { return e.encode(v.Elem(), t.Elem(), true, quoted) })
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return &json.UnsupportedTypeError{Type: t.shown(v)}
	}
	return e.basic(v, t, quoted)
}

func (e *jsonEncoder) iface(v reflect.Value, t *Type) error {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		e.buf.WriteString("null")
		return nil
	}
	x, xt := dynamic(v)
	return e.encode(x, xt, false, false)
}

// compiled lets encoding/json do its own.
func (e *jsonEncoder) compiled(v reflect.Value, addr, quoted bool) error {
	if addr && v.CanAddr() && v.Kind() != reflect.Pointer {
		v = v.Addr()
	}
	if quoted {
		e.buf.WriteByte('"')
		defer e.buf.WriteByte('"')
	}
	return e.std(v.Interface())
}

func (e *jsonEncoder) std(x any) error {
	enc := json.NewEncoder(&e.buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		return PlainJSONError(err)
	}
	e.buf.Truncate(e.buf.Len() - 1) // the newline
	return nil
}

func (e *jsonEncoder) basic(v reflect.Value, t *Type, quoted bool) error {
	x := unnamed(v)
	if f, ok := x.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return &json.UnsupportedValueError{Value: v, Str: strconv.FormatFloat(f, 'g', -1, 64)}
	}
	if f, ok := x.(float32); ok && (math.IsNaN(float64(f)) || math.IsInf(float64(f), 0)) {
		return &json.UnsupportedValueError{Value: v, Str: strconv.FormatFloat(float64(f), 'g', -1, 32)}
	}
	if !quoted {
		return e.std(x)
	}
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	enc.SetEscapeHTML(e.escape)
	if err := enc.Encode(x); err != nil {
		return err
	}
	return e.std(strings.TrimSuffix(in.String(), "\n"))
}

func (e *jsonEncoder) list(v reflect.Value, t *Type, addr bool) error {
	e.buf.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			e.buf.WriteByte(',')
		}
		if err := e.encode(v.Index(i), t.Elem(), addr, false); err != nil {
			return err
		}
	}
	e.buf.WriteByte(']')
	return nil
}

func (e *jsonEncoder) structure(v reflect.Value, t *Type, addr bool) error {
	sep := byte('{')
fields:
	for _, f := range jsonFieldsOf(t).list {
		fv, ft, fa := v, t, addr
		for _, i := range f.index {
			if ft.Kind() == reflect.Pointer {
				if fv = settle(fv, ft); fv.IsNil() {
					continue fields
				}
				fv, ft, fa = fv.Elem(), ft.Elem(), true
			}
			fv, ft = fv.Field(i), ft.Fields()[i].T
		}
		if f.omitEmpty && emptyJSON(fv, ft) || f.omitZero && zeroJSON(fv, ft) {
			continue
		}
		e.buf.WriteByte(sep)
		sep = ','
		e.std(f.name)
		e.buf.WriteByte(':')
		if err := e.encode(fv, ft, fa, f.quoted); err != nil {
			return err
		}
	}
	if sep == '{' {
		e.buf.WriteByte('{')
	}
	e.buf.WriteByte('}')
	return nil
}

// emptyJSON is what omitempty asks.
func emptyJSON(v reflect.Value, t *Type) bool {
	switch k := t.Kind(); k {
	case reflect.Struct, reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return false
	case reflect.Interface:
		return v.IsNil()
	case reflect.Array:
		return t.Len() == 0
	case reflect.Map, reflect.Slice:
		return settle(v, t).Len() == 0
	}
	return settle(v, t).IsZero()
}

// zeroJSON is what omitzero asks: the type's IsZero method, else whether it is zero.
func zeroJSON(v reflect.Value, t *Type) bool {
	isNil := isNilPointer(unknot(v, t)) && t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface && v.IsNil()
	if isNil {
		return true
	}
	if t.goT != nil {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok {
			return z.IsZero()
		}
		if v.CanAddr() {
			if z, ok := v.Addr().Interface().(interface{ IsZero() bool }); ok {
				return z.IsZero()
			}
		}
		return v.IsZero()
	}
	if t.Kind() == reflect.Interface {
		if !t.hasSig("IsZero") {
			return false
		}
		x, xt := dynamic(v.Elem())
		return isNilPointer(x) && xt.Kind() == reflect.Pointer || M(v.Interface(), "IsZero").(func(any) bool)(x.Interface())
	}
	if f, ok := t.table().funcs["IsZero"].(func(any) bool); ok {
		return f(held(unknot(v, t)))
	}
	if f, ok := PtrTo(t).table().funcs["IsZero"].(func(any) bool); ok {
		return f(address(v, t))
	}
	return v.IsZero()
}

func (t *Type) hasSig(name string) bool { return t.sig(name) != nil }

func (e *jsonEncoder) mapping(v reflect.Value, t *Type) error {
	if k := t.Key().Kind(); k != reflect.String && !(reflect.Int <= k && k <= reflect.Uintptr) && !t.Key().hasText() {
		return &json.UnsupportedTypeError{Type: t.shown(v)}
	}
	if v.IsNil() {
		e.buf.WriteString("null")
		return nil
	}
	return e.through(v, t, func() error {
		type pair struct {
			key   string
			value reflect.Value
		}
		var ps []pair
		for it := v.MapRange(); it.Next(); {
			key, err := jsonKey(it.Key(), t.Key())
			if err != nil {
				return fmt.Errorf("json: encoding error for type %q: %q", t.name, err.Error())
			}
			ps = append(ps, pair{key, it.Value()})
		}
		slices.SortFunc(ps, func(a, b pair) int { return strings.Compare(a.key, b.key) })
		e.buf.WriteByte('{')
		for i, p := range ps {
			if i > 0 {
				e.buf.WriteByte(',')
			}
			e.std(p.key)
			e.buf.WriteByte(':')
			if err := e.encode(p.value, t.Elem(), false, false); err != nil {
				return err
			}
		}
		e.buf.WriteByte('}')
		return nil
	})
}

// through follows a pointer, slice or map and notices a cycle when it is very deep.
func (e *jsonEncoder) through(v reflect.Value, t *Type, f func() error) error {
	e.deep++
	defer func() { e.deep-- }()
	if e.deep > 1000 {
		key := any(v.UnsafePointer())
		if t.Kind() == reflect.Slice {
			key = [2]any{key, v.Len()}
		}
		if e.seen[key] {
			return &json.UnsupportedValueError{Value: v, Str: "encountered a cycle via " + t.name}
		}
		if e.seen == nil {
			e.seen = map[any]bool{}
		}
		e.seen[key] = true
		defer delete(e.seen, key)
	}
	return f()
}
