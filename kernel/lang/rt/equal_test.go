package rt

import (
	"testing"
	"time"
)

// TestEqualAsCompiled compares all pairs of values, in interfaces and as map keys.
func TestEqualAsCompiled(t *testing.T) {
	c1, c2, ch := Color(1), Color(1), make(chan Color)
	sh := &Shape{"a", 1}
	n := &Node{Val: 1}
	vals := []any{nil, Color(1), Color(1), Color(2), Plain(1), 1, int8(1), Str("a"), Note("a"), "a", Ratio(1), Code(1), Point{1, 2}, Point{1, 2}, Point{2, 1},
		Pair[any, int]{Color(1), 1}, Pair[any, int]{1, 1}, Pair[any, int]{Color(1), 1}, Pair[any, int]{nil, 1}, [2]Color{1, 2}, [2]Color{1, 2}, [2]int{1, 2}, [1]any{Color(1)}, [1]any{Color(1)}, [1]any{1},
		Inner{1, 2}, Inner{1, 3}, struct{ C Color }{1}, struct{ C Color }{1}, struct{ c Color }{1}, &c1, &c2, &c1, sh, *sh, Shape{"a", 1}, (*Shape)(nil), (*Point)(nil), ch, ch, n, n, &Node{Val: 1}, Node{Val: 1}, Node{Val: 1, Next: n},
		Letter('a'), byte('a'), Flagg(true), true, Cplx(1), time.Second, time.Duration(1), Wrapped{"a", Code(1)}, Wrapped{"a", Code(1)}, Wrapped{"a", Code(2)}, Empty{}, struct{}{}, Empty{}}
	w := newTwins()
	boxes := make([]any, len(vals))
	for i := range vals {
		boxes[i] = w.box(vals[i])
	}
	for i, x := range vals {
		if x == any(ch) {
			continue // made anew for its twin
		}
		var at, bt = map[any]bool{}, map[any]bool{}
		if _, ok := x.(Node); !ok {
			at[x], bt[Hash(boxes[i])] = true, true
		}
		for j, y := range vals {
			if _, ok := x.(Node); ok {
				continue // not comparable: has a slice and a map
			}
			if _, ok := y.(Node); ok {
				continue
			}
			if got, want := Eq(boxes[i], boxes[j]), x == y; got != want {
				t.Errorf("%T %v == %T %v is %v, want %v", x, x, y, y, got, want)
			}
			if got, want := boxes[i] == boxes[j], x == y; got != want {
				t.Errorf("boxes of %T %v == %T %v is %v, want %v", x, x, y, y, got, want)
			}
			if got, want := bt[Hash(boxes[j])], at[y]; got != want {
				t.Errorf("key %T %v, looked up %T %v: %v, want %v", x, x, y, y, got, want)
			}
		}
	}
}

func TestDescriptorsAreCanonical(t *testing.T) {
	w := newTwins()
	c := w.typ(typeFor[Color]())
	i := Of((*int)(nil))
	for _, p := range [][2]*Type{{SliceOf(c), SliceOf(c)}, {MapOf(c, i), MapOf(c, i)}, {SliceOf(i), Of((*[]int)(nil))}, {PtrTo(PtrTo(c)), PtrTo(PtrTo(c))},
		{MapOf(i, i), Of((*map[int]int)(nil))}, {FuncOf([]*Type{i, SliceOf(i)}, []*Type{i}, true), Of((*func(int, ...int) int)(nil))}, {ChanOf(1, i), Of((*<-chan int)(nil))},
		{StructOf(F("A", i, `k:"v"`)), Of((*struct {
			A int `k:"v"`
		})(nil))}, {StructOf(), Of((*struct{})(nil))}, {InterfaceOf(), Of((*any)(nil))}, {ArrayOf(3, i), Of((*[3]int)(nil))},
		{StructOf(F("a", c, "")), StructOf(F("a", c, ""))}, {InterfaceOf(IM("B", Of((*func())(nil))), IM("A", Of((*func())(nil)))), InterfaceOf(IM("A", Of((*func())(nil))), IM("B", Of((*func())(nil))))}} {
		if p[0] != p[1] {
			t.Errorf("%s and %s are two types", p[0], p[1])
		}
	}
	for _, p := range [][2]*Type{{Named("main.T"), Named("main.T")}, {StructOf(F("a", c, "")), StructOf(F("a", c, "x"))}, {StructOf(F("Color", c, "")), StructOf(FE("Color", c, ""))},
		{SliceOf(c), SliceOf(i)}, {ArrayOf(2, c), ArrayOf(3, c)}, {ChanOf(1, c), ChanOf(3, c)}, {FuncOf([]*Type{SliceOf(c)}, nil, true), FuncOf([]*Type{SliceOf(c)}, nil, false)}} {
		if p[0] == p[1] {
			t.Errorf("%s and %s are one type", p[0], p[1])
		}
	}
}

// TestNamesAreThoseOfReflect compares the names of all types of the other tests.
func TestNamesAreThoseOfReflect(t *testing.T) {
	w := newTwins()
	for _, x := range printed() {
		if x == nil {
			continue
		}
		if got, want := w.typ(typeOf(x)).String(), typeOf(x).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestBlankFieldsDoNotCount(t *testing.T) {
	i := Of((*int)(nil))
	in := Named("main.In").Def(StructOf(F("_", i, ""), F("X", i, "")))
	typ := Named("main.T").Def(StructOf(F("_", i, ""), F("A", i, ""), F("In", ArrayOf(1, in), ""), F("_", i, "")))
	type repIn struct{ X0, X int }
	type rep struct {
		X0, A int
		In    [1]repIn
		X1    int
	}
	a := Mk(typ, rep{1, 2, [1]repIn{{3, 4}}, 5})
	b := Mk(typ, rep{6, 2, [1]repIn{{7, 4}}, 8})
	c := Mk(typ, rep{1, 2, [1]repIn{{3, 9}}, 5})
	if !Eq(a, b) || Eq(a, c) {
		t.Errorf("Eq: %v %v, want true false", Eq(a, b), Eq(a, c))
	}
	if m := map[any]int{Hash(a): 1}; m[Hash(b)] != 1 || m[Hash(c)] != 0 {
		t.Error("blank fields count in keys")
	}
	if got := V(a).(rep); got.X0 != 1 {
		t.Error("Hash changed the value itself")
	}
}
