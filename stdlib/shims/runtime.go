package shims

import (
	"reflect"
	"runtime"
)

// addCleanup is runtime.AddCleanup[T, S]: func(ptr *T, cleanup func(S), arg S) runtime.Cleanup. Neither what
// is kept for the cleanup nor the frame of the call holds ptr, or the cleanup would never run.
func addCleanup(args []reflect.Type) reflect.Value {
	t := reflect.FuncOf(
		types(reflect.PointerTo(args[0]), reflect.FuncOf(types(args[1]), nil, false), args[1]),
		types(reflect.TypeFor[runtime.Cleanup]()), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		ptr, cleanup, arg := in[0].UnsafePointer(), in[1], in[2]
		if k := arg.Kind(); (k == reflect.Pointer || k == reflect.UnsafePointer) && arg.UnsafePointer() == ptr {
			panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run") // the runtime's own words
		}
		c := runtime.AddCleanup((*byte)(ptr), func(call [2]reflect.Value) { call[0].Call(call[1:]) }, [2]reflect.Value{cleanup, arg})
		return []reflect.Value{reflect.ValueOf(c)}
	})
}
