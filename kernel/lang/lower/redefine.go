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
		e.redo(f, step)
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

// Retract gives functions of earlier cells the text back that they had before steps of the latest cell that did not
// run: of its steps the first ran have.
func (s *Session) Retract(ran int) {
	for i := len(s.redone) - 1; i >= 0 && s.redone[i].step > ran; i-- {
		s.redone[i].back()
	}
	s.redone = nil
}

// redone is a function that the cell under way lowers again, from a step on, and the way back.
type redone struct {
	step int
	back func()
}

// redo makes the next use of a function, or of an instance of it, ask for its text again, under a new name.
func (s *Session) redo(f *types.Func, step int) {
	back := func(f func()) {
		s.undo = append(s.undo, f)
		s.redone = append(s.redone, redone{step, f})
	}
	if n, ok := s.globals[f]; ok {
		back(func() { s.globals[f] = n })
		delete(s.globals, f)
	}
	if s.emitted[f] {
		back(func() { s.emitted[f] = true })
		delete(s.emitted, f)
	}
	if f.Signature().TypeParams() == nil && f.Signature().RecvTypeParams() == nil {
		return
	}
	key := fmt.Sprintf("%p", f)
	for k, n := range s.insts {
		if k == key || strings.HasPrefix(k, key+"|") {
			back(func() { s.insts[k] = n })
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
