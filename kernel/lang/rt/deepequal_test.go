package rt

import (
	"reflect"
	"testing"
)

func TestDeepEqualAsCompiled(t *testing.T) {
	loop := func() *Node { n := &Node{Val: 1}; n.Next = n; return n }
	f := Op(func(c Color) Color { return c })
	vals := append(printed(), Point{2, 1}, []Point{{1, 2}}, []Point{{1, 3}}, loop(), loop(), &Node{Val: 1, Next: loop()}, []any{Color(1)}, []any{1}, map[string]any{"c": Color(1), "p": Point{1, 2}, "n": nil},
		Colors{}, Colors{1, 2}, []Color{1, 2}, Tree{Tree{}, Tree{Tree{}, nil}}, f, []Op{f}, map[Str]Color{"z": 1, "a": 2}, map[Str]Color{"z": 1, "b": 2}, Pair[any, int]{Color(1), 2}, Pair[any, int]{Color(1), 2}, struct{ c Color }{1}, struct{ c Color }{1})
	w := newTwins()
	boxes := make([]any, len(vals))
	for i := range vals {
		boxes[i] = w.box(vals[i])
	}
	for i := range vals {
		for j := range vals {
			if got, want := DeepEqual(boxes[i], boxes[j]), reflect.DeepEqual(vals[i], vals[j]); got != want {
				t.Errorf("DeepEqual(%#v, %#v) = %v, want %v", vals[i], vals[j], got, want)
			}
		}
	}
}
