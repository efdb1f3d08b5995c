package lang_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generated is the source of a program of n parts, each a few types, functions and statements that print what they
// compute. It compiles, and what it prints is the same in every run: what the language leaves open is avoided (the
// order of a map, of reads beside calls, addresses, conversions of large floats).
func generated(seed uint64, n int) (prelude string, parts []string) {
	for i := range n {
		g := &generator{r: rand.New(rand.NewPCG(seed, uint64(i))), id: i}
		parts = append(parts, g.part())
	}
	return generatedPrelude, parts
}

// generatedProgram puts parts together.
func generatedProgram(prelude string, parts map[int]string) string {
	var b, m strings.Builder
	b.WriteString(prelude)
	for i := range len(parts) + 10_000 {
		if p, ok := parts[i]; ok {
			b.WriteString(p)
			fmt.Fprintf(&m, "\trun(%d, part%d)\n", i, i)
		}
	}
	fmt.Fprintf(&b, "func main() {\n%s}\n", m.String())
	return b.String()
}

const generatedPrelude = `package main

import (
	"errors"
	"fmt"
	"slices"
)

func run(i int, f func()) {
	fmt.Println("==", i)
	defer func() {
		if r := recover(); r != nil {
			fmt.Printf("panic: %v\n", r)
		}
	}()
	f()
}

func try(f func()) {
	defer func() {
		r := recover()
		_, isError := r.(error)
		fmt.Println("try:", r, isError)
	}()
	f()
}

func cut(s string) string { return s[:min(len(s), 60)] }

func id[T any](v T) T { return v }

func pick[T any](c bool, a, b T) T {
	if c {
		return a
	}
	return b
}

func mapped[A, B any](s []A, f func(A) B) []B {
	var r []B
	for _, a := range s {
		r = append(r, f(a))
	}
	return r
}

func count(n int) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		for i := range n {
			if !yield(i, i*i) {
				return
			}
		}
	}
}

func at[T any](s []T, i int) (v T) {
	if len(s) > 0 {
		v = s[uint(i)%uint(len(s))]
	}
	return
}

func sorted[K interface{ ~int | ~uint8 | ~string }, V any](m map[K]V) []K {
	var ks []K
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

type failure struct{ code int }

func (f *failure) Error() string { return fmt.Sprint("failure ", f.code) }

var _ = errors.New

`

// genType is a type of a generated program.
type genType struct {
	name   string
	kind   string // int, uint, float, string, bool, struct, array, slice, map, func, any
	elem   *genType
	key    *genType
	fields []*genType // A, B, …
	size   int
}

type genVar struct {
	name string
	t    *genType
}

type generator struct {
	r      *rand.Rand
	id     int
	b      strings.Builder
	vars   []genVar
	basics []*genType
	types  []*genType
	seq    int
	depth  int // of statements
	loops  int
	labels []string
}

func (g *generator) fresh(p string) string { g.seq++; return fmt.Sprintf("%s%d", p, g.seq) }

func (g *generator) w(format string, a ...any) {
	fmt.Fprintf(&g.b, strings.Repeat("\t", g.depth+1)+format+"\n", a...)
}

func oneOf[T any](g *generator, s []T) T { return s[g.r.IntN(len(s))] }

// shallow is a type to make others of: nested deeper, their literals would grow without bound.
func (g *generator) shallow() *genType {
	for {
		if t := oneOf(g, g.types); t.nesting() < 2 {
			return t
		}
	}
}

func (t *genType) nesting() int {
	n := 0
	for _, f := range t.fields {
		n = max(n, f.nesting()+1)
	}
	if t.elem != nil {
		n = max(n, t.elem.nesting()+1)
	}
	return n
}

func (g *generator) part() string {
	for _, n := range []string{"int", "int8", "int16", "int32", "int64"} {
		g.basics = append(g.basics, &genType{name: n, kind: "int"})
	}
	for _, n := range []string{"uint", "uint8", "uint16", "uint32", "uint64"} {
		g.basics = append(g.basics, &genType{name: n, kind: "uint"})
	}
	g.basics = append(g.basics, &genType{name: "float64", kind: "float"}, &genType{name: "string", kind: "string"}, &genType{name: "bool", kind: "bool"})
	g.types = append(g.types, g.basics...)
	var decls strings.Builder
	add := func(t *genType) *genType { g.types = append(g.types, t); return t }
	// an enum with a String method, a struct with methods, a struct that embeds it
	e := add(&genType{name: fmt.Sprintf("E%d", g.id), kind: oneOf(g, []string{"int", "uint"})})
	base := "int"
	if e.kind == "uint" {
		base = "uint8"
	}
	fmt.Fprintf(&decls, "type %[1]s %[2]s\n\nfunc (e %[1]s) String() string { return fmt.Sprintf(\"%[1]s(%%d)\", %[2]s(e)) }\n\n", e.name, base)
	s := &genType{name: fmt.Sprintf("S%d", g.id), kind: "struct"}
	for range 1 + g.r.IntN(3) {
		s.fields = append(s.fields, g.shallow())
	}
	a := add(&genType{kind: "array", elem: g.shallow(), size: 1 + g.r.IntN(3)})
	a.name = fmt.Sprintf("[%d]%s", a.size, a.elem.name)
	s.fields = append(s.fields, a)
	fmt.Fprintf(&decls, "type %s struct {\n", s.name)
	for i, f := range s.fields {
		fmt.Fprintf(&decls, "\t%c %s\n", 'A'+i, f.name)
	}
	fmt.Fprintf(&decls, "}\n\nfunc (s %[1]s) Get() %[2]s { return s.A }\n\nfunc (s *%[1]s) Set(v %[2]s) { s.A = v }\n\n", s.name, s.fields[0].name)
	add(s)
	t := &genType{name: fmt.Sprintf("T%d", g.id), kind: "struct", fields: []*genType{oneOf(g, g.basics), g.shallow()}}
	fmt.Fprintf(&decls, "type %s struct {\n\t%s\n\tA %s\n\tB %s\n}\n\n", t.name, s.name, t.fields[0].name, t.fields[1].name)
	fmt.Fprintf(&decls, "type I%d interface{ Get() %s }\n\n", g.id, s.fields[0].name)
	for range 3 {
		el := g.shallow()
		add(&genType{name: "[]" + el.name, kind: "slice", elem: el})
	}
	m := add(&genType{kind: "map", key: oneOf(g, []*genType{g.basics[0], g.basics[11], e}), elem: g.shallow()})
	m.name = "map[" + m.key.name + "]" + m.elem.name
	// a function for others to call
	ft, fp := oneOf(g, g.types), oneOf(g, g.types)
	fmt.Fprintf(&decls, "func fun%d(p %s, n int) (r %s, ok bool) {\n", g.id, fp.name, ft.name)
	g.vars = []genVar{{"p", fp}, {"n", g.basics[0]}, {"r", ft}}
	if g.r.IntN(2) == 0 {
		g.w("defer func() { ok = !ok; n++ }()")
	}
	g.statements(2)
	g.w("if n > 0 {")
	g.w("\treturn fun%d(p, min(n, 3)-1)", g.id)
	g.w("}")
	g.w("return %s, n == 0", g.expr(ft, 2))
	decls.WriteString(g.b.String() + "}\n\n")
	g.b.Reset()
	fmt.Fprintf(&decls, "func part%d() {\n", g.id)
	g.vars = nil
	for range 3 {
		g.declare(oneOf(g, g.types))
	}
	g.declare(s)
	g.w("var w %s", t.name)
	g.w("w.Set(%s)", g.expr(s.fields[0], 1))
	g.w("var i I%d = w", g.id)
	g.w("w.%s.B = %s", s.name, g.expr(s.fields[1], 1))
	g.w("fmt.Println(i.Get(), w.Get(), w == w)")
	g.w("fmt.Printf(\"%%v %%+v %%T\\n\", w, w, i)")
	g.statements(6)
	g.w("r, ok := fun%d(%s, %s)", g.id, g.expr(fp, 2), g.expr(g.basics[0], 1))
	g.w("fmt.Println(ok)")
	g.print("r", ft)
	for _, v := range g.vars {
		g.print(v.name, v.t)
	}
	return decls.String() + g.b.String() + "}\n\n"
}

func (g *generator) declare(t *genType) genVar {
	v := genVar{g.fresh("v"), t}
	switch g.r.IntN(3) {
	case 0:
		g.w("var %s %s", v.name, t.name)
		g.w("%s = %s", v.name, g.expr(t, 2))
	case 1:
		g.w("var %s %s = %s", v.name, t.name, g.expr(t, 2))
	default:
		g.w("%s := %s", v.name, g.expr(t, 3))
	}
	g.w("_ = %s", v.name)
	g.vars = append(g.vars, v)
	return v
}

func (g *generator) print(x string, t *genType) {
	verbs := []string{"%v", "%+v", "%T", "%#v"}
	switch t.kind {
	case "int", "uint":
		verbs = append(verbs, "%d", "%x", "%08b", "%q", "%6d|")
	case "string":
		verbs = append(verbs, "%q", "%x", "%-5s|")
	}
	if g.r.IntN(2) == 0 {
		g.w("fmt.Println(%s)", x)
	} else {
		v := oneOf(g, verbs)
		if t.kind == "float" && v == "%#v" {
			v = "%v"
		}
		g.w("fmt.Printf(%q, %s)", v+"\n", x)
	}
}

// of returns the variables of a type.
func (g *generator) of(t *genType) (vs []string) {
	for _, v := range g.vars {
		if v.t == t {
			vs = append(vs, v.name)
		}
	}
	return vs
}

// scope runs f with the variables it declares being its own.
func (g *generator) scope(f func()) {
	n := len(g.vars)
	g.depth++
	f()
	g.depth--
	g.vars = g.vars[:n:n]
}
