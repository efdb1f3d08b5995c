package standin

import (
	"maps"
	"reflect"
	"slices"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// funcs are the stand-ins by the full name of what they stand for; each file of
// the package adds its own.
var funcs = map[string]any{}

func add(table map[string]any) bool {
	maps.Copy(funcs, table)
	return true
}

// Func is the stand-in for the function or method of that full name, such as
// "encoding/json.Marshal" or "(*encoding/json.Encoder).Encode".
func Func(fullName string) (reflect.Value, bool) {
	f, ok := funcs[fullName]
	return reflect.ValueOf(f), ok
}

// generic are the stand-ins for generic functions, made for their type arguments.
var generic = map[string]func(targs []*rt.Type) any{}

// HasGeneric reports whether the generic function of that full name, such as "reflect.TypeFor", has a stand-in.
func HasGeneric(fullName string) bool { return generic[fullName] != nil }

// Generic is the stand-in for a generic function that has one, with the type arguments that the descriptors describe.
func Generic(fullName string, targs ...*rt.Type) reflect.Value {
	return reflect.ValueOf(generic[fullName](targs))
}

// located are the stand-ins that are made for a place: functions of a file and a line that return the stand-in.
var located = map[string]any{}

func addLocated(table map[string]any) bool {
	maps.Copy(located, table)
	return true
}

// Located is what makes the stand-in for the function or method of that full name: it takes the file and the line of
// the call.
func Located(fullName string) (reflect.Value, bool) {
	f, ok := located[fullName]
	return reflect.ValueOf(f), ok
}

// Names are the full names of everything that has a stand-in, sorted.
func Names() []string { return slices.Sorted(maps.Keys(funcs)) }

// refused are the functions that must not get a value of a cell's type.
var refused = map[string]string{}

func refuse(reason string, names ...string) bool {
	for _, n := range names {
		refused[n] = reason
	}
	return true
}

// Refused says why the function of that full name cannot take a value of a type
// that a cell defines.
func Refused(fullName string) (reason string, ok bool) {
	reason, ok = refused[fullName]
	return reason, ok
}
