package lower

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// redefine gives functions and methods of earlier cells their new text, for the steps from one on: those whose
// body the cell replaces, and those that mention what it defines again.
func (e *emitter) redefine(c *check.Cell, step int) {
	var fs []*types.Func
	if step == 0 {
		fs = append(fs, c.Methods...)
	}
	for _, r := range c.Rebound {
		if f, ok := r.Def.Obj.(*types.Func); ok && r.From == step {
			fs = append(fs, f)
		}
	}
	if len(fs) == 0 {
		return
	}
	methods := map[*types.Func]bool{}
	for _, f := range fs {
		e.redo(f)
		if f.Signature().Recv() != nil {
			methods[f] = true
		}
	}
	for _, f := range fs {
		if f.Signature().TypeParams() == nil && f.Signature().RecvTypeParams() == nil {
			e.function(f) // so that what cannot run is refused now
		}
	}
	e.reenter(methods)
}

// redo makes the next use of a function, or of an instance of it, ask for its text again, under a new name.
func (s *Session) redo(f *types.Func) {
	if n, ok := s.globals[f]; ok {
		s.undo = append(s.undo, func() { s.globals[f] = n })
		delete(s.globals, f)
	}
	if s.emitted[f] {
		s.undo = append(s.undo, func() { s.emitted[f] = true })
		delete(s.emitted, f)
	}
	if f.Signature().TypeParams() == nil && f.Signature().RecvTypeParams() == nil {
		return
	}
	key := fmt.Sprintf("%p", f)
	for k, n := range s.insts {
		if k == key || strings.HasPrefix(k, key+"|") {
			s.undo = append(s.undo, func() { s.insts[k] = n })
			delete(s.insts, k)
		}
	}
}

// reenter enters methods again, here among the steps, for every type that has them: values in interfaces find
// them through its descriptor.
func (e *emitter) reenter(methods map[*types.Func]bool) {
	if len(methods) == 0 {
		return
	}
	type entry struct {
		T types.Type
		d *rt.Type
		m *types.Func
		i []int
	}
	var entries []entry
	e.descs.Iterate(func(T types.Type, v any) {
		d, ok := v.(*rt.Type)
		if !ok || types.IsInterface(T) || d.Go() != nil {
			return
		}
		for sel := range types.NewMethodSet(T).Methods() {
			if m := sel.Obj().(*types.Func); methods[m.Origin()] {
				entries = append(entries, entry{T, d, m, sel.Index()})
			}
		}
	})
	if len(entries) == 0 {
		return
	}
	slices.SortFunc(entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.d.String(), y.d.String()), cmp.Compare(x.m.Name(), y.m.Name()))
	})
	f := e.fresh("enter")
	e.w("%s()", f)
	e.queue = append(e.queue, func(e *emitter) {
		n := e.inits.Len()
		for _, x := range entries {
			e.enterMethod(x.T, x.d, e.d(x.T), x.m, x.i)
		}
		text := string(e.inits.Bytes()[n:])
		e.inits.Truncate(n)
		fmt.Fprintf(&e.funcs, "func %s() {\n%s}\n", f, text)
	})
}
