package lower

// Interruption: every back-edge and every entry of a function looks at a flag that the host raises
// for a cell that is to stop. A flag is cheap; the call behind it is not.

// poll writes the look at the flag.
func (e *emitter) poll() {
	e.w("if stop_ { %s() }", e.rt("Poll"))
}

// enter writes what goes at the entry of a function: the look at the flag and, every so many calls, at the stack.
func (e *emitter) enter() {
	e.countEntry()
}
