package lower

import (
	"fmt"
	"go/ast"
	"go/token"
)

// refusal is how a Refusal travels up through the emitter.
type refusal struct {
	pos    token.Pos
	reason string
}

func refuse(pos token.Pos, reason string) *refusal { return &refusal{pos, reason} }

func refusef(n ast.Node, format string, a ...any) *refusal {
	return &refusal{n.Pos(), fmt.Sprintf(format, a...)}
}

// construct is the construct at hand, for refusals that know no place of their own.
type construct struct {
	pos  token.Pos
	fset *token.FileSet
}

// here says which construct is at hand.
func (e *emitter) here(p token.Pos) { e.Session.at = construct{p, e.fset} }

// catch turns a refusal into an error.
func (s *Session) catch(err *error) {
	r := recover()
	if r == nil {
		return
	}
	x, ok := r.(*refusal)
	if !ok { // a fault of lowering must not end the session
		var at token.Position
		if s.at.fset != nil {
			at = s.at.fset.Position(s.at.pos)
		}
		*err = fmt.Errorf("%v: lowering failed: %v", at, r)
		return
	}
	if !x.pos.IsValid() {
		x.pos = s.at.pos
	}
	var at token.Position
	if s.at.fset != nil {
		at = s.at.fset.Position(x.pos)
	}
	*err = &Refusal{Pos: at, Reason: x.reason}
}
