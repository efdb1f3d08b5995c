package shims

import (
	"hash/maphash"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"testing"
)

// get returns a shim as a function of type F.
func get[F any](t *testing.T, path, name string, args ...reflect.Type) F {
	t.Helper()
	v, ok := Make(path, name, args...)
	if !ok {
		t.Fatalf("Make(%s, %s, %v) found nothing", path, name, args)
	}
	f, ok := v.Interface().(F)
	if !ok {
		t.Fatalf("Make(%s, %s, %v) is a %s, want %s", path, name, args, v.Type(), reflect.TypeFor[F]())
	}
	return f
}

type point struct{ x, y int }

func TestPull(t *testing.T) {
	pull := get[func(func(func(point) bool)) (func() (point, bool), func())](t, "iter", "Pull", reflect.TypeFor[point]())
	finished := false
	next, stop := pull(func(yield func(point) bool) {
		defer func() { finished = true }()
		for i := range 5 {
			if !yield(point{i, -i}) {
				return
			}
		}
	})
	for i := range 3 {
		if p, ok := next(); !ok || p != (point{i, -i}) {
			t.Fatalf("next() = %v, %v, want %v", p, ok, point{i, -i})
		}
	}
	stop()
	if !finished {
		t.Error("stop() did not end the sequence")
	}
	if p, ok := next(); ok || p != (point{}) {
		t.Errorf("next() after stop() = %v, %v", p, ok)
	}
	next, _ = pull(func(func(point) bool) { panic("in seq") })
	defer func() {
		if r := recover(); r != "in seq" {
			t.Errorf("next() of a panicking sequence panicked with %v", r)
		}
	}()
	next()
}

func TestPull2(t *testing.T) {
	pull := get[func(func(func(string, []int) bool)) (func() (string, []int, bool), func())](t, "iter", "Pull2", reflect.TypeFor[string](), reflect.TypeFor[[]int]())
	next, stop := pull(maps.All(map[string][]int{"a": {1, 2}}))
	defer stop()
	if k, v, ok := next(); !ok || k != "a" || !slices.Equal(v, []int{1, 2}) {
		t.Errorf("next() = %q, %v, %v", k, v, ok)
	}
	if k, v, ok := next(); ok || k != "" || v != nil {
		t.Errorf("next() at the end = %q, %v, %v", k, v, ok)
	}
}

func TestReflect(t *testing.T) {
	if got := get[func() reflect.Type](t, "reflect", "TypeFor", reflect.TypeFor[point]())(); got != reflect.TypeFor[point]() {
		t.Errorf("TypeFor[point]() = %v", got)
	}
	toInt := get[func(reflect.Value) (int, bool)](t, "reflect", "TypeAssert", reflect.TypeFor[int]())
	toError := get[func(reflect.Value) (error, bool)](t, "reflect", "TypeAssert", reflect.TypeFor[error]())
	field := reflect.ValueOf(struct{ X any }{7}).Field(0)
	for _, v := range []reflect.Value{reflect.ValueOf(7), field, reflect.ValueOf("7"), reflect.ValueOf(struct{ X any }{}).Field(0)} {
		want, wantOK := reflect.TypeAssert[int](v)
		if got, ok := toInt(v); got != want || ok != wantOK {
			t.Errorf("TypeAssert[int](%v) = %v, %v, want %v, %v", v, got, ok, want, wantOK)
		}
	}
	for _, v := range []reflect.Value{reflect.ValueOf(7), reflect.ValueOf(&runtime.TypeAssertionError{})} {
		want, wantOK := reflect.TypeAssert[error](v)
		if got, ok := toError(v); got != want || ok != wantOK {
			t.Errorf("TypeAssert[error](%v) = %v, %v, want %v, %v", v, got, ok, want, wantOK)
		}
	}
}

func TestMaphash(t *testing.T) {
	seed := maphash.MakeSeed()
	sum := get[func(maphash.Seed, point) uint64](t, "hash/maphash", "Comparable", reflect.TypeFor[point]())
	if sum(seed, point{1, 2}) != sum(seed, point{1, 2}) || sum(seed, point{1, 2}) == sum(seed, point{2, 1}) {
		t.Error("Comparable does not tell points apart, or not alike")
	}
	write := get[func(*maphash.Hash, point)](t, "hash/maphash", "WriteComparable", reflect.TypeFor[point]())
	var a, b maphash.Hash
	b.SetSeed(a.Seed())
	write(&a, point{1, 2})
	write(&b, point{1, 2})
	if a.Sum64() != b.Sum64() {
		t.Error("WriteComparable hashes equal points differently")
	}
	write(&b, point{})
	if a.Sum64() == b.Sum64() {
		t.Error("WriteComparable wrote nothing")
	}
}

func TestAddCleanup(t *testing.T) {
	add := get[func(*[4]int, func(string), string) runtime.Cleanup](t, "runtime", "AddCleanup", reflect.TypeFor[[4]int](), reflect.TypeFor[string]())
	done := make(chan string, 1)
	func() {
		add(new([4]int), func(s string) { done <- s }, "gone")
	}()
	for {
		runtime.GC()
		select {
		case s := <-done:
			if s != "gone" {
				t.Errorf("cleanup got %q", s)
			}
			return
		default:
			runtime.Gosched()
		}
	}
}

func TestMakeRejects(t *testing.T) {
	if _, ok := Make("iter", "Pull"); ok {
		t.Error("Make(iter, Pull) without type arguments made something")
	}
	if _, ok := Make("iter", "Push", reflect.TypeFor[int]()); ok {
		t.Error("Make(iter, Push) made something")
	}
	if !Has("iter", "Pull") || Has("iter", "Push") {
		t.Error("Has does not know its shims")
	}
}
