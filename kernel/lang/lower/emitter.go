package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// emitter writes the lowered text of one function instance.
type emitter struct {
	*Session
	*env
	*unit
	buf *bytes.Buffer // the statements under way
	fn  *function
}

// function is what the statements of a function body need to know of it.
type function struct {
	name     string // as traces show it
	results  []types.Type
	resNames []string // result variables, where the body assigns to them
	named    bool     // the user named the results
	seen     bool     // what outlives the call may see the named results
	defers   string   // the variable that holds the deferred calls, "" without defer
	recovery string   // the variable through which recover works, "" when the body does not call it
	targets  []*target
	labels   map[string]string
	gotos    map[string]bool // labels that a goto mentions
}

// emitter returns an emitter for the declarations of u, in an empty environment.
func (s *Session) emitter(u *unit) *emitter {
	return &emitter{Session: s, env: newEnv(nil), unit: u, buf: &bytes.Buffer{}, fn: &function{}}
}

// w writes one line.
func (e *emitter) w(format string, a ...any) { fmt.Fprintf(e.buf, format+"\n", a...) }

// nested returns what f writes.
func (e *emitter) nested(f func()) string {
	save := e.buf
	e.buf = &bytes.Buffer{}
	f()
	s := e.buf.String()
	e.buf = save
	return s
}

// tmp puts a value into a new variable.
func (e *emitter) tmp(text string) string {
	t := e.fresh("t")
	e.w("%s := %s", t, unparen(text))
	return t
}

// tmpT is tmp with the variable's type spelled out.
func (e *emitter) tmpT(T types.Type, text string) string {
	t := e.fresh("t")
	e.declare(t, T, text)
	return t
}

// declare declares a lowered variable.
func (e *emitter) declare(name string, T types.Type, text string) {
	if text != "" && !e.nameable(T) {
		e.w("%s := %s", name, unparen(text))
		return
	}
	text = unparen(text)
	if text == "" {
		e.w("var %s %s", name, e.t(T))
	} else {
		e.w("var %s %s = %s", name, e.t(T), text)
	}
}

// def gives a local object its name.
func (e *emitter) def(o types.Object) string {
	n := e.fresh(o.Name())
	e.names[o] = n
	return n
}

// name returns the lowered name of a variable or function.
func (e *emitter) name(o types.Object) string {
	if n, ok := e.names[o]; ok {
		return n
	}
	if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() {
		if e.interpreted(o.Pkg()) {
			return e.global(o)
		}
		return e.imp(o.Pkg().Path(), o.Pkg().Name()) + "." + o.Name()
	}
	panic(refuse(o.Pos(), "lowering lost "+o.String()))
}

// global returns the lowered name of a package-level object, every definition having its own.
func (e *emitter) global(o types.Object) string {
	o = e.current(o)
	if n, ok := e.globals[o]; ok {
		return n
	}
	n := e.fresh(o.Name())
	put(e.Session, e.globals, o, n)
	return n
}

// current is the newest definition that a mention of o means. In the cell being lowered every mention means
// what the checker found: x := x + 1 reads the x of before.
func (e *emitter) current(o types.Object) types.Object {
	if e.latest != nil && e.unit != e.own {
		return e.latest(o)
	}
	return o
}

// typeOf returns the type of an expression, here and now.
func (e *emitter) typeOf(x ast.Expr) types.Type {
	t := e.info.TypeOf(x)
	if t == nil {
		panic(refusef(x, "lowering found no type for this expression"))
	}
	return e.s(t)
}

// params names the parameters of a function for a wrapper around it: declarations, arguments,
// result types, and "return " when there are results.
func (e *emitter) params(sig *types.Signature) (ps, as []string, res, ret string) {
	for i := range sig.Params().Len() {
		v := e.fresh("p")
		t := e.s(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			ps = append(ps, v+" ..."+e.t(variadicElem(t)))
			as = append(as, v+"...")
		} else {
			ps = append(ps, v+" "+e.t(t))
			as = append(as, v)
		}
	}
	if sig.Results().Len() > 0 {
		res = e.resultList(sig)
		ret = "return "
	}
	return ps, as, res, ret
}

func (e *emitter) resultList(sig *types.Signature) string {
	var rs []string
	for v := range sig.Results().Variables() {
		rs = append(rs, e.t(v.Type()))
	}
	if len(rs) == 1 {
		return rs[0]
	}
	return "(" + strings.Join(rs, ", ") + ")"
}

// place enters a position in the table of places and returns its number.
func (e *emitter) place(p token.Pos) int {
	at := e.fset.Position(p)
	if n := len(e.places); n > 1 && e.places[n-1].Position == at && e.places[n-1].Func == e.fn.name {
		return n - 1
	}
	e.places = append(e.places, Place{at, e.fn.name})
	return len(e.places) - 1
}

// mark tells the runtime where it is, before something that may panic.
func (e *emitter) mark(p token.Pos) {
	if !p.IsValid() {
		return
	}
	e.here(p)
	e.markPlace(e.place(p))
}

func newBuffer() *bytes.Buffer { return &bytes.Buffer{} }

// nameable reports whether lowered code can name T: unexported types of compiled packages have no name.
func (e *emitter) nameable(T types.Type) bool {
	T = e.s(T)
	if p, ok := T.(*types.Pointer); ok {
		T = types.Unalias(p.Elem())
	}
	n, ok := T.(*types.Named)
	return !ok || n.Obj().Pkg() == nil || n.Obj().Exported() || e.interpreted(n.Obj().Pkg())
}
