package lower

import "go/types"

// cycles says whether a defined type reaches itself: through anything, and through
// anything but a pointer to a struct on a cycle.
type cycles struct {
	any, hard bool
}

// cyclicStruct reports whether T is a defined struct type on a cycle of types. The interpreter does not
// handle such types in general, so a pointer to one is an unsafe.Pointer in lowered code, converted where it is used.
func (s *Session) cyclicStruct(T types.Type) (*types.Named, bool) {
	n, ok := s.sourced(types.Unalias(T)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !s.interpreted(n.Obj().Pkg()) {
		return nil, false
	}
	if _, ok := n.Underlying().(*types.Struct); !ok {
		return nil, false
	}
	return n, s.cyclesOf(n).any
}

func (s *Session) cyclesOf(n *types.Named) *cycles {
	if c := s.cyclic[n]; c != nil {
		return c
	}
	c := &cycles{any: s.reaches(n, false)}
	put(s, s.cyclic, n, c)
	c.hard = c.any && s.reaches(n, true)
	return c
}

// reaches reports whether n mentions itself; cut leaves out what lies behind pointers to cyclic structs.
func (s *Session) reaches(n *types.Named, cut bool) bool {
	seen := map[types.Type]bool{}
	depth := 0
	var visit func(T types.Type) bool
	named := func(m *types.Named) bool {
		if m == n {
			return true
		}
		if seen[m] || m.Obj().Pkg() == nil {
			return false
		}
		if !s.interpreted(m.Obj().Pkg()) {
			seen[m] = true
			r := s.standsFor(m)
			return r != types.Type(m) && visit(r)
		}
		seen[m] = true
		return visit(m.Underlying())
	}
	visit = func(T types.Type) bool {
		if depth++; depth > 10000 {
			return true
		}
		switch t := types.Unalias(T).(type) {
		case *types.Named:
			return named(t)
		case *types.Pointer:
			if cut {
				if m, ok := s.sourced(types.Unalias(t.Elem())).(*types.Named); ok && s.interpreted(m.Obj().Pkg()) {
					if _, ok := m.Underlying().(*types.Struct); ok && s.cyclesOf(m).any {
						return false
					}
				}
			}
			return visit(t.Elem())
		case *types.Slice:
			return visit(t.Elem())
		case *types.Array:
			return visit(t.Elem())
		case *types.Chan:
			return visit(t.Elem())
		case *types.Map:
			return visit(t.Key()) || visit(t.Elem())
		case *types.Struct:
			for f := range t.Fields() {
				if visit(f.Type()) {
					return true
				}
			}
		case *types.Signature:
			for v := range t.Params().Variables() {
				if visit(v.Type()) {
					return true
				}
			}
			for v := range t.Results().Variables() {
				if visit(v.Type()) {
					return true
				}
			}
		}
		return false // interfaces of cells are any: nothing behind them matters
	}
	return visit(n.Underlying())
}

// opaque reports whether values of T are kept as any because their type has no finite representation:
// a recursive func, slice, map or channel type, or one of these types around a struct that holds it.
func (s *Session) opaque(T types.Type) bool {
	if r, ok := s.opaques.At(T).(bool); ok {
		return r
	}
	r := s.isOpaque(T)
	putType(s, &s.opaques, T, r)
	return r
}

func (s *Session) isOpaque(T types.Type) bool {
	switch t := types.Unalias(T).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return false
		}
		if !s.interpreted(t.Obj().Pkg()) {
			r := s.standsFor(t)
			return r != types.Type(t) && s.opaque(r)
		}
		switch t.Underlying().(type) {
		case *types.Interface, *types.Basic:
			return false
		case *types.Struct:
			return false
		}
		return s.cyclesOf(t).hard || s.opaque(t.Underlying())
	case *types.Slice:
		return s.holdsHard(t.Elem())
	case *types.Chan:
		return s.holdsHard(t.Elem())
	case *types.Pointer:
		_, cyc := s.cyclicStruct(t.Elem())
		return !cyc && s.holdsHard(t.Elem())
	case *types.Map:
		return s.holdsHard(t.Key()) || s.holdsHard(t.Elem())
	case *types.Signature:
		for v := range t.Params().Variables() {
			if s.holdsHard(v.Type()) {
				return true
			}
		}
		for v := range t.Results().Variables() {
			if s.holdsHard(v.Type()) {
				return true
			}
		}
	}
	return false
}

// holdsHard reports whether T is, or holds by value, a struct that is still on a cycle after all
// pointers to cyclic structs are cut.
func (s *Session) holdsHard(T types.Type) bool {
	switch t := types.Unalias(T).(type) {
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return false
		}
		if !s.interpreted(t.Obj().Pkg()) {
			r := s.standsFor(t)
			return r != types.Type(t) && s.holdsHard(r)
		}
		switch u := t.Underlying().(type) {
		case *types.Struct:
			return s.cyclesOf(t).hard
		case *types.Array:
			return s.holdsHard(u.Elem())
		}
	case *types.Array:
		return s.holdsHard(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if s.holdsHard(f.Type()) {
				return true
			}
		}
	}
	return false
}

// open turns a value of type T into its laid-open representation (see core).
func (e *emitter) open(text string, T types.Type) string {
	T = e.s(T)
	if !e.opaque(T) {
		return text
	}
	c := e.core(T)
	h, ok := e.helpers["open "+c]
	if !ok {
		h = e.fresh("open")
		put(e.Session, e.helpers, "open "+c, h)
		e.Session.funcs.WriteString("func " + h + "(x any) " + c + " {\nif x == nil { return nil }\nreturn x.(" + c + ")\n}\n")
	}
	return h + "(" + text + ")"
}

// shut is the inverse of open.
func (e *emitter) shut(text string, T types.Type) string {
	if !e.opaque(e.s(T)) {
		return text
	}
	if _, ok := e.s(T).Underlying().(*types.Signature); ok {
		return e.rt("Compiled") + "(" + text + ")" // a func must become a compiled one to be asserted again
	}
	return "any(" + text + ")"
}
