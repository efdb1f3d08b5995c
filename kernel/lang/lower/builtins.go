package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// builtin lowers a call of a built-in function.
func (e *emitter) builtin(x *ast.CallExpr, name string) string {
	x = e.spreadTuple(x)
	T := e.typeOf(x)
	one := func() string { return e.opened(x.Args[0]) }
	switch name {
	case "len", "cap":
		if a, ok := e.typeOf(x.Args[0]).Underlying().(*types.Pointer); ok { // of an array
			if e.effects(x.Args[0]) {
				e.w("_ = %s", one())
			}
			return e.intText(a.Elem().Underlying().(*types.Array).Len())
		}
		if a, ok := e.typeOf(x.Args[0]).Underlying().(*types.Array); ok {
			e.tmpT(e.typeOf(x.Args[0]), one())
			return e.intText(a.Len())
		}
		return name + "(" + one() + ")"
	case "append":
		return e.appendCall(x, T)
	case "copy":
		s := e.list(x.Args, func(_ int, y ast.Expr) string { return e.opened(y) })
		if b, ok := e.typeOf(x.Args[1]).Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			s[1] = "[]byte(" + s[1] + ")"
		}
		return "copy(" + s[0] + ", " + s[1] + ")"
	case "delete":
		m := e.typeOf(x.Args[0]).Underlying().(*types.Map)
		s := e.list(x.Args, func(i int, y ast.Expr) string {
			if i == 1 {
				return e.key(y, m.Key())
			}
			return e.opened(y)
		})
		return "delete(" + s[0] + ", " + s[1] + ")"
	case "make":
		e.mark(x.Pos())
		s := e.list(x.Args[1:], func(_ int, y ast.Expr) string { return e.index(y) })
		MT := e.typeOf(x.Args[0])
		e.checkMake(x, MT, s)
		rep := e.core(MT)
		if c, ok := MT.Underlying().(*types.Chan); ok && c.Dir() != types.SendRecv {
			both := e.core(types.NewChan(types.SendRecv, c.Elem()))
			return cast(rep, "make("+strings.Join(append([]string{both}, s...), ", ")+")")
		}
		return e.shut("make("+strings.Join(append([]string{rep}, s...), ", ")+")", MT)
	case "new":
		return e.newCall(x, T)
	case "panic":
		e.mark(x.Pos())
		return e.rt("Raise") + "(" + e.conv(x.Args[0], emptyInterface) + ")"
	case "print", "println":
		s := e.list(x.Args, func(_ int, y ast.Expr) string {
			F := types.Default(e.typeOf(y))
			if e.info.Types[y].IsNil() {
				return "nil"
			}
			if types.IsInterface(F) {
				return e.rt("PrintedInterface") + "(" + e.asAny(y) + ")"
			}
			return e.conv(y, F)
		})
		return e.rt("Builtin"+strings.ToUpper(name[:1])+name[1:]) + "(" + strings.Join(s, ", ") + ")"
	case "recover":
		if e.fn.recovery == "" {
			return e.tmpT(emptyInterface, "nil")
		}
		return e.fn.recovery + ".Recover()"
	case "complex":
		ct := T.Underlying().(*types.Basic)
		ft, fn := types.Typ[types.Float64], "Complex128"
		natural := "complex128"
		if ct.Kind() == types.Complex64 {
			ft, fn, natural = types.Typ[types.Float32], "Complex64", "complex64"
		}
		s := e.list(x.Args, func(_ int, y ast.Expr) string {
			if v := e.info.Types[y].Value; v != nil {
				return ft.Name() + "(" + e.konst(v, ft) + ")"
			}
			return e.expr(y)
		})
		return e.convertComplex(e.t(T), natural, e.rt(fn)+"("+s[0]+", "+s[1]+")")
	case "real", "imag":
		return name + "(" + one() + ")"
	case "min", "max":
		return e.minMax(x, name, T)
	case "clear":
		return e.rt("Clear") + "(" + one() + ")"
	case "close":
		e.mark(x.Pos())
		return e.rt("Close") + "(" + one() + ")"
	}
	panic(refusef(x, "%s cannot be interpreted faithfully: memory of interpreted values is not laid out as compiled Go's", name))
}

func (e *emitter) intText(n int64) string { return e.konst(constInt(n), types.Typ[types.Int]) }

func (e *emitter) appendCall(x *ast.CallExpr, T types.Type) string {
	sl := T.Underlying().(*types.Slice)
	spread := x.Ellipsis.IsValid()
	s := e.list(x.Args, func(i int, y ast.Expr) string {
		switch {
		case e.info.Types[y].IsNil() && (i == 0 || spread):
			return cast(e.core(T), "nil")
		case i == 0:
			return e.opened(y)
		case spread:
			if b, ok := e.typeOf(y).Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
				return "[]byte(" + e.expr(y) + ")"
			}
			return e.opened(y)
		}
		return e.conv(y, sl.Elem())
	})
	if len(s) > 2 {
		// the values may lie where the first of them is about to be written
		if e.effects(x.Args[0]) {
			s[0] = e.tmp(s[0])
		}
		for i, y := range x.Args[1:] {
			if reads(y) {
				s[i+1] = e.tmpT(sl.Elem(), s[i+1])
			}
		}
	}
	if len(s) == 1 {
		return e.shut(s[0], T)
	}
	r := "append(" + strings.Join(s, ", ")
	if spread {
		r += "..."
	}
	return e.shut(r+")", T)
}

// reads reports whether x is, or has in it, an element, a field or what a pointer points to.
func reads(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IndexExpr, *ast.SelectorExpr, *ast.StarExpr:
			found = true
		}
		return !found
	})
	return found
}

func (e *emitter) newCall(x *ast.CallExpr, T types.Type) string {
	el := e.s(T.Underlying().(*types.Pointer).Elem())
	_, cyc := e.cyclicStruct(el)
	if e.info.Types[x.Args[0]].IsType() {
		if cyc {
			return e.imp("unsafe", "unsafe") + ".Pointer(&" + e.core(el) + "{})"
		}
		return "new(" + e.t(el) + ")"
	}
	v := e.tmpT(el, e.conv(x.Args[0], el))
	return e.ref(v, el)
}

func (e *emitter) minMax(x *ast.CallExpr, name string, T types.Type) string {
	s := e.list(x.Args, func(_ int, y ast.Expr) string { return e.conv(y, T) })
	r := e.tmpT(T, s[0])
	op := "<"
	if name == "max" {
		op = ">"
	}
	b := T.Underlying().(*types.Basic)
	for _, y := range s[1:] {
		v := e.tmpT(T, y)
		if b.Info()&types.IsFloat != 0 { // NaN and -0
			fn := "Min64"
			if name == "max" {
				fn = "Max64"
			}
			e.w("%s = %s(%s(float64(%s), float64(%s)))", r, e.t(T), e.rt(fn), r, v)
			continue
		}
		e.w("if %s %s %s { %s = %s }", v, op, r, r, v)
	}
	return r
}

// spreadTuple turns copy(f()) into copy(a, b), a and b being f's results.
func (e *emitter) spreadTuple(x *ast.CallExpr) *ast.CallExpr {
	if len(x.Args) != 1 {
		return x
	}
	tup, ok := e.info.TypeOf(x.Args[0]).(*types.Tuple)
	if !ok {
		return x
	}
	ts := e.multiTemps(x.Args[0], tup.Len())
	c := *x
	c.Args = nil
	for i, t := range ts {
		id := &ast.Ident{NamePos: x.Args[0].Pos(), Name: t}
		v := types.NewVar(id.NamePos, e.pkg, t, tup.At(i).Type())
		e.info.Uses[id] = v
		e.info.Types[id] = types.TypeAndValue{Type: tup.At(i).Type()}
		e.names[v] = t
		c.Args = append(c.Args, id)
	}
	e.info.Types[&c] = e.info.Types[x]
	return &c
}
