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

// Interp is one live language: what its cells have defined, and the machine that runs them. All of it may be called at
// any time, from any goroutine.
type Interp struct {
	opts  Options
	pkgs  Packages
	scope *check.Scope
	flag  rt.Flag
	m     *yaegi

	eval sync.Mutex // one cell at a time is checked, lowered and made known; cells run without it
	low  *lower.Session
	runs sync.Map // *rt.Cell → *outcome, of cells that run
}

// outcome is what a cell under way has handed over.
type outcome struct {
	got []any // values
	has bool
	ran atomic.Int64 // how many of its steps have run, as far as they define variables
}

// under is the outcome of the cell that the calling goroutine belongs to; a spare one when the cell has ended, as one
// has that was interrupted and left behind in compiled code.
func (in *Interp) under() *outcome {
	if o, ok := in.runs.Load(rt.Current()); ok {
		return o.(*outcome)
	}
	return new(outcome)
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
		lower.ValueFunc: reflect.ValueOf(func(v ...any) { o := in.under(); o.got, o.has = v, true }),
		lower.RanFunc:   reflect.ValueOf(func(n int) { in.under().ran.Store(int64(n)) }),
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
// Cells that are evaluated at once run beside each other, as goroutines do. What a cell defines is known to the others
// from the moment it begins to run; its variables are zero until their statements have run.
//
// The error is a *Diagnostics when the cell was not run, else a *Panic, ErrInterrupted, ErrStackOverflow, an
// *ExitError or a *FailedError. Of a cell that ends with an error its functions and types stay, and the variables
// of the steps that ran; the other names mean what they meant before, unless another cell has been checked meanwhile,
// which may use them: then they stay, and are zero.
func (in *Interp) Eval(ctx context.Context, cell Cell, io IO) (Value, error) {
	c, entry, err := in.prepare(ctx, cell, io)
	if err != nil {
		return Value{}, err
	}
	run, o := in.cell(ctx, cell.Name, io), &outcome{}
	in.runs.Store(run, o)
	err = run.Run(entry, in.opts.Grace)
	in.runs.Delete(run)
	if err != nil {
		in.eval.Lock()
		ran := int(o.ran.Load())
		if in.scope.Retract(c, ran) {
			in.low.Retract(ran)
		}
		in.eval.Unlock()
		return Value{}, in.placed(err)
	}
	return o.value(c), nil
}

// prepare makes a cell known to the session, and ready to run.
func (in *Interp) prepare(ctx context.Context, cell Cell, io IO) (c *check.Cell, entry func(), err error) {
	in.eval.Lock()
	defer in.eval.Unlock()
	syn, err := check.Parse(cell.Name, cell.Src)
	if err != nil {
		return nil, nil, err
	}
	if c, err = in.scope.Check(syn); err != nil {
		return nil, nil, err
	}
	var chunk *lower.Chunk
	in.scope.Hold(func() { chunk, err = in.low.Cell(c) }) // completing elsewhere may import, and change what lowering reads
	if err != nil {
		return nil, nil, refusal(err, cell)
	}
	if entry, err = in.m.load(chunk); err != nil {
		in.low.Forget()
		return nil, nil, &LoweringError{cell.Name, err}
	}
	in.scope.Commit(c)
	if ctx.Err() != nil {
		return nil, nil, ErrInterrupted
	}
	if io.Note != nil {
		for _, n := range c.Notes() {
			io.Note(n)
		}
	}
	return c, entry, nil
}

// placed gives an error of a cell its place.
func (in *Interp) placed(err error) error {
	in.eval.Lock()
	defer in.eval.Unlock()
	return placed(err, in.low)
}

// Call runs a function of the session's, such as a callback that a cell gave to compiled code, as a cell of its own
// beside those that Eval runs, and waits for its end. Cancelling ctx interrupts it. The error is one of Eval's.
func (in *Interp) Call(ctx context.Context, name string, io IO, f func()) error {
	if err := in.cell(ctx, name, io).Run(f, in.opts.Grace); err != nil {
		return in.placed(err)
	}
	return nil
}

// cell makes the running cell.
func (in *Interp) cell(ctx context.Context, name string, io IO) *rt.Cell {
	cfg := rt.Config{Name: name, Parent: ctx, Stdout: io.Stdout, Stderr: io.Stderr, Stdin: io.Stdin, Flag: &in.flag, Owner: io.Owner}
	if io.Panicked != nil {
		cfg.Panicked = func(_ *rt.Cell, err error) {
			if p, ok := in.placed(err).(*Panic); ok {
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
func (o *outcome) value(c *check.Cell) Value {
	if !o.has {
		return Value{}
	}
	v := Value{HasValue: true, Type: typeText(shown(c.ValueType))}
	switch len(o.got) {
	case 0:
		return Value{}
	case 1:
		v.V = o.got[0]
		v.Text = rt.Text(v.V, textLimit)
	default:
		v.V = o.got
		for i, x := range o.got {
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
