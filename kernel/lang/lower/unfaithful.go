package lower

import "go/types"

// unfaithful are functions and variables of compiled packages that say of the interpreter what a program would take
// for an answer about itself, and why.
var unfaithful = map[string]string{
	"runtime.ReadMemStats": allocated, "runtime.MemProfile": allocated, "runtime.MemProfileRate": allocated, "runtime/metrics.Read": allocated,
	"testing.AllocsPerRun": allocated,

	"runtime.Caller": stacked, "runtime.Callers": stacked, "runtime.CallersFrames": stacked, "runtime.FuncForPC": stacked,
	"runtime.Stack": stacked, "runtime/debug.Stack": stacked, "runtime/debug.PrintStack": stacked,
}

const (
	allocated = "it would count the memory of the interpreter, not what compiled code would use; %memory shows that of the session"
	stacked   = "the stack is the interpreter's, not that of the program; a panic that is not recovered is reported with its line"
)

// refuseUnfaithful refuses the mention of a compiled function or variable whose answer would not be true.
func (e *emitter) refuseUnfaithful(o types.Object) {
	if o.Pkg() == nil || e.interpreted(o.Pkg()) {
		return
	}
	name := o.Pkg().Path() + "." + o.Name()
	if reason, ok := unfaithful[name]; ok {
		panic(refuse(e.at.pos, name+": "+reason))
	}
	switch name {
	case "runtime.SetFinalizer", "runtime.AddCleanup":
		e.finalizes = true
	case "runtime.GC":
		e.collects = true
	}
	if e.finalizes && e.collects {
		panic(refuse(e.at.pos, name+": the program asks for a collection and to be told what it frees, and the interpreter holds values longer than compiled code does"))
	}
}
