package rt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

type htmlPoint struct {
	X, Y int
	name string
	next *htmlPoint
}

type htmlBad struct{}

func (htmlBad) Error() string { panic("no") }

func TestHTML(t *testing.T) {
	ring := &htmlPoint{X: 1, name: "<r>"}
	ring.next = ring
	type self []any
	knot := self{1, nil}
	knot[1] = knot
	many := map[int]string{}
	for i := range 200 {
		many[i] = "v"
	}
	color := Named("main.Color").Def(Of((*int)(nil))).Method("String", FuncOf(nil, []*Type{Of((*string)(nil))}, false), func(any) string { return "<red>" })
	boxed := Named("main.Car").Def(StructOf(F("Paint", color, ""), F("Doors", Of((*int)(nil)), "")))
	for _, tt := range []struct {
		name string
		v    any
		want []string // none: no HTML
	}{
		{"number", 3, nil},
		{"text", "<b>", nil},
		{"nil", nil, nil},
		{"stringer", time.Second, nil},
		{"nil slice", []int(nil), nil},
		{"nil pointer", (*htmlPoint)(nil), nil},
		{"failing method", htmlBad{}, nil},
		{"struct", htmlPoint{X: 1, Y: 2, name: "a<b"}, []string{"<code>rt.htmlPoint</code>", ">X</th>", ">2</td>", "a&lt;b"}},
		{"ring", ring, []string{"<code>*rt.htmlPoint</code>", "&lt;r&gt;", "0x"}},
		{"slice that holds itself", knot, []string{"rt.self, 2 elements"}},
		{"structs", []htmlPoint{{X: 1}, {X: 5}}, []string{"2 elements", "<thead>", ">X</th>", ">5</td>"}},
		{"pointers", []*htmlPoint{{X: 7}, nil}, []string{">7</td>", ">nil</td>"}},
		{"matrix", [][]float64{{1, 2.5}, make([]float64, 100)}, []string{">2.5</td>", "… 76 more"}},
		{"long", make([]int, 1000), []string{"1000 elements", "… 940 more"}},
		{"map", map[string]int{"b": 2, "a<": 1}, []string{"2 entries", "a&lt;", ">2</td>"}},
		{"large map", many, []string{"… 140 more", ">59</th>"}},
		{"long text", []string{strings.Repeat("x", 10000)}, []string{"…</td>"}},
		{"error", fmt.Errorf("outer <1>: %w", errors.New("inner")), []string{"outer &lt;1&gt;", "*fmt.wrapError", ">inner <small>"}},
		{"errors", errors.Join(errors.New("one"), errors.New("two")), []string{">two</div>"}},
		{"cell's type", Mk(boxed, struct{ Paint, Doors int }{1, 5}), []string{"<code>main.Car</code>", "&lt;red&gt;", ">5</td>"}},
	} {
		got := HTML(tt.v)
		if (got == "") != (tt.want == nil) || len(got) > 1<<20 {
			t.Errorf("%s: %.300q", tt.name, got)
		}
		for _, part := range tt.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q is not in %.600s", tt.name, part, got)
			}
		}
		for _, tag := range []string{"<b>", "<r>", "a<"} {
			if strings.Contains(got, tag) {
				t.Errorf("%s: %q is not escaped in %.600s", tt.name, tag, got)
			}
		}
	}
}
