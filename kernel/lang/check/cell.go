package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// Cell is a checked cell: what [Scope.Check] returns when nothing is wrong.
//
// The tree is the user's own: every node carries its position in the cell, no
// node is a copy, and Info describes exactly these nodes. Three things differ
// from a checked Go file:
//
//   - Top-level statements and variable declarations are in Steps, in source
//     order, and not in File.Decls. Everything else (imports, constants, types,
//     functions, methods) is in File.Decls, in source order.
//   - An identifier that a top-level := or var defines has a package-level
//     *types.Var in Info.Defs (Parent() is Pkg.Scope()). In a := that also
//     assigns, the assigned identifiers are in Info.Uses, as in a function body.
//   - Pkg.Scope() holds the objects that the cell defines and those of the
//     session and of dot-imports that it mentions; an object of an earlier cell
//     belongs to that cell's package. All cell packages have path and name
//     "main". Cell.Defs names the objects of this cell alone.
//
// Imports need no declaration in the tree: a use of a package is an identifier
// whose Info.Uses is a *types.PkgName, whatever cell imported it. A name of a
// dot-import is an identifier whose object belongs to the imported package.
//
// A method of a type that the cell does not itself create (see Methods) is a
// FuncDecl like any other: Info.Defs of its name is the type's method object,
// that of its receiver and parameters are the variables that its body uses.
type Cell struct {
	Name, Src string
	Fset      *token.FileSet // positions of this cell and of all cells committed before it
	Pkg       *types.Package
	Info      *types.Info // Types, Defs, Uses, Implicits, Selections, Scopes, Instances, FileVersions; InitOrder is not used
	File      *ast.File
	Steps     []Step

	// Value is the expression whose value the cell shows: its last statement,
	// when that is an expression with results. Nil when there is none. ValueType
	// is its type, untyped constants as their default types; a *types.Tuple for a
	// call with several results. The statement is the last of Steps.
	Value     ast.Expr
	ValueType types.Type

	Defs []*Def // what the cell defines, in source order; imports included
	// Packages are the packages of the user's own module that the cell imports,
	// directly or not, and that no committed cell imported as they are now;
	// dependencies first.
	Packages  []*Package
	Added     []ImportAdded  // imports added automatically, sorted by path
	Methods   []*types.Func  // methods declared here for a type of an earlier cell, new or with a new body
	Redefined []Redefinition // names that the session had already, in source order
	Rebound   []Rebound      // functions and methods of earlier cells to lower again: what they mention, directly or through one another, has a new definition of the same type. See Scope.Latest
	Stale     []Stale        // definitions of earlier cells that keep using an old definition

	syntax *Syntax
	scope  *Scope
	added  []addedMethod // to be added to their types on commit
	before map[*Def]*previous
}

// Notes returns what the cell's author should be told besides its result: imports
// that were added, and definitions that the cell leaves behind.
func (c *Cell) Notes() []string {
	var notes []string
	for _, a := range c.Added {
		notes = append(notes, fmt.Sprintf("imported %q", a.Path))
	}
	for _, s := range c.Stale {
		notes = append(notes, s.String())
	}
	return notes
}

// StepKind says what a Step does.
type StepKind int

const (
	Statement StepKind = iota // an ordinary statement: Stmt
	Define                    // x, y := f(): Stmt is the *ast.AssignStmt
	Variable                  // one ValueSpec of var x, y T = f(): Stmt is the *ast.DeclStmt, Spec the spec
)

// Step is one top-level statement, or one specification of a top-level
// variable declaration. Steps run in order.
type Step struct {
	Kind StepKind
	Stmt ast.Stmt
	Spec *ast.ValueSpec // of a Variable step
	// Vars are the package variables that the step defines, left to right,
	// without the blank ones and those that it merely assigns.
	Vars []*types.Var
	// DropsError says that the step is a call whose last result is an error that
	// nobody takes: the cell ends with it when it is not nil.
	DropsError bool
}

// ImportAdded is an import that the cell needed and did not write.
type ImportAdded struct {
	Name string // the package's name
	Path string
}

// DefKind is the kind of a definition.
type DefKind int

const (
	Var DefKind = iota
	Func
	Method
	Type
	Const
	Import
)

// String returns the word for the kind: "variable", "function", …
func (k DefKind) String() string {
	return [...]string{"variable", "function", "method", "type", "constant", "import"}[k]
}

// Def is one definition of a session.
type Def struct {
	Kind DefKind
	Name string       // "x"; a method's is "T.M"; a dot-import's is its path
	Obj  types.Object // *types.Var, *types.Func, *types.TypeName, *types.Const, *types.PkgName
	Cell *Cell        // where it was defined
	Decl ast.Node     // *ast.FuncDecl, *ast.TypeSpec, *ast.ValueSpec (constants and var), *ast.AssignStmt, *ast.ImportSpec; nil for an import added automatically
	Doc  string       // its doc comment, without comment marks

	uses  []types.Object // cell-level objects that its declaration mentions
	order int            // when it was committed
	dot   bool           // a dot-import
}

// Redefinition is a name that has a new meaning from this cell on.
type Redefinition struct {
	Old, New *Def
	// SameType says that users of the old definition can use the new one: same
	// kind and identical type; for a constant the same value; for a type the same
	// declaration, in which case the *types.TypeName is the same object too.
	SameType bool
}

// Rebound is a function or method of an earlier cell that is to be lowered again,
// for the steps from From on. Steps before that, and the step that defines the
// variable which it mentions, still call the function as it was: in
// total := sum() + 1, sum reads the total of before.
type Rebound struct {
	Def  *Def
	From int
}

// Stale is an earlier definition that keeps using an old one.
type Stale struct {
	Def *Def // what is left behind
	Old *Def // what it still uses
}

// String says it in one line, for example
// "area (In[2]) still uses the Point of In[1]; run In[2] again to change that".
func (s Stale) String() string {
	if s.Def.Kind == Method && s.Old.Kind == Type {
		return s.Def.Name + " (" + s.Def.Cell.Name + ") belongs to the " + s.Old.Name + " of " + s.Old.Cell.Name +
			"; run " + s.Def.Cell.Name + " again to define it for the new one"
	}
	return s.Def.Name + " (" + s.Def.Cell.Name + ") still uses the " + s.Old.Name + " of " + s.Old.Cell.Name +
		"; run " + s.Def.Cell.Name + " again to change that"
}
