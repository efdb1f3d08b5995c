package check

import (
	"go/types"
	"maps"
)

// previous is what a name meant before a cell defined it: nothing where entry is nil.
type previous struct {
	entry   *entry
	methods map[string]*Def // of the type that it was
}

// snapshot keeps what the names mean that c defines as variables or functions.
func (s *Scope) snapshot(c *Cell) map[*Def]*previous {
	m := map[*Def]*previous{}
	for _, d := range c.Defs {
		if d.Kind != Var && d.Kind != Func {
			continue
		}
		p := &previous{entry: s.names[d.Name]}
		if p.entry != nil && p.entry.def.Kind == Type {
			p.methods = map[string]*Def{}
			for name, def := range s.methods {
				if len(name) > len(d.Name) && name[:len(d.Name)+1] == d.Name+"." {
					p.methods[name] = def
				}
			}
		}
		m[d] = p
	}
	return m
}

// Retract takes back what the cell c defined by steps that did not run: of its steps the
// first ran have. The names mean again what they meant before. With a variable go the functions of the cell that
// mention it, directly or through one another. It does nothing, and says so, when another cell was committed since.
func (s *Scope) Retract(c *Cell, ran int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != c {
		return false
	}
	lost := map[types.Object]bool{}
	for _, step := range c.Steps[min(ran, len(c.Steps)):] {
		for _, v := range step.Vars {
			lost[v] = true
		}
	}
	for more := len(lost) > 0; more; {
		more = false
		for _, d := range c.Defs {
			if d.Kind != Func || lost[d.Obj] {
				continue
			}
			for _, o := range d.uses {
				if lost[o] {
					lost[d.Obj], more = true, true
				}
			}
		}
	}
	for _, r := range c.Redefined {
		if lost[r.New.Obj] && s.replaced[r.Old.Obj] == r.New.Obj {
			delete(s.replaced, r.Old.Obj)
		}
	}
	for _, d := range c.Defs {
		if e := s.names[d.Name]; !lost[d.Obj] || e == nil || e.def != d {
			continue
		}
		delete(s.names, d.Name)
		if p := c.before[d]; p != nil && p.entry != nil {
			s.names[d.Name] = p.entry
			maps.Copy(s.methods, p.methods)
		}
	}
	return true
}
