package lang

import (
	"bytes"
	"fmt"
	"go/constant"
	"reflect"
	"sync"

	"github.com/traefik/yaegi/interp"
	yunsafe "github.com/traefik/yaegi/stdlib/unsafe"

	"github.com/gossl/gossl/kernel/lang/lower"
	"github.com/gossl/gossl/kernel/lang/rt"
	"github.com/gossl/gossl/kernel/lang/rt/standin"
)

// machine runs lowered code. It knows nothing of cells, types or positions.
type machine interface {
	load(c *lower.Chunk) (entry func(), err error) // makes a chunk's declarations known
	read(name string) (reflect.Value, error)       // a package variable, by its lowered name
}

// yaegi is the machine that stands on the yaegi interpreter.
//
// Only the subset of Go that package lower writes reaches it. EvalWithContext is never used: cancelling it
// ends the goroutines of all earlier evaluations and makes closures return zero values from then on.
type yaegi struct {
	mu   sync.Mutex
	in   *interp.Interpreter
	pkgs Packages
	line *int
	flag *rt.Flag

	globals *globals
}

func newYaegi(pkgs Packages, flag *rt.Flag, host map[string]reflect.Value) (*yaegi, error) {
	captureLog()
	m := &yaegi{pkgs: pkgs, flag: flag}
	m.in = interp.New(interp.Options{Unrestricted: true, Stdin: bytes.NewReader(nil), Stdout: rt.Stdout, Stderr: (*traces)(m)})
	use := interp.Exports{
		lower.RuntimePath + "/rt":      rtSymbols,
		lower.HostPath + "/host":       host,
		lower.DescriptorPath + "/desc": {},
	}
	if err := m.in.Use(use); err != nil {
		return nil, err
	}
	if err := m.in.Use(yunsafe.Symbols); err != nil { // unsafe.Pointer, and conversions to and from it
		return nil, err
	}
	var err error
	if m.globals, err = globalsOf(m.in, flag.Idle); err != nil {
		return nil, err
	}
	v, err := m.eval("var stop_ bool\nvar line_ int\nvar deep_ int\n")
	if err != nil {
		return nil, fmt.Errorf("lang: starting the interpreter: %w", err)
	}
	if v, err = m.eval("&stop_"); err != nil {
		return nil, err
	}
	flag.Watch(v.Interface().(*bool))
	if v, err = m.eval("&line_"); err != nil {
		return nil, err
	}
	m.line = v.Interface().(*int)
	return m, nil
}

// captureLog sends what package log prints to the cell of the goroutine that logs.
var captureLog = sync.OnceFunc(standin.CaptureLog)

// onLoad is told what is about to be loaded; for tests and for finding faults.
var onLoad func(source string)

// load evaluates declarations. An error here is a fault of lowering, not of the user.
func (m *yaegi) load(c *lower.Chunk) (entry func(), err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			entry, err = nil, fmt.Errorf("%v", r)
		}
	}()
	use := interp.Exports{}
	for path, syms := range c.Symbols {
		use[path+"/x"] = syms
	}
	for _, path := range c.Imports {
		switch path {
		case lower.RuntimePath, lower.HostPath, lower.DescriptorPath, "unsafe":
		default:
			use[path+"/x"] = symbolsFor(m.pkgs.Symbols(path))
		}
	}
	if err := m.in.Use(use); err != nil {
		return nil, err
	}
	if onLoad != nil {
		onLoad(c.Source)
	}
	if c.Source != "" {
		if _, err := m.eval(c.Source); err != nil {
			return nil, err
		}
	}
	v, err := m.eval(c.Entry)
	if err != nil {
		return nil, err
	}
	f, ok := v.Interface().(func())
	if !ok {
		return nil, fmt.Errorf("entry %s is a %s", c.Entry, v.Type())
	}
	return f, nil
}

// symbolsFor leaves out what the interpreter never needs, constants being folded.
func symbolsFor(syms map[string]reflect.Value) map[string]reflect.Value {
	m := make(map[string]reflect.Value, len(syms))
	for n, v := range syms {
		if v.IsValid() && v.CanInterface() {
			if _, ok := v.Interface().(constant.Value); ok {
				continue
			}
		}
		m[n] = v
	}
	return m
}

func (m *yaegi) read(name string) (reflect.Value, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.eval(name)
}

// eval is the interpreter's Eval, which would replace the table of globals under running goroutines.
func (m *yaegi) eval(src string) (reflect.Value, error) {
	p, err := m.in.Compile(src)
	if err != nil {
		return reflect.Value{}, err
	}
	if err := m.globals.add(); err != nil {
		return reflect.Value{}, err
	}
	done, err := m.globals.evaluating()
	if err != nil {
		return reflect.Value{}, err
	}
	defer done()
	return m.in.Execute(p)
}

// traces takes what the interpreter writes for each of its frames that a panic leaves. The innermost comes
// first, before any deferred call: then the marker still says where the panic began.
type traces yaegi

func (t *traces) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(": panic: ")) {
		rt.Notice(rt.Marked(t.line))
	}
	return len(p), nil
}
