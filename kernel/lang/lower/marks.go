//go:build !race

package lower

import "strings"

// The marker of the place and the count of entries are plain variables of the interpreter: writing one costs
// much less than a call. Goroutines may write them at once; then a panic's line may be another goroutine's.

// mark tells the runtime that the code is at a place.
func (e *emitter) markPlace(n int) { e.w("line_ = %d", n) }

// isMark reports whether a line of lowered source is such a mark.
func isMark(line string) bool { return strings.HasPrefix(line, "line_ = ") }

// countEntry looks at the stack every so many calls.
func (e *emitter) countEntry() {
	e.w("if deep_ = deep_ - 1; deep_ < 0 { deep_ = %s() }", e.rt("Entered"))
}
