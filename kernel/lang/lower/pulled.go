package lower

import (
	"fmt"
	"go/types"
)

// pulled names a function that is iter.Pull or iter.Pull2 for type arguments whose representations only lowered code
// can name: it hands pointers to the values through the instance for any.
func (e *emitter) pulled(o *types.Func, targs []types.Type) (string, bool) {
	if o.FullName() != "iter.Pull" && o.FullName() != "iter.Pull2" {
		return "", false
	}
	compiled := types.NewFunc(o.Pos(), o.Pkg(), "Pull", nil)
	pull, ok := e.compiledInstance(compiled, []types.Type{types.Universe.Lookup("any").Type()})
	if !ok {
		return "", false
	}
	reps := make([]string, len(targs))
	for i, t := range targs {
		reps[i] = e.t(t)
	}
	key := fmt.Sprint(o.FullName(), reps)
	if n, ok := e.helpers[key]; ok {
		return n, true
	}
	n := e.fresh(o.Name())
	put(e.Session, e.helpers, key, n)
	if len(reps) == 1 {
		fmt.Fprintf(&e.Session.funcs, `func %[1]s(seq func(func(%[2]s) bool)) (func() (%[2]s, bool), func()) {
next, stop := %[3]s(func(yield func(any) bool) { seq(func(v %[2]s) bool { return yield(any(&v)) }) })
return func() (%[2]s, bool) {
x, ok := next()
if !ok {
var v %[2]s
return v, false
}
return *(x.(*%[2]s)), true
}, stop
}
`, n, reps[0], pull)
		return n, true
	}
	pair := n + "_pair"
	fmt.Fprintf(&e.Session.types, "type %s struct { K %s; V %s }\n", pair, reps[0], reps[1])
	fmt.Fprintf(&e.Session.funcs, `func %[1]s(seq func(func(%[2]s, %[3]s) bool)) (func() (%[2]s, %[3]s, bool), func()) {
next, stop := %[4]s(func(yield func(any) bool) { seq(func(k %[2]s, v %[3]s) bool { return yield(any(&%[5]s{k, v})) }) })
return func() (%[2]s, %[3]s, bool) {
x, ok := next()
if !ok {
var p %[5]s
return p.K, p.V, false
}
p := x.(*%[5]s)
return p.K, p.V, true
}, stop
}
`, n, reps[0], reps[1], pull, pair)
	return n, true
}
