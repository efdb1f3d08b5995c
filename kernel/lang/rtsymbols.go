package lang

import (
	"math"
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// rtSymbols is what lowered code calls of the runtime.
var rtSymbols = map[string]reflect.Value{
	"Box": reflect.ValueOf((*rt.Box)(nil)), "Case": reflect.ValueOf((*rt.Case)(nil)),
	"Recovery": reflect.ValueOf((*rt.Recovery)(nil)), "Defers": reflect.ValueOf((*rt.Defers)(nil)),

	"Mk": reflect.ValueOf(rt.Mk), "MkErr": reflect.ValueOf(rt.MkErr), "B": reflect.ValueOf(rt.B), "V": reflect.ValueOf(rt.V),
	"Norm": reflect.ValueOf(rt.Norm), "Adapt": reflect.ValueOf(rt.Adapt), "M": reflect.ValueOf(rt.M),
	"Is": reflect.ValueOf(rt.Is), "Impl": reflect.ValueOf(rt.Impl), "Must": reflect.ValueOf(rt.Must), "MustImpl": reflect.ValueOf(rt.MustImpl),
	"Eq": reflect.ValueOf(rt.Eq), "EqValues": reflect.ValueOf(rt.EqValues), "Hash": reflect.ValueOf(rt.Hash),

	"Go": reflect.ValueOf(rt.Go), "Recv": reflect.ValueOf(rt.Recv), "Send": reflect.ValueOf(rt.Send), "Select": reflect.ValueOf(rt.Select),
	"Close": reflect.ValueOf(rt.Close), "ChanID": reflect.ValueOf(rt.ChanID),
	"Sleep": reflect.ValueOf(rt.Sleep), "LockMutex": reflect.ValueOf(rt.LockMutex), "Unlock": reflect.ValueOf(rt.Unlock),
	"LockRW": reflect.ValueOf(rt.LockRW), "UnlockRW": reflect.ValueOf(rt.UnlockRW), "RLock": reflect.ValueOf(rt.RLock), "RUnlock": reflect.ValueOf(rt.RUnlock),
	"Wait": reflect.ValueOf(rt.Wait), "CondWait": reflect.ValueOf(rt.CondWait),

	"Poll": reflect.ValueOf(rt.Poll), "Entered": reflect.ValueOf(rt.Entered), "Mark": reflect.ValueOf(rt.Mark),
	"NewDefers": reflect.ValueOf(rt.NewDefers), "Withdraw": reflect.ValueOf(rt.Withdraw), "PrintedInterface": reflect.ValueOf(rt.PrintedInterface), "TakeRecovery": reflect.ValueOf(rt.TakeRecovery), "NewRange": reflect.ValueOf(rt.NewRange),
	"Raise": reflect.ValueOf(rt.Raise), "Fail": reflect.ValueOf(rt.Fail), "NilDeref": reflect.ValueOf(rt.NilDeref), "Exit": reflect.ValueOf(rt.Exit), "Breakpoint": reflect.ValueOf(rt.Breakpoint), "NumGoroutine": reflect.ValueOf(rt.NumGoroutine),

	"Complex64": reflect.ValueOf(rt.Complex64), "Complex128": reflect.ValueOf(rt.Complex128),
	"Min64": reflect.ValueOf(rt.Min64), "Max64": reflect.ValueOf(rt.Max64), "Shift": reflect.ValueOf(rt.Shift),
	"RangeMap": reflect.ValueOf(rt.RangeMap), "RuneString": reflect.ValueOf(rt.RuneString), "DecodeRune": reflect.ValueOf(rt.DecodeRune), "CheckArray": reflect.ValueOf(rt.CheckArray),
	"Clear": reflect.ValueOf(rt.Clear), "Inf": reflect.ValueOf(math.Inf),

	"BuiltinPrint": reflect.ValueOf(rt.Print), "BuiltinPrintln": reflect.ValueOf(rt.Println),
	"FmtPrint": reflect.ValueOf(rt.FmtPrint), "FmtPrintln": reflect.ValueOf(rt.FmtPrintln), "FmtPrintf": reflect.ValueOf(rt.FmtPrintf),
	"Fprint": reflect.ValueOf(rt.Fprint), "Fprintln": reflect.ValueOf(rt.Fprintln), "Fprintf": reflect.ValueOf(rt.Fprintf),
	"Sprint": reflect.ValueOf(rt.Sprint), "Sprintln": reflect.ValueOf(rt.Sprintln), "Sprintf": reflect.ValueOf(rt.Sprintf),
	"Append": reflect.ValueOf(rt.Append), "Appendln": reflect.ValueOf(rt.Appendln), "Appendf": reflect.ValueOf(rt.Appendf), "Errorf": reflect.ValueOf(rt.Errorf),
	"IndexError": reflect.ValueOf(rt.IndexError), "IndexErrorU": reflect.ValueOf(rt.IndexErrorU),
	"SliceError": reflect.ValueOf(rt.SliceError), "Slice3Error": reflect.ValueOf(rt.Slice3Error), "NilMap": reflect.ValueOf(rt.NilMap), "NilReceiver": reflect.ValueOf(rt.NilReceiver),
	"Allot": reflect.ValueOf(rt.Allot), "MakeSliceError": reflect.ValueOf(rt.MakeSliceError), "MakeChanError": reflect.ValueOf(rt.MakeChanError),

	"FloatToInt8": reflect.ValueOf(rt.FloatToInt8), "FloatToInt16": reflect.ValueOf(rt.FloatToInt16), "FloatToInt32": reflect.ValueOf(rt.FloatToInt32),
	"FloatToUint8": reflect.ValueOf(rt.FloatToUint8), "FloatToUint16": reflect.ValueOf(rt.FloatToUint16), "FloatToUint32": reflect.ValueOf(rt.FloatToUint32),

	"Compiled": reflect.ValueOf(rt.Compiled), "Reflected": reflect.ValueOf(rt.Reflected),
	"OSStdout": reflect.ValueOf(rt.OSStdout), "OSStderr": reflect.ValueOf(rt.OSStderr), "OSStdin": reflect.ValueOf(rt.OSStdin),
}
