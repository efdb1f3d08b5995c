package stdlib

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"go/types"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/dataset"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// TestAdaptersImplement finds for every interface type that other packages can implement an adapter that does.
func TestAdaptersImplement(t *testing.T) {
	s, imp := Packages(), everything()
	total := 0
	for _, path := range s.Paths() {
		adapters := s.Adapters(path)
		pkg := imp.must(t, path)
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !obj.Exported() || obj.IsAlias() || isTypeLevel(obj) {
				continue
			}
			iface, ok := obj.Type().Underlying().(*types.Interface)
			if !ok || iface.NumMethods() == 0 || sealed(iface) {
				if adapters[name] != nil {
					t.Errorf("%s.%s has an adapter", path, name)
				}
				continue
			}
			wrap := adapters[name]
			if wrap == nil {
				t.Errorf("%s.%s has no adapter", path, name)
				continue
			}
			total++
			want := s.Symbols(path)[name].Type().Elem()
			box := rt.Box{T: rt.Named("main.T"), V: 1}
			got := wrap(box)
			if !reflect.TypeOf(got).Implements(want) {
				t.Errorf("the adapter of %s.%s does not implement it", path, name)
			}
			if u, ok := got.(rt.Boxed); !ok || u.Unbox() != box {
				t.Errorf("the adapter of %s.%s does not unwrap to its box", path, name)
			}
			if got != wrap(box) {
				t.Errorf("two adapters of %s.%s around one box differ", path, name)
			}
		}
	}
	if total < 200 {
		t.Errorf("only %d interfaces have adapters", total)
	}
}

// sealed reports whether an interface has a method that other packages cannot have or cannot write.
func sealed(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if !m.Exported() || strings.Contains(types.TypeString(m.Signature(), (*types.Package).Path), "internal/") {
			return true
		}
	}
	return false
}

// adapt wraps a value of a new type with the given methods as the interface F.
func adapt[F any](t *testing.T, path, name string, v any, methods map[string]any) F {
	t.Helper()
	typ := rt.Named("main.T")
	for m, f := range methods {
		typ.Method(m, rt.FuncOf(nil, nil, false), f)
	}
	return Packages().Adapters(path)[name](rt.Box{T: typ, V: v}).(F)
}

func TestAdaptersCallMethods(t *testing.T) {
	r := adapt[io.Reader](t, "io", "Reader", &[]string{"one\n", "two\n"}, map[string]any{
		"Read": func(recv any, p []byte) (int, error) {
			lines := recv.(*[]string)
			if len(*lines) == 0 {
				return 0, io.EOF
			}
			n := copy(p, (*lines)[0])
			*lines = (*lines)[1:]
			return n, nil
		},
	})
	var got []string
	for sc := bufio.NewScanner(r); sc.Scan(); {
		got = append(got, sc.Text())
	}
	if fmt.Sprint(got) != "[one two]" {
		t.Errorf("the scanner read %v", got)
	}

	list := []int{3, 1, 2}
	sort.Sort(adapt[sort.Interface](t, "sort", "Interface", list, map[string]any{
		"Len":  func(recv any) int { return len(recv.([]int)) },
		"Less": func(recv any, i, j int) bool { return recv.([]int)[i] < recv.([]int)[j] },
		"Swap": func(recv any, i, j int) { l := recv.([]int); l[i], l[j] = l[j], l[i] },
	}))
	if !sort.IntsAreSorted(list) {
		t.Errorf("sorted: %v", list)
	}

	var said string
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.Var(adapt[flag.Value](t, "flag", "Value", &said, map[string]any{
		"String": func(recv any) string { return *recv.(*string) },
		"Set": func(recv any, s string) error {
			if s == "" {
				return errors.New("empty")
			}
			*recv.(*string) = s
			return nil
		},
	}), "say", "")
	if err := fs.Parse([]string{"-say", "hello"}); err != nil || said != "hello" {
		t.Errorf("the flag is %q, %v", said, err)
	}

	h := adapt[http.Handler](t, "net/http", "Handler", "hi", map[string]any{
		"ServeHTTP": func(recv any, w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, recv, " ", r.URL.Path) },
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Body.String() != "hi /x" {
		t.Errorf("the handler wrote %q", w.Body)
	}
}

// TestVariadicAdapter checks that a variadic method gets its arguments as they were passed.
func TestVariadicAdapter(t *testing.T) {
	var got []compute.DeviceNum
	b := adapt[compute.Builder](t, "github.com/gomlx/compute", "Builder", 0, map[string]any{
		"DeviceAssignment": func(_ any, devices ...compute.DeviceNum) error {
			got = devices
			return nil
		},
	})
	if err := b.DeviceAssignment(2, 0); err != nil || fmt.Sprint(got) != "[2 0]" {
		t.Errorf("DeviceAssignment(2, 0) got %v, %v", got, err)
	}
}

// TestAdaptersShowOptionalMethods checks that compiled code finds what a type has beyond the interface, and
// only that.
func TestAdaptersShowOptionalMethods(t *testing.T) {
	read := func(any, []byte) (int, error) { return 0, io.EOF }
	writeTo := func(_ any, w io.Writer) (int64, error) {
		n, err := io.WriteString(w, "by WriteTo")
		return int64(n), err
	}
	var b strings.Builder
	r := adapt[io.Reader](t, "io", "Reader", 0, map[string]any{"Read": read, "WriteTo": writeTo})
	if _, err := io.Copy(&b, r); err != nil || b.String() != "by WriteTo" {
		t.Errorf("io.Copy wrote %q, %v", &b, err)
	}
	if _, ok := r.(io.Closer); ok {
		t.Error("a reader without Close is an io.Closer")
	}
	if _, ok := adapt[io.Reader](t, "io", "Reader", 0, map[string]any{"Read": read}).(io.WriterTo); ok {
		t.Error("a reader without WriteTo is an io.WriterTo")
	}
	if _, ok := adapt[io.Reader](t, "io", "Reader", 0, map[string]any{"Read": read, "WriteTo": func(any) {}}).(io.WriterTo); ok {
		t.Error("a reader with another WriteTo is an io.WriterTo")
	}

	on := false
	var usage strings.Builder
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	fs.SetOutput(&usage)
	fs.Var(adapt[flag.Value](t, "flag", "Value", &on, map[string]any{
		"String":     func(recv any) string { return fmt.Sprint(*recv.(*bool)) },
		"Set":        func(recv any, s string) error { *recv.(*bool) = s == "true"; return nil },
		"IsBoolFlag": func(any) bool { return true },
	}), "on", "switch it on")
	if err := fs.Parse([]string{"-on"}); err != nil || !on {
		t.Errorf("-on: %v, %v", on, err)
	}
	fs.PrintDefaults()
	if want := "  -on\n    \tswitch it on (default false)\n"; usage.String() != want {
		t.Errorf("PrintDefaults wrote %q, want %q", &usage, want)
	}
}

// TestIteratorAdapter checks a method whose type mentions an instance of a generic type.
func TestIteratorAdapter(t *testing.T) {
	ds := adapt[train.Dataset](t, "github.com/gomlx/gomlx/ml/train", "Dataset", 3, map[string]any{
		"Name":      func(any) string { return "count" },
		"ShortName": func(any) string { return "c" },
		"Iter": func(recv any) func(func(train.Batch, error) bool) {
			return func(yield func(train.Batch, error) bool) {
				for range recv.(int) {
					if !yield(train.Batch{}, nil) {
						return
					}
				}
			}
		},
	})
	n := 0
	for range dataset.Take(ds, 2).Iter() {
		n++
	}
	if n != 2 {
		t.Errorf("took %d batches, want 2", n)
	}
	if s, ok := ds.(train.HasShortName); !ok || s.ShortName() != "c" {
		t.Errorf("short name: %v", ok)
	}
}
