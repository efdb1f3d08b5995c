package lang

import (
	"go/types"

	"github.com/gossl/gossl/kernel/lang/check"
)

// Status says whether a cell is complete.
type Status = check.Status

// Status says whether src can be run as it is, needs more lines, or cannot be right.
func (in *Interp) Status(src string) Status { return check.StatusOf(src) }

// Completion is what can stand at a cursor; Candidate is one of its offers, Inspection what is known about a name.
type (
	Completion = check.Completion
	Candidate  = check.Candidate
	Inspection = check.Inspection
)

// Complete says what can stand at the cursor, given in code points, of a cell that need not be complete.
func (in *Interp) Complete(src string, cursor int) Completion { return in.scope.Complete(src, cursor) }

// Inspect says what the name at the cursor is, given in code points; with detail 1 it tells more. It is false when
// there is no name.
func (in *Interp) Inspect(src string, cursor, detail int) (Inspection, bool) {
	return in.scope.Inspect(src, cursor, detail)
}

// Scope returns what the session has defined so far.
func (in *Interp) Scope() *check.Scope { return in.scope }

// Var is a definition of the session.
type Var struct {
	Name  string
	Kind  string // "variable", "function", "type", "constant", "import", "method"
	Type  string // as the user would write it; "" for imports
	Value string // of a variable, shortened; "" when it has none
	Cell  string // where it was defined
}

// Names returns the session's definitions in the order in which they were made.
func (in *Interp) Names() []Var {
	var vs []Var
	for _, d := range in.scope.Defs() {
		v := Var{Name: d.Name, Kind: d.Kind.String()}
		if d.Cell != nil {
			v.Cell = d.Cell.Name
		}
		if d.Obj != nil && d.Kind != check.Import {
			v.Type = typeText(d.Obj.Type())
		}
		vs = append(vs, v)
	}
	return vs
}

// typeText is a type as the user would write it: names of the session unqualified, others by package name.
func typeText(t types.Type) string {
	if t == nil {
		return ""
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == "main" {
			return ""
		}
		return p.Name()
	})
}
