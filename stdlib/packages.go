package stdlib

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/gossl/gossl/kernel/lang/rt"
	"github.com/gossl/gossl/stdlib/internal/symbol"
	"github.com/gossl/gossl/stdlib/internal/symbols/gomlx"
	"github.com/gossl/gossl/stdlib/internal/symbols/gonb"
	"github.com/gossl/gossl/stdlib/internal/symbols/gonum"
	"github.com/gossl/gossl/stdlib/internal/symbols/gossl"
	"github.com/gossl/gossl/stdlib/internal/symbols/std"
)

// A Set is the packages that cells may import. It is safe for concurrent use, and what it returns is shared:
// callers do not change it.
type Set struct {
	tables    map[string]*symbol.Package
	paths     []string
	export    *archive
	docs      *archive
	source    *archive
	refused   *archive
	symbols   lazy[map[string]reflect.Value]
	adapters  lazy[map[string]func(rt.Box) any]
	exports   lazy[[]byte]
	documents lazy[map[string]string]
	sources   lazy[map[string]string]
	reasons   lazy[map[string]string]
	instances lazy[map[string][]instance]

	typeInstances func() map[string][]typeInstance
}

// Packages returns the set of all packages that this build of gossl carries. All callers share one.
var Packages = sync.OnceValue(func() *Set {
	s := &Set{
		tables:  map[string]*symbol.Package{},
		export:  newArchive(exportStd, exportPlatform, exportGomlx, exportGonum, exportGonb, exportGossl),
		docs:    newArchive(docsStd, docsGomlx, docsGonum, docsGonb, docsGossl),
		source:  newArchive(sourceStd, sourceGomlx, sourceGonum, sourceGonb, sourceGossl),
		refused: newArchive(refusedStd, refusedGomlx, refusedGonum, refusedGonb, refusedGossl),
	}
	for _, group := range [][]*symbol.Package{std.Packages, gomlx.Packages, gonum.Packages, gonb.Packages, gossl.Packages} {
		for _, p := range group {
			s.tables[p.Path] = p
			s.paths = append(s.paths, p.Path)
		}
	}
	slices.Sort(s.paths)
	s.typeInstances = sync.OnceValue(s.indexTypes)
	return s
})

// Paths returns the import path of every package, sorted.
func (s *Set) Paths() []string { return slices.Clone(s.paths) }

// Name returns the name of the package with this import path, "" if there is none.
func (s *Set) Name(path string) string {
	if t := s.tables[path]; t != nil {
		return t.Name
	}
	return ""
}

// Export returns the package's export data in the indexed format that gcexportdata.Read takes. An importer
// reads all packages of a session into one map, so that a type that two of them mention is one type.
func (s *Set) Export(path string) ([]byte, bool) {
	if s.tables[path] == nil {
		return nil, false
	}
	data := s.exports.get(path, func() []byte {
		data, _ := s.export.entry(path)
		return data
	})
	return data, data != nil
}

// Doc returns the comment of a package (name "") or of one of its exported names: "Node", "Node.Shape" for a
// method, a field or a method of an interface. It is as written, without comment marks; "" if there is none.
func (s *Set) Doc(path, name string) string {
	if s.tables[path] == nil {
		return ""
	}
	return s.documents.get(path, func() map[string]string {
		data, _ := s.docs.entry(path)
		return pairs(data)
	})[name]
}

// pairs reads a list of names and texts, each ended by NUL.
func pairs(data []byte) map[string]string {
	fields := strings.Split(string(data), "\x00")
	m := make(map[string]string, len(fields)/2)
	for i := 0; i+1 < len(fields); i += 2 {
		m[fields[i]] = fields[i+1]
	}
	return m
}

// Symbols returns the package's exported functions, variables, constants and types by name, nil for an
// unknown path. A variable is addressable; a type T is (*T)(nil); an untyped constant is a constant.Value.
// Generic functions and types are not among them.
func (s *Set) Symbols(path string) map[string]reflect.Value {
	t := s.tables[path]
	if t == nil {
		return nil
	}
	return s.symbols.get(path, func() map[string]reflect.Value {
		m := make(map[string]reflect.Value, len(t.Symbols)+len(t.Rest))
		for _, e := range t.Symbols {
			m[e.Name] = symbol.Value(e.Value)
		}
		for _, e := range t.Rest {
			m[e.Name] = symbol.Value(e.Value)
		}
		return m
	})
}

// Adapters returns, for each exported interface type of the package that other packages can implement, the
// function that wraps an interpreted value as a compiled value of that interface. The value must have the
// methods; who calls has checked that.
func (s *Set) Adapters(path string) map[string]func(rt.Box) any {
	t := s.tables[path]
	if t == nil {
		return nil
	}
	return s.adapters.get(path, func() map[string]func(rt.Box) any {
		m := make(map[string]func(rt.Box) any, len(t.Adapters))
		for _, a := range t.Adapters {
			m[a.Name] = a.Wrap
		}
		return m
	})
}

// A lazy remembers one value for each import path, made at the first question for it.
type lazy[T any] struct {
	mu   sync.Mutex
	made map[string]func() T
}

// get returns the value of path; make runs once. Askers for other paths do not wait for it.
func (l *lazy[T]) get(path string, make func() T) T {
	l.mu.Lock()
	f := l.made[path]
	if f == nil {
		if l.made == nil {
			l.made = map[string]func() T{}
		}
		f = sync.OnceValue(make)
		l.made[path] = f
	}
	l.mu.Unlock()
	return f()
}
