package command

import (
	"fmt"
	"testing"
)

func TestPrepare(t *testing.T) {
	tests := []struct{ src, want, calls, funcs string }{
		{src: "x := 1", want: "x := 1", calls: "[]", funcs: "[]"},
		{src: "func main() {\n}", want: "func main() {\n}", calls: "[{main 0}]", funcs: "[main]"},
		{src: "func init() { f() }; x", want: "func     () { f() }(); x", calls: "[]", funcs: "[init]"},
		{src: "func init() {\n\tif true {\n\t}\n}\nfunc init() {}\n", want: "func     () {\n\tif true {\n\t}\n}()\nfunc     () {}()\n", calls: "[]", funcs: "[init init]"},
		{src: "func main() {}\n\nfunc init_a() {}\nfunc init_b(n int) {}", calls: "[{init_a 2} {main 0}]", funcs: "[main init_a init_b]"},
		{src: "func (t T) main() {}\nfunc (t T) init() {}", calls: "[]", funcs: "[]"},
		{src: "f := func() { func init() {} }", calls: "[]", funcs: "[]"},
		{src: "func Map[T any](x T) T { return x }", calls: "[]", funcs: "[Map]"},
		{src: "func main(x int) {}", calls: "[]", funcs: "[main]"},
		{src: "func init() {", calls: "[]", funcs: "[init]"},
		{src: "func", calls: "[]", funcs: "[]"},
		{src: "func main", calls: "[]", funcs: "[]"},
	}
	for _, tt := range tests {
		if tt.want == "" {
			tt.want = tt.src
		}
		u := prepare(tt.src)
		if u.src != tt.want || fmt.Sprint(u.calls) != tt.calls || fmt.Sprint(u.funcs) != tt.funcs {
			t.Errorf("prepare(%q) = %q %v %v, want %q %s %s", tt.src, u.src, u.calls, u.funcs, tt.want, tt.calls, tt.funcs)
		}
	}
}

// Whatever is prepared, every line keeps its number.
func FuzzPrepare(f *testing.F) {
	f.Add("func init() {\n}\nfunc init_a() {}")
	f.Add("func main() {} // func init() {")
	f.Fuzz(func(t *testing.T, src string) {
		u := prepare(src)
		if a, b := lineCount(src), lineCount(u.src); a != b {
			t.Errorf("prepare(%q) has %d lines, not %d", src, b, a)
		}
	})
}

func lineCount(s string) (n int) {
	for _, c := range s {
		if c == '\n' {
			n++
		}
	}
	return n
}
