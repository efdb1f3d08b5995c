package lang_test

import (
	"fmt"
	"strings"
)

// literal is a constant of type t, or a composite of them.
func (g *generator) literal(t *genType) string {
	switch t.kind {
	case "int":
		return fmt.Sprintf("%s(%d)", t.name, g.r.IntN(256)-128)
	case "uint":
		return fmt.Sprintf("%s(%d)", t.name, g.r.IntN(256))
	case "float":
		return oneOf(g, []string{"0.5", "-3.25", "1e6", "100.0"})
	case "string":
		return fmt.Sprintf("%q", oneOf(g, []string{"", "a", "héllo", "xyz", "\xff\n", "日本"}))
	case "bool":
		return oneOf(g, []string{"true", "false"})
	case "struct":
		var fs []string
		for i, f := range t.fields {
			if g.r.IntN(4) > 0 {
				fs = append(fs, fmt.Sprintf("%c: %s", 'A'+i, g.literal(f)))
			}
		}
		return t.name + "{" + strings.Join(fs, ", ") + "}"
	case "array", "slice":
		n := t.size
		if t.kind == "slice" {
			n = g.r.IntN(4)
		}
		var es []string
		for range n {
			es = append(es, g.literal(t.elem))
		}
		return t.name + "{" + strings.Join(es, ", ") + "}"
	case "map":
		return fmt.Sprintf("%s{%s: %s}", t.name, g.literal(t.key), g.literal(t.elem))
	}
	panic(t.kind)
}

// expr is an expression of type t without side effects that does not panic. Numbers go through calls, since the
// compiler refuses constants that overflow.
func (g *generator) expr(t *genType, depth int) string {
	if vs := g.of(t); len(vs) > 0 && g.r.IntN(3) > 0 {
		return oneOf(g, vs)
	}
	if depth <= 0 {
		return "id[" + t.name + "](" + g.literal(t) + ")"
	}
	d := depth - 1
	sub := func(u *genType) string { return g.expr(u, d) }
	if g.r.IntN(6) == 0 {
		return g.general(t, d)
	}
	switch t.kind {
	case "int", "uint":
		switch g.r.IntN(10) {
		case 0, 1, 2:
			return fmt.Sprintf("(%s %s %s)", sub(t), oneOf(g, []string{"+", "-", "*", "&", "|", "^", "&^"}), sub(t))
		case 3:
			return fmt.Sprintf("(%s %s (%s | 1))", sub(t), oneOf(g, []string{"/", "%"}), sub(t))
		case 4:
			return fmt.Sprintf("(%s %s (%s & 15))", sub(t), oneOf(g, []string{"<<", ">>"}), sub(g.typed("uint8")))
		case 5:
			return fmt.Sprintf("%s(%s)", t.name, sub(oneOf(g, g.basics[:10])))
		case 6:
			return fmt.Sprintf("(%s%s)", oneOf(g, []string{"-", "^", "+"}), sub(t))
		case 7:
			return fmt.Sprintf("%s(len(%s))", t.name, sub(g.typed("string")))
		case 8:
			return fmt.Sprintf("%s(%s, %s)", oneOf(g, []string{"min", "max"}), sub(t), sub(t))
		}
	case "float":
		switch g.r.IntN(4) {
		case 0, 1:
			// + 0 makes no negative zero, whose sign the interpreter loses on the way into a call
			return fmt.Sprintf("(%s %s %s + 0)", sub(t), oneOf(g, []string{"+", "-", "*", "/"}), sub(t))
		case 2:
			return fmt.Sprintf("float64(%s)", sub(oneOf(g, g.basics[:10])))
		}
	case "string":
		switch g.r.IntN(6) {
		case 0:
			return fmt.Sprintf("cut(%s + %s)", sub(t), sub(t))
		case 1:
			return fmt.Sprintf("string(rune(%s))", sub(g.typed("uint8")))
		case 2:
			return fmt.Sprintf("cut(fmt.Sprint(%s))", sub(oneOf(g, g.types)))
		case 3:
			s := sub(t)
			return fmt.Sprintf("string([]byte(%s)[:min(len(%s), 2)])", s, s)
		case 4:
			return fmt.Sprintf("cut(string([]rune(%s)))", sub(t))
		}
	case "bool":
		switch g.r.IntN(5) {
		case 0:
			u := oneOf(g, g.basics[:12])
			return fmt.Sprintf("(%s %s %s)", sub(u), oneOf(g, []string{"<", "<=", ">", ">=", "==", "!="}), sub(u))
		case 1:
			return fmt.Sprintf("(%s %s %s)", sub(t), oneOf(g, []string{"&&", "||", "=="}), sub(t))
		case 2:
			return "!" + sub(t)
		case 3:
			u := oneOf(g, g.types)
			if u.comparable() {
				return fmt.Sprintf("(any(%s) == any(%s))", sub(u), sub(oneOf(g, []*genType{u, g.basics[0]})))
			}
		case 4:
			return fmt.Sprintf("func() bool { _, ok := any(%s).(%s); return ok }()", sub(oneOf(g, g.types)), oneOf(g, g.types).name)
		}
	case "struct", "array":
		if g.r.IntN(2) == 0 {
			return "func() " + t.name + " { c := " + sub(t) + "; return c }()"
		}
		return g.filled(t, d)
	case "slice":
		switch g.r.IntN(4) {
		case 0:
			return fmt.Sprintf("append(%s(nil), %s...)", t.parens(), sub(t))
		case 1:
			return fmt.Sprintf("mapped(%s, func(x %s) %s { return %s })", sub(t), t.elem.name, t.elem.name, sub(t.elem))
		case 2:
			return fmt.Sprintf("slices.Clone(%s)", sub(t))
		}
		return g.filled(t, d)
	}
	return "id[" + t.name + "](" + g.literal(t) + ")"
}

// filled is a composite literal.
func (g *generator) filled(t *genType, d int) string {
	var es []string
	switch t.kind {
	case "struct":
		for i, f := range t.fields {
			es = append(es, fmt.Sprintf("%c: %s", 'A'+i, g.expr(f, d)))
		}
	case "array":
		for range t.size {
			es = append(es, g.expr(t.elem, d))
		}
	default:
		for range g.r.IntN(3) {
			es = append(es, g.expr(t.elem, d))
		}
	}
	return t.name + "{" + strings.Join(es, ", ") + "}"
}

// general is an expression of any type.
func (g *generator) general(t *genType, d int) string {
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("pick(%s, %s, %s)", g.expr(g.typed("bool"), d), g.expr(t, d), g.expr(t, d))
	case 1:
		return fmt.Sprintf("any(%s).(%s)", g.expr(t, d), t.name)
	case 2:
		for _, v := range g.vars {
			if v.t.kind == "struct" {
				for i, f := range v.t.fields {
					if f == t {
						return fmt.Sprintf("%s.%c", v.name, 'A'+i)
					}
				}
			}
		}
	case 3:
		for _, v := range g.vars {
			switch {
			case v.t.elem != t:
			case v.t.kind == "slice":
				return fmt.Sprintf("at(%s, %s)", v.name, g.expr(g.basics[0], d))
			case v.t.kind == "map":
				return fmt.Sprintf("%s[%s]", v.name, g.expr(v.t.key, d))
			case v.t.kind == "array":
				return fmt.Sprintf("%s[uint(%s)%%%d]", v.name, g.expr(g.basics[0], d), v.t.size)
			}
		}
	case 4:
		return fmt.Sprintf("(*func() *%s { x := %s; return &x }())", t.name, g.expr(t, d))
	case 5:
		return fmt.Sprintf("func(a, b %s) %s { return a }(%s, %s)", t.name, t.name, g.expr(t, d), g.expr(t, d))
	}
	return g.expr(t, d)
}

func (t *genType) comparable() bool {
	switch t.kind {
	case "slice", "map":
		return false
	case "array":
		return t.elem.comparable()
	case "struct":
		for _, f := range t.fields {
			if !f.comparable() {
				return false
			}
		}
	}
	return true
}

func (t *genType) parens() string { return "(" + t.name + ")" }
