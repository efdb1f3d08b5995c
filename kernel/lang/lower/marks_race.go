//go:build race

package lower

import "strings"

// Under the race detector the marker and the count are the runtime's own, behind atomic operations: what the
// detector then finds are races of the session and of users' code.

func (e *emitter) markPlace(n int) { e.w("%s(%d)", e.rt("Mark"), n) }

func isMark(line string) bool {
	before, _, ok := strings.Cut(line, ".Mark(")
	return ok && !strings.ContainsAny(before, " \t(")
}

func (e *emitter) countEntry() { e.w("%s()", e.rt("Entered")) }
