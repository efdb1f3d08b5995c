package stdlib

import (
	"bytes"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/gcexportdata"
)

// importer reads export data of the set, one package map for all.
type importer struct {
	fset *token.FileSet
	all  map[string]*types.Package
}

func newImporter() *importer {
	return &importer{token.NewFileSet(), map[string]*types.Package{"unsafe": types.Unsafe}}
}

// everything returns an importer that all tests share: reading all packages once is slow enough.
var everything = sync.OnceValue(newImporter)

func (i *importer) Import(path string) (*types.Package, error) {
	if p := i.all[path]; p != nil && p.Complete() {
		return p, nil
	}
	data, ok := Packages().Export(path)
	if !ok {
		return nil, fmt.Errorf("no export data of %s", path)
	}
	return gcexportdata.Read(bytes.NewReader(data), i.fset, i.all, path)
}

// must imports a package for a test.
func (i *importer) must(t *testing.T, path string) *types.Package {
	t.Helper()
	p, err := i.Import(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPathsAndNames(t *testing.T) {
	s := Packages()
	paths := s.Paths()
	if !slices.IsSorted(paths) {
		t.Error("Paths() is not sorted")
	}
	for _, want := range []string{"fmt", "net/http", "math/rand/v2", "syscall", "github.com/gomlx/gomlx/core/graph", "github.com/gomlx/compute/dtypes", "gonum.org/v1/gonum/mat", "github.com/gossl/gossl/ssl"} {
		if !slices.Contains(paths, want) {
			t.Errorf("Paths() lacks %s", want)
		}
	}
	for _, out := range []string{"internal/abi", "unsafe", "runtime/cgo", "github.com/gomlx/gomlx/cmd/gomlx_checkpoints", "github.com/gossl/gossl/ssl/data/internal/subset"} {
		if slices.Contains(paths, out) || s.Name(out) != "" || s.Symbols(out) != nil || s.Adapters(out) != nil || s.Doc(out, "") != "" || s.Source(out) != nil {
			t.Errorf("cells can import %s", out)
		}
		if _, ok := s.Export(out); ok {
			t.Errorf("Export(%s) found something", out)
		}
	}
	if got := s.Name("math/rand/v2"); got != "rand" {
		t.Errorf("Name(math/rand/v2) = %q", got)
	}
}

// TestSymbolsMatchTypes holds every value against the object that the type checker sees under its name.
func TestSymbolsMatchTypes(t *testing.T) {
	s, imp := Packages(), everything()
	for _, path := range s.Paths() {
		pkg := imp.must(t, path)
		if pkg.Name() != s.Name(path) || !pkg.Complete() {
			t.Errorf("export data of %s is of package %s, complete: %v", path, pkg.Name(), pkg.Complete())
		}
		symbols := s.Symbols(path)
		wanted := 0
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() || isTypeLevel(obj) {
				continue
			}
			wanted++
			v, ok := symbols[name]
			if !ok {
				t.Errorf("%s.%s has no symbol", path, name)
				continue
			}
			if err := matches(v, obj); err != nil {
				t.Errorf("%s.%s: %v", path, name, err)
			}
		}
		if len(symbols) != wanted {
			t.Errorf("%s has %d symbols for %d names", path, len(symbols), wanted)
		}
	}
}

// isTypeLevel reports whether obj has no value outside of an instance: it is generic, or a constraint.
func isTypeLevel(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		if g, ok := obj.Type().(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
			return true
		}
		iface, ok := obj.Type().Underlying().(*types.Interface)
		return ok && !iface.IsMethodSet()
	}
	return false
}

// matches reports how a symbol differs from its object.
func matches(v reflect.Value, obj types.Object) error {
	switch obj := obj.(type) {
	case *types.Const:
		if b, ok := obj.Type().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 {
			c, ok := v.Interface().(constant.Value)
			if !ok || !constant.Compare(c, token.EQL, obj.Val()) {
				return fmt.Errorf("constant is %v, want %v", v, obj.Val())
			}
			return nil
		}
		if err := sameType(v.Type(), obj.Type()); err != nil {
			return err
		}
		if got := constantOf(v); got.Kind() == constant.Unknown || !constant.Compare(got, token.EQL, obj.Val()) {
			return fmt.Errorf("constant is %v, want %v", v, obj.Val())
		}
	case *types.Var:
		if !v.CanAddr() {
			return fmt.Errorf("variable is not addressable")
		}
		return sameType(v.Type(), obj.Type())
	case *types.Func:
		if v.Kind() != reflect.Func || v.IsNil() {
			return fmt.Errorf("function is a %s", v.Kind())
		}
		return sameType(v.Type(), obj.Signature())
	case *types.TypeName:
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			return fmt.Errorf("type is a %s", v.Kind())
		}
		return sameType(v.Type().Elem(), obj.Type())
	}
	return nil
}

// constantOf returns the value of a typed constant.
func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	}
	return constant.MakeUnknown()
}

// sameType reports where a run-time type is another one than the checker's.
func sameType(r reflect.Type, t types.Type) error {
	differ := fmt.Errorf("type is %s, want %s", r, t)
	each := func(pairs ...any) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := sameType(pairs[i].(reflect.Type), pairs[i+1].(types.Type)); err != nil {
				return err
			}
		}
		return nil
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		name := t.Obj().Name()
		if t.TypeArgs().Len() > 0 {
			if !strings.HasPrefix(r.Name(), name+"[") {
				return differ
			}
			return nil
		}
		if r.Name() != name || t.Obj().Pkg() != nil && strings.TrimPrefix(r.PkgPath(), "vendor/") != strings.TrimPrefix(t.Obj().Pkg().Path(), "vendor/") {
			return differ
		}
		return nil
	case *types.Basic:
		if t.Kind() == types.UnsafePointer && r.Kind() == reflect.UnsafePointer {
			return nil
		}
		if r.Name() != types.Typ[t.Kind()].Name() || r.PkgPath() != "" {
			return differ
		}
		return nil
	case *types.Pointer:
		if r.Kind() == reflect.Pointer && r.Name() == "" {
			return each(r.Elem(), t.Elem())
		}
	case *types.Slice:
		if r.Kind() == reflect.Slice && r.Name() == "" {
			return each(r.Elem(), t.Elem())
		}
	case *types.Array:
		if r.Kind() == reflect.Array && r.Name() == "" && int64(r.Len()) == t.Len() {
			return each(r.Elem(), t.Elem())
		}
	case *types.Chan:
		dirs := map[types.ChanDir]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
		if r.Kind() == reflect.Chan && r.Name() == "" && r.ChanDir() == dirs[t.Dir()] {
			return each(r.Elem(), t.Elem())
		}
	case *types.Map:
		if r.Kind() == reflect.Map && r.Name() == "" {
			return each(r.Key(), t.Key(), r.Elem(), t.Elem())
		}
	case *types.Signature:
		if r.Kind() != reflect.Func || r.NumIn() != t.Params().Len() || r.NumOut() != t.Results().Len() || r.IsVariadic() != t.Variadic() {
			return differ
		}
		for i := range r.NumIn() {
			if err := sameType(r.In(i), t.Params().At(i).Type()); err != nil {
				return err
			}
		}
		for i := range r.NumOut() {
			if err := sameType(r.Out(i), t.Results().At(i).Type()); err != nil {
				return err
			}
		}
		return nil
	case *types.Struct:
		if r.Kind() != reflect.Struct || r.NumField() != t.NumFields() {
			return differ
		}
		for i := range r.NumField() {
			f := r.Field(i)
			if f.Name != t.Field(i).Name() || string(f.Tag) != t.Tag(i) || f.Anonymous != t.Field(i).Embedded() {
				return differ
			}
			if err := sameType(f.Type, t.Field(i).Type()); err != nil {
				return err
			}
		}
		return nil
	case *types.Interface:
		if r.Kind() != reflect.Interface || r.NumMethod() != t.NumMethods() {
			return differ
		}
		for m := range t.Methods() {
			rm, ok := r.MethodByName(m.Name())
			if !ok {
				return differ
			}
			if err := sameType(rm.Type, m.Signature()); err != nil {
				return err
			}
		}
		return nil
	}
	return differ
}

func TestVariablesAreThePackages(t *testing.T) {
	v := Packages().Symbols("io")["EOF"]
	if !v.CanSet() || v.Addr().Interface() != any(&io.EOF) {
		t.Errorf("io.EOF is a %v, settable: %v", v, v.CanSet())
	}
}

// TestConcurrentUse asks for everything from several goroutines; it is for the race detector.
func TestConcurrentUse(t *testing.T) {
	s := Packages()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, path := range []string{"strings", "slices", "net/http", "github.com/gomlx/gomlx/core/tensors"} {
				s.Symbols(path)
				s.Adapters(path)
				s.Export(path)
				s.Doc(path, "")
				s.Source(path)
				s.Refused(path, "X")
				s.Instance(path, "Max", reflect.TypeFor[[]int](), reflect.TypeFor[int]())
			}
		})
	}
	wg.Wait()
}
