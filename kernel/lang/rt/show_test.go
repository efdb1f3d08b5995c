package rt

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShortIsVerbVUntilItIsCut(t *testing.T) {
	w := newTwins()
	for _, x := range printed() {
		if x == nil {
			continue
		}
		b := w.box(x)
		full := strings.ReplaceAll(Sprintf("%v", b), "\n", `\n`)
		if got := Short(b, 5000); got != full {
			t.Errorf("Short(%T) = %q, want %q", x, got, full)
		}
		got := Short(b, 6)
		if n := utf8.RuneCountInString(full); n > 6 {
			full = string([]rune(full)[:5]) + "…"
		}
		if got != full {
			t.Errorf("Short(%T, 6) = %q, want %q", x, got, full)
		}
	}
	if got := Short(make([]int, 50_000_000), 9); got != "[0 0 0 0…" {
		t.Errorf("Short of a long slice = %q", got)
	}
}

func TestLong(t *testing.T) {
	w := newTwins()
	loop := &Node{Val: 1}
	loop.Next = loop
	for _, c := range []struct {
		x            any
		width, lines int
		want         string
	}{
		{Color(1), 40, 9, "Green"}, {Point{1, 2}, 40, 9, "rt.Point{X: 1, Y: 2}"}, {[]Point{{1, 2}, {3, 4}}, 30, 9, "[]rt.Point{\n  rt.Point{X: 1, Y: 2},\n  rt.Point{X: 3, Y: 4},\n}"},
		{map[Str]Color{"b": 1, "a": 2}, 60, 9, `map[rt.Str]rt.Color{"a": Blue, "b": Green}`}, {Inner{1, 2}, 60, 9, "rt.Inner{C: Green, d: 2}"}, {&Point{1, 2}, 60, 9, "&rt.Point{X: 1, Y: 2}"},
		{[]int{1, 2, 3}, 60, 9, "[]int{1, 2, 3}"}, {make([]int, 100), 20, 4, "[]int{\n  0,\n  0,\n…"}, {"text", 60, 9, `"text"`}, {Colors(nil), 60, 9, "rt.Colors(nil)"}, {(*Point)(nil), 60, 9, "nil"},
		{Code(3), 60, 9, "code 3"}, {[]any{Color(1), nil, Str("s")}, 60, 9, `[]interface {}{Green, nil, "s"}`},
	} {
		if got := Long(w.box(c.x), c.width, c.lines); got != c.want {
			t.Errorf("Long(%T) =\n%s\nwant\n%s", c.x, got, c.want)
		}
	}
	if got := Long(w.box(loop), 60, 50); !strings.Contains(got, fmt.Sprintf("(*rt.Node)(0x")) || strings.Count(got, "rt.Node{") != 1 {
		t.Errorf("Long of a cycle =\n%s", got)
	}
}
