package standin

import (
	"testing"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Subtests run on goroutines that package testing starts, where a panic would end the process.
var _ = add(map[string]any{
	"(*testing.T).Run": func(t *testing.T, name string, f func(*testing.T)) bool {
		return t.Run(name, func(t *testing.T) { GuardTest(t, func() { f(t) }) })
	},
	"(*testing.B).Run": func(b *testing.B, name string, f func(*testing.B)) bool {
		return b.Run(name, func(b *testing.B) { GuardTest(b, func() { f(b) }) })
	},
	"(*testing.B).RunParallel": func(b *testing.B, body func(*testing.PB)) {
		b.RunParallel(func(pb *testing.PB) { GuardTest(b, func() { body(pb) }) })
	},
})

// GuardTest runs the body of a test. What would end the process makes the test fail: a panic, and the end of the
// goroutine by an interrupt of its cell.
func GuardTest(t testing.TB, body func()) {
	cell := rt.Current()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%v", rt.NewPanic(p, nil, cell))
		}
		if cell != nil && cell.Interrupted() {
			t.FailNow()
		}
	}()
	body()
}
