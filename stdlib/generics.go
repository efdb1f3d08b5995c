package stdlib

import (
	"path"
	"reflect"
	"slices"

	"github.com/gossl/gossl/stdlib/shims"
)

// Instance returns the generic function of a package instantiated for the given type arguments: a function value
// of exactly that signature. It reports false when the function has to be instantiated from its Source, or
// does not exist. A type argument is the type by which a value is represented when compiled code is called.
func (s *Set) Instance(path, name string, args ...reflect.Type) (reflect.Value, bool) {
	t := s.tables[path]
	if t == nil {
		return reflect.Value{}, false
	}
	byName := s.instances.get(path, func() map[string][]instance {
		m := map[string][]instance{}
		for _, in := range t.Instances {
			list := make([]reflect.Type, len(in.Args))
			for i, a := range in.Args {
				list[i] = reflect.TypeOf(a).Elem()
			}
			m[in.Name] = append(m[in.Name], instance{list, in.Func})
		}
		return m
	})
	plain := make([]reflect.Type, len(args))
	for i, a := range args {
		plain[i] = unnamed(a)
	}
	for _, want := range [][]reflect.Type{args, plain} {
		for _, in := range byName[name] {
			if slices.Equal(in.args, want) {
				return reflect.ValueOf(in.fn), true
			}
		}
	}
	return shims.Make(path, name, args...)
}

// Type returns the instance of a generic type for the given type arguments, if the API of any package of the set
// speaks of it: iter.Seq[string], which strings.Lines returns. Values that go to and fro between a
// cell and compiled code have to be of that very type. It reports false for an instance that no compiled code knows.
func (s *Set) Type(path, name string, args ...reflect.Type) (reflect.Type, bool) {
	for _, t := range s.typeInstances()[path+"."+name] {
		if slices.Equal(t.args, args) {
			return t.typ, true
		}
	}
	return nil, false
}

// A typeInstance is a compiled instance of a generic type.
type typeInstance struct {
	args []reflect.Type
	typ  reflect.Type
}

// indexTypes collects the type instances of all packages by path and name of the generic type.
func (s *Set) indexTypes() map[string][]typeInstance {
	m := map[string][]typeInstance{}
	for _, path := range s.paths {
		for _, t := range s.tables[path].Types {
			in := typeInstance{typ: reflect.TypeOf(t.Type).Elem()}
			for _, a := range t.Args {
				in.args = append(in.args, reflect.TypeOf(a).Elem())
			}
			m[t.Path+"."+t.Name] = append(m[t.Path+"."+t.Name], in)
		}
	}
	return m
}

// unnamed returns the underlying type of a function type, to which its values are assignable, and any other type as it is.
func unnamed(t reflect.Type) reflect.Type {
	if t.Kind() != reflect.Func || t.Name() == "" {
		return t
	}
	var in, out []reflect.Type
	for p := range t.Ins() {
		in = append(in, p)
	}
	for r := range t.Outs() {
		out = append(out, r)
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

// Source returns the generic functions and types of a package that are instantiated from source, as file name →
// text, and nil for a package that has none. The text is a package that type-checks on its own against the
// packages of the set. It imports the compiled package of its own path, under the name compiled, for
// what is exported and not generic.
func (s *Set) Source(importPath string) map[string]string {
	if s.tables[importPath] == nil {
		return nil
	}
	return s.sources.get(importPath, func() map[string]string {
		data, ok := s.source.entry(importPath)
		if !ok {
			return nil
		}
		return map[string]string{path.Base(importPath) + ".go": string(data)}
	})
}

// Refused returns the reason why a generic name of a package has neither source nor an instance for every
// type argument, reading on after "cannot be instantiated here: "; for the name "", why cells cannot import a
// package that exists. It is "" where there is nothing to refuse.
func (s *Set) Refused(path, name string) string {
	if !s.refused.has(path) {
		return ""
	}
	return s.reasons.get(path, func() map[string]string {
		data, _ := s.refused.entry(path)
		return pairs(data)
	})[name]
}

// An instance is a compiled function of a generic one.
type instance struct {
	args []reflect.Type
	fn   any
}
