package kernel

import (
	"errors"
	"go/types"

	"github.com/gossl/gossl/kernel/lang/check"
)

// TypeOf returns the type of an expression as the user would write it; several results stand in parentheses. Nothing
// runs. The error is a *lang.Diagnostics when the expression is wrong, and says so when src has no value. Name is the
// cell's, for messages.
func (s *Session) TypeOf(name, src string) (string, error) {
	syntax, err := check.Parse(name, src)
	if err != nil {
		return "", err
	}
	cell, err := s.language().Scope().Check(syntax)
	if err != nil {
		return "", err
	}
	if cell.ValueType == nil {
		return "", errors.New("this is no expression with a value")
	}
	return types.TypeString(cell.ValueType, func(p *types.Package) string {
		if p.Path() == "main" {
			return "" // what cells define
		}
		return p.Name()
	}), nil
}
