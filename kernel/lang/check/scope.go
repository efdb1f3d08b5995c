package check

import (
	"cmp"
	"go/token"
	"go/types"
	"slices"
	"sync"
	"sync/atomic"
)

// Scope is what a live session has defined so far. It is safe for concurrent
// use: completing or inspecting while a cell runs is meant.
//
// The objects of go/types that a Scope hands out are shared by all its cells and
// not all of them are immutable (an import completes a package that another one
// mentioned). Whoever walks them while other goroutines may use the Scope does so
// inside [Scope.Hold].
type Scope struct {
	mu       sync.Mutex
	held     atomic.Bool // by Hold
	im       *importer
	fset     *token.FileSet
	ctxt     *types.Context
	names    map[string]*entry
	methods  map[string]*Def // "T.M" of the current T
	dots     []dotImport     // newest last
	order    int
	replaced map[types.Object]types.Object // an old object → the newer one that its users can use
	ghosts   map[*types.Func]bool          // methods added for a cell that then failed to check
	last     *Cell
	sources  map[string]*Package // of compiled packages, for their generic functions
	known    map[*Package]bool   // packages from disk that committed cells import
}

type entry struct {
	def   *Def
	order int
}

type dotImport struct {
	def   *Def
	pkg   *types.Package
	order int
}

// NewScope returns the scope of an empty session.
func NewScope(p Packages) *Scope {
	return &Scope{
		im:       newImporter(p),
		fset:     token.NewFileSet(),
		ctxt:     types.NewContext(),
		names:    map[string]*entry{},
		methods:  map[string]*Def{},
		replaced: map[types.Object]types.Object{},
		ghosts:   map[*types.Func]bool{},
		sources:  map[string]*Package{},
		known:    map[*Package]bool{},
	}
}

// Hold runs f while nobody else uses the scope. Inside, no method of the scope may
// be called but [Scope.Latest] and [Scope.SourceOf], and these by f's goroutine alone.
func (s *Scope) Hold(f func()) {
	s.mu.Lock()
	s.held.Store(true)
	defer func() {
		s.held.Store(false)
		s.mu.Unlock()
	}()
	f()
}

// Latest returns the definition that a mention of obj, by a function of an earlier
// cell, means now: the newest one of the same type. It is obj itself when there is
// no newer one. It must be called inside Hold.
func (s *Scope) Latest(obj types.Object) types.Object {
	for {
		next, ok := s.replaced[obj]
		if !ok {
			return obj
		}
		obj = next
	}
}

// Latest is [Scope.Latest] as it will be once the cell is committed.
func (c *Cell) Latest(obj types.Object) types.Object {
	obj = c.scope.Latest(obj)
	for _, r := range c.Redefined {
		if r.SameType && r.Old.Obj == obj {
			return r.New.Obj
		}
	}
	return obj
}

// Defs returns the definitions that names mean now, methods included, in the order
// in which they were made.
func (s *Scope) Defs() []*Def {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.defs()
}

func (s *Scope) defs() []*Def {
	type dated struct {
		def   *Def
		order int
	}
	var all []dated
	for _, e := range s.names {
		all = append(all, dated{e.def, e.order})
	}
	for _, d := range s.methods {
		all = append(all, dated{d, d.order})
	}
	for _, d := range s.dots {
		all = append(all, dated{d.def, d.order})
	}
	slices.SortFunc(all, func(a, b dated) int {
		if c := cmp.Compare(a.order, b.order); c != 0 {
			return c
		}
		return cmp.Compare(a.def.Name, b.def.Name)
	})
	defs := make([]*Def, len(all))
	for i, d := range all {
		defs[i] = d.def
	}
	return defs
}

// Lookup returns what a name means now: the session's definition of it; nil when
// it has none. Names of dot-imports are not definitions.
func (s *Scope) Lookup(name string) *Def {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.names[name]; e != nil {
		return e.def
	}
	return nil
}

// Forget removes definitions by name, a type's methods with it; it returns the
// names that were not defined. Values and functions that use them keep working.
func (s *Scope) Forget(names ...string) (unknown []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range names {
		e := s.names[n]
		if e == nil {
			unknown = append(unknown, n)
			continue
		}
		delete(s.names, n)
		if e.def.Kind == Type {
			s.dropMethods(n)
		}
	}
	return unknown
}

func (s *Scope) dropMethods(typeName string) {
	for name := range s.methods {
		if len(name) > len(typeName) && name[:len(typeName)] == typeName && name[len(typeName)] == '.' {
			delete(s.methods, name)
		}
	}
}

// resolve returns what the session means by a name: an object of an earlier cell
// or of a dot-import, whichever is newer; nil when it means nothing.
func (s *Scope) resolve(name string) types.Object {
	e := s.names[name]
	for i := len(s.dots) - 1; i >= 0; i-- {
		d := s.dots[i]
		if e != nil && e.order >= d.order {
			break
		}
		if !token.IsExported(name) {
			break
		}
		if obj := d.pkg.Scope().Lookup(name); obj != nil {
			return obj
		}
	}
	if e == nil {
		return nil
	}
	return e.def.Obj
}

// Commit makes a cell's definitions the session's. [Scope.Retract] takes back those of steps that then did not run.
func (s *Scope) Commit(c *Cell) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.before = s.snapshot(c)
	if s.last != nil && s.last != c { // no longer needed, and each would hold the cell before it
		s.last.Redefined, s.last.Rebound, s.last.Stale, s.last.before = nil, nil, nil, nil
	}
	s.last = c
	for _, p := range c.Packages {
		s.known[p] = true
	}
	for _, m := range c.Methods {
		delete(s.ghosts, m)
	}
	for _, r := range c.Redefined {
		if r.SameType && r.Old.Obj != r.New.Obj {
			s.replaced[r.Old.Obj] = r.New.Obj
		}
		if r.New.Kind == Type && !r.SameType || r.Old.Kind == Type && r.New.Kind != Type {
			s.dropMethods(r.New.Name)
		}
	}
	for _, d := range c.Defs {
		s.order++
		d.order = s.order
		switch {
		case d.Kind == Method:
			s.methods[d.Name] = d
		case d.Kind == Import && d.dot:
			s.dots = slices.DeleteFunc(s.dots, func(x dotImport) bool { return x.def.Name == d.Name })
			s.dots = append(s.dots, dotImport{d, d.Obj.(*types.PkgName).Imported(), s.order})
		default:
			s.names[d.Name] = &entry{d, s.order}
		}
	}
	s.prune()
}

// prune forgets replacements of objects that no definition mentions any more.
func (s *Scope) prune() {
	if len(s.replaced) < 64 {
		return
	}
	used := map[types.Object]bool{}
	note := func(d *Def) {
		for _, o := range d.uses {
			for o != nil && !used[o] {
				used[o] = true
				o = s.replaced[o]
			}
		}
	}
	for _, e := range s.names {
		note(e.def)
	}
	for _, d := range s.methods {
		note(d)
	}
	for o := range s.replaced {
		if !used[o] {
			delete(s.replaced, o)
		}
	}
}
