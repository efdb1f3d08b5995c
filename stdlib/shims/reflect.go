package shims

import "reflect"

// typeFor is reflect.TypeFor[T]: func() reflect.Type. The type is the one given: who represents a type of a
// cell by another answers for that type itself.
func typeFor(args []reflect.Type) reflect.Value {
	return reflect.ValueOf(func() reflect.Type { return args[0] })
}

// typeAssert is reflect.TypeAssert[T]: func(reflect.Value) (T, bool), which is v.Interface().(T).
func typeAssert(args []reflect.Type) reflect.Value {
	want := args[0]
	t := reflect.FuncOf(types(reflect.TypeFor[reflect.Value]()), types(want, boolType), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		x := reflect.ValueOf(in[0].Interface().(reflect.Value).Interface())
		switch {
		case x.IsValid() && x.Type() == want:
			return []reflect.Value{x, reflect.ValueOf(true)}
		case x.IsValid() && want.Kind() == reflect.Interface && x.Type().Implements(want):
			return []reflect.Value{x.Convert(want), reflect.ValueOf(true)}
		}
		return []reflect.Value{reflect.Zero(want), reflect.ValueOf(false)}
	})
}
