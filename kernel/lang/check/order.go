package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// reportEarly finds variables that are mentioned, at the top level, above or inside
// their own definition: those of shadow that mean nothing outside the cell.
func (b *builder) reportEarly() {
	at := b.stepOf()
	for i, s := range b.steps {
		b.eachIdent(s, func(id *ast.Ident) {
			v, ok := b.info.Uses[id].(*types.Var)
			if !ok {
				return
			}
			if j, ok := at[v]; ok && (j > i || j == i && !b.defines(i, id)) {
				remedy := fmt.Sprintf("%s is defined further down, on line %d", id.Name, b.line(v))
				if j == i {
					remedy = fmt.Sprintf("%s is defined by this very statement; declare it before, with var %s and its type", id.Name, id.Name)
				}
				b.report(id.Pos(), "undefined: "+id.Name, remedy)
			}
		})
	}
}

func (b *builder) line(o types.Object) int { return b.syn.text.file.Line(o.Pos()) }

// eachIdent calls f for the identifiers of a step.
func (b *builder) eachIdent(s *step, f func(*ast.Ident)) {
	var n ast.Node = s.Stmt
	if s.Spec != nil {
		n = s.Spec
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			f(id)
		}
		return true
	})
}

// stepOf returns for each variable the step that defines it.
func (b *builder) stepOf() map[*types.Var]int {
	at := map[*types.Var]int{}
	for i, s := range b.steps {
		for _, v := range s.Vars {
			at[v] = i
		}
	}
	return at
}

// reach is the variable of the latest step that a function reaches.
type reach struct {
	v    *types.Var
	step int
}

// reportUnready finds steps that mention functions of the cell which use variables
// that get their value only later, or now. Whether the function is called is not
// known; Go's own rule for package variables is the same.
//
// Functions of earlier cells that the cell makes mention a new variable come with
// the step that defines it: known.
func (b *builder) reportUnready(known map[types.Object]reach) {
	at := b.stepOf()
	if len(at) == 0 || len(b.funcs)+len(b.methods) == 0 {
		return
	}
	uses := map[types.Object][]types.Object{} // function → what its body mentions
	var fns []types.Object
	for _, d := range append(append([]*ast.FuncDecl{}, b.funcs...), b.methods...) {
		fn := b.info.Defs[d.Name]
		if fn == nil || d.Body == nil {
			continue
		}
		fns = append(fns, fn)
		seen := map[types.Object]bool{}
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o := b.info.Uses[id]; o != nil && !seen[o] {
					seen[o] = true
					uses[fn] = append(uses[fn], o)
				}
			}
			return true
		})
	}
	latest := map[types.Object]reach{}
	for again := true; again; {
		again = false
		for _, fn := range fns {
			list := uses[fn]
			best, ok := latest[fn]
			if !ok {
				best.step = -1
			}
			for _, o := range list {
				r := reach{step: -1}
				if v, isVar := o.(*types.Var); isVar {
					if j, ok := at[v]; ok {
						r = reach{v, j}
					}
				} else if q, ok := latest[o]; ok {
					r = q
				} else if q, ok := known[o]; ok {
					r = q
				}
				if r.step > best.step {
					best, again = r, true
				}
			}
			if best.step >= 0 {
				latest[fn] = best
			}
		}
	}
	for i, s := range b.steps {
		b.eachIdent(s, func(id *ast.Ident) {
			r, ok := latest[b.info.Uses[id]]
			if !ok || r.step < i {
				return
			}
			if r.step == i {
				b.report(id.Pos(), fmt.Sprintf("%s uses %s, which gets its value only here", id.Name, r.v.Name()), "")
				return
			}
			b.report(id.Pos(), fmt.Sprintf("%s uses %s, which gets its value only on line %d", id.Name, r.v.Name(), b.line(r.v)),
				fmt.Sprintf("move this below the definition of %s", r.v.Name()))
		})
	}
}

// reportReturns finds return statements outside of functions.
func (b *builder) reportReturns() {
	for _, s := range b.steps {
		if s.Kind != Statement {
			continue
		}
		ast.Inspect(s.Stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				b.report(n.Pos(), "return outside of a function", "a cell ends with its last statement, whose value it shows")
				return false
			}
			return true
		})
	}
}

// reportJumps finds goto statements that jump forward over the definition of a
// variable, which go/types cannot see since it is a package variable.
func (b *builder) reportJumps() {
	labels := map[string]int{}
	for i, s := range b.steps {
		if l, ok := s.Stmt.(*ast.LabeledStmt); ok {
			labels[l.Label.Name] = i
		}
	}
	if len(labels) == 0 {
		return
	}
	for i, s := range b.steps {
		ast.Inspect(s.Stmt, func(n ast.Node) bool {
			if _, ok := n.(*ast.FuncLit); ok {
				return false
			}
			g, ok := n.(*ast.BranchStmt)
			if !ok || g.Tok != token.GOTO || g.Label == nil {
				return true
			}
			to, ok := labels[g.Label.Name]
			for j := i + 1; ok && j < to; j++ {
				if vars := b.steps[j].Vars; len(vars) > 0 {
					b.report(g.Pos(), fmt.Sprintf("goto %s jumps over variable declaration at line %d", g.Label.Name, b.line(vars[0])), "")
					break
				}
			}
			return true
		})
	}
}
