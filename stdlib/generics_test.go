package stdlib

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gossl/gossl/stdlib/shims"
)

// TestSourceTypeChecks checks every generic source as its own package and compares what it declares with what
// the export data says.
func TestSourceTypeChecks(t *testing.T) {
	s, imp := Packages(), everything()
	found := 0
	for _, path := range s.Paths() {
		for name, text := range s.Source(path) {
			found++
			f, err := parser.ParseFile(imp.fset, name, text, parser.SkipObjectResolution)
			if err != nil {
				t.Error(err)
				continue
			}
			conf := types.Config{GoVersion: "go1.26", Importer: imp}
			pkg, err := conf.Check(path, imp.fset, []*ast.File{f}, nil)
			if err != nil {
				t.Errorf("source of %s: %v", path, err)
				continue
			}
			compiled := imp.must(t, path)
			for _, name := range pkg.Scope().Names() {
				obj := pkg.Scope().Lookup(name)
				if !obj.Exported() {
					continue
				}
				want := compiled.Scope().Lookup(name)
				if want == nil {
					t.Errorf("source of %s declares %s, which the package does not", path, name)
				} else if _, ok := obj.(*types.Func); ok && describe(obj) != describe(want) {
					t.Errorf("source of %s: %s, want %s", path, describe(obj), describe(want))
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("%d packages have source, want slices, maps, cmp and more", found)
	}
}

// describe prints an object with package paths; a constraint that is declared in its package reads alike in both.
func describe(obj types.Object) string { return types.ObjectString(obj, (*types.Package).Path) }

// TestGenericsAreAccountedFor finds for every exported generic function and type a source, an instance, a
// shim or a reason.
func TestGenericsAreAccountedFor(t *testing.T) {
	s, imp := Packages(), everything()
	for _, path := range s.Paths() {
		pkg := imp.must(t, path)
		var declared []string
		for name, text := range s.Source(path) {
			f, err := parser.ParseFile(imp.fset, name, text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					declared = append(declared, d.Name.Name)
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if ts, ok := spec.(*ast.TypeSpec); ok {
							declared = append(declared, ts.Name.Name)
						}
					}
				}
			}
		}
		for _, name := range pkg.Scope().Names() {
			obj := pkg.Scope().Lookup(name)
			if !obj.Exported() || !isTypeLevel(obj) {
				continue
			}
			if tn, ok := obj.(*types.TypeName); ok && (tn.IsAlias() || types.IsInterface(tn.Type())) {
				continue // a constraint, or another name of a type that has its own entry
			}
			if !slices.Contains(declared, name) && !slices.Contains(instantiated(path), name) && !shims.Has(path, name) && s.Refused(path, name) == "" {
				t.Errorf("%s.%s: no source, no instance, no reason", path, name)
			}
		}
	}
}

// instantiated lists the names of a package that have compiled instances.
func instantiated(path string) []string {
	var names []string
	for _, in := range Packages().tables[path].Instances {
		names = append(names, in.Name)
	}
	return names
}

// TestInstancesMatchTypes holds every compiled instance against go/types' instantiation of the same function.
func TestInstancesMatchTypes(t *testing.T) {
	imp := everything()
	for _, path := range Packages().Paths() {
		for _, in := range Packages().tables[path].Instances {
			sig := imp.must(t, path).Scope().Lookup(in.Name).(*types.Func).Signature()
			var args []types.Type
			for _, a := range in.Args {
				args = append(args, typeOf(t, imp, reflect.TypeOf(a).Elem()))
			}
			inst, err := types.Instantiate(nil, sig, args, true)
			if err != nil {
				t.Errorf("%s.%s[%v]: %v", path, in.Name, args, err)
			} else if err := sameType(reflect.TypeOf(in.Func), inst); err != nil {
				t.Errorf("%s.%s[%v]: %v", path, in.Name, args, err)
			}
		}
	}
}

// typeOf returns the checker's type for a run-time one of the kinds that instances have as arguments.
func typeOf(t *testing.T, imp *importer, r reflect.Type) types.Type {
	switch {
	case r.Name() != "" && r.PkgPath() != "":
		return imp.must(t, r.PkgPath()).Scope().Lookup(r.Name()).Type()
	case r.Name() != "":
		return types.Universe.Lookup(r.Name()).Type()
	}
	switch r.Kind() {
	case reflect.Pointer:
		return types.NewPointer(typeOf(t, imp, r.Elem()))
	case reflect.Slice:
		return types.NewSlice(typeOf(t, imp, r.Elem()))
	case reflect.Map:
		return types.NewMap(typeOf(t, imp, r.Key()), typeOf(t, imp, r.Elem()))
	case reflect.Interface:
		return types.Universe.Lookup("any").Type()
	case reflect.Func:
		tuple := func(n int, at func(int) reflect.Type) *types.Tuple {
			var vars []*types.Var
			for i := range n {
				vars = append(vars, types.NewVar(0, nil, "", typeOf(t, imp, at(i))))
			}
			return types.NewTuple(vars...)
		}
		return types.NewSignatureType(nil, nil, nil, tuple(r.NumIn(), r.In), tuple(r.NumOut(), r.Out), r.IsVariadic())
	}
	t.Fatalf("no checker's type for %s", r)
	return nil
}

// instanceOf returns an instance as a function of type F.
func instanceOf[F any](t *testing.T, path, name string, args ...reflect.Type) F {
	t.Helper()
	v, ok := Packages().Instance(path, name, args...)
	if !ok {
		t.Fatalf("Instance(%s, %s, %v) found nothing", path, name, args)
	}
	f, ok := v.Interface().(F)
	if !ok {
		t.Fatalf("Instance(%s, %s, %v) is a %s, want %s", path, name, args, v.Type(), reflect.TypeFor[F]())
	}
	return f
}

func TestInstancesRun(t *testing.T) {
	const mlx = "github.com/gomlx/gomlx/"
	fromValue := instanceOf[func([][]float32) *tensors.Tensor](t, mlx+"core/tensors", "FromValue", reflect.TypeFor[[][]float32]())
	x := fromValue([][]float32{{1, 2}, {3, 4}})
	defer x.MustFinalizeAll()
	flat := instanceOf[func(*tensors.Tensor) []float32](t, mlx+"core/tensors", "MustCopyFlatData", reflect.TypeFor[float32]())
	if got := flat(x); !slices.Equal(got, []float32{1, 2, 3, 4}) {
		t.Errorf("MustCopyFlatData = %v", got)
	}
	sort := instanceOf[func([]string)](t, "slices", "Sort", reflect.TypeFor[[]string](), reflect.TypeFor[string]())
	words := []string{"b", "a"}
	if sort(words); !slices.IsSorted(words) {
		t.Errorf("Sort left %v", words)
	}
	param := instanceOf[func(*model.Scope, string, int) int](t, mlx+"ml/model", "GetParamOr", reflect.TypeFor[int]())
	scope := model.NewStore().RootScope()
	scope.SetParam("width", 64.0)
	if got := param(scope, "width", 1); got != 64 {
		t.Errorf("GetParamOr(width) = %d, want 64", got)
	}
	next, stop := instanceOf[func(func(func(int) bool)) (func() (int, bool), func())](t, "iter", "Pull", reflect.TypeFor[int]())(func(yield func(int) bool) { yield(7) })
	defer stop()
	if v, ok := next(); !ok || v != 7 {
		t.Errorf("next() = %d, %v", v, ok)
	}
	for _, fn := range []reflect.Type{reflect.TypeFor[func(*graph.Node) *graph.Node](), reflect.TypeFor[func(*graph.Node, *graph.Node) *graph.Node](), reflect.TypeFor[func([]*graph.Node) []*graph.Node]()} {
		if _, ok := Packages().Instance(mlx+"core/graph", "NewExec", fn); !ok {
			t.Errorf("no graph.NewExec for %s", fn)
		}
	}
	// A value of a named function type is assignable to the parameter of the instance for the type under it.
	if v, ok := Packages().Instance(mlx+"ml/train", "NewTrainer", reflect.TypeFor[train.ModelFn]()); !ok || !reflect.TypeFor[train.ModelFn]().AssignableTo(v.Type().In(2)) {
		t.Error("no train.NewTrainer for train.ModelFn")
	}
	if _, ok := Packages().Instance("slices", "Sort", reflect.TypeFor[[]time.Duration](), reflect.TypeFor[time.Duration]()); ok {
		t.Error("there is an instance of slices.Sort that was never compiled")
	}
}

func TestTypeInstances(t *testing.T) {
	for _, c := range []struct {
		path, name string
		args       []reflect.Type
		want       reflect.Type
	}{
		{"iter", "Seq", []reflect.Type{reflect.TypeFor[string]()}, reflect.TypeFor[iter.Seq[string]]()},
		{"iter", "Seq2", []reflect.Type{reflect.TypeFor[train.Batch](), reflect.TypeFor[error]()}, reflect.TypeFor[iter.Seq2[train.Batch, error]]()},
		{"iter", "Seq", []reflect.Type{reflect.TypeFor[[7]string]()}, nil},
		{"iter", "Seq3", []reflect.Type{reflect.TypeFor[string]()}, nil},
	} {
		if got, ok := Packages().Type(c.path, c.name, c.args...); got != c.want || ok != (c.want != nil) {
			t.Errorf("Type(%s, %s, %v) = %v, %v, want %v", c.path, c.name, c.args, got, ok, c.want)
		}
	}
}

func TestRefusedSaysWhy(t *testing.T) {
	if why := Packages().Refused("weak", "Make"); !strings.Contains(why, "unsafe") {
		t.Errorf("Refused(weak, Make) = %q", why)
	}
	if why := Packages().Refused("runtime/cgo", ""); !strings.Contains(why, "cgo") {
		t.Errorf("Refused(runtime/cgo) = %q", why)
	}
	if why := Packages().Refused("fmt", ""); why != "" {
		t.Errorf("Refused(fmt) = %q", why)
	}
	for _, name := range []string{"Sort", "Max", "NoSuch"} {
		if why := Packages().Refused("slices", name); why != "" {
			t.Errorf("Refused(slices, %s) = %q", name, why)
		}
	}
}

func ExampleSet_Instance() {
	repeat, _ := Packages().Instance("slices", "Repeat", reflect.TypeFor[[]int](), reflect.TypeFor[int]())
	fmt.Println(repeat.Type())
	fmt.Println(repeat.Interface().(func([]int, int) []int)([]int{1, 2}, 3))
	// Output:
	// func([]int, int) []int
	// [1 2 1 2 1 2]
}
