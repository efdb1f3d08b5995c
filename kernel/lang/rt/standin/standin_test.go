package standin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"reflect"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/template"
	"time"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// The types of these tests as a cell would define them, and as lowering describes them.
type (
	NotFound struct{ Name string }
	Code     int
	Wrap     struct {
		Op  string
		Err error
	}
	Many   []error
	Timer  interface{ Timeout() bool }
	AsCode struct{ C Code }
)

func (e *NotFound) Error() string { return e.Name + " not found" }
func (e *NotFound) Timeout() bool { return true }
func (c Code) Error() string      { return fmt.Sprintf("code %d", int(c)) }
func (c Code) Is(t error) bool    { return c == 7 && t == io.EOF }
func (w Wrap) Error() string      { return w.Op + ": " + w.Err.Error() }
func (w Wrap) Unwrap() error      { return w.Err }
func (m Many) Error() string      { return fmt.Sprint(len(m), " errors") }
func (m Many) Unwrap() []error    { return m }
func (a AsCode) Error() string    { return "as" }
func (a AsCode) As(t any) bool {
	c, ok := t.(*Code)
	if ok {
		*c = a.C
	}
	return ok
}

var (
	tString  = rt.Of((*string)(nil))
	tError   = rt.Of((*error)(nil))
	tAny     = rt.Of((*any)(nil))
	tBool    = rt.Of((*bool)(nil))
	sigText  = rt.FuncOf(nil, []*rt.Type{tString}, false)
	tNF      = rt.Named("main.NotFound").Def(rt.StructOf(rt.F("Name", tString, "")))
	tPNF     = rt.PtrTo(tNF)
	tCode    = rt.Named("main.Code").Def(rt.Of((*int)(nil)))
	tWrap    = rt.Named("main.Wrap").Def(rt.StructOf(rt.F("Op", tString, ""), rt.F("Err", tError, "")))
	tMany    = rt.Named("main.Many").Def(rt.SliceOf(tError))
	tAsCode  = rt.Named("main.AsCode").Def(rt.StructOf(rt.F("C", tCode, "")))
	tTimer   = rt.Named("main.Timer").Def(rt.InterfaceOf(rt.IM("Timeout", rt.FuncOf(nil, []*rt.Type{tBool}, false))))
	describe = func() bool {
		tPNF.Method("Error", sigText, func(r any) string { return r.(*struct{ Name string }).Name + " not found" }).
			Method("Timeout", rt.FuncOf(nil, []*rt.Type{tBool}, false), func(any) bool { return true })
		tCode.Method("Error", sigText, func(r any) string { return fmt.Sprintf("code %d", r) }).
			Method("Is", rt.FuncOf([]*rt.Type{tError}, []*rt.Type{tBool}, false), func(r any, t error) bool { return r == 7 && t == io.EOF })
		tWrap.Method("Error", sigText, func(r any) string { w := r.(Wrap_); return w.Op + ": " + w.Err.Error() }).
			Method("Unwrap", rt.FuncOf(nil, []*rt.Type{tError}, false), func(r any) error { return r.(Wrap_).Err })
		tMany.Method("Error", sigText, func(r any) string { return fmt.Sprint(len(r.([]error)), " errors") }).
			Method("Unwrap", rt.FuncOf(nil, []*rt.Type{rt.SliceOf(tError)}, false), func(r any) []error { return r.([]error) })
		tAsCode.Method("Error", sigText, func(any) string { return "as" }).
			Method("As", rt.FuncOf([]*rt.Type{tAny}, []*rt.Type{tBool}, false), func(r, t any) bool {
				v, ok := rt.As(t, rt.PtrTo(tCode))
				if ok {
					*v.(*int) = r.(struct{ C int }).C
				}
				return ok
			})
		return true
	}()
)

// Wrap_ is the representation of Wrap.
type Wrap_ = struct {
	Op  string
	Err error
}

// boxed is e as lowered code holds it.
func boxed(e error) error {
	switch e := e.(type) {
	case *NotFound:
		return rt.MkErr(tPNF, (*struct{ Name string })(e))
	case Code:
		return rt.MkErr(tCode, int(e))
	case Wrap:
		return rt.MkErr(tWrap, Wrap_{e.Op, boxed(e.Err)})
	case Many:
		var out []error
		for _, x := range e {
			out = append(out, boxed(x))
		}
		return rt.MkErr(tMany, out)
	case AsCode:
		return rt.MkErr(tAsCode, struct{ C int }{int(e.C)})
	case interface{ Unwrap() error }:
		return rt.Errorf("fmt: %w", boxed(e.Unwrap()))
	case interface{ Unwrap() []error }:
		var out []error
		for _, x := range e.Unwrap() {
			out = append(out, boxed(x))
		}
		return errors.Join(out...)
	}
	return e
}

func TestErrorsAsCompiled(t *testing.T) {
	nf := &NotFound{"bob"}
	errs := []error{nil, io.EOF, nf, &NotFound{"x"}, Code(3), Code(7), Wrap{"op", nf}, Wrap{"op", Code(7)}, Wrap{"a", Wrap{"b", io.EOF}}, fmt.Errorf("fmt: %w", Code(3)), errors.Join(Code(1), nf),
		Many{io.EOF, Code(3)}, Many{nil, Wrap{"x", Code(4)}}, AsCode{9}, fmt.Errorf("fmt: %w", AsCode{2}), Many(nil)}
	for i, e := range errs {
		b := boxed(e)
		if got, want := Unwrap(b), errors.Unwrap(e); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("Unwrap(%v) = %v, want %v", e, got, want)
		}
		for j, target := range errs {
			if target == nil || e == nil {
				continue
			}
			bt := boxed(target)
			if i == j {
				bt = b
			}
			if _, joined := target.(interface{ Unwrap() []error }); joined && reflect.TypeOf(target) != reflect.TypeOf(Many{}) {
				continue // a join is made anew
			}
			if reflect.TypeOf(target) == reflect.TypeOf(io.EOF) && fmt.Sprint(target) != "EOF" || strings.HasPrefix(target.Error(), "fmt:") && i != j {
				continue
			}
			if j == 2 {
				bt = b // pointers of the twins differ
				continue
			}
			if got, want := Is(b, bt), errors.Is(e, target); got != want {
				t.Errorf("Is(%v, %v) = %v, want %v", e, target, got, want)
			}
		}
		var code Code
		var rcode int
		if got, want := As(b, rt.Mk(rt.PtrTo(tCode), &rcode)), errors.As(e, &code); got != want || int(code) != rcode {
			t.Errorf("As(%v, *Code) = %v %d, want %v %d", e, got, rcode, want, code)
		}
		var p *NotFound
		var rp *struct{ Name string }
		if got, want := As(b, rt.Mk(rt.PtrTo(tPNF), &rp)), errors.As(e, &p); got != want || want && p.Name != rp.Name {
			t.Errorf("As(%v, **NotFound) = %v, want %v", e, got, want)
		}
		var tm Timer
		var rtm any
		if got, want := As(b, rt.Mk(rt.PtrTo(tTimer), &rtm)), errors.As(e, &tm); got != want || (rtm != nil) != (tm != nil) {
			t.Errorf("As(%v, *Timer) = %v, want %v", e, got, want)
		}
	}
	for _, f := range []func(){func() { As(io.EOF, nil) }, func() { As(io.EOF, 3) }, func() { As(io.EOF, rt.Mk(rt.PtrTo(rt.PtrTo(tCode)), new(*int))) }} {
		if r := func() (r any) { defer func() { r = recover() }(); f(); return nil }(); r == nil {
			t.Error("no panic")
		}
	}
}

func TestJSONStandIns(t *testing.T) {
	b, err := MarshalJSON(map[string]any{"w": rt.Mk(tNF, struct{ Name string }{"<a>"})})
	if string(b) != `{"w":{"Name":"\u003ca\u003e"}}` || err != nil {
		t.Errorf("Marshal: %s, %v", b, err)
	}
	var out bytes.Buffer
	if err := EncodeJSON(json.NewEncoder(&out), rt.Mk(tNF, struct{ Name string }{"b"})); err != nil || out.String() != "{\"Name\":\"b\"}\n" {
		t.Errorf("Encode: %q, %v", out.String(), err)
	}
	out.Reset()
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	q := rt.StructOf(rt.F("s", tString, ""), rt.F("S", tString, `json:",string"`))
	if err := EncodeJSON(enc, rt.Mk(q, struct {
		Xs string
		S  string
	}{"", "<b>"})); err != nil || out.String() != "{\"S\":\"\\\"<b>\\\"\"}\n" {
		t.Errorf("Encode without escapes: %q, %v", out.String(), err)
	}
	dec := json.NewDecoder(strings.NewReader(`{"Name":"x"} {"Name":"y","Z":1}`))
	dec.DisallowUnknownFields()
	var v struct{ Name string }
	if err := DecodeJSON(dec, rt.Mk(tPNF, &v)); err != nil || v.Name != "x" {
		t.Errorf("Decode: %v, %v", v, err)
	}
	if err := DecodeJSON(dec, rt.Mk(tPNF, &v)); err == nil || err.Error() != `json: unknown field "Z"` || v.Name != "y" {
		t.Errorf("second Decode: %v, %v", v, err)
	}
	if err := DecodeJSON(dec, rt.Mk(tPNF, &v)); err != io.EOF {
		t.Errorf("third Decode: %v", err)
	}
	if err := UnmarshalJSON([]byte(`{"Name":3}`), rt.Mk(tPNF, &v)); err == nil || err.Error() != "json: cannot unmarshal number into Go struct field NotFound.Name of type string" {
		t.Errorf("Unmarshal: %v", err)
	}
	if _, err := MarshalJSON(rt.Mk(rt.ChanOf(3, tCode), make(chan int))); err == nil || err.Error() != "json: unsupported type: chan main.Code" {
		t.Errorf("Marshal of a channel: %v", err)
	}
}

func TestLogAndAtomicStandIns(t *testing.T) {
	var buf bytes.Buffer
	l := log.New(&buf, "p: ", 0)
	f, ok := Located("(*log.Logger).Printf")
	if !ok {
		t.Fatal("no stand-in for Printf")
	}
	for flags, want := range map[int]string{
		0:                               "p: main.Code code 3\n",
		log.Lshortfile:                  "p: In[3]:7: main.Code code 3\n",
		log.Llongfile:                   "p: dir/In[3]:7: main.Code code 3\n",
		log.Lshortfile | log.Lmsgprefix: "In[3]:7: p: main.Code code 3\n",
	} {
		buf.Reset()
		l.SetFlags(flags)
		f.Interface().(func(string, int) func(*log.Logger, string, ...any))("dir/In[3]", 7)(l, "%T %v", rt.Mk(tCode, 3), rt.Mk(tCode, 3))
		if buf.String() != want {
			t.Errorf("flags %d: logged %q, want %q", flags, buf.String(), want)
		}
	}
	var v atomic.Value
	Store(&v, rt.Mk(tCode, 1))
	Store(&v, rt.Mk(tCode, 2))
	if v.Load() != rt.Mk(tCode, 2) {
		t.Errorf("loaded %v", v.Load())
	}
	defer func() {
		if r := recover(); r != "sync/atomic: store of inconsistently typed value into Value" {
			t.Errorf("recovered %v", r)
		}
	}()
	Store(&v, rt.Mk(tAsCode, struct{ C int }{1}))
}

func TestConcurrencyStandIns(t *testing.T) {
	panicked := make(chan error, 8)
	c := rt.NewCell(rt.Config{Panicked: func(_ *rt.Cell, err error) { panicked <- err }})
	var timer, cancelled, group *rt.Cell
	err := c.Run(func() {
		done := make(chan struct{})
		AfterFunc(0, func() { timer = rt.Current(); close(done) })
		rt.Recv(done, nil)
		ctx, cancel := context.WithCancel(context.Background())
		done = make(chan struct{})
		ContextAfterFunc(ctx, func() { cancelled = rt.Current(); close(done) })
		cancel()
		rt.Recv(done, nil)
		var wg sync.WaitGroup
		WaitGroupGo(&wg, func() { group = rt.Current() })
		WaitGroupGo(&wg, func() { panic("boom") })
		rt.Wait(&wg)
		AfterFunc(0, func() { panic("bang") })
		var l sync.RWMutex
		r := RLocker(&l)
		rt.Lock(r)
		Unlock(r)
	}, 0)
	if err != nil || timer != c || cancelled != c || group != c {
		t.Errorf("Run = %v; cells %v %v %v, want %v", err, timer, cancelled, group, c)
	}
	got := []string{(<-panicked).Error(), (<-panicked).Error()}
	slices.Sort(got)
	if !slices.Equal(got, []string{"panic: bang", "panic: boom"}) {
		t.Errorf("reported %v", got)
	}
	var fatal *rt.FatalError
	if err := c.Run(func() { Unlock(new(sync.Mutex)) }, 0); !errors.As(err, &fatal) {
		t.Errorf("unlock of an unlocked mutex: %v", err)
	}
}

func TestScanStandIns(t *testing.T) {
	c := rt.NewCell(rt.Config{Stdin: strings.NewReader("12 ab\n")})
	var n int
	var s string
	twice := rt.Named("main.Twice").Def(rt.StructOf(rt.F("S", tString, "")))
	rt.PtrTo(twice).Method("Scan", rt.FuncOf([]*rt.Type{rt.Of((*fmt.ScanState)(nil)), rt.Of((*rune)(nil))}, []*rt.Type{tError}, false),
		func(r any, st fmt.ScanState, _ rune) error {
			tok, err := st.Token(true, nil)
			r.(*struct{ S string }).S = string(tok) + string(tok)
			return err
		})
	scan, _ := Func("fmt.Scan")
	if err := c.Run(func() {
		scan.Interface().(func(...any) (int, error))(rt.Mk(rt.PtrTo(tCode), &n), &s)
	}, 0); err != nil || n != 12 || s != "ab" {
		t.Errorf("Scan: %v %d %q", err, n, s)
	}
	sscanf, _ := Func("fmt.Sscanf")
	var tw struct{ S string }
	if k, err := sscanf.Interface().(func(string, string, ...any) (int, error))("7 xy", "%d %v", rt.Mk(rt.PtrTo(tCode), &n), rt.Mk(rt.PtrTo(twice), &tw)); k != 2 || err != nil || n != 7 || tw.S != "xyxy" {
		t.Errorf("Sscanf: %d %v, %d %q", k, err, n, tw.S)
	}
}

func TestGuardedFunctionsRefuseBoxesInside(t *testing.T) {
	tmpl := template.Must(template.New("t").Parse("{{range .Items}}{{.}};{{end}}"))
	execute, _ := Func("(*text/template.Template).Execute")
	run := execute.Interface().(func(*template.Template, io.Writer, any) error)
	var out bytes.Buffer
	if err := run(tmpl, &out, map[string]any{"Items": []any{1, "x"}}); err != nil || out.String() != "1;x;" {
		t.Errorf("compiled data: %q, %v", out.String(), err)
	}
	loop := map[string]any{"Items": nil}
	loop["loop"] = loop
	for _, data := range []any{map[string]any{"Items": []any{1, rt.Mk(tCode, 2)}}, rt.Mk(tCode, 1), &struct{ Items []error }{[]error{rt.MkErr(tCode, 1)}}, map[any]any{rt.Mk(tCode, 1): 2}} {
		if err := run(tmpl, io.Discard, data); err == nil || !strings.Contains(err.Error(), "main.Code") || !strings.Contains(err.Error(), "map[string]any") {
			t.Errorf("data with a box: %v", err)
		}
	}
	if rt.FindBox(loop) != nil || rt.FindBox(nil) != nil {
		t.Error("a box was found where there is none")
	}
	for name := range refused {
		if _, guarded := funcs[name]; guarded && refused[name] == "" {
			t.Errorf("%s has no reason", name)
		}
	}
}

// TestStandInsHaveTheSignatureOfTheOriginal covers those that are plain functions.
func TestStandInsHaveTheSignatureOfTheOriginal(t *testing.T) {
	for name, f := range map[string]any{"encoding/json.Marshal": json.Marshal, "encoding/json.MarshalIndent": json.MarshalIndent, "encoding/json.Unmarshal": json.Unmarshal,
		"(*encoding/json.Encoder).Encode": (*json.Encoder).Encode, "(*encoding/json.Decoder).Decode": (*json.Decoder).Decode, "errors.Is": errors.Is, "errors.As": errors.As, "errors.Unwrap": errors.Unwrap,
		"(*sync/atomic.Value).Store": (*atomic.Value).Store,
		"(*sync/atomic.Value).Swap":  (*atomic.Value).Swap, "(*sync/atomic.Value).CompareAndSwap": (*atomic.Value).CompareAndSwap, "reflect.DeepEqual": reflect.DeepEqual,
		"(*text/template.Template).Execute": (*template.Template).Execute, "sort.Slice": sort.Slice, "sort.SliceStable": sort.SliceStable, "sort.SliceIsSorted": sort.SliceIsSorted, "fmt.Scan": fmt.Scan, "fmt.Scanln": fmt.Scanln, "fmt.Scanf": fmt.Scanf, "fmt.Sscan": fmt.Sscan, "fmt.Sscanf": fmt.Sscanf, "fmt.Fscan": fmt.Fscan, "fmt.Fscanf": fmt.Fscanf,
		"time.AfterFunc": time.AfterFunc, "context.AfterFunc": context.AfterFunc, "(*sync.WaitGroup).Go": (*sync.WaitGroup).Go, "(sync.Locker).Lock": sync.Locker.Lock, "(sync.Locker).Unlock": sync.Locker.Unlock, "(*sync.RWMutex).RLocker": (*sync.RWMutex).RLocker} {
		g, ok := Func(name)
		if !ok || g.Type() != reflect.TypeOf(f) {
			t.Errorf("%s: %v, want %T", name, g, f)
		}
	}
	for name, f := range map[string]any{"log.Print": log.Print, "log.Println": log.Println, "log.Printf": log.Printf, "log.Fatalf": log.Fatalf, "(*log.Logger).Fatalln": (*log.Logger).Fatalln, "(*log.Logger).Panicf": (*log.Logger).Panicf} {
		g, ok := Located(name)
		if !ok || g.Type() != reflect.FuncOf([]reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[int]()}, []reflect.Type{reflect.TypeOf(f)}, false) {
			t.Errorf("%s: %v, want what makes a %T", name, g, f)
		}
	}
}
