package rt

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// literal decodes null, a bool, a string or a number.
func (d *jsonDecoder) literal(item []byte, start int, v reflect.Value, t *Type, quoted bool) error {
	misuse := func(t *Type) error {
		return fmt.Errorf("json: invalid use of ,string struct tag, trying to unmarshal %q into %v", item, t)
	}
	end := start + len(item)
	if len(item) == 0 {
		d.save(misuse(t))
		return nil
	}
	v0, t0 := v, t
	js, text, v, t, err := d.target(v, t, item[0] == 'n')
	switch {
	case err != nil:
		return err
	case js != nil:
		return js(item)
	case text != nil && item[0] == '"':
		return text([]byte(unquote(item)))
	case text != nil && quoted:
		d.save(misuse(t0))
		return nil
	case text != nil:
		what := "number"
		switch item[0] {
		case 't', 'f':
			what = "bool"
		}
		d.mismatch(what, v0, t0, end)
		return nil
	case t.goT != nil:
		return d.compiledLiteral(item, start, v, t, quoted, misuse)
	}
	if t.Kind() == reflect.Interface && len(t.Interface()) == 0 && item[0] != 'n' {
		dec := json.NewDecoder(bytes.NewReader(item))
		d.opts.apply(dec)
		var x any
		if err := d.passed(dec.Decode(&x), start); err != nil || x == nil {
			return err
		}
		v.Set(reflect.ValueOf(x))
		return nil
	}
	return d.plain(item, end, v, t, quoted, misuse)
}

// compiledLiteral decodes into a compiled type; inside a string it is a basic one.
func (d *jsonDecoder) compiledLiteral(item []byte, start int, v reflect.Value, t *Type, quoted bool, misuse func(*Type) error) error {
	if !quoted || reflect.PointerTo(t.goT).Implements(reflect.TypeFor[json.Unmarshaler]()) || t.unmarshalsText() {
		dec := json.NewDecoder(bytes.NewReader(item))
		d.opts.apply(dec)
		return d.passed(dec.Decode(v.Addr().Interface()), start)
	}
	if t.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(t.goT.Elem()))
		}
		v, t = v.Elem(), t.Elem()
	}
	return d.plain(item, start+len(item), v, t, true, misuse)
}

func (d *jsonDecoder) plain(item []byte, end int, v reflect.Value, t *Type, quoted bool, misuse func(*Type) error) error {
	k := t.Kind()
	switch c := item[0]; {
	case c == 'n':
		if quoted && string(item) != "null" {
			d.save(misuse(t))
			return nil
		}
		switch k {
		case reflect.Interface, reflect.Pointer, reflect.Map, reflect.Slice:
			v.SetZero()
		}
	case c == 't' || c == 'f':
		if s := string(item); quoted && s != "true" && s != "false" {
			d.save(misuse(t))
			return nil
		}
		switch {
		case k == reflect.Bool:
			v.SetBool(c == 't')
		case quoted:
			d.save(misuse(t))
		default:
			d.mismatch("bool", v, t, end)
		}
	case c == '"':
		if quoted && !json.Valid(item) {
			return misuse(t)
		}
		return d.text(unquote(item), end, v, t)
	default:
		if quoted && (c != '-' && (c < '0' || c > '9')) {
			return misuse(t)
		}
		return d.number(string(item), end, v, t, quoted, misuse)
	}
	return nil
}

func (d *jsonDecoder) text(s string, end int, v reflect.Value, t *Type) error {
	switch {
	case t.Kind() == reflect.String:
		v.SetString(s)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			d.save(err)
			return nil
		}
		v.Set(reflect.MakeSlice(v.Type(), len(b), len(b)))
		reflect.Copy(v, reflect.ValueOf(b))
	default:
		d.mismatch("string", v, t, end)
	}
	return nil
}

func (d *jsonDecoder) number(s string, end int, v reflect.Value, t *Type, quoted bool, misuse func(*Type) error) error {
	bad := true
	switch k := t.Kind(); {
	case reflect.Int <= k && k <= reflect.Int64:
		n, err := strconv.ParseInt(s, 10, 64)
		if bad = err != nil || v.OverflowInt(n); !bad {
			v.SetInt(n)
		}
	case reflect.Uint <= k && k <= reflect.Uintptr:
		n, err := strconv.ParseUint(s, 10, 64)
		if bad = err != nil || v.OverflowUint(n); !bad {
			v.SetUint(n)
		}
	case k == reflect.Float32 || k == reflect.Float64:
		n, err := strconv.ParseFloat(s, v.Type().Bits())
		if bad = err != nil || v.OverflowFloat(n); !bad {
			v.SetFloat(n)
		}
	default:
		if quoted {
			return misuse(t)
		}
		if _, err := strconv.ParseFloat(s, 64); k == reflect.Interface && err != nil && !d.opts.UseNumber {
			d.mismatch("number "+s, v, Of((*float64)(nil)), end+1)
			return nil
		}
		d.mismatch("number", v, t, end)
		return nil
	}
	if bad {
		d.mismatch("number "+s, v, t, end)
	}
	return nil
}
