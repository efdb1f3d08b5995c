package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
)

// Functions of the host: Value(values...) takes a cell's value, Ran(n) hears that the first n of its steps have run.
// Only steps that define variables say so.
const (
	ValueFunc = "Value"
	RanFunc   = "Ran"
)

// Program lowers a whole program: its packages in the order of their initialisation, main last.
func (s *Session) Program(pkgs ...*check.Package) (c *Chunk, err error) {
	s.begin()
	e := s.emitter(nil)
	defer func() {
		if err != nil {
			s.Forget()
		}
	}()
	defer s.catch(&err)
	entry := s.fresh("program")
	for _, p := range pkgs {
		s.addPackage(p)
	}
	var body strings.Builder
	for _, p := range pkgs {
		e.unit = s.units[p.Types]
		e.program(p, &body)
	}
	return s.finish(entry, body.String()), nil
}

// program emits a package's variables and functions and appends the calls that initialise it and, for main, run it.
func (e *emitter) program(p *check.Package, body *strings.Builder) {
	var inits []string
	for _, f := range p.Files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					for _, sp := range d.Specs {
						for _, n := range sp.(*ast.ValueSpec).Names {
							e.globalVar(p.Info.Defs[n])
						}
					}
				}
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					n := e.fresh("init")
					inits = append(inits, n)
					u := e.unit
					o := p.Info.Defs[d.Name].(*types.Func)
					e.queue = append(e.queue, func(e *emitter) {
						e.unit = u
						e.emitFunc(n, d, o, o.Signature())
					})
				}
			}
		}
	}
	for i, in := range p.Info.InitOrder {
		ie := e.emitter(e.unit)
		ie.fn.name = p.Types.Name() + ".init"
		ie.initVars(in)
		n := e.fresh(fmt.Sprintf("initvar%d", i))
		fmt.Fprintf(&e.Session.funcs, "func %s() {\n%s}\n", n, ie.buf.String())
		fmt.Fprintf(body, "%s()\n", n)
	}
	for _, n := range inits {
		fmt.Fprintf(body, "%s()\n", n)
	}
	if m, ok := p.Types.Scope().Lookup("main").(*types.Func); ok && p.Types.Name() == "main" {
		fmt.Fprintf(body, "%s()\n", e.function(m))
	}
}

// globalVar declares a package variable, without a value.
func (e *emitter) globalVar(o types.Object) {
	v, ok := o.(*types.Var)
	if !ok || v.Name() == "_" {
		return
	}
	fmt.Fprintf(&e.vars, "var %s %s\n", e.global(v), e.t(v.Type()))
}

func (e *emitter) initVars(in *types.Initializer) {
	if len(in.Lhs) == 1 {
		v := in.Lhs[0]
		val := e.conv(in.Rhs, v.Type())
		if v.Name() == "_" {
			e.tmpT(v.Type(), val)
		} else {
			e.w("%s = %s", e.global(v), val)
		}
		return
	}
	tys := e.multiTypes(in.Rhs)
	ts := e.bindMulti(in.Rhs, len(in.Lhs))
	for i, v := range in.Lhs {
		if v.Name() != "_" {
			e.w("%s = %s", e.global(v), e.convert(ts[i], tys[i], v.Type()))
		}
	}
}

// Cell lowers a checked cell.
func (s *Session) Cell(c *check.Cell) (chunk *Chunk, err error) {
	s.begin()
	u := &unit{c.Fset, c.Pkg, c.Info}
	e := s.emitter(u)
	e.fn = &function{name: c.Name, labels: map[string]string{}, gotos: map[string]bool{}}
	defer func() {
		if err != nil {
			s.Forget()
		}
	}()
	defer s.catch(&err)
	s.latest, s.own = c.Latest, u
	defer func() { s.latest, s.own = nil, nil }()
	var packages strings.Builder
	for _, p := range c.Packages {
		s.addPackage(p)
	}
	for _, p := range c.Packages {
		pe := s.emitter(s.units[p.Types])
		pe.program(p, &packages)
	}
	s.add(u, []*ast.File{c.File})
	for _, step := range c.Steps {
		for _, v := range step.Vars {
			e.globalVar(v)
		}
	}
	e.fn.gotos = map[string]bool{}
	hasDefers := false
	for _, step := range c.Steps {
		for l := range gotoLabels(step.Stmt) {
			e.fn.gotos[l] = true
		}
		hasDefers = hasDefers || hasDefer(step.Stmt)
	}
	if hasDefers {
		e.fn.defers = e.fresh("ds")
	}
	e.redefine(c, 0)
	for i, step := range c.Steps {
		e.step(c, step, c.Value != nil && i == len(c.Steps)-1)
		if len(step.Vars) > 0 {
			e.poll() // an abandoned cell says nothing more
			e.w("%s.%s(%d)", e.imp(HostPath, "host"), RanFunc, i+1)
		}
		e.redefine(c, i+1)
	}
	// functions of the cell that nothing calls yet are lowered too, so that what cannot run is refused now
	for _, d := range c.Defs {
		if f, ok := d.Obj.(*types.Func); ok && f.Signature().TypeParams() == nil && f.Signature().RecvTypeParams() == nil {
			if fd, ok := d.Decl.(*ast.FuncDecl); ok && fd.Body != nil {
				e.function(f)
			}
		}
	}
	body := e.buf.String()
	if e.fn.defers != "" {
		body = fmt.Sprintf("%s := %s()\n%s.Do(func() {\n%s})\n", e.fn.defers, s.rt("NewDefers"), e.fn.defers, body)
	}
	return s.finish(s.fresh("cell"), packages.String()+body), nil
}

// step emits one top-level statement.
func (e *emitter) step(c *check.Cell, step check.Step, value bool) {
	e.mark(step.Stmt.Pos())
	switch {
	case value:
		e.cellValue(c)
	case step.Kind == check.Variable:
		e.varSpec(step.Spec)
	case step.DropsError:
		x := ast.Unparen(step.Stmt.(*ast.ExprStmt).X).(*ast.CallExpr)
		ts := e.multiTemps(x, results(e.typeOf(x)))
		e.fail(x, ts[len(ts)-1])
	default:
		e.stmt(step.Stmt, "")
	}
}

// fail ends the cell when err, which the call x has returned, is an error.
func (e *emitter) fail(x ast.Expr, err string) {
	e.w("if %s != nil { %s(%s, %d) }", err, e.rt("Fail"), err, e.place(x.Pos()))
}

func results(T types.Type) int {
	if t, ok := T.(*types.Tuple); ok {
		return t.Len()
	}
	return 1
}

// cellValue hands the value of the last expression to the host, boxed, so that it knows its type.
func (e *emitter) cellValue(c *check.Cell) {
	val := e.imp(HostPath, "host") + "." + ValueFunc
	x := c.Value
	if tup, ok := e.typeOf(x).(*types.Tuple); ok {
		ts := e.multiTemps(x, tup.Len())
		n := tup.Len()
		if isError(e.s(tup.At(n - 1).Type())) {
			n--
			e.fail(x, ts[n])
		}
		var vs []string
		for i := range n {
			vs = append(vs, e.convert(ts[i], tup.At(i).Type(), emptyInterface))
		}
		e.w("%s(%s)", val, strings.Join(vs, ", "))
		return
	}
	T := types.Default(e.typeOf(x))
	if isError(T) {
		if _, ok := ast.Unparen(x).(*ast.CallExpr); ok {
			e.fail(x, e.tmpT(T, e.conv(x, T)))
			return
		}
	}
	if b, ok := T.(*types.Basic); ok && b.Kind() == types.UntypedNil {
		e.w("%s(nil)", val)
		return
	}
	e.w("%s(%s)", val, e.conv(x, emptyInterface))
}
