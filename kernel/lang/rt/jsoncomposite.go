package rt

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

func (d *jsonDecoder) array(v reflect.Value, t *Type) error {
	d.pos++
	n := 0
	for d.space(); d.data[d.pos] != ']'; n++ {
		if t.Kind() == reflect.Slice && n >= v.Len() {
			if n >= v.Cap() {
				v.Grow(1)
			}
			v.SetLen(n + 1)
		}
		if n < v.Len() {
			if err := d.value(v.Index(n), t.Elem()); err != nil {
				return err
			}
		} else {
			d.skip()
		}
		if d.space(); d.data[d.pos] == ',' {
			d.pos++
		}
		d.space()
	}
	d.pos++
	if t.Kind() == reflect.Array {
		for ; n < v.Len(); n++ {
			v.Index(n).SetZero()
		}
		return nil
	}
	if n < v.Len() {
		v.SetLen(n)
	}
	if n == 0 {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	return nil
}

// members calls f for each member of the object that comes next; f must move over
// the value.
func (d *jsonDecoder) members(f func(item []byte, start int) error) error {
	d.pos++
	for d.space(); d.data[d.pos] != '}'; d.space() {
		start := d.pos
		item := d.skip()
		d.space()
		d.pos++ // the colon
		if err := f(item, start); err != nil {
			return err
		}
		if d.space(); d.data[d.pos] == ',' {
			d.pos++
		}
	}
	d.pos++
	return nil
}

func unquote(item []byte) string {
	var s string
	json.Unmarshal(item, &s)
	return s
}

func (d *jsonDecoder) object(v reflect.Value, t *Type) error {
	fields := jsonFieldsOf(t)
	owner, depth := d.owner, len(d.path)
	return d.members(func(item []byte, _ int) (err error) {
		key := unquote(item)
		f := fields.exact[key]
		if f == nil {
			f = fields.folded[foldName(key)]
		}
		if f == nil {
			if d.opts.DisallowUnknownFields {
				d.save(fmt.Errorf("json: unknown field %q", key))
			}
			d.skip()
			return nil
		}
		defer func() {
			if err == nil { // else it is still to be told where it happened
				d.owner, d.path = owner, d.path[:depth]
			}
		}()
		fv, ft, ok := d.field(v, t, f)
		d.owner, d.path = t, append(d.path, f.name)
		if !ok {
			d.skip()
			return nil
		}
		if f.quoted {
			return d.destring(fv, ft)
		}
		return d.value(fv, ft)
	})
}

// field finds a field through embedded structs, making those that are nil.
func (d *jsonDecoder) field(v reflect.Value, t *Type, f *jsonField) (reflect.Value, *Type, bool) {
	settable := true
	for i, n := range f.index {
		if t.Kind() == reflect.Pointer {
			p := settle(v, t)
			if p.IsNil() {
				if !settable {
					d.save(fmt.Errorf("json: cannot set embedded pointer to unexported struct: %v", t.Elem()))
					return v, t, false
				}
				p = reflect.New(p.Type().Elem())
				if v.Kind() == reflect.UnsafePointer {
					v.SetPointer(p.UnsafePointer())
				} else {
					v.Set(p)
				}
			}
			v, t = p.Elem(), t.Elem()
		}
		sf := t.Fields()[n]
		if i < len(f.index)-1 {
			d.path = append(d.path, sf.Name)
		}
		settable = sf.Exported()
		v, t = v.Field(n), sf.T
	}
	return v, t, true
}

// destring decodes a field with the option "string".
func (d *jsonDecoder) destring(v reflect.Value, t *Type) error {
	d.space()
	start := d.pos
	item := d.skip()
	switch {
	case string(item) == "null":
		return d.literal(item, start, v, t, false)
	case item[0] == '"':
		return d.literal([]byte(unquote(item)), start, v, t, true)
	}
	d.save(fmt.Errorf("json: invalid use of ,string struct tag, trying to unmarshal unquoted value into %v", t))
	return nil
}

func (d *jsonDecoder) mapping(v reflect.Value, t *Type) error {
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	return d.members(func(item []byte, start int) error {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := d.value(elem, t.Elem()); err != nil {
			return err
		}
		key, ok, err := d.key(item, start, v.Type().Key(), t.Key())
		if ok {
			v.SetMapIndex(key, elem)
		}
		return err
	})
}

// key decodes the key of a map entry.
func (d *jsonDecoder) key(item []byte, start int, r reflect.Type, t *Type) (key reflect.Value, ok bool, err error) {
	key = reflect.New(r).Elem()
	if t.unmarshalsText() {
		_, text := methodsOf(address(key, t), PtrTo(t), false)
		if t.goT != nil {
			text = key.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText
		}
		if err := text([]byte(unquote(item))); err != nil {
			return key, false, err
		}
		return key, true, nil
	}
	s := unquote(item)
	switch k := t.Kind(); {
	case k == reflect.String:
		key.SetString(s)
	case k <= reflect.Int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || key.OverflowInt(n) {
			d.mismatch("number "+s, key, t, start+1)
			return key, false, nil
		}
		key.SetInt(n)
	default:
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil || key.OverflowUint(n) {
			d.mismatch("number "+s, key, t, start+1)
			return key, false, nil
		}
		key.SetUint(n)
	}
	return key, true, nil
}
