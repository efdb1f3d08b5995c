package rt

import "sync/atomic"

var marked atomic.Int64

// Mark says that the running code is at a place, in programs that the race detector watches; in others lowered
// code writes a variable of its own.
func Mark(place int) { marked.Store(int64(place)) }

// Marked is the last place that was marked: by [Mark], or else the word that lowered code writes.
//
//go:norace
func Marked(word *int) int {
	if n := marked.Load(); n != 0 {
		return int(n)
	}
	return *word
}
