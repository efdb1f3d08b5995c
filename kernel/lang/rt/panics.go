package rt

import "reflect"

// Panic is a panic that ended a goroutine of a cell.
type Panic struct {
	Value any    // as recover would give it
	Stack []byte // of the goroutine
	Cell  string // name of the cell that the goroutine belongs to
	Place int    // where it began, as Notice was told; 0 when nothing is known

	chain []panicLink
}

// Chain is the panic as a program that it ends prints it: the panics before it, if it came from a deferred call, and
// the panic, each on a line.
func (p *Panic) Chain() string { return chainText(p.chain) }

// NewPanic makes a *Panic from what recover gave.
func NewPanic(recovered any, stack []byte, c *Cell) *Panic {
	p := &Panic{Value: Recovered(recovered), Stack: stack, Place: takePlace()}
	p.chain = takeChain(p.Value)
	if c != nil {
		p.Cell = c.Name()
	}
	return p
}

// Error is the line that Go prints for the panic: "panic: …".
func (p *Panic) Error() string { return "panic: " + PanicText(p.Value) }

// Unwrap is the panic's value when it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Recovered is what Go's recover would have given for r, the interpreter's
// reflect.Value unwrapped.
func Recovered(r any) any {
	for {
		v, ok := r.(reflect.Value)
		if !ok || !v.IsValid() {
			return goPanic(r)
		}
		r = v.Interface()
	}
}
