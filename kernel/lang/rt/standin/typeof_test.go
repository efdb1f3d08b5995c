package standin

import (
	"reflect"
	"testing"

	"github.com/gossl/gossl/kernel/lang/rt"
)

type (
	Color int
	Inner struct {
		A Color `json:"a"`
		b int
	}
	Outer struct {
		Inner
		*Deep
		C   []Color
		M   map[string]Color
		F   func(Color, ...int) (Color, error)
		Ch  <-chan Color
		Arr [3]Color
		E   error
		An  any
	}
	Deep  struct{ A, Z Color }
	Namer interface{ Name() string }
)

func (c Color) Name() string       { return "" }
func (c *Color) Set(n int) error   { return nil }
func (o Outer) Get(i Color) []Deep { return nil }

var (
	tInt   = rt.Of((*int)(nil))
	tColor = rt.Named("standin.Color").Def(tInt)
	tInner = rt.Named("standin.Inner").Def(rt.StructOf(rt.F("A", tColor, `json:"a"`), rt.F("b", tInt, "")))
	tDeep  = rt.Named("standin.Deep").Def(rt.StructOf(rt.F("A", tColor, ""), rt.F("Z", tColor, "")))
	tOuter = rt.Named("standin.Outer").Def(rt.StructOf(rt.FE("Inner", tInner, ""), rt.FE("Deep", rt.PtrTo(tDeep), ""), rt.F("C", rt.SliceOf(tColor), ""),
		rt.F("M", rt.MapOf(tString, tColor), ""), rt.F("F", rt.FuncOf([]*rt.Type{tColor, rt.SliceOf(tInt)}, []*rt.Type{tColor, tError}, true), ""),
		rt.F("Ch", rt.ChanOf(1, tColor), ""), rt.F("Arr", rt.ArrayOf(3, tColor), ""), rt.F("E", tError, ""), rt.F("An", tAny, "")))
	tNamer    = rt.Named("standin.Namer").Def(rt.InterfaceOf(rt.IM("Name", sigText)))
	described = func() bool {
		tColor.Method("Name", sigText, func(any) string { return "" })
		sig := rt.FuncOf([]*rt.Type{tInt}, []*rt.Type{tError}, false)
		rt.PtrTo(tColor).Method("Name", sigText, func(any) string { return "" }).Method("Set", sig, func(any, int) error { return nil })
		get := rt.FuncOf([]*rt.Type{tColor}, []*rt.Type{rt.SliceOf(tDeep)}, false)
		tOuter.Method("Get", get, func(any, int) any { return nil })
		rt.PtrTo(tOuter).Method("Get", get, func(any, int) any { return nil })
		return true
	}()
)

// compareTypes compares what two types say of themselves.
func compareTypes(t *testing.T, path string, got, want reflect.Type, seen map[reflect.Type]bool) {
	if seen[want] {
		return
	}
	seen[want] = true
	eq := func(what string, g, w any) {
		t.Helper()
		if g != w {
			t.Errorf("%s: %s is %v, want %v", path, what, g, w)
		}
	}
	eq("String", got.String(), want.String())
	eq("Name", got.Name(), want.Name())
	eq("Kind", got.Kind(), want.Kind())
	eq("Comparable", got.Comparable(), want.Comparable())
	eq("NumMethod", got.NumMethod(), want.NumMethod())
	eq("has a package", got.PkgPath() != "", want.PkgPath() != "")
	for i := range min(got.NumMethod(), want.NumMethod()) {
		g, w := got.Method(i), want.Method(i)
		eq("method", g.Name, w.Name)
		eq("type of method "+w.Name, g.Type.String(), w.Type.String())
	}
	switch want.Kind() {
	case reflect.Struct:
		eq("NumField", got.NumField(), want.NumField())
		for i := range want.NumField() {
			g, w := got.Field(i), want.Field(i)
			eq("field", g.Name+" "+string(g.Tag), w.Name+" "+string(w.Tag))
			eq("exported "+w.Name, g.IsExported(), w.IsExported())
			eq("embedded "+w.Name, g.Anonymous, w.Anonymous)
			compareTypes(t, path+"."+w.Name, g.Type, w.Type, seen)
		}
		for _, n := range []string{"A", "b", "Z", "C", "Inner", "none"} {
			g, gok := got.FieldByName(n)
			w, wok := want.FieldByName(n)
			eq("FieldByName "+n, gok, wok)
			if wok {
				eq("FieldByName "+n, reflect.DeepEqual(g.Index, w.Index), true)
			}
		}
	case reflect.Func:
		eq("IsVariadic", got.IsVariadic(), want.IsVariadic())
		for i := range want.NumIn() {
			compareTypes(t, path+" in", got.In(i), want.In(i), seen)
		}
		for i := range want.NumOut() {
			compareTypes(t, path+" out", got.Out(i), want.Out(i), seen)
		}
	case reflect.Chan:
		eq("ChanDir", got.ChanDir(), want.ChanDir())
		compareTypes(t, path+" elem", got.Elem(), want.Elem(), seen)
	case reflect.Map:
		compareTypes(t, path+" key", got.Key(), want.Key(), seen)
		compareTypes(t, path+" elem", got.Elem(), want.Elem(), seen)
	case reflect.Array:
		eq("Len", got.Len(), want.Len())
		compareTypes(t, path+" elem", got.Elem(), want.Elem(), seen)
	case reflect.Slice, reflect.Pointer:
		compareTypes(t, path+" elem", got.Elem(), want.Elem(), seen)
	}
}

func TestTypeOfAsCompiled(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, c := range []struct {
		got  any
		want any
	}{{rt.Mk(tOuter, nil), Outer{}}, {rt.Mk(rt.PtrTo(tOuter), nil), &Outer{}}, {rt.Mk(tColor, 1), Color(1)}, {rt.Mk(rt.PtrTo(tColor), nil), new(Color)}, {3, 3}, {rt.Mk(rt.PtrTo(tNamer), nil), new(Namer)}, {rt.Mk(rt.SliceOf(tOuter), nil), []Outer{}}} {
		compareTypes(t, reflect.TypeOf(c.want).String(), TypeOf(c.got), reflect.TypeOf(c.want), seen)
	}
	if TypeOf(nil) != nil || TypeOf(rt.Mk(tColor, 1)) != TypeOf(rt.Mk(tColor, 2)) || TypeOf(rt.Mk(tColor, 1)) == TypeOf(1) {
		t.Error("types do not compare as they should")
	}
	namer := TypeOf(rt.Mk(rt.PtrTo(tNamer), nil)).Elem()
	if !TypeOf(rt.Mk(tColor, 1)).Implements(namer) || TypeOf(rt.Mk(tInner, nil)).Implements(namer) || !TypeOf(rt.Mk(tColor, 1)).AssignableTo(namer) {
		t.Error("Implements or AssignableTo is wrong")
	}
	for name, f := range map[string]func(reflect.Type){"Size": func(r reflect.Type) { r.Size() }, "ConvertibleTo": func(r reflect.Type) { r.ConvertibleTo(r) }, "NumField": func(r reflect.Type) { r.NumField() }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f(TypeOf(rt.Mk(tColor, 1)))
		}()
	}
}
