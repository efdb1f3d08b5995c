package shims

import "reflect"

// A maker returns one generic function instantiated for type arguments, which are as many as it has parameters.
type maker struct {
	params int
	make   func(args []reflect.Type) reflect.Value
}

// makers holds the shims by import path and name.
var makers = map[string]map[string]maker{
	"hash/maphash": {
		"Comparable":      {1, comparable_},
		"WriteComparable": {1, writeComparable},
	},
	"iter": {
		"Pull":  {1, pull},
		"Pull2": {2, pull2},
	},
	"reflect": {
		"TypeAssert": {1, typeAssert},
		"TypeFor":    {1, typeFor},
	},
	"runtime": {
		"AddCleanup": {2, addCleanup},
	},
}

// Make returns the generic function of that path and name for the type arguments, false if there is no shim
// for it or if it does not take so many.
func Make(path, name string, args ...reflect.Type) (reflect.Value, bool) {
	m, ok := makers[path][name]
	if !ok || m.params != len(args) {
		return reflect.Value{}, false
	}
	return m.make(args), true
}

// Has reports whether Make has a shim for the function.
func Has(path, name string) bool {
	_, ok := makers[path][name]
	return ok
}

// types is short for the parameter or result list of a signature.
func types(list ...reflect.Type) []reflect.Type { return list }

var (
	boolType  = reflect.TypeFor[bool]()
	plainFunc = reflect.TypeFor[func()]()
)
