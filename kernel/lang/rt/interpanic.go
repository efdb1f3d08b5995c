package rt

import (
	"errors"
	"reflect"
	"strings"
)

// goPanic turns what the interpreter panics with into what compiled Go would have panicked with. Lowered code
// checks bounds, assertions and shifts itself; what is left are nil dereferences, which reach reflection as
// operations on no value, and calls of nil functions.
func goPanic(v any) any {
	switch x := v.(type) {
	case *reflect.ValueError:
		if x.Kind == reflect.Invalid {
			return NilDeref()
		}
	case string:
		if x == "reflect.Append: slice overflow" || x == "reflect.Value.Grow: slice overflow" {
			return plainError("growslice: len out of range")
		}
		if strings.HasPrefix(x, "reflect: call of nil") || strings.HasPrefix(x, "reflect.Value.Call: call of nil function") ||
			strings.HasPrefix(x, "reflect: Call of nil") || x == "reflect: Method on nil interface value" || x == "reflect: Call using zero Value argument" || strings.Contains(x, "on zero Value") {
			return NilDeref()
		}
	case error:
		var ve *reflect.ValueError
		if errors.As(x, &ve) && ve.Kind == reflect.Invalid {
			return NilDeref()
		}
	}
	return v
}
