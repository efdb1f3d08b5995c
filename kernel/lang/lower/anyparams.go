package lower

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"strconv"

	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

// anyPolicy says how an argument goes into a parameter of a compiled function.
type anyPolicy func(e *emitter, i int, x ast.Expr, T types.Type) string

// raw passes an interpreted value as it is represented: for functions that look at it by reflection
// and whose result does not depend on its type's name, methods or tags.
func raw(e *emitter, i int, x ast.Expr, T types.Type) string {
	F := e.typeOf(x)
	if it, ok := T.Underlying().(*types.Interface); !ok || it.NumMethods() > 0 || types.IsInterface(F) || e.info.Types[x].Value != nil || e.info.Types[x].IsNil() {
		return e.conv(x, T)
	}
	return "any(" + e.opened(x) + ")"
}

// rawFuncs are the compiled functions and methods whose interface parameters take raw values.
var rawFuncs = map[string]bool{
	"sort.Slice": true, "sort.SliceStable": true, "sort.SliceIsSorted": true,
	"runtime.KeepAlive": true, "runtime.SetFinalizer": true,
	"encoding/binary.Read": true, "encoding/binary.Write": true, "encoding/binary.Size": true,
	"reflect.Swapper": true,
}

// anyPolicy returns how compiled function o takes interpreted values in its interface parameters:
// nil for the box, which fmt, errors, context, sync.Map and every container want.
func (e *emitter) anyPolicy(o *types.Func) anyPolicy {
	if o == nil || o.Pkg() == nil || e.interpreted(o.Pkg()) {
		return nil
	}
	if rawFuncs[o.FullName()] {
		return raw
	}
	if reason, ok := standin.Refused(o.FullName()); ok {
		return func(e *emitter, _ int, x ast.Expr, T types.Type) string {
			F := e.typeOf(x)
			switch {
			case !types.IsInterface(T):
				return e.conv(x, T)
			case !types.IsInterface(F):
				if !e.pure(F) {
					panic(refusef(x, "%s", reason))
				}
				return e.conv(x, T)
			case e.rep(T) != "any":
				return e.conv(x, T)
			}
			return e.rt("Reflected") + "(" + e.conv(x, T) + ", " + strconv.Quote(o.FullName()+": "+reason) + ")"
		}
	}
	return nil
}

// hostFunctions are compiled functions that the runtime stands in for, because what they do concerns the cell.
var hostFunctions = map[string]string{
	"os.Exit": "Exit", "syscall.Exit": "Exit", "runtime.Breakpoint": "Breakpoint", "runtime.NumGoroutine": "NumGoroutine", "time.Sleep": "Sleep",
	"fmt.Print": "FmtPrint", "fmt.Println": "FmtPrintln", "fmt.Printf": "FmtPrintf",
	"fmt.Fprint": "Fprint", "fmt.Fprintln": "Fprintln", "fmt.Fprintf": "Fprintf",
	"fmt.Sprint": "Sprint", "fmt.Sprintln": "Sprintln", "fmt.Sprintf": "Sprintf",
	"fmt.Append": "Append", "fmt.Appendln": "Appendln", "fmt.Appendf": "Appendf", "fmt.Errorf": "Errorf",
}

// hostMethods are compiled methods that the runtime stands in for: those that block.
var hostMethods = map[string]string{
	"(*sync.Mutex).Lock": "LockMutex", "(*sync.Mutex).Unlock": "Unlock",
	"(*sync.RWMutex).Lock": "LockRW", "(*sync.RWMutex).Unlock": "UnlockRW",
	"(*sync.RWMutex).RLock": "RLock", "(*sync.RWMutex).RUnlock": "RUnlock",
	"(*sync.WaitGroup).Wait": "Wait", "(*sync.Cond).Wait": "CondWait",
}

// special lowers calls of functions that need more than their arguments converted.
func (e *emitter) special(x *ast.CallExpr, o *types.Func, sig *types.Signature) (string, []string, bool) {
	if o.Pkg() == nil || e.interpreted(o.Pkg()) {
		return "", nil, false
	}
	if h, ok := hostFunctions[o.FullName()]; ok {
		return e.rt(h), e.args(sig, x, nil), true
	}
	if f, ok := e.standin(o); ok {
		return f, e.args(sig, x, e.anyPolicy(o)), true
	}
	return "", nil, false
}

// standin names the runtime's stand-in for a compiled function or method, if it has one. That of a method takes
// the receiver first.
func (e *emitter) standin(o *types.Func) (string, bool) {
	if h, ok := hostFunctions[o.FullName()]; ok {
		return e.rt(h), true
	}
	if h, ok := hostMethods[o.FullName()]; ok {
		return e.rt(h), true
	}
	v, ok := standin.Func(o.FullName())
	if !ok {
		if v, ok := standin.Located(o.FullName()); ok {
			at := e.at.fset.Position(e.at.pos)
			return e.tmp(fmt.Sprintf("%s(%q, %d)", e.standinSymbol(o, v), at.Filename, at.Line)), true
		}
		return "", false
	}
	return e.standinSymbol(o, v), true
}

// standinSymbol makes a stand-in known to lowered code.
func (e *emitter) standinSymbol(o *types.Func, v reflect.Value) string {
	key := "standin " + o.FullName()
	n, ok := e.helpers[key]
	if !ok {
		n = e.fresh("F_" + o.Name())
		put(e.Session, e.helpers, key, n)
		return e.symbol(n, v)
	}
	return e.imp(DescriptorPath, "desc") + "." + n
}

// specialMethod lowers calls of compiled methods that have a stand-in.
func (e *emitter) specialMethod(x *ast.CallExpr, se *ast.SelectorExpr, m *types.Func, T types.Type, idx []int) (string, []string, bool) {
	if m.Pkg() == nil || e.interpreted(m.Pkg()) || types.IsInterface(T) && e.rep(T) == "any" {
		return "", nil, false
	}
	h, ok := e.standin(m)
	if !ok {
		return "", nil, false
	}
	var recv string
	if e.info.Types[se.X].Addressable() {
		recv = e.lvalue(se.X)
	} else {
		recv = e.operand(se.X)
	}
	s, rt := e.path(recv, T, idx[:len(idx)-1])
	if _, isPtr := rt.(*types.Pointer); !isPtr && !types.IsInterface(rt) {
		s = e.ref(s, rt)
	}
	args := e.args(e.typeOf(x.Fun).Underlying().(*types.Signature), x, e.anyPolicy(m))
	return h, append([]string{s}, args...), true
}
