package shims

import (
	"iter"
	"reflect"
)

// pull is iter.Pull[V]: func(seq func(yield func(V) bool)) (next func() (V, bool), stop func()).
func pull(args []reflect.Type) reflect.Value {
	elem := args[0]
	yieldType := reflect.FuncOf(types(elem), types(boolType), false)
	seqType := reflect.FuncOf(types(yieldType), nil, false)
	nextType := reflect.FuncOf(nil, types(elem, boolType), false)
	t := reflect.FuncOf(types(seqType), types(nextType, plainFunc), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		seq := in[0]
		next, stop := iter.Pull(func(yield func(reflect.Value) bool) {
			seq.Call([]reflect.Value{reflect.MakeFunc(yieldType, func(v []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(yield(v[0]))}
			})})
		})
		return []reflect.Value{
			reflect.MakeFunc(nextType, func([]reflect.Value) []reflect.Value {
				v, ok := next()
				if !ok {
					v = reflect.Zero(elem)
				}
				return []reflect.Value{v, reflect.ValueOf(ok)}
			}),
			reflect.ValueOf(stop),
		}
	})
}

// pull2 is iter.Pull2[K, V].
func pull2(args []reflect.Type) reflect.Value {
	key, elem := args[0], args[1]
	yieldType := reflect.FuncOf(types(key, elem), types(boolType), false)
	seqType := reflect.FuncOf(types(yieldType), nil, false)
	nextType := reflect.FuncOf(nil, types(key, elem, boolType), false)
	t := reflect.FuncOf(types(seqType), types(nextType, plainFunc), false)
	return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
		seq := in[0]
		next, stop := iter.Pull2(func(yield func(k, v reflect.Value) bool) {
			seq.Call([]reflect.Value{reflect.MakeFunc(yieldType, func(v []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf(yield(v[0], v[1]))}
			})})
		})
		return []reflect.Value{
			reflect.MakeFunc(nextType, func([]reflect.Value) []reflect.Value {
				k, v, ok := next()
				if !ok {
					k, v = reflect.Zero(key), reflect.Zero(elem)
				}
				return []reflect.Value{k, v, reflect.ValueOf(ok)}
			}),
			reflect.ValueOf(stop),
		}
	})
}
