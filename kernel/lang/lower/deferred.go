package lower

import (
	"go/ast"
	"go/types"
	"strings"
)

// frozen is a call whose function and arguments have been evaluated, to be made later.
type frozen struct {
	setup  string // statements that evaluate them
	params []string
	args   []string
	call   string // the call, in terms of params
	bare   bool   // the call is that of a literal without parameters: call is the literal
}

// freeze evaluates function and arguments of a call now and returns how to call later.
func (e *emitter) freeze(c *ast.CallExpr) *frozen {
	f := &frozen{}
	if e.info.Types[c.Fun].IsType() {
		panic(refusef(c, "a conversion cannot be deferred"))
	}
	hold := func(rep, text string) string {
		p := e.fresh("d")
		f.params = append(f.params, p+" "+rep)
		f.args = append(f.args, text)
		return p
	}
	if b := e.builtinOf(c.Fun); b != "" {
		f.setup = e.nested(func() { f.freezeBuiltin(e, c, b, hold) })
		return f
	}
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok && len(c.Args) == 0 {
		f.call = e.funcLit(lit)
		f.bare = true
		return f
	}
	f.setup = e.nested(func() {
		sig := e.typeOf(c.Fun).Underlying().(*types.Signature)
		var fun string
		fixed := false
		switch x := ast.Unparen(c.Fun).(type) {
		case *ast.SelectorExpr:
			if e.isMethodCall(x) {
				fun = e.freezeMethod(x, c, hold)
				fixed = true
			}
		}
		special := false
		var args []string
		if !fixed {
			if o := e.staticFunc(ast.Unparen(c.Fun)); o != nil {
				if sf, sargs, ok := e.special(c, o, sig); ok {
					fun, args, special = sf, sargs, true
				} else {
					fun = e.funcRef(o, instanceOf(ast.Unparen(c.Fun)))
				}
				fixed = true
			}
		}
		if !fixed {
			T := e.typeOf(c.Fun)
			fun = e.open(hold(e.t(T), e.tmpT(T, e.expr(c.Fun))), T)
		}
		if !special {
			args = e.args(sig, c, e.anyPolicy(e.calleeObject(c.Fun)))
		}
		for i, a := range args {
			spread := strings.HasSuffix(a, "...")
			a = strings.TrimSuffix(a, "...")
			if i < len(c.Args) && e.fixedArg(c, i) {
				continue
			}
			rep := "any"
			if special {
				a = e.tmp(a)
				// the type is the interpreter's to infer: pass it through a variable captured by the closure
				args[i] = a
				continue
			}
			T := e.paramType(sig, i, spread)
			rep = e.rep(T)
			if spread {
				rep = e.core(T)
			}
			args[i] = hold(rep, a)
			if spread {
				args[i] += "..."
			}
		}
		f.call = fun + "(" + strings.Join(args, ", ") + ")"
	})
	return f
}

func (e *emitter) fixedArg(c *ast.CallExpr, i int) bool {
	tv := e.info.Types[c.Args[i]]
	return tv.Value != nil || tv.IsNil()
}

// calleeObject is the function or method that a call names, nil for a value.
func (e *emitter) calleeObject(f ast.Expr) *types.Func {
	id := instanceOf(ast.Unparen(f))
	if id == nil {
		return nil
	}
	o, _ := e.info.Uses[id].(*types.Func)
	return o
}

// freezeMethod evaluates the receiver of x.M(…) and returns what to call later.
func (e *emitter) freezeMethod(x *ast.SelectorExpr, c *ast.CallExpr, hold func(rep, text string) string) string {
	T := e.typeOf(x.X)
	o, idx := e.lookup(x, T)
	m := o.(*types.Func)
	sx := *x
	r, rt := e.receiver(&sx, T, m, idx)
	p := hold(e.t(rt), r)
	f, recv := "", []string(nil)
	if h, ok := e.standin(m); ok && !e.interpreted(m.Pkg()) {
		f, recv = h, []string{r}
		if _, isPtr := rt.(*types.Pointer); !isPtr && !types.IsInterface(rt) {
			recv[0] = e.ref(r, rt)
		}
	} else if f, recv = e.methodTarget(p, rt, m); len(recv) == 0 {
		return f
	} else {
		_, recv = e.methodTarget(r, rt, m)
	}
	// the receiver is the function's first argument
	sig := e.typeOf(c.Fun).Underlying().(*types.Signature)
	ps, as, res, ret := e.params(sig)
	return e.closure("func(" + strings.Join(ps, ", ") + ") " + res + " {\n" + ret + f + "(" + strings.Join(append(recv, as...), ", ") + ")\n}")
}

func (f *frozen) freezeBuiltin(e *emitter, c *ast.CallExpr, name string, hold func(rep, text string) string) {
	switch name {
	case "recover":
		// as if the function called it when it has ended: not while a panic of its own goes on
		r := e.fn.recovery
		if r == "" { // of a cell
			r = "nil"
		}
		f.call = e.fn.defers + ".Recover(" + r + ")"
		return
	case "panic":
		p := hold("any", e.conv(c.Args[0], emptyInterface))
		f.call = e.rt("Raise") + "(" + p + ")"
		return
	case "close":
		T := e.typeOf(c.Args[0])
		p := hold(e.core(T), e.opened(c.Args[0]))
		f.call = e.rt("Close") + "(" + p + ")"
		return
	case "print", "println":
		var as []string
		for _, a := range c.Args {
			T := types.Default(e.typeOf(a))
			if e.info.Types[a].IsNil() {
				as = append(as, "nil")
				continue
			}
			p := hold(e.t(T), e.conv(a, T))
			if types.IsInterface(T) {
				p = e.rt("PrintedInterface") + "(" + e.convertInterface(p, T, emptyInterface) + ")"
			}
			as = append(as, p)
		}
		f.call = e.rt("Builtin"+strings.ToUpper(name[:1])+name[1:]) + "(" + strings.Join(as, ", ") + ")"
		return
	case "delete":
		T := e.typeOf(c.Args[0])
		m := T.Underlying().(*types.Map)
		s := e.list(c.Args, func(i int, y ast.Expr) string {
			if i == 1 {
				return e.key(y, m.Key())
			}
			return e.opened(y)
		})
		p, k := hold(e.core(T), s[0]), hold(e.t(m.Key()), s[1])
		f.call = "delete(" + p + ", " + k + ")"
		return
	case "clear":
		T := e.typeOf(c.Args[0])
		f.call = e.rt("Clear") + "(" + hold(e.core(T), e.opened(c.Args[0])) + ")"
		return
	case "copy":
		var as []string
		for _, a := range c.Args {
			T := e.typeOf(a)
			p := hold(e.core(types.Default(T)), e.opened(a))
			if b, ok := T.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
				p = "[]byte(" + p + ")"
			}
			as = append(as, p)
		}
		f.call = "_ = copy(" + strings.Join(as, ", ") + ")"
		return
	}
	panic(refusef(c, "%s cannot be deferred or started as a goroutine", name))
}

// closure returns a func() that makes the frozen call.
func (f *frozen) closure(e *emitter) string {
	e.buf.WriteString(f.setup)
	if f.bare {
		return f.call
	}
	if len(f.params) == 0 {
		return e.closure("func() {\n" + f.call + "\n}")
	}
	ts := make([]string, len(f.args))
	for i, a := range f.args {
		ts[i] = e.tmp(a)
		if a == "nil" {
			panic(refuse(e.at.pos, "lowering lost the type of nil"))
		}
	}
	mk := e.closure("func(" + strings.Join(f.params, ", ") + ") func() {\nreturn func() {\n" + f.call + "\n}\n}")
	return e.tmp(mk + "(" + strings.Join(ts, ", ") + ")")
}

// recovers says how a deferred call relates to recover: "" when the function called is known not to call it.
func (e *emitter) recovers(f ast.Expr) string {
	if e.builtinOf(f) != "" {
		return ""
	}
	f = ast.Unparen(f)
	if lit, ok := f.(*ast.FuncLit); ok {
		if e.callsRecover(lit.Body) {
			return "R"
		}
		return ""
	}
	if o := e.calleeObject(f); o != nil {
		d := e.decls[o.Origin()]
		if d == nil {
			if r := o.Signature().Recv(); r != nil && types.IsInterface(r.Type()) {
				return "R"
			}
			return ""
		}
		sub := &emitter{Session: e.Session, unit: d.unit}
		if d.fd.Body != nil && sub.callsRecover(d.fd.Body) {
			return "R"
		}
		return ""
	}
	return "R"
}

// withdraw takes back the right to recover before a plain call of a function that calls recover: only a call
// made by the defer machinery has it.
func (e *emitter) withdraw(o *types.Func) {
	d := e.decls[o.Origin()]
	if d == nil || d.fd.Body == nil {
		return
	}
	sub := &emitter{Session: e.Session, unit: d.unit}
	if sub.callsRecover(d.fd.Body) {
		e.w("%s()", e.rt("Withdraw"))
	}
}

func (e *emitter) deferStmt(s *ast.DeferStmt) {
	e.mark(s.Pos())
	fn := e.freeze(s.Call).closure(e)
	e.w("%s.Push%s(%s)", e.fn.defers, e.recovers(s.Call.Fun), fn)
}

func (e *emitter) goStmt(s *ast.GoStmt) {
	e.mark(s.Pos())
	fn := e.freeze(s.Call).closure(e)
	e.w("%s(%s)", e.rt("Go"), fn)
}
