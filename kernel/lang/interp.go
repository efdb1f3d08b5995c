package lang

import (
	"context"
	"go/types"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/kernel/lang/lower"
	"github.com/gossl/gossl/kernel/lang/rt"
)

// Options are the settings of a session; the zero value is usable.
type Options struct {
	// Dir is the directory of the notebook or script: cells can import the packages of the Go module it lies in.
	Dir string
	// Grace is how long an interrupted cell may stay inside compiled code before Eval returns without it.
	// 0 means one second.
	Grace time.Duration
}

// Interp is one live language: what its cells have defined, and the machine that runs them. Eval is called for
// one cell at a time; everything else may be called at any time.
type Interp struct {
	opts  Options
	pkgs  Packages
	scope *check.Scope
	flag  rt.Flag
	m     *yaegi

	eval sync.Mutex // one cell at a time
	low  *lower.Session
	got  []any // values that the cell under way has handed over
	has  bool
	ran  atomic.Int64 // how many steps of the cell under way have run, as far as they define variables
}

// New starts a language over the packages that its cells may import.
func New(p Packages, opts Options) (*Interp, error) {
	if opts.Grace == 0 {
		opts.Grace = time.Second
	}
	in := &Interp{opts: opts, pkgs: p, scope: check.NewScope(p)}
	if opts.Dir != "" {
		if err := in.scope.SetDir(opts.Dir); err != nil {
			return nil, err
		}
	}
	m, err := newYaegi(p, &in.flag, map[string]reflect.Value{
		lower.ValueFunc: reflect.ValueOf(func(v ...any) { in.got, in.has = v, true }),
		lower.RanFunc:   reflect.ValueOf(func(n int) { in.ran.Store(int64(n)) }),
	})
	if err != nil {
		return nil, err
	}
	in.m = m
	in.low = lower.NewSession(host{in})
	return in, nil
}

// host is what lowering sees of the session.
type host struct{ in *Interp }

func (h host) Symbols(path string) map[string]reflect.Value { return h.in.pkgs.Symbols(path) }

func (h host) Adapters(path string) map[string]func(rt.Box) any { return h.in.pkgs.Adapters(path) }

func (h host) SourceOf(path string) (*check.Package, error) { return h.in.scope.SourceOf(path) }

func (h host) Instance(path, name string, targs []reflect.Type) (reflect.Value, bool) {
	return instance(h.in.pkgs, path, name, targs)
}

func (h host) Type(path, name string, targs []reflect.Type) (reflect.Type, bool) {
	if x, ok := h.in.pkgs.(typeInstancer); ok {
		return x.Type(path, name, targs...)
	}
	return nil, false
}

// instancer is a Packages that has compiled instances of generic functions.
type instancer interface {
	Instance(path, name string, targs ...reflect.Type) (reflect.Value, bool)
}

// typeInstancer is a Packages that has compiled instances of generic types.
type typeInstancer interface {
	Type(path, name string, targs ...reflect.Type) (reflect.Type, bool)
}

func instance(p Packages, path, name string, targs []reflect.Type) (reflect.Value, bool) {
	if x, ok := p.(instancer); ok {
		return x.Instance(path, name, targs...)
	}
	return reflect.Value{}, false
}

// Eval checks, lowers and runs one cell, in a goroutine of its own, and waits for its end. Cancelling ctx
// interrupts the cell and leaves everything else running: closures, goroutines of other cells, experiments.
//
// The error is a *Diagnostics when the cell was not run, else a *Panic, ErrInterrupted, ErrStackOverflow, an
// *ExitError or a *FailedError. Of a cell that ends with an error its functions and types stay, and the variables
// of the steps that ran; the other names mean what they meant before.
func (in *Interp) Eval(ctx context.Context, cell Cell, io IO) (Value, error) {
	in.eval.Lock()
	defer in.eval.Unlock()
	syn, err := check.Parse(cell.Name, cell.Src)
	if err != nil {
		return Value{}, err
	}
	c, err := in.scope.Check(syn)
	if err != nil {
		return Value{}, err
	}
	var chunk *lower.Chunk
	in.scope.Hold(func() { chunk, err = in.low.Cell(c) }) // completing elsewhere may import, and change what lowering reads
	if err != nil {
		return Value{}, refusal(err, cell)
	}
	entry, err := in.m.load(chunk)
	if err != nil {
		in.low.Forget()
		return Value{}, &LoweringError{cell.Name, err}
	}
	in.scope.Commit(c)
	if ctx.Err() != nil {
		return Value{}, ErrInterrupted
	}
	if io.Note != nil {
		for _, n := range c.Notes() {
			io.Note(n)
		}
	}
	in.got, in.has = nil, false
	in.ran.Store(0)
	run := in.cell(ctx, cell.Name, io)
	if err := run.Run(entry, in.opts.Grace); err != nil {
		ran := int(in.ran.Load())
		in.scope.Retract(c, ran)
		in.low.Retract(ran)
		return Value{}, placed(err, in.low)
	}
	return in.value(c), nil
}

// Call runs a function of the session's, such as a callback that a cell gave to compiled code, as a cell of its own
// beside those that Eval runs, and waits for its end. Cancelling ctx interrupts it. The error is one of Eval's.
func (in *Interp) Call(ctx context.Context, name string, io IO, f func()) error {
	if err := in.cell(ctx, name, io).Run(f, in.opts.Grace); err != nil {
		return placed(err, in.low)
	}
	return nil
}

// cell makes the running cell.
func (in *Interp) cell(ctx context.Context, name string, io IO) *rt.Cell {
	cfg := rt.Config{Name: name, Parent: ctx, Stdout: io.Stdout, Stderr: io.Stderr, Stdin: io.Stdin, Flag: &in.flag, Owner: io.Owner}
	if io.Panicked != nil {
		cfg.Panicked = func(_ *rt.Cell, err error) {
			if p, ok := placed(err, in.low).(*Panic); ok {
				io.Panicked(p)
				return
			}
			io.Panicked(&Panic{Value: err})
		}
	}
	return rt.NewCell(cfg)
}

// textLimit is how many characters of a value its text shows at most.
const textLimit = 10_000

// value is the cell's value as its caller sees it.
func (in *Interp) value(c *check.Cell) Value {
	if !in.has {
		return Value{}
	}
	v := Value{HasValue: true, Type: typeText(shown(c.ValueType))}
	switch len(in.got) {
	case 0:
		return Value{}
	case 1:
		v.V = in.got[0]
		v.Text = rt.Text(v.V, textLimit)
	default:
		v.V = in.got
		for i, x := range in.got {
			if i > 0 {
				v.Text += ", "
			}
			v.Text += rt.Text(x, textLimit)
		}
	}
	return v
}

// shown is the type of what a cell's value shows: of several results, those before an error that was nil.
func shown(t types.Type) types.Type {
	tup, ok := t.(*types.Tuple)
	if !ok || tup.Len() < 2 {
		return t
	}
	if last := tup.At(tup.Len() - 1); types.Identical(last.Type(), types.Universe.Lookup("error").Type()) {
		if tup.Len() == 2 {
			return tup.At(0).Type()
		}
		vars := make([]*types.Var, tup.Len()-1)
		for i := range vars {
			vars[i] = tup.At(i)
		}
		return types.NewTuple(vars...)
	}
	return t
}
