package check

import (
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"strconv"
)

// builder takes one cell through the check.
type builder struct {
	s     *Scope
	syn   *Syntax
	cell  *Cell
	pkg   *types.Package
	info  *types.Info
	diags Diagnostics

	imports []*ast.ImportSpec
	consts  []*ast.GenDecl // constants and types, in source order
	funcs   []*ast.FuncDecl
	methods []*ast.FuncDecl
	steps   []*step
	own     map[string]*own // what the cell declares at its top level

	pkgNames map[*ast.ImportSpec]*types.PkgName
	dots     []*ast.ImportSpec
	aliases  map[types.Object]types.Object // stand-in → what it stands for
	renamed  []*ast.Ident                  // identifiers that bear a stand-in's name during the check
	builtins map[string]bool               // variables that hide a predeclared function used above them

	kept    map[string]*Def // types declared again as they were
	foreign []*foreignMethod
	refused []*ast.FuncDecl // methods that the checker must not see
	typed   []typeError
	denied  map[string]bool // types that may not be kept
	keyed   map[*ast.CompositeLit]*keyedLit
	failed  map[string]bool // package names of imports that failed

	conflict  string // a kept type that a method of the cell does not fit
	synthetic []*ast.Ident
}

// own is a top-level declaration of the cell.
type own struct {
	kind  DefKind
	ident *ast.Ident
	step  int // the step that defines a variable, else -1
}

// step is a Step under construction.
type step struct {
	Step
	defines []*ast.Ident // new variables, blanks aside
	assigns []int        // indices of left-hand sides of := that exist already
	end     token.Pos    // after which its variables can be mentioned
	value   bool         // the cell's last statement, an expression
}

// mark ends the name that a stand-in has during the check. It cannot occur in an
// identifier that the user writes.
const mark = "·"

func newInfo() *types.Info {
	return &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		Instances:    map[*ast.Ident]types.Instance{},
		FileVersions: map[*ast.File]string{},
	}
}

// goVersion is the language version of cells and programs.
const goVersion = "go1.26"

func (s *Scope) config(report func(error)) *types.Config {
	return &types.Config{
		Context:   s.ctxt,
		GoVersion: goVersion,
		Importer:  s.im,
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		Error:     report,
	}
}

func newBuilder(s *Scope, syn *Syntax) *builder {
	b := &builder{
		s: s, syn: syn,
		pkg:      types.NewPackage("main", "main"),
		info:     newInfo(),
		own:      map[string]*own{},
		pkgNames: map[*ast.ImportSpec]*types.PkgName{},
		aliases:  map[types.Object]types.Object{},
		builtins: map[string]bool{},
		kept:     map[string]*Def{},
		failed:   map[string]bool{},
	}
	b.cell = &Cell{
		Name: syn.Name, Src: syn.Src, Fset: s.fset, Pkg: b.pkg, Info: b.info,
		File:   &ast.File{Package: b.start(), Name: ast.NewIdent("main"), FileStart: b.start(), FileEnd: b.end(), Comments: syn.notes},
		syntax: syn, scope: s,
	}
	return b
}

func (b *builder) start() token.Pos { return token.Pos(b.syn.text.file.Base()) }
func (b *builder) end() token.Pos   { return b.start() + token.Pos(len(b.syn.Src)) }

// errorf adds a diagnostic at a position.
func (b *builder) report(pos token.Pos, msg, remedy string) {
	b.diags.List = append(b.diags.List, b.syn.text.at(pos, msg, remedy))
}

// collect sorts the cell's declarations and statements and notes the names that
// they declare.
func (b *builder) collect() {
	for _, it := range b.syn.items {
		if it.decl != nil {
			b.collectDecl(it.decl)
		} else {
			b.collectStmt(it.stmt)
		}
	}
	if n := len(b.steps); n > 0 {
		last := b.steps[n-1]
		_, last.value = last.Stmt.(*ast.ExprStmt)
	}
}

func (b *builder) collectDecl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.GenDecl:
		switch d.Tok {
		case token.VAR:
			b.collectVar(&ast.DeclStmt{Decl: d}, d)
			return
		case token.IMPORT:
			for _, spec := range d.Specs {
				b.imports = append(b.imports, spec.(*ast.ImportSpec))
			}
		default:
			b.consts = append(b.consts, d)
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					b.declare(Type, spec.Name, -1)
				case *ast.ValueSpec:
					for _, n := range spec.Names {
						b.declare(Const, n, -1)
					}
				}
			}
		}
		b.cell.File.Decls = append(b.cell.File.Decls, d)
	case *ast.FuncDecl:
		b.cell.File.Decls = append(b.cell.File.Decls, d)
		switch {
		case d.Recv != nil:
			b.methods = append(b.methods, d)
		case d.Name.Name == "init":
			b.report(d.Name.Pos(), "a cell has no func init", "write its statements in the cell itself")
		default:
			b.funcs = append(b.funcs, d)
			b.declare(Func, d.Name, -1)
		}
	}
}

func (b *builder) declare(kind DefKind, id *ast.Ident, step int) {
	if id.Name != "_" && b.own[id.Name] == nil {
		b.own[id.Name] = &own{kind, id, step}
	}
}

func (b *builder) collectVar(st *ast.DeclStmt, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		s := &step{Step: Step{Kind: Variable, Stmt: st, Spec: spec}, end: spec.End()}
		for _, n := range spec.Names {
			if n.Name != "_" {
				s.defines = append(s.defines, n)
				b.declare(Var, n, len(b.steps))
			}
		}
		b.steps = append(b.steps, s)
	}
}

func (b *builder) collectStmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.DeclStmt:
		if d, ok := st.Decl.(*ast.GenDecl); ok {
			b.collectVar(st, d)
		}
		return
	case *ast.LabeledStmt:
		switch inner := st.Stmt.(type) {
		case *ast.AssignStmt:
			if inner.Tok == token.DEFINE {
				b.collectLabel(st, inner)
				return
			}
		case *ast.DeclStmt, *ast.LabeledStmt:
			b.collectLabel(st, inner)
			return
		}
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			b.collectDefine(st)
			return
		}
	}
	b.steps = append(b.steps, &step{Step: Step{Kind: Statement, Stmt: st}, end: st.End()})
}

// collectLabel makes a label before a definition a step of its own.
func (b *builder) collectLabel(st *ast.LabeledStmt, inner ast.Stmt) {
	empty := &ast.EmptyStmt{Semicolon: st.Colon, Implicit: true}
	b.steps = append(b.steps, &step{Step: Step{Kind: Statement, Stmt: &ast.LabeledStmt{Label: st.Label, Colon: st.Colon, Stmt: empty}}, end: st.Colon})
	b.collectStmt(inner)
}

func (b *builder) collectDefine(st *ast.AssignStmt) {
	s := &step{Step: Step{Kind: Define, Stmt: st}, end: st.End()}
	seen := map[string]bool{}
	bad := false
	for i, x := range st.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			if _, broken := x.(*ast.BadExpr); !broken {
				b.report(x.Pos(), "non-name "+types.ExprString(x)+" on left side of :=", "")
			}
			bad = true
			continue
		}
		if id.Name == "_" {
			continue
		}
		if seen[id.Name] {
			b.report(id.Pos(), id.Name+" repeated on left side of :=", "")
			bad = true
			continue
		}
		seen[id.Name] = true
		if o := b.own[id.Name]; o != nil && o.step >= 0 {
			s.assigns = append(s.assigns, i)
			continue
		}
		s.defines = append(s.defines, id)
	}
	if len(s.defines) == 0 && !bad {
		b.report(st.TokPos, "no new variables on left side of :=", "use = to assign")
	}
	for _, id := range s.defines {
		b.declare(Var, id, len(b.steps))
	}
	b.steps = append(b.steps, s)
}

// importPath returns the path of an import; "" when it is malformed.
func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return p
}
