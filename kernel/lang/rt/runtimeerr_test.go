package rt

import (
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// caught is what compiled Go panics with.
func caught(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = r.(runtime.Error)
		}
	}()
	f()
	return nil
}

func TestRuntimeErrorsReadAsGos(t *testing.T) {
	ints := []int{-1, 0, 1, 2, 3, 4, 5, 9}
	check := func(got error, f func()) {
		t.Helper()
		want := caught(f)
		if (got == nil) != (want == nil) || got != nil && got.Error() != want.Error() {
			t.Errorf("got %v, want %v", got, want)
		}
		if _, ok := got.(runtime.Error); got != nil && !ok {
			t.Errorf("%v is no runtime.Error", got)
		}
	}
	s, str, arr := make([]int, 3, 4), "abc", &[3]int{}
	for _, i := range ints {
		var got error
		if i < 0 || i >= 3 {
			got = IndexError(i, 3)
		}
		check(got, func() { _ = s[i] })
		check(MakeSliceError(i, 3, 8), func() { _ = make([]int, i, idle(3)) })
		check(ArrayError(3, 4), func() { _ = [4]int(s) })
		for _, j := range ints {
			check(SliceError(i, j, 4, true, 0), func() { _ = s[i:j] })
			check(SliceError(i, j, 3, false, 0), func() { _ = str[i:j] })
			check(SliceError(i, j, 3, false, 0), func() { _ = arr[i:j] })
			for _, k := range ints {
				check(Slice3Error(i, j, k, 4, true, 0), func() { _ = s[i:j:k] })
				check(Slice3Error(i, j, k, 3, false, 0), func() { _ = arr[i:j:k] })
			}
		}
	}
	big := uint64(1 << 63)
	check(IndexErrorU(big, 3), func() { _ = s[big] })
	check(MakeSliceError(-1, -1, 8), func() { _ = make([]int, idle(-1)) })
	check(MakeSliceError(math.MaxInt, math.MaxInt, 8), func() { _ = make([]int, idle(math.MaxInt)) })
	check(MakeSliceError(1, math.MaxInt, 8), func() { _ = make([]int, 1, idle(math.MaxInt)) })
	check(MakeChanError(), func() { _ = make(chan int, idle(-1)) })
	check(NilMap(), func() { var m map[string]int; m["a"] = 1 })
	check(NilDeref(), func() { var p *[3]int; _ = p[idle(1)] })
	check(DivideByZero(), func() { _ = 3 / idle(0) })
	check(ShiftError(), func() { _ = 1 << idle(-1) })
	check(CloseNil(), func() { var c chan int; close(c) })
	check(CloseClosed(), func() { c := make(chan int); close(c); close(c) })
	check(SendClosed(), func() { c := make(chan int); close(c); c <- 1 })
}

// idle hides a constant from the compiler.
func idle(n int) int {
	v, _ := strconv.Atoi(strconv.Itoa(n))
	return v
}

func TestAssertionsPanicAsGos(t *testing.T) {
	w := newTwins()
	anyT := Of((*any)(nil))
	check := func(name string, compiled, boxed func()) {
		t.Helper()
		want, got := caught(compiled), caught(boxed)
		if want == nil || got == nil || want.Error() != got.Error() {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	var x any = Color(1)
	bx := w.box(x)
	check("int", func() { _ = x.(int) }, func() { Must(bx, Of((*int)(nil)), anyT) })
	check("Plain", func() { _ = x.(Plain) }, func() { Must(bx, w.typ(typeFor[Plain]()), anyT) })
	check("pointer", func() { _ = x.(*Color) }, func() { Must(bx, w.typ(typeFor[*Color]()), anyT) })
	check("Namer", func() { _ = x.(Namer) }, func() { MustImpl(bx, w.typ(typeFor[Namer]())) })
	check("error", func() { _ = x.(error) }, func() { MustImpl(bx, Of((*error)(nil))) })
	check("io.ReadWriter", func() { _ = x.(io.ReadWriter) }, func() { MustImpl(bx, Of((*io.ReadWriter)(nil))) })
	var sh any = Shape{}
	bs := w.box(sh)
	check("pointer receiver", func() { _ = sh.(interface{ String() string }) },
		func() { MustImpl(bs, w.typ(typeFor[interface{ String() string }]())) })
	x, bx = 3, 3
	check("compiled", func() { _ = x.(Color) }, func() { Must(bx, w.typ(typeFor[Color]()), anyT) })
	check("compiled Namer", func() { _ = x.(Namer) }, func() { MustImpl(bx, w.typ(typeFor[Namer]())) })
	x, bx = nil, nil
	check("nil", func() { _ = x.(Color) }, func() { Must(bx, w.typ(typeFor[Color]()), anyT) })
	check("nil Namer", func() { _ = x.(Namer) }, func() { MustImpl(bx, w.typ(typeFor[Namer]())) })
	var e error = Code(3)
	check("from error", func() { _ = e.(*Both) }, func() { Must(w.box(e), w.typ(typeFor[*Both]()), Of((*error)(nil))) })
	var n Namer = Note("x")
	check("from Namer", func() {
		_ = n.(interface {
			Namer
			Other()
		})
	},
		func() {
			MustImpl(w.box(n), w.typ(typeFor[interface {
				Namer
				Other()
			}]()))
		})
	check("wrong type of method", func() { _ = x.(interface{ String() int }) }, func() { MustImpl(nil, w.typ(typeFor[interface{ String() int }]())) })
	x = Color(1)
	check("wrong signature", func() { _ = x.(interface{ String() int }) },
		func() { MustImpl(w.box(x), w.typ(typeFor[interface{ String() int }]())) })
	check("uncomparable", func() { _ = any(Colors{}) == any(Colors{}) }, func() { Eq(w.box(Colors{}), w.box(Colors{})) })
	check("unhashable", func() { _ = map[any]int{Colors{}: 1} }, func() { Hash(w.box(Colors{})) })
	f := any(struct{ C Colors }{})
	check("uncomparable struct", func() { _ = f == f }, func() { Eq(w.box(f), w.box(f)) })
	check("unhashable struct", func() { _ = map[any]int{f: 1} }, func() { Hash(w.box(f)) })
	g := any(Pair[any, int]{[]int{1}, 2})
	check("uncomparable inside", func() { _ = g == g }, func() { Eq(w.box(g), w.box(g)) })
	check("unhashable inside", func() { _ = map[any]int{g: 1} }, func() { Hash(w.box(g)) })
	h := any(Pair[any, int]{Colors{1}, 2})
	check("uncomparable box inside", func() { _ = h == h }, func() { Eq(w.box(h), w.box(h)) })
	check("unhashable box inside", func() { _ = map[any]int{h: 1} }, func() { Hash(w.box(h)) })
	i := any([1]any{Colors{1}})
	check("uncomparable in an array", func() { _ = i == i }, func() { Eq(w.box(i), w.box(i)) })
}

// panics are the values whose uncaught panic TestPanicText compares with Go's.
func panics() []any {
	return []any{"text", "two\nlines", 3, -1.5, 1e21, float32(0.1), true, 2 + 3i, uint8(7), nil, errors.New("an\nerror"), io.EOF, Str("named\n\"x\""), Plain(-5), Ratio(2.5), Cplx(1), Flagg(true),
		Color(1), Code(4), Color(9), Boom(2), &Shape{Label: "l"}, Wrapped{"op", Code(1)}, Word(8), Small(1.25), PanicErr{1}}
}

func TestPanicTextIsThatOfAnUncaughtPanic(t *testing.T) {
	if n := os.Getenv("RT_TEST_PANIC"); n != "" {
		i, _ := strconv.Atoi(n)
		panic(panics()[i])
	}
	w := newTwins()
	for i, v := range panics() {
		if v == nil {
			continue // a *runtime.PanicNilError, see Panic
		}
		cmd := exec.Command(os.Args[0], "-test.run=TestPanicTextIsThatOfAnUncaughtPanic")
		cmd.Env = append(os.Environ(), "RT_TEST_PANIC="+strconv.Itoa(i))
		out, _ := cmd.CombinedOutput()
		want, _, _ := strings.Cut(string(out), "\n\ngoroutine ")
		want, _, _ = strings.Cut(want, " [recovered")
		got := NewPanic(w.box(v), nil, nil).Error()
		if strings.Contains(want, "panic while printing") {
			want = got[:min(len("panic: panic while printing"), len(got))]
			got = want
		}
		if _, after, ok := strings.Cut(want, "panic: "); ok {
			want = "panic: " + after
		}
		if got != want {
			t.Errorf("panic(%#v)\n got %q\nwant %q", v, got, want)
		}
	}
}
