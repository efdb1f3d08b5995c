package rt

import (
	"sync"
	"sync/atomic"
)

// Defers are the deferred calls of one call of a lowered function. The interpreter's own defer evaluates its
// operands late and shares them, so lowered functions bring their own.
type Defers struct {
	calls     []deferredCall
	panicking bool
	value     any
	place     int
	chain     []panicLink // the panics in progress, value last
}

type deferredCall struct {
	f        func()
	recovers bool
}

// NewDefers returns an empty list.
func NewDefers() *Defers { return &Defers{} }

// Push adds a call of a function that does not call recover.
func (d *Defers) Push(f func()) { d.calls = append(d.calls, deferredCall{f, false}) }

// PushR adds a call of a function that calls recover, or may.
func (d *Defers) PushR(f func()) { d.calls = append(d.calls, deferredCall{f, true}) }

// Do runs body and then the deferred calls, last first, however body ends: by returning, by a panic,
// which goes on afterwards unless a call recovers it, or by the end of the goroutine.
func (d *Defers) Do(body func()) {
	returned := false
	defer func() {
		if !returned {
			if r := recover(); r != nil {
				d.panicking, d.value, d.place = true, Recovered(r), takePlace()
				d.chain = takeChain(d.value)
			} else if exiting() {
				return // os.Exit runs no deferred calls
			}
		}
		d.run()
	}()
	body()
	returned = true
}

// run makes the calls; when one of them ends the goroutine the others are still made.
func (d *Defers) run() {
	finished := false
	defer func() {
		if !finished && len(d.calls) > 0 {
			d.run()
		}
	}()
	for len(d.calls) > 0 {
		c := d.calls[len(d.calls)-1]
		d.calls = d.calls[:len(d.calls)-1]
		d.call(c)
	}
	finished = true
	if d.panicking {
		setPlace(d.place)
		sendChain(d.chain)
		panic(d.value)
	}
}

func (d *Defers) call(c deferredCall) {
	returned, panicked := false, d.panicking
	if c.recovers && d.panicking {
		offer(&Recovery{d})
	}
	defer func() {
		if c.recovers {
			Withdraw()
		}
		if returned {
			if !d.panicking {
				d.chain = nil
			}
			return
		}
		if r := recover(); r != nil {
			recovered := panicked && !d.panicking
			d.panicking, d.value, d.place = true, Recovered(r), takePlace()
			d.chain = joined(d.chain, takeChain(d.value), recovered)
		}
	}()
	c.f()
	returned = true
}

// exiting reports whether the calling goroutine is on its way out of the program.
func exiting() bool {
	e, ok := endings.Load(goid())
	if !ok {
		return false
	}
	_, exit := e.(ending).why.(*ExitError)
	_, fatal := e.(ending).why.(*FatalError)
	return exit || fatal
}

// Recovery is the right of a deferred function to stop the panic that it was called for.
// A nil Recovery has nothing to recover.
type Recovery struct{ d *Defers }

// Recover is recover().
func (r *Recovery) Recover() any {
	if r == nil || !r.d.panicking {
		return nil
	}
	r.d.panicking = false
	v := r.d.value
	r.d.value = nil
	return v
}

// Recover is recover() as a deferred call of the function whose calls d holds, r being that function's own right
// to recover: nothing while the function itself panics.
func (d *Defers) Recover(r *Recovery) any {
	if d.panicking {
		return nil
	}
	return r.Recover()
}

// Offers are made to the function that the goroutine calls next; it takes them at its entry.
var (
	offers  sync.Map // goroutine → *Recovery
	offered atomic.Int64
)

func offer(r *Recovery) {
	offers.Store(goid(), r)
	offered.Add(1)
}

// Withdraw takes an offer back.
func Withdraw() {
	if offered.Load() > 0 {
		if _, ok := offers.LoadAndDelete(goid()); ok {
			offered.Add(-1)
		}
	}
}

// TakeRecovery is called at the entry of every function that calls recover.
func TakeRecovery() *Recovery {
	if offered.Load() == 0 {
		return nil
	}
	r, ok := offers.LoadAndDelete(goid())
	if !ok {
		return nil
	}
	offered.Add(-1)
	return r.(*Recovery)
}

// Places are where panics began, by goroutine, until they are recovered or reported.
var (
	places  sync.Map // goroutine → int
	noticed atomic.Int64
)

// Notice says that the calling goroutine panics at a place of the lowered program; of several
// notices of one panic the first counts.
func Notice(place int) {
	if _, loaded := places.LoadOrStore(goid(), place); !loaded {
		noticed.Add(1)
	}
}

func takePlace() int {
	if noticed.Load() == 0 {
		return 0
	}
	p, ok := places.LoadAndDelete(goid())
	if !ok {
		return 0
	}
	noticed.Add(-1)
	return p.(int)
}

func setPlace(p int) {
	if p != 0 {
		Notice(p)
	}
}
