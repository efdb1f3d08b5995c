package lang_test

import (
	"fmt"
	"strings"
)

func (g *generator) statements(n int) {
	for range n {
		g.statement()
	}
}

func (g *generator) statement() {
	deep := g.depth >= 3
	k := g.r.IntN(20)
	if deep && k >= 8 {
		k %= 8
	}
	switch k {
	case 0, 1:
		g.declare(oneOf(g, g.types))
	case 2, 3:
		g.assign()
	case 4:
		if len(g.vars) > 0 {
			v := oneOf(g, g.vars)
			g.print(v.name, v.t)
		}
	case 5:
		t := oneOf(g, g.types)
		g.print(g.expr(t, 3), t)
	case 6:
		g.update()
	case 7:
		g.risky()
	case 8, 9:
		g.w("if %s {", g.expr(g.typed("bool"), 3))
		g.scope(func() { g.statements(2) })
		if g.r.IntN(2) == 0 {
			g.w("} else {")
			g.scope(func() { g.statements(2) })
		}
		g.w("}")
	case 10, 11, 12:
		g.loop()
	case 13, 14:
		g.switches()
	case 15, 16:
		g.closure()
	case 17:
		g.w("try(func() {")
		g.scope(func() {
			g.isolated(func() {
				g.w("\tdefer fmt.Println(%s)", g.expr(oneOf(g, g.types), 2))
				g.statements(2)
				if g.r.IntN(2) == 0 {
					g.w("panic(%s)", g.expr(oneOf(g, g.types), 2))
				}
			})
		})
		g.w("})")
	case 18:
		g.channels()
	case 19:
		g.w("{")
		g.scope(func() { g.statements(3) })
		g.w("}")
	}
}

// typed is the basic type of that name.
func (g *generator) typed(name string) *genType {
	for _, t := range g.basics {
		if t.name == name {
			return t
		}
	}
	panic(name)
}

// isolated runs f as the body of a function, which no branch leaves.
func (g *generator) isolated(f func()) {
	labels, loops := g.labels, g.loops
	g.labels, g.loops = nil, 0
	f()
	g.labels, g.loops = labels, loops
}

func (g *generator) assign() {
	if len(g.vars) == 0 {
		return
	}
	v := oneOf(g, g.vars)
	if v.fixed() {
		return
	}
	switch v.t.kind {
	case "struct":
		i := g.r.IntN(len(v.t.fields))
		g.w("%s.%c = %s", v.name, 'A'+i, g.expr(v.t.fields[i], 3))
	case "array":
		g.w("%s[uint(%s)%%%d] = %s", v.name, g.expr(g.basics[0], 1), v.t.size, g.expr(v.t.elem, 2))
	case "slice":
		switch g.r.IntN(4) {
		case 0:
			g.w("if len(%s) < 9 { %s = append(%s, %s, %s) }", v.name, v.name, v.name, g.expr(v.t.elem, 2), g.expr(v.t.elem, 1))
		case 1:
			g.w("if len(%s) < 9 { %s = append(%s[:len(%s):len(%s)], %s...) }", v.name, v.name, v.name, v.name, v.name, g.expr(v.t, 1))
		case 2:
			g.w("for i := range %s { %s[i] = %s }", v.name, v.name, g.expr(v.t.elem, 2))
		case 3:
			g.w("%s = %s[len(%s)/2:]", v.name, v.name, v.name)
		}
	case "map":
		switch g.r.IntN(3) {
		case 0:
			g.w("delete(%s, %s)", v.name, g.expr(v.t.key, 2))
		default:
			g.w("if %s == nil { %s = %s{} }", v.name, v.name, v.t.name)
			g.w("%s[%s] = %s", v.name, g.expr(v.t.key, 2), g.expr(v.t.elem, 2))
		}
	default:
		if o := g.of(v.t); len(o) > 1 && g.r.IntN(3) == 0 {
			w := oneOf(g, o)
			if w != v.name && !strings.HasPrefix(w, "(") && w != "n" {
				g.w("%s, %s = %s, %s", v.name, w, w, v.name)
				return
			}
		}
		g.w("%s = %s", v.name, g.expr(v.t, 3))
	}
}

// update is an operation with assignment.
func (g *generator) update() {
	for _, i := range g.r.Perm(len(g.vars)) {
		v := g.vars[i]
		if v.fixed() {
			continue
		}
		switch v.t.kind {
		case "int", "uint":
			switch g.r.IntN(4) {
			case 0:
				g.w("%s%s", v.name, oneOf(g, []string{"++", "--"}))
			case 1:
				g.w("%s %s= %d", v.name, oneOf(g, []string{"<<", ">>"}), g.r.IntN(10))
			case 2:
				g.w("%s %s= %s | 1", v.name, oneOf(g, []string{"/", "%"}), g.expr(v.t, 2))
			default:
				g.w("%s %s= %s", v.name, oneOf(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), g.expr(v.t, 2))
			}
			return
		case "string":
			g.w("if len(%s) < 40 { %s += %s }", v.name, v.name, g.expr(v.t, 1))
			return
		}
	}
}

// risky is one operation that may panic, in a function of its own.
func (g *generator) risky() {
	i := g.expr(g.basics[0], 1)
	switch g.r.IntN(7) {
	case 0:
		g.w("try(func() { x := %s; y := %s; fmt.Println(x / (y &^ 6)) })", g.expr(g.basics[0], 1), i)
	case 1, 2:
		for _, v := range g.vars {
			if v.t.kind == "slice" || v.t.kind == "string" {
				g.w("try(func() { i := %s; fmt.Println(%s%s) })", i, v.name, oneOf(g, []string{"[i]", "[i:]", "[:i]", "[i:2]"}))
				return
			}
		}
	case 3:
		t, u := oneOf(g, g.types), oneOf(g, g.types)
		g.w("try(func() { var a any = %s; fmt.Println(a.(%s)) })", g.expr(t, 2), u.name)
	case 4:
		g.w("try(func() { var m map[string]int; m[%s] = 1 })", g.expr(g.typed("string"), 1))
	case 5:
		g.w("try(func() { var e error = &failure{%s}; panic(fmt.Errorf(\"wrapped: %%w\", e)) })", i)
	case 6:
		g.w("try(func() { i := %s; a := [3]int{1, 2, 3}; a[i&7]++; fmt.Println(a) })", i)
	}
}

func (g *generator) loop() {
	kind := g.r.IntN(6)
	label := ""
	if kind > 0 && g.r.IntN(3) == 0 {
		label = g.fresh("L")
		g.w("%s:", label)
	}
	i := g.fresh("i")
	body := func(vs ...genVar) {
		g.scope(func() {
			g.vars = append(g.vars, vs...)
			for _, v := range vs {
				g.w("_ = %s", v.name)
			}
			g.loops++
			if label != "" {
				g.labels = append(g.labels, label)
				g.w("if %s { %s %s }", g.expr(g.typed("bool"), 2), oneOf(g, []string{"break", "continue"}), label)
			}
			g.statements(2)
			if g.r.IntN(3) == 0 {
				g.w("if %s { %s }", g.expr(g.typed("bool"), 2), oneOf(g, []string{"break", "continue"}))
			}
			if len(g.labels) > 0 && g.r.IntN(3) == 0 {
				g.w("if %s { %s %s }", g.expr(g.typed("bool"), 2), oneOf(g, []string{"break", "continue"}), oneOf(g, g.labels))
			}
			if label != "" {
				g.labels = g.labels[:len(g.labels)-1]
			}
			g.loops--
		})
		g.w("}")
	}
	iv := genVar{i, g.basics[0]}
	switch kind {
	case 0:
		// closures see the variable of their own iteration
		fs := g.fresh("fs")
		g.w("%s := []func() int{}", fs)
		g.w("for %s := 0; %s < %d; %s++ {", i, i, 1+g.r.IntN(4), i)
		g.w("\t%s = append(%s, func() int { %s += 10; return %s })", fs, fs, i, i)
		g.w("}")
		g.w("for _, f := range %s { fmt.Print(f(), f(), \" \") }", fs)
		g.w("fmt.Println()")
	case 1:
		g.w("for %s := range %d {", i, 1+g.r.IntN(4))
		body(iv)
	case 2:
		for _, v := range g.vars {
			if v.t.kind == "slice" {
				x := g.fresh("x")
				g.w("for %s, %s := range %s[:min(len(%s), 4)] {", i, x, v.name, v.name)
				body(iv, genVar{x, v.t.elem})
				return
			}
		}
		g.w("for %s := uint8(250); %s > 5; %s++ {", i, i, i)
		body(genVar{i, g.typed("uint8")}.readOnly())
	case 3:
		x := g.fresh("x")
		g.w("for %s, %s := range count(%d) {", i, x, 1+g.r.IntN(4))
		body(iv, genVar{x, g.basics[0]})
	case 4:
		x := g.fresh("x")
		g.w("for %s, %s := range %s {", i, x, fmt.Sprintf("%q", oneOf(g, []string{"aé", "\xffz", "日本", ""})))
		body(iv, genVar{x, g.typed("int32")})
	case 5:
		for _, v := range g.vars {
			if v.t.kind == "map" {
				k := g.fresh("k")
				g.w("for _, %s := range sorted(%s) {", k, v.name)
				body(genVar{k, v.t.key})
				return
			}
		}
		g.w("for %s, j := 0, 5; %s < j; %s, j = %s+1, j-1 {", i, i, i, i)
		g.w("\tif j == %s+3 { continue }", i)
		body()
	}
}

// readOnly keeps a loop's counter out of assignments.
func (v genVar) readOnly() genVar { v.name = "(" + v.name + ")"; return v }

// fixed reports whether a variable must not be assigned to, since a loop or recursion counts on it.
func (v genVar) fixed() bool { return v.name == "n" || strings.HasPrefix(v.name, "(") }

func (g *generator) switches() {
	switch g.r.IntN(3) {
	case 0:
		t := oneOf(g, g.basics[:12])
		g.w("switch x := %s; x {", g.expr(t, 2))
		for i := range 1 + g.r.IntN(3) {
			g.w("case id(%s), id(%s):", g.literal(t), g.literal(t))
			g.scope(func() {
				g.statements(1)
				if i == 0 && g.r.IntN(2) == 0 {
					g.w("fallthrough")
				}
			})
		}
		g.w("default:")
		g.scope(func() { g.statements(1) })
		g.w("}")
	case 1:
		g.w("switch {")
		for range 1 + g.r.IntN(3) {
			g.w("case %s:", g.expr(g.typed("bool"), 2))
			g.scope(func() { g.statements(1) })
		}
		g.w("}")
	case 2:
		t := oneOf(g, g.types)
		x := g.fresh("x")
		g.w("switch %s := any(%s).(type) {", x, g.expr(t, 2))
		seen := map[string]bool{}
		for range 3 {
			u := oneOf(g, g.types)
			if seen[u.name] {
				continue
			}
			seen[u.name] = true
			g.w("case %s:", u.name)
			g.scope(func() {
				g.vars = append(g.vars, genVar{x, u})
				g.w("_ = %s", x)
				g.statements(1)
			})
		}
		g.w("case fmt.Stringer:")
		g.w("\tfmt.Println(\"stringer\", %s)", x)
		g.w("default:")
		g.w("\tfmt.Printf(\"%%T\\n\", %s)", x)
		g.w("}")
	}
}

// closure declares a function that changes a variable around it, and calls it.
func (g *generator) closure() {
	t, p := oneOf(g, g.types), oneOf(g, g.types)
	f, a, res := g.fresh("f"), g.fresh("a"), g.fresh("r")
	g.w("%s := func(%s %s) (%s %s, err error) {", f, a, p.name, res, t.name)
	g.scope(func() {
		g.isolated(func() {
			g.vars = append(g.vars, genVar{a, p}, genVar{res, t})
			if g.r.IntN(2) == 0 {
				g.w("defer func() { if p := recover(); p != nil { err = fmt.Errorf(\"recovered %%v\", p) } }()")
			}
			g.statements(2)
			if g.r.IntN(3) == 0 {
				g.w("if %s { return %s, &failure{%d} }", g.expr(g.typed("bool"), 2), res, g.r.IntN(9))
			}
			if g.r.IntN(2) == 0 {
				g.w("%s = %s", res, g.expr(t, 2))
				g.w("return")
			} else {
				g.w("return %s, nil", g.expr(t, 2))
			}
		})
	})
	g.w("}")
	r := g.fresh("v")
	g.w("%s, e%s := %s(%s)", r, r, f, g.expr(p, 2))
	g.w("fmt.Println(e%s, errors.As(e%s, new(*failure)))", r, r)
	g.print(r, t)
}

func (g *generator) channels() {
	t := oneOf(g, g.types)
	c := g.fresh("c")
	g.w("%s := make(chan %s, 3)", c, t.name)
	g.w("for range %d { select { case %s <- %s: default: fmt.Println(\"full\") } }", 1+g.r.IntN(5), c, g.expr(t, 2))
	g.w("close(%s)", c)
	x := g.fresh("x")
	g.w("for %s := range %s {", x, c)
	g.scope(func() { g.print(x, t) })
	g.w("}")
	g.w("%sz, ok%s := <-%s", x, x, c)
	g.w("fmt.Println(ok%s)", x)
	g.print(x+"z", t)
}
