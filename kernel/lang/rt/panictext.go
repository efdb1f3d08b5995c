package rt

import (
	"reflect"
	"strconv"
	"strings"
)

// Print is the built-in function print: it writes to standard error.
func Print(a ...any) {
	var b strings.Builder
	for _, x := range a {
		b.WriteString(builtinText(x))
	}
	Stderr.Write([]byte(b.String()))
}

// Println is the built-in function println.
func Println(a ...any) {
	var b strings.Builder
	for i, x := range a {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(builtinText(x))
	}
	b.WriteByte('\n')
	Stderr.Write([]byte(b.String()))
}

// builtinText is x as the built-in print writes it.
func builtinText(x any) string {
	b := B(x)
	v := reflect.ValueOf(b.V)
	if b.T != nil {
		v = settle(v, b.T)
	}
	if text, ok := basicText(v); ok {
		return text
	}
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Slice:
		return "[" + strconv.Itoa(v.Len()) + "/" + strconv.Itoa(v.Cap()) + "]" + hex(v.Pointer())
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return hex(v.Pointer())
	}
	return "(" + hex(0) + "," + hex(0) + ")"
}

func hex(u uintptr) string { return "0x" + strconv.FormatUint(uint64(u), 16) }

// basicText is a bool, number or string as the runtime prints it.
func basicText(v reflect.Value) (string, bool) {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(v.Uint(), 10), true
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits()), true
	case reflect.Complex64, reflect.Complex128:
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits()), true
	case reflect.String:
		return v.String(), true
	}
	return "", false
}

// PanicText is v as the runtime prints the value of an uncaught panic.
func PanicText(v any) string {
	if text, ok := methodText(v); ok {
		return indented(text)
	}
	b := B(v)
	rv, name, named := reflect.ValueOf(b.V), "", true
	switch {
	case b.T != nil:
		rv, name = settle(rv, b.T), b.T.name
	case v == nil:
		return "nil"
	default:
		t := rv.Type()
		name, named = t.String(), t.PkgPath() != ""
	}
	if text, ok := basicText(rv); ok {
		text = indented(text)
		switch {
		case !named:
			return text
		case rv.Kind() == reflect.String:
			return name + `("` + text + `")`
		case rv.Kind() == reflect.Complex64, rv.Kind() == reflect.Complex128:
			return name + text
		}
		return name + "(" + text + ")"
	}
	return "(" + name + ") " + hex(wordOf(rv, b.V))
}

// methodText is what the Error or the String method of v gives.
func methodText(v any) (text string, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			text, ok = "panic while printing panic value: "+PanicText(Recovered(r)), true
		}
	}()
	switch v := v.(type) {
	case error:
		return v.Error(), true
	case interface{ String() string }:
		return v.String(), true
	}
	return "", false
}

// wordOf is the address that the runtime prints for a value: the pointer itself, or
// where the interface keeps the value.
func wordOf(v reflect.Value, x any) uintptr {
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return v.Pointer()
	}
	return dataWord(x)
}

// indented keeps the text of a value apart from the traceback that follows it.
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n\t") }
