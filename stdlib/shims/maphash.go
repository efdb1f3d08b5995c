package shims

import (
	"hash/maphash"
	"reflect"
)

// comparable_ is maphash.Comparable[T]: func(seed maphash.Seed, v T) uint64. Equal values of a type hash alike,
// and that is all that is promised of the sum.
func comparable_(args []reflect.Type) reflect.Value {
	t := reflect.FuncOf(types(reflect.TypeFor[maphash.Seed](), args[0]), types(reflect.TypeFor[uint64]()), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(maphash.Comparable(in[0].Interface().(maphash.Seed), in[1].Interface()))}
	})
}

// writeComparable is maphash.WriteComparable[T]: func(h *maphash.Hash, x T).
func writeComparable(args []reflect.Type) reflect.Value {
	t := reflect.FuncOf(types(reflect.TypeFor[*maphash.Hash](), args[0]), nil, false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		maphash.WriteComparable(in[0].Interface().(*maphash.Hash), in[1].Interface())
		return nil
	})
}
