package rt

// Range guards the body of a range over a function: the body may run only while the loop does.
type Range struct {
	Code  int // how the loop is left: 0 by its end or a break, else a number that lowering chose
	state rangeState
}

type rangeState int

const (
	rangeReady rangeState = iota
	rangeRunning
	rangeDone
	rangeExhausted
)

// NewRange returns the guard of a loop about to start.
func NewRange() *Range { return &Range{} }

// Enter is called at the start of the body.
func (r *Range) Enter() {
	switch r.state {
	case rangeReady:
		r.state = rangeRunning
	case rangeRunning:
		panic(runtimeError{"runtime error: range function continued iteration after loop body panic", "runtime.errorString"})
	case rangeDone:
		panic(runtimeError{"runtime error: range function continued iteration after function for loop body returned false", "runtime.errorString"})
	case rangeExhausted:
		panic(runtimeError{"runtime error: range function continued iteration after whole loop exit", "runtime.errorString"})
	}
}

// Leave ends one run of the body; the next may come.
func (r *Range) Leave() { r.state = rangeReady }

// Break ends the loop.
func (r *Range) Break() { r.state = rangeDone }

// Exit ends the loop, to go on as code says.
func (r *Range) Exit(code int) {
	r.Code = code
	r.state = rangeDone
}

// Done is called when the iterator function has returned.
func (r *Range) Done() {
	if r.state == rangeRunning {
		panic(runtimeError{"runtime error: range function recovered a loop body panic and did not resume panicking", "runtime.errorString"})
	}
	r.state = rangeExhausted
}
