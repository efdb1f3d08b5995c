package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// pointerTo returns the type that a pointer type points to.
func pointerTo(T types.Type) (types.Type, bool) {
	if p, ok := types.Unalias(T).Underlying().(*types.Pointer); ok {
		return types.Unalias(p.Elem()), true
	}
	return T, false
}

// deref returns the text of what the pointer text of type T points to.
func (e *emitter) deref(text string, T types.Type) string {
	T = e.s(T)
	el, _ := pointerTo(T)
	text = e.open(text, T)
	if _, cyc := e.cyclicStruct(el); cyc && e.core(T.Underlying()) != "*"+e.rep(el) {
		return "(*(*" + e.core(el) + ")(" + text + "))"
	}
	return "(*" + text + ")"
}

// ref returns the address of the variable text of type T.
func (e *emitter) ref(text string, T types.Type) string {
	T = e.s(T)
	text = strings.TrimSpace(text)
	if _, cyc := e.cyclicStruct(T); cyc {
		if p, ok := strings.CutPrefix(text, "(*(*"+e.core(T)+")("); ok && strings.HasSuffix(p, "))") && balanced(p[:len(p)-2]) {
			return p[:len(p)-2]
		}
		return e.imp("unsafe", "unsafe") + ".Pointer(&" + text + ")"
	}
	return "(&" + text + ")"
}

// balanced reports whether every parenthesis of s, outside of strings and runes, has its other half.
func balanced(s string) bool {
	n := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '(':
			n++
		case ')':
			if n--; n < 0 {
				return false
			}
		case '"', '\'', '`':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' && c != '`' {
					i++
				}
			}
		}
	}
	return n == 0
}

// path walks through fields: text has type T, which may be a pointer at each step. It returns
// the field's text and its type.
func (e *emitter) path(text string, T types.Type, idx []int) (string, types.Type) {
	for _, i := range idx {
		T = e.s(T)
		u := T.Underlying()
		if p, ok := u.(*types.Pointer); ok {
			el := e.s(p.Elem())
			if _, cyc := e.cyclicStruct(el); cyc {
				text = "(*" + e.core(el) + ")(" + e.open(text, T) + ")"
			} else {
				text = e.open(text, T)
			}
			u = el.Underlying()
		}
		st := u.(*types.Struct)
		name := st.Field(i).Name()
		if _, compiled := e.compiledStruct(T); !compiled {
			name = fieldName(st, i)
		} else if !st.Field(i).Exported() { // embedded: what it promotes is reached without its name
			T = st.Field(i).Type()
			continue
		}
		text += "." + name
		T = st.Field(i).Type()
	}
	return text, e.s(T)
}

// compiledStruct reports whether T is a compiled defined struct type, or a pointer to one.
func (e *emitter) compiledStruct(T types.Type) (*types.Named, bool) {
	if el, ok := pointerTo(T); ok {
		T = el
	}
	n, ok := types.Unalias(T).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || e.interpreted(n.Obj().Pkg()) {
		return nil, false
	}
	return n, true
}

// pointerReceiver reports whether method m is declared on a pointer.
func pointerReceiver(m *types.Func) bool {
	r := m.Origin().Type().(*types.Signature).Recv()
	if r == nil {
		return false
	}
	_, ok := types.Unalias(r.Type()).(*types.Pointer)
	return ok
}

// methodCall returns the call of method m on text, which has type T and is addressable where that matters.
func (e *emitter) methodCall(text string, T types.Type, m *types.Func, args []string) string {
	f, recv := e.methodTarget(text, T, m)
	return f + "(" + strings.Join(append(recv, args...), ", ") + ")"
}

// methodTarget returns what stands before the parenthesis in a call of method m on text, and the
// receiver where it is passed as the first argument.
func (e *emitter) methodTarget(text string, T types.Type, m *types.Func) (f string, recv []string) {
	T = e.s(T)
	if m.Pkg() != nil && !e.interpreted(m.Pkg()) && (!types.IsInterface(T) || e.rep(T) != "any") {
		if h, ok := e.standin(m); ok {
			if _, isPtr := T.(*types.Pointer); !isPtr && !types.IsInterface(T) {
				text = e.ref(text, T)
			}
			return h, []string{text}
		}
	}
	if types.IsInterface(T) {
		if e.rep(T) != "any" {
			return text + "." + m.Name(), nil
		}
		return e.dispatch(m, e.s(sel(T, m)).(*types.Signature)), []string{text}
	}
	el, isPtr := T, false
	if p, ok := T.(*types.Pointer); ok {
		el, isPtr = e.s(p.Elem()), true
	}
	n, _ := types.Unalias(el).(*types.Named)
	if n == nil || !e.interpreted(n.Obj().Pkg()) {
		return text + "." + m.Name(), nil
	}
	switch rp := pointerReceiver(m); {
	case rp && !isPtr:
		text = e.ref(text, T)
	case !rp && isPtr:
		text = e.deref(text, T)
	}
	return e.method(n, m), []string{text}
}

// method returns the name of the function that m of n is lowered to, asking for its text when it is new.
func (e *emitter) method(n *types.Named, m *types.Func) string {
	o := m.Origin()
	d := e.decls[o]
	if d == nil {
		panic(refuse(m.Pos(), "the body of method "+m.FullName()+" is not known"))
	}
	if n.TypeArgs() == nil {
		return e.function(o)
	}
	var targs []types.Type
	for t := range n.TypeArgs().Types() {
		targs = append(targs, t)
	}
	return e.instance(o, targs)
}

// recvSubst is what the receiver's type parameters stand for.
func recvSubst(sig *types.Signature, targs []types.Type) map[*types.TypeParam]types.Type {
	sub := map[*types.TypeParam]types.Type{}
	for i, t := range targs {
		if i < sig.RecvTypeParams().Len() {
			sub[sig.RecvTypeParams().At(i)] = t
		} else if i < sig.TypeParams().Len() {
			sub[sig.TypeParams().At(i)] = t
		}
	}
	if sig.RecvTypeParams().Len() == 0 {
		for i, t := range targs {
			sub[sig.TypeParams().At(i)] = t
		}
	}
	return sub
}

// lookup finds a field or method by name in T, as the selector x of the user's code sees it.
func (e *emitter) lookup(x *ast.SelectorExpr, T types.Type) (types.Object, []int) {
	pkg := e.pkg
	if s := e.info.Selections[x]; s != nil {
		pkg = s.Obj().Pkg()
	}
	o, idx, _ := types.LookupFieldOrMethod(T, true, pkg, x.Sel.Name)
	if o == nil {
		panic(refusef(x, "lowering cannot find %s in %s", x.Sel.Name, T))
	}
	return o, idx
}

// methodExpr lowers T.M.
func (e *emitter) methodExpr(x *ast.SelectorExpr) string {
	T := e.typeOf(x.X)
	sig := e.typeOf(x).Underlying().(*types.Signature)
	o, idx := e.lookup(x, T)
	ps, as, res, ret := e.params(sig)
	var body string
	pre := e.nested(func() {
		r, rt := e.path(as[0], T, idx[:len(idx)-1])
		body = e.methodCall(r, rt, o.(*types.Func), as[1:])
	})
	return e.closure(fmt.Sprintf("func(%s) %s {\n%s%s%s\n}", strings.Join(ps, ", "), res, pre, ret, body))
}

// methodValue lowers x.M: the receiver is evaluated, and copied, now.
func (e *emitter) methodValue(x *ast.SelectorExpr, T types.Type, m *types.Func, idx []int) string {
	r, rt := e.receiver(x, T, m, idx)
	sig := e.typeOf(x).Underlying().(*types.Signature)
	ps, as, res, ret := e.params(sig)
	var body string
	pre := e.nested(func() { body = e.methodCall(r, rt, m, as) })
	return e.closure(fmt.Sprintf("func(%s) %s {\n%s%s%s\n}", strings.Join(ps, ", "), res, pre, ret, body))
}

// receiver evaluates the receiver of x.M now, into a temporary, in the form that M takes.
func (e *emitter) receiver(x *ast.SelectorExpr, T types.Type, m *types.Func, idx []int) (string, types.Type) {
	s, rt := e.path(e.operand(x.X), T, idx[:len(idx)-1])
	p, isPtr := rt.(*types.Pointer)
	rp := pointerReceiver(m)
	switch {
	case types.IsInterface(rt):
		t := e.tmpT(rt, s)
		e.w("if %s == nil { %s(%s()) }", t, e.rt("Raise"), e.rt("NilDeref"))
		return t, rt
	case rp && !isPtr:
		pt := types.NewPointer(rt)
		return e.tmpT(pt, e.ref(s, rt)), pt
	case !rp && isPtr:
		el := e.s(p.Elem())
		return e.tmpT(el, e.deref(s, rt)), el
	}
	return e.tmpT(rt, s), rt
}
