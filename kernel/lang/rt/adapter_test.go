package rt

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"testing"
)

// reader and sorter are adapters as they are generated for the standard library.
type reader struct{ Box }

func (r reader) Read(p []byte) (int, error) {
	return Method[func(any, []byte) (int, error)](r.Box, "Read")(r.V, p)
}

type sorter struct{ Box }

func (s sorter) Len() int { return Method[func(any) int](s.Box, "Len")(s.V) }
func (s sorter) Less(i, j int) bool {
	return Method[func(any, int, int) bool](s.Box, "Less")(s.V, i, j)
}
func (s sorter) Swap(i, j int) { Method[func(any, int, int)](s.Box, "Swap")(s.V, i, j) }

type Repeat struct{ S string }

func (r *Repeat) Read(p []byte) (int, error) {
	n := copy(p, r.S)
	r.S = r.S[n:]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func TestAdapters(t *testing.T) {
	w := newTwins()
	tReader := Of((*io.Reader)(nil)).SetAdapter(func(b Box) any { return reader{b} })
	box := w.box(&Repeat{"abc"})
	r := Adapt(box, tReader).(io.Reader)
	out, err := io.ReadAll(io.MultiReader(r, strings.NewReader("d")))
	if string(out) != "abcd" || err != nil {
		t.Errorf("read %q, %v", out, err)
	}
	if !Eq(r, box) || Norm(r) != box || !Is(r, w.typ(typeFor[*Repeat]())) || !Impl(r, tReader) || TypeOf(r) != TypeOf(box) {
		t.Errorf("the adapter is not its box: %v %v", Eq(r, box), Norm(r) == box)
	}
	if got, want := Sprintf("%+v %T", r, r), Sprintf("%+v %T", box, box); got != want {
		t.Errorf("prints %s, want %s", got, want)
	}
	if m := map[any]int{Hash(r): 1}; m[Hash(box)] != 1 {
		t.Error("adapter and box are two keys")
	}
	if x, ok := AsImpl(box, Of((*io.Writer)(nil))); ok || x != nil {
		t.Errorf("a Reader became the Writer %v", x)
	}
	if Adapt(strings.NewReader("x"), tReader) == nil || Adapt(nil, tReader) != nil {
		t.Error("compiled values and nil are to stay what they are")
	}
	tSort := Of((*sort.Interface)(nil)).SetAdapter(func(b Box) any { return sorter{b} })
	i, none := Of((*int)(nil)), []*Type(nil)
	byLen := Named("main.ByLen").Def(Of((*[]string)(nil))).
		Method("Len", FuncOf(none, []*Type{i}, false), func(r any) int { return len(r.([]string)) }).
		Method("Less", FuncOf([]*Type{i, i}, []*Type{Of((*bool)(nil))}, false), func(r any, i, j int) bool { return len(r.([]string)[i]) < len(r.([]string)[j]) }).
		Method("Swap", FuncOf([]*Type{i, i}, none, false), func(r any, i, j int) { s := r.([]string); s[i], s[j] = s[j], s[i] })
	bw := Mk(byLen, []string{"ccc", "a", "bb"})
	sort.Sort(sort.Reverse(Adapt(bw, tSort).(sort.Interface)))
	if got := fmt.Sprint(V(bw)); got != "[ccc bb a]" {
		t.Errorf("sorted %s", got)
	}
	defer func() {
		if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), "no adapter is known") {
			t.Errorf("without an adapter: %v", err)
		}
	}()
	Adapt(w.box(Note("x")), Of((*interface{ Name() string })(nil)))
}

func TestErrorsOfCompiledCodeSeeBoxes(t *testing.T) {
	w := newTwins()
	e := w.box(Wrapped{"op", Code(3)}).(error)
	if !errors.Is(fmt.Errorf("x: %w", e), w.box(Code(3)).(error)) || errors.Unwrap(e) != w.box(Code(3)) {
		t.Error("package errors does not find what a boxed error wraps")
	}
}

func TestJoinedErrorsOfCompiledCodeSeeBoxes(t *testing.T) {
	sig := FuncOf(nil, []*Type{Of((*[]error)(nil))}, false)
	text := FuncOf(nil, []*Type{Of((*string)(nil))}, false)
	many := Named("main.Many").Def(Of((*[]error)(nil))).
		Method("Error", text, func(any) string { return "many" }).
		Method("Unwrap", sig, func(r any) []error { return r.([]error) })
	e := fmt.Errorf("x: %w", MkErr(many, []error{io.ErrNoProgress, io.EOF}))
	if !errors.Is(e, io.EOF) || errors.Is(e, io.ErrClosedPipe) {
		t.Error("package errors does not find what a boxed error joins")
	}
}
