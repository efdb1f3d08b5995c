package rt

import (
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unsafe"
)

type (
	Color  int
	Plain  int8
	Word   uint16
	Str    string
	Note   string
	Ratio  float64
	Small  float32
	Cplx   complex128
	Flagg  bool
	Raw    []byte
	Bits   [3]byte
	Letter byte
	Op     func(Color) Color
	Pipe   chan Color
	Code   int
	Temp   float64
	Secret string
	Boom   int
	Colors []Color
	Tree   []Tree
	Nest   map[string]Nest
	Any    any
	Namer  interface{ Name() string }
	Ptr    *Color
)

func (c Color) String() string                { return [...]string{"Red", "Green", "Blue"}[c] }
func (l Letter) String() string               { return "L" + string(rune(l)) }
func (e Code) Error() string                  { return fmt.Sprintf("code %d", int(e)) }
func (t Temp) Format(s fmt.State, verb rune)  { fmt.Fprintf(s, "%.1f°%c", float64(t), verb) }
func (Secret) GoString() string               { return "Secret(…)" }
func (b Boom) String() string                 { panic(fmt.Sprintf("boom %d", int(b))) }
func (n Note) Name() string                   { return string(n) }
func (s *Shape) String() string               { return "shape " + s.Label }
func (w Wrapped) Error() string               { return w.Op + ": " + w.Err.Error() }
func (w Wrapped) Unwrap() error               { return w.Err }
func (b *Both) Error() string                 { return "error of both" }
func (b *Both) String() string                { return "string of both" }
func (p PanicErr) String() string             { panic(Code(p.N)) }
func (g *Goer) GoString() string              { return "goer!" }
func (o Outer) Describe(k Color, n int) Color { return k + Color(n) }

type (
	Shape struct {
		Label string
		sides int
	}
	Wrapped struct {
		Op  string
		Err error
	}
	Both     struct{ n int }
	PanicErr struct{ N int }
	Goer     struct{ A int }
	Empty    struct{}
	Point    struct{ X, Y int }
	Inner    struct {
		C Color
		d Color
	}
	Outer struct {
		Inner
		*Shape
		A  Color
		b  Color
		Cs []Color
		ds []Color
		M  map[Color]Str
		I  any
		j  any
		E  error
		e  Code
		F  Ratio
		T  time.Duration
		t  time.Duration
		By Raw
		bs []byte
		Ar [2]Color
		N  map[string]any
		X  struct{ Q Color }
		Fn func(Color) int
		fn Op
		Ch chan Color
		St fmt.Stringer
		P  *Color
		Nm Namer
	}
	Node struct {
		Val   int
		Next  *Node
		owner *List
		kids  []*Node
		By    map[string]*Node
	}
	List struct {
		head *Node
		n    int
	}
	Pair[A, B any] struct {
		First  A
		Second B
	}
	Tagged struct {
		A int `json:"a,omitempty" x:"\"q\""`
		B Color
	}
)

func printed() []any {
	c := Blue()
	sh := &Shape{"sq", 4}
	col := Color(1)
	var nilShape *Shape
	var nilColor *Color
	var nilBoth *Both
	var nilNode *Node
	list := &List{n: 2}
	n2 := &Node{Val: 2, owner: list}
	list.head = &Node{Val: 1, Next: n2, owner: list, kids: []*Node{n2, nil}, By: map[string]*Node{"x": n2, "n": nil}}
	loop := &Node{Val: 9}
	loop.Next = loop
	full := Outer{Inner: Inner{1, 2}, Shape: sh, A: 1, b: 2, Cs: []Color{1, 2}, ds: []Color{0}, M: map[Color]Str{2: "b", 0: "a"}, I: Color(2),
		j: Color(1), E: Code(3), e: 4, F: 1.5, T: time.Second, t: time.Minute, By: Raw("hi"), bs: []byte("yo"), Ar: [2]Color{1, 2},
		N: map[string]any{"k": Color(1), "n": nil, "i": 3, "s": []Color{2}}, St: Color(1), P: nil, Nm: Note("nn")}
	full.X.Q = 2
	return []any{c, Color(7), Color(-1), Plain(-5), Plain(65), Word(65), Str("a\"b\n"), Str(""), Note("né"), Ratio(2.25), Ratio(math.NaN()), Ratio(math.Inf(-1)), Ratio(1e21),
		Small(0.1), Cplx(1 - 2i), Flagg(true), Raw("xyz"), Raw(nil), Bits{1, 2, 255}, Letter('x'), []Letter{'a', 'b'}, Op(nil), Pipe(nil), Code(2), Temp(36.6),
		[]Temp{1, 2}, Secret("s"), []Secret{"a"}, Boom(3), []Boom{1, 2}, map[string]Boom{"k": 1}, PanicErr{3}, &PanicErr{4}, sh, *sh, nilShape, nilColor, &col, nilBoth, &Both{1},
		Both{2}, []*Both{nil}, Wrapped{"op", Code(7)}, Wrapped{"deep", Wrapped{"er", io.EOF}}, []error{Code(1), io.EOF, nil}, &Goer{1}, Goer{2}, Empty{}, struct{}{}, &Empty{},
		Point{1, 2}, &Point{3, 4}, []Point{{1, 2}}, map[Point]Color{{2, 1}: 1, {1, 2}: 0, {1, 1}: 2}, [2]Point{}, Inner{1, 2}, full, Outer{}, Colors{1, 2}, Colors(nil), []Color{}, &Colors{1}, [][]Color{{1}, nil, {}},
		map[Str]Color{"z": 1, "a": 2}, map[Str]Color(nil), &map[Str]Color{"a": 1}, map[Color][]Str{1: {"x"}}, map[Ratio]int{Ratio(math.NaN()): 1, 2: 2, -1: 3}, map[Flagg]Plain{true: 1, false: 2},
		map[[2]Color]int{{1, 2}: 1, {0, 2}: 2}, map[any]int{Color(1): 1, Color(0): 2}, map[string]any{"c": Color(1), "p": Point{1, 2}, "n": nil}, []any{Color(1), nil, Str("s"), 4, []any{Color(2)}},
		Tree{Tree{}, Tree{Tree{}, nil}}, Nest{"a": Nest{"b": nil}, "c": Nest{}}, []any{Tree{nil}}, Pair[Color, string]{1, "x"}, Pair[[]Color, map[string]Color]{[]Color{1}, map[string]Color{"k": 2}},
		Tagged{1, 2}, struct {
			A Color
			b int
		}{1, 2}, struct {
			Color
			P Point `k:"v"`
		}{2, Point{1, 1}}, nilNode, []*Node{nil}, Node{Val: 3}, *n2, List{}, []List{{n: 1}}, []Namer{Note("a"), nil}, []fmt.Stringer{Color(1), nil, time.Second},
		[]Any{Color(1), nil}, Ptr(nil), (*time.Duration)(nil), time.Duration(3), []time.Duration{1, 2}, map[string]error{"e": Code(1)}, errors.Join(Code(1), io.EOF), [0]Color{}, []Op{nil}, []chan Color{nil},
		map[Color]struct{}{1: {}}, uintptr(7), []uintptr{1}, struct{ A uintptr }{3}, struct{ E error }{nil}, struct{ N Namer }{nil}, struct{ S Secret }{"x"}, struct{ s Secret }{"x"}, &struct{ P *Point }{nil},
		[]struct{ C Color }{{1}}, map[string]struct{ c Color }{"a": {1}}, (func())(nil), (func(Color) (Str, error))(nil), (<-chan Color)(nil), (chan<- Pipe)(nil), unsafe.Pointer(nil), []int{1, 2}, "text", nil, 3, 2.5, &[]any{Color(1)}, &map[string]any{"p": &Empty{}}}
}

// Blue keeps vet from folding.
func Blue() Color { return 2 }

var formats = func() (fs []string) {
	for _, flags := range []string{"", "+", "#", " ", "-", "0", "+#", "# ", "-0", "+0"} {
		for _, dims := range []string{"", "6", "14", ".2", "8.1"} {
			for _, verb := range "vdsqxXtbocUeEfFgGpTOzw" {
				fs = append(fs, "%"+flags+dims+string(verb))
			}
		}
	}
	return fs
}()

// addressRE matches what differs between a value and its twin.
var addressRE = regexp.MustCompile(`[0-9a-fA-F]{9,}`)

// TestBoxesPrintAsCompiledValues compares every verb, flag, width and precision.
func TestBoxesPrintAsCompiledValues(t *testing.T) {
	w := newTwins()
	n, bad := 0, map[string]int{}
	for i, x := range printed() {
		b := w.box(x)
		for _, f := range formats {
			n++
			want, got := fmt.Sprintf(f, x), Sprintf(f, b)
			if want == got || addressRE.ReplaceAllString(want, "#") == addressRE.ReplaceAllString(got, "#") {
				continue
			}
			key := fmt.Sprintf("%s of %T", f[len(f)-1:], x)
			if bad[key]++; bad[key] == 1 {
				t.Errorf("operand %d, Sprintf(%q, %T)\n got %s\nwant %s", i, f, x, got, want)
			}
		}
	}
	t.Logf("%d combinations, %v differ", n, bad)
}

// TestAddressesPrintAsPointers checks %v, %p and friends of pointers that are not nil.
func TestAddressesPrintAsPointers(t *testing.T) {
	w := newTwins()
	p, n, c := &Point{1, 2}, &Node{Val: 1}, Color(1)
	ch := make(chan Color)
	for _, x := range []any{p, n, &c, []*Point{p}, []any{p, n}, map[string]*Node{"k": n}, struct{ P *Point }{p}, Pair[*Node, any]{n, p},
		map[string]any{"x": []any{p}}, &[]any{p}, []Point{{}}, map[Color]int{1: 1}, ch, []chan Color{ch}, &p, struct{ e error }{&Both{}}} {
		b := w.box(x)
		for _, f := range formats {
			want := fmt.Sprintf(f, x)
			for from, to := range w.there {
				for _, base := range []int{2, 8, 10, 16} {
					want = strings.ReplaceAll(want, fmtBase(from, base), fmtBase(to, base))
					want = strings.ReplaceAll(want, strings.ToUpper(fmtBase(from, base)), strings.ToUpper(fmtBase(to, base)))
				}
			}
			got := Sprintf(f, b)
			if v := reflect.ValueOf(x); v.Kind() == reflect.Chan || v.Kind() == reflect.Map || strings.Contains(v.Type().String(), "chan") || v.Kind() == reflect.Slice && strings.HasSuffix(f, "p") {
				continue // made anew for the twin
			}
			if got != want {
				t.Errorf("Sprintf(%q, %T)\n got %s\nwant %s", f, x, got, want)
			}
		}
	}
}

func fmtBase(p unsafe.Pointer, base int) string {
	return strings.TrimPrefix(fmt.Sprintf(map[int]string{2: "%b", 8: "%o", 10: "%d", 16: "%x"}[base], uintptr(p)), " ")
}

// TestFormatsAreFollowed checks the directives themselves.
func TestFormatsAreFollowed(t *testing.T) {
	w := newTwins()
	a := []any{Color(1), 4, Str("s"), Code(2), nil, Point{1, 2}, Plain(7)}
	b := make([]any, len(a))
	for i := range a {
		b[i] = w.box(a[i])
	}
	for _, f := range []string{"%v %v", "%T", "%[1]T %[1]v %[3]T", "%T %T %T %T %T %T %T", "%*v", "%[2]*[1]v|", "%[2]*[1]T|", "%[7]*[3]v|", "%.*v", "%[9]v", "%[x]v", "%[1", "%", "%%T %T", "%v %!", "%-8T|",
		"%10T|", "%[2]d %T %v", "%T %p", "%d%%T", "%v", "", "x", "%d %s %z", "é%Té", "%[6]+v %[6]T %[4]w", "%[3].[2]*v", "%[1]*v", "%.[2]*[3]v"} {
		if want, got := fmt.Sprintf(f, a...), Sprintf(f, b...); got != want {
			t.Errorf("Sprintf(%q)\n got %s\nwant %s", f, got, want)
		}
		if want, got := fmt.Errorf(f, a...).Error(), Errorf(f, b...).Error(); got != want {
			t.Errorf("Errorf(%q)\n got %s\nwant %s", f, got, want)
		}
	}
	for i := range a {
		for j := range a {
			if want, got := fmt.Sprint(a[i], a[j], a[i]), Sprint(b[i], b[j], b[i]); got != want {
				t.Errorf("Sprint = %s, want %s", got, want)
			}
			if want, got := fmt.Sprintln(a[i], a[j]), Sprintln(b[i], b[j]); got != want {
				t.Errorf("Sprintln = %s, want %s", got, want)
			}
		}
	}
}
