package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// Host is what lowering needs to know of the world that lowered code will run in.
type Host interface {
	// Symbols returns a compiled package's values by name; a type T is there as (*T)(nil).
	Symbols(path string) map[string]reflect.Value
	// Adapters returns, by interface name, the wrappers of boxes as values of a compiled interface.
	Adapters(path string) map[string]func(rt.Box) any
	// Instance returns a compiled instance of a generic function of a compiled package.
	Instance(path, name string, targs []reflect.Type) (reflect.Value, bool)
	// Type returns the compiled instance of a generic type of a compiled package, if compiled code has one.
	Type(path, name string, targs []reflect.Type) (reflect.Type, bool)
	// SourceOf returns a compiled package checked from source, for its generic functions and types; nil when
	// there is none.
	SourceOf(path string) (*check.Package, error)
}

// Session remembers what earlier cells were lowered to. One session belongs to one interpreter.
// It is not safe for concurrent use.
type Session struct {
	host  Host
	sizes types.Sizes
	ctx   *types.Context // makes instances of generic types canonical

	seq     int
	globals map[types.Object]string   // lowered names of package-level objects
	decls   map[types.Object]*decl    // functions and methods with a body
	units   map[*types.Package]*unit  // packages that are lowered, not compiled
	sources map[string]*types.Package // compiled packages whose generics are instantiated from source; nil: none
	latest  func(types.Object) types.Object
	own     *unit                 // the cell being lowered, nil for a program
	imports map[string]string     // path → alias
	insts   map[string]string     // key of a generic function's instance → lowered name
	emitted map[types.Object]bool // functions whose text has been asked for
	helpers map[string]string     // key → name of a generated function

	reps       typeutil.Map // types.Type → string
	canon      typeutil.Map // types.Type → types.Type
	structs    map[string]string
	opaques    typeutil.Map // types.Type → bool
	cyclic     map[*types.Named]*cycles
	pures      typeutil.Map // types.Type → bool
	descs      typeutil.Map // types.Type → *rt.Type
	descSyms   map[*rt.Type]string
	localTypes map[*types.Named]*types.TypeName // copies of local types made for instances
	typeArgs   map[*types.Named]string          // how a local type's enclosing instance shows in its name

	places []Place
	at     construct

	// what the chunk under way adds
	symbols             map[string]map[string]reflect.Value
	newImps             []string
	finalizes, collects bool // it mentions finalizers, runtime.GC
	types               bytes.Buffer
	vars                bytes.Buffer
	funcs               bytes.Buffer
	inits               bytes.Buffer
	queue               []func(*emitter)
	undo                []func()
	redone              []redone
}

// decl is a function or method with the unit that its identifiers are resolved in.
type decl struct {
	fd   *ast.FuncDecl
	unit *unit
}

// unit is a set of files checked together.
type unit struct {
	fset *token.FileSet
	pkg  *types.Package
	info *types.Info
}

// Place is a position that a marker in lowered code stands for, and the function it lies in.
type Place struct {
	token.Position
	Func string
}

// NewSession returns a session that has lowered nothing yet.
func NewSession(h Host) *Session {
	return &Session{
		host: h, sizes: types.SizesFor("gc", "amd64"), ctx: types.NewContext(),
		globals: map[types.Object]string{}, decls: map[types.Object]*decl{}, units: map[*types.Package]*unit{},
		sources: map[string]*types.Package{}, imports: map[string]string{}, insts: map[string]string{},
		emitted: map[types.Object]bool{}, helpers: map[string]string{}, structs: map[string]string{},
		cyclic: map[*types.Named]*cycles{}, descSyms: map[*rt.Type]string{}, localTypes: map[*types.Named]*types.TypeName{},
		typeArgs: map[*types.Named]string{}, places: make([]Place, 1),
	}
}

// Chunk is lowered code, ready to run: load the symbols, evaluate the source, call the entry.
type Chunk struct {
	Imports []string                            // compiled packages imported for the first time
	Symbols map[string]map[string]reflect.Value // import path → name → value, to be added before Source
	Source  string                              // declarations of package main; "" when there are none
	Entry   string                              // name of a func() declared in Source
}

// Place returns what marker n stands for.
func (s *Session) Place(n int) Place {
	if n <= 0 || n >= len(s.places) {
		return Place{}
	}
	return s.places[n]
}

// Refusal says that a construct cannot be run faithfully, and why.
type Refusal struct {
	Pos    token.Position
	Reason string
}

func (r *Refusal) Error() string { return r.Pos.String() + ": " + r.Reason }

func (s *Session) begin() {
	s.symbols = map[string]map[string]reflect.Value{}
	s.newImps = nil
	s.finalizes, s.collects = false, false
	s.types.Reset()
	s.vars.Reset()
	s.funcs.Reset()
	s.inits.Reset()
	s.queue = nil
	s.undo = nil
	s.redone = nil
}

// finish drains the queue of functions that others asked for and assembles the chunk.
func (s *Session) finish(entry string, body string) *Chunk {
	for len(s.queue) > 0 {
		q := s.queue[0]
		s.queue = s.queue[1:]
		q(s.emitter(nil))
	}
	var b strings.Builder
	if len(s.newImps) > 0 {
		b.WriteString("import (\n")
		for _, p := range s.newImps {
			fmt.Fprintf(&b, "%s %q\n", s.imports[p], p)
		}
		b.WriteString(")\n")
	}
	b.Write(s.types.Bytes())
	b.Write(s.vars.Bytes())
	b.Write(s.funcs.Bytes())
	if entry != "" {
		fmt.Fprintf(&b, "func %s() {\n%s%s}\n", entry, s.inits.String(), body)
	}
	return &Chunk{Imports: s.newImps, Symbols: s.symbols, Source: b.String(), Entry: entry}
}

// fresh returns a name that nothing else in the session has.
func (s *Session) fresh(base string) string {
	s.seq++
	if base == "_" || base == "" {
		base = "t"
	}
	return fmt.Sprintf("%s_%d", base, s.seq)
}

// imp returns the alias under which lowered code imports a compiled package.
func (s *Session) imp(path, name string) string {
	if a, ok := s.imports[path]; ok {
		return a
	}
	a := s.fresh("p_" + name)
	put(s, s.imports, path, a)
	s.newImps = append(s.newImps, path)
	return a
}

// rt returns the text that names a member of the runtime package.
func (s *Session) rt(name string) string { return s.imp(RuntimePath, "rt") + "." + name }

// RuntimePath and DescriptorPath are the import paths that lowered code knows the runtime and the
// session's type descriptors by.
const (
	RuntimePath    = "gossl/rt"
	DescriptorPath = "gossl/desc"
	HostPath       = "gossl/host"
)

// symbol makes a compiled value known to lowered code and returns the text that names it.
func (s *Session) symbol(name string, v reflect.Value) string {
	m := s.symbols[DescriptorPath]
	if m == nil {
		m = map[string]reflect.Value{}
		s.symbols[DescriptorPath] = m
	}
	m[name] = v
	return s.imp(DescriptorPath, "desc") + "." + name
}

// interpreted reports whether objects of p are lowered rather than compiled.
func (s *Session) interpreted(p *types.Package) bool { return p != nil && s.units[p] != nil }
