package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// emitFunc emits a declared function or method under a name.
func (e *emitter) emitFunc(name string, fd *ast.FuncDecl, o *types.Func, sig *types.Signature) {
	e.here(fd.Pos())
	if fd.Body == nil {
		panic(refusef(fd, "function %s has no body: functions implemented outside of Go cannot be interpreted", fd.Name.Name))
	}
	recv := ""
	if fd.Recv != nil {
		id := (*ast.Ident)(nil)
		if ns := fd.Recv.List[0].Names; len(ns) > 0 && ns[0].Name != "_" {
			id = ns[0]
		}
		n := e.fresh("r")
		if id != nil {
			n = e.def(e.info.Defs[id])
		}
		recv = n + " " + e.t(sig.Recv().Type())
	}
	body := e.funcBody(displayName(o), fd.Type, fd.Body, sig, recv, "")
	fmt.Fprintf(&e.Session.funcs, "func %s%s\n", name, body)
}

// displayName is a function's name as a trace shows it.
func displayName(o *types.Func) string {
	if o == nil {
		return ""
	}
	if r := o.Signature().Recv(); r != nil {
		T := types.Unalias(r.Type())
		ptr := ""
		if p, ok := T.(*types.Pointer); ok {
			T, ptr = types.Unalias(p.Elem()), "*"
		}
		if n, ok := T.(*types.Named); ok {
			if ptr != "" {
				return o.Pkg().Name() + ".(*" + n.Obj().Name() + ")." + o.Name()
			}
			return o.Pkg().Name() + "." + n.Obj().Name() + "." + o.Name()
		}
	}
	return o.Pkg().Name() + "." + o.Name()
}

// fields names the parameters or results of a function.
func (e *emitter) fields(fl *ast.FieldList, tup *types.Tuple, variadic bool) (decls, names []string) {
	if fl == nil {
		return nil, nil
	}
	i := 0
	add := func(id *ast.Ident) {
		n := ""
		if id == nil || id.Name == "_" {
			n = e.fresh("p")
		} else {
			n = e.def(e.info.Defs[id])
		}
		T := e.s(tup.At(i).Type())
		if variadic && i == tup.Len()-1 {
			decls = append(decls, n+" ..."+e.t(variadicElem(T)))
		} else {
			decls = append(decls, n+" "+e.t(T))
		}
		names = append(names, n)
		i++
	}
	for _, f := range fl.List {
		if len(f.Names) == 0 {
			add(nil)
		}
		for _, id := range f.Names {
			add(id)
		}
	}
	return decls, names
}

// funcBody returns parameters, results and body of a function. recv is the receiver's declaration;
// recovery is the variable that recover works through, for a function that is deferred directly.
func (e *emitter) funcBody(name string, ft *ast.FuncType, body *ast.BlockStmt, sig *types.Signature, recv, recovery string) string {
	saveFn, saveBuf := e.fn, e.buf
	if name == "" {
		name = saveFn.name + ".func"
	}
	defer func() { e.fn, e.buf = saveFn, saveBuf }()
	e.fn = &function{name: name, labels: map[string]string{}, gotos: gotoLabels(body), recovery: recovery}
	ps, _ := e.fields(ft.Params, sig.Params(), sig.Variadic())
	if sig.Variadic() {
		last := e.s(sig.Params().At(sig.Params().Len() - 1).Type())
		if e.opaque(last) {
			panic(refusef(ft, "a variadic parameter of the recursive type %s cannot be interpreted", last))
		}
	}
	if recv != "" {
		ps = append([]string{recv}, ps...)
	}
	if recovery != "" {
		ps = append([]string{recovery + " *" + e.rt("Recovery")}, ps...)
	}
	var pre strings.Builder
	e.buf = newBuffer()
	e.enter()
	if recovery == "" && e.callsRecover(body) {
		e.fn.recovery = e.fresh("rc")
		e.w("%s := %s()", e.fn.recovery, e.rt("TakeRecovery"))
	}
	for v := range sig.Results().Variables() {
		e.fn.results = append(e.fn.results, e.s(v.Type()))
	}
	res := ""
	if len(e.fn.results) > 0 {
		res = e.resultList(sig)
	}
	if ft.Results != nil && len(ft.Results.List) > 0 && len(ft.Results.List[0].Names) > 0 {
		e.fn.named = true
		_, e.fn.resNames = e.fields(ft.Results, sig.Results(), false)
		for i, n := range e.fn.resNames {
			e.declare(n, e.fn.results[i], "")
		}
		e.fn.seen = e.resultsSeen(ft, body)
	}
	if hasDefer(body) {
		if !e.fn.named {
			for _, T := range e.fn.results {
				n := e.fresh("res")
				e.declare(n, T, "")
				e.fn.resNames = append(e.fn.resNames, n)
			}
		}
		e.fn.defers = e.fresh("ds")
		e.w("%s := %s()\n%s.Do(func() {", e.fn.defers, e.rt("NewDefers"), e.fn.defers)
		e.stmts(body.List)
		e.w("})")
		if len(e.fn.results) > 0 {
			e.w("return %s", strings.Join(e.fn.resNames, ", "))
		}
	} else {
		e.stmts(body.List)
	}
	pre.WriteString("(" + strings.Join(ps, ", ") + ") " + res + " {\n")
	return pre.String() + e.buf.String() + "}"
}

func (e *emitter) funcLit(x *ast.FuncLit) string {
	sig := e.info.TypeOf(x).Underlying().(*types.Signature)
	return e.shut(e.closure("func"+e.funcBody("", x.Type, x.Body, sig, "", "")), e.typeOf(x))
}

// closure puts a function literal into a variable. Handed straight to compiled code a literal would share the
// frame of the function around it, and with it all variables of later iterations. The literal stands in a
// function of its own: when a closure has run, yaegi writes to the frame in which its literal was evaluated,
// and were that the frame around, a goroutine that ends would change what its creator is about to use.
func (e *emitter) closure(text string) string {
	header, _, _ := strings.Cut(text, "{\n")
	return e.tmp("func() " + header + "{\nreturn " + text + "\n}()")
}

// ret lowers return.
func (e *emitter) ret(s *ast.ReturnStmt) {
	R := e.fn.results
	if t, i := e.insideRange(); t != nil {
		e.assignResults(s)
		e.leave(t, i, func() { e.finishReturn() })
		return
	}
	if len(s.Results) == 0 || e.fn.defers != "" || e.fn.seen {
		e.assignResults(s)
		e.finishReturn()
		return
	}
	if len(s.Results) == 1 && len(R) > 1 {
		tys := e.multiTypes(s.Results[0])
		ts := e.bindMulti(s.Results[0], len(R))
		for i := range R {
			ts[i] = e.convert(ts[i], tys[i], R[i])
		}
		e.w("return %s", strings.Join(ts, ", "))
		return
	}
	vals := e.list(s.Results, func(i int, y ast.Expr) string { return e.conv(y, R[i]) })
	if len(vals) > 1 {
		for i := range vals {
			if !e.fixed(s.Results[i]) || e.fn.named {
				vals[i] = e.tmpT(R[i], vals[i])
			}
		}
	}
	for i := range vals {
		vals[i] = unparen(vals[i])
	}
	e.w("return %s", strings.Join(vals, ", "))
}

// assignResults gives the values of a return statement to the result variables.
func (e *emitter) assignResults(s *ast.ReturnStmt) {
	if len(s.Results) == 0 {
		return
	}
	R := e.fn.results
	var ts []string
	if len(s.Results) == 1 && len(R) > 1 {
		tys := e.multiTypes(s.Results[0])
		ts = e.bindMulti(s.Results[0], len(R))
		for i := range R {
			ts[i] = e.convert(ts[i], tys[i], R[i])
		}
	} else {
		ts = e.list(s.Results, func(i int, y ast.Expr) string { return e.conv(y, R[i]) })
		if len(ts) > 1 {
			for i := range ts {
				if ts[i] != e.fn.resNames[i] {
					ts[i] = e.tmpT(R[i], ts[i])
				}
			}
		}
	}
	for i, n := range e.fn.resNames {
		if ts[i] != n { // goroutines may read it by now, so it is not written to itself
			e.w("%s = %s", n, ts[i])
		}
	}
}

// finishReturn leaves the function, the results being in their variables.
func (e *emitter) finishReturn() {
	if t, i := e.insideRange(); t != nil {
		e.leave(t, i, func() { e.finishReturn() })
		return
	}
	if len(e.fn.results) == 0 || e.fn.defers != "" {
		e.w("return")
		return
	}
	e.w("return %s", strings.Join(e.fn.resNames, ", "))
}

// resultsSeen reports whether something that outlives the call may see the named results: a function literal mentions
// one, or its address is taken. Then a return has to assign to them.
func (e *emitter) resultsSeen(ft *ast.FuncType, body *ast.BlockStmt) (seen bool) {
	results := map[types.Object]bool{}
	for _, f := range ft.Results.List {
		for _, n := range f.Names {
			results[e.info.Defs[n]] = true
		}
	}
	mentions := func(x ast.Node) bool {
		found := false
		ast.Inspect(x, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && results[e.info.Uses[id]] {
				found = true
			}
			return !found
		})
		return found
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			seen = seen || mentions(n)
		case *ast.UnaryExpr:
			seen = seen || n.Op == token.AND && mentions(n.X)
		case *ast.SliceExpr: // of an array
			seen = seen || mentions(n.X)
		case *ast.SelectorExpr: // a method may keep its receiver's address
			if s := e.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
				seen = seen || mentions(n.X)
			}
		}
		return !seen
	})
	return seen
}

func hasDefer(b ast.Node) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

func gotoLabels(b ast.Node) map[string]bool {
	m := map[string]bool{}
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				m[n.Label.Name] = true
			}
		}
		return true
	})
	return m
}

// callsRecover reports whether a body calls recover itself, not in a function literal.
func (e *emitter) callsRecover(b ast.Node) bool {
	found := false
	ast.Inspect(b, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				if b, ok := e.info.Uses[id].(*types.Builtin); ok && b.Name() == "recover" {
					found = true
				}
			}
		}
		return !found
	})
	return found
}
