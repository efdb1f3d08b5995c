package rt

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unsafe"
)

func (t *Type) hasText() bool {
	if t.goT != nil {
		return t.goT.Implements(textMarshalerT)
	}
	_, ok := t.table().funcs["MarshalText"]
	return ok
}

// marshals reports whether *t has a marshalling method.
func (t *Type) marshals() bool {
	if t.goT != nil {
		p := reflect.PointerTo(t.goT)
		return p.Implements(marshalerT) || p.Implements(textMarshalerT)
	}
	m := PtrTo(t).table().funcs
	return m["MarshalJSON"] != nil || m["MarshalText"] != nil
}

var (
	marshalerT       = reflect.TypeFor[json.Marshaler]()
	textMarshalerT   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshalerT = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func jsonKey(v reflect.Value, t *Type) (string, error) {
	if t.Kind() == reflect.String {
		return v.String(), nil
	}
	if t.goT != nil && t.goT.Implements(textMarshalerT) {
		if isNilPointer(v) {
			return "", nil
		}
		b, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		return string(b), err
	}
	if t.Kind() == reflect.Interface {
		if v.IsNil() {
			return "", errors.New("nil key")
		}
		x, xt := dynamic(v.Elem())
		return jsonKey(x, xt)
	}
	if f, ok := t.table().funcs["MarshalText"].(func(any) ([]byte, error)); ok {
		if v = unknot(v, t); t.Kind() == reflect.Pointer && isNilPointer(v) {
			return "", nil
		}
		b, err := f(held(v))
		return string(b), err
	}
	return fmt.Sprint(unnamed(settle(v, t))), nil
}

// marshaler calls the type's own MarshalJSON or MarshalText.
func (e *jsonEncoder) marshaler(v reflect.Value, t *Type, addr bool) (done bool, err error) {
	if t.goT != nil {
		return false, nil
	}
	own := t.table().funcs
	var pointed map[string]any
	if t.Kind() != reflect.Pointer && addr && v.CanAddr() {
		pointed = PtrTo(t).table().funcs
	}
	for _, name := range [...]string{"MarshalJSON", "MarshalText"} {
		f, ok := own[name].(func(any) ([]byte, error))
		recv := func() any { return held(unknot(v, t)) }
		if p, isPtr := pointed[name].(func(any) ([]byte, error)); isPtr && !ok {
			f, ok = p, true
			recv = func() any { return address(v, t) }
		}
		if !ok {
			continue
		}
		if t.Kind() == reflect.Pointer && isNilPointer(unknot(v, t)) {
			e.buf.WriteString("null")
			return true, nil
		}
		out, err := f(recv())
		if err == nil && name == "MarshalText" {
			return true, e.std(string(out))
		}
		if err == nil {
			err = json.Compact(&e.buf, out)
		}
		if err != nil {
			merr := &json.MarshalerError{Type: t.shown(v), Err: err}
			if src := reflect.ValueOf(merr).Elem().FieldByName("sourceFunc"); src.IsValid() && src.Kind() == reflect.String {
				reflect.NewAt(src.Type(), unsafe.Pointer(src.UnsafeAddr())).Elem().SetString(name)
			}
			return true, merr
		}
		return true, nil
	}
	return false, nil
}

// address is a pointer to v as a method of *t takes it.
func address(v reflect.Value, t *Type) any {
	if !v.CanAddr() {
		n := reflect.New(v.Type()).Elem()
		n.Set(v)
		v = n
	}
	if t.erased() {
		return v.Addr().UnsafePointer()
	}
	return v.Addr().Interface()
}
