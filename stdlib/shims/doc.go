// Package shims makes, at run time and for any type arguments, the generic functions of the standard library
// that a cell could not instantiate from their source because they belong to the Go runtime.
//
//	pull, ok := shims.Make("iter", "Pull", reflect.TypeFor[string]())
//	next, stop := pull.Interface().(func(func(func(string) bool)) (func() (string, bool), func()))(seq)
//
// A shim is a value made by reflect.MakeFunc that has exactly the signature of the instance, where a generic
// function type such as iter.Seq[V] stands as its underlying type, to which it is assignable.
package shims
