package rt

import (
	"sync"
	"sync/atomic"
)

// Flag is the word that the lowered code of one session looks at, at function
// entries and back-edges: if stop_ { rt.Poll() }. It is up as long as an
// interrupted cell still has goroutines.
type Flag struct {
	mu    sync.Mutex
	words []*bool
	cells map[*Cell]bool
	live  atomic.Int64 // goroutines of all cells of the session
}

// Idle reports whether no goroutine of the session's cells runs lowered code.
func (f *Flag) Idle() bool { return f.live.Load() == 0 }

// Watch adds the interpreter's own variable.
func (f *Flag) Watch(word *bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.words = append(f.words, word)
	setWord(word, len(f.cells) > 0)
}

// Up reports whether some interrupted cell is still unwinding.
func (f *Flag) Up() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.cells) > 0
}

// follow raises the flag for a cell that is interrupted and still has goroutines, and
// lowers it for any other. It reads the cell under the lock, so that the last of several
// callers leaves the truth.
func (f *Flag) follow(c *Cell) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.stop.Load() && c.live.Load() > 0 {
		if f.cells == nil {
			f.cells = map[*Cell]bool{}
		}
		f.cells[c] = true
	} else {
		delete(f.cells, c)
	}
	f.set()
}

func (f *Flag) set() {
	for _, w := range f.words {
		setWord(w, len(f.cells) > 0)
	}
}

// setWord writes the word that interpreted code reads without synchronisation: a
// read that is late by some instructions is what polling means.
//
//go:norace
func setWord(w *bool, v bool) { *w = v }

// Poll ends the calling goroutine when its cell is interrupted.
func Poll() {
	c := Current()
	if c == nil || !c.stop.Load() {
		return
	}
	if left, unwinding := grace(); unwinding && left > 0 {
		return // a deferred call: let it finish
	}
	interrupted()
}

// MaxStack is how much stack, in bytes, a goroutine may use before Deep ends it: some 400,000 interpreted calls, and
// below a power of two, so that the stack is not copied once more just to be given up.
// Go's own limit, which ends the process, is 512 MiB in effect.
const MaxStack = 240 << 20

// Deep ends the calling goroutine when its recursion is too deep. Entries of
// functions that may recurse call it every so many times.
func Deep() {
	if StackUsed() > MaxStack {
		Unwind(ErrStackOverflow)
	}
}
