package rt

import (
	"strings"
	"sync"
	"sync/atomic"
)

// panicLink is one of the panics that are in progress when a deferred call panics again.
type panicLink struct {
	value                 any
	recovered, repanicked bool // stopped by recover, and then panicked with once more
}

// joined is the chain of panics after a deferred call, made for the panics of old, has panicked with those of now;
// recovered says that the call had recovered before.
func joined(old, now []panicLink, recovered bool) []panicLink {
	if len(old) == 0 {
		return now
	}
	last := &old[len(old)-1]
	if recovered {
		last.recovered = true
		if same(last.value, now[0].value) {
			last.repanicked = true
			now = now[1:]
		}
	}
	return append(old, now...)
}

// same reports whether a and b are the same panic value.
func same(a, b any) (yes bool) {
	defer func() { recover() }() // values that cannot be compared are not
	return a == b
}

// chainText is a chain of panics as Go prints it: "panic: 1 [recovered]\n\tpanic: 2".
func chainText(links []panicLink) string {
	var b strings.Builder
	for i, l := range links {
		if i > 0 {
			b.WriteString("\n\t")
		}
		b.WriteString("panic: " + PanicText(l.value))
		switch {
		case l.repanicked:
			b.WriteString(" [recovered, repanicked]")
		case l.recovered:
			b.WriteString(" [recovered]")
		}
	}
	return b.String()
}

// Chains are on their way from a function whose deferred calls have been made to the next one that looks, by goroutine.
var (
	chains  sync.Map // goroutine → []panicLink
	chained atomic.Int64
)

// sendChain hands on the panics before the one that is about to go on.
func sendChain(links []panicLink) {
	if len(links) == 1 && !links[0].repanicked {
		return // nothing but the panic itself
	}
	if _, had := chains.Swap(goid(), links); !had {
		chained.Add(1)
	}
}

// takeChain is the chain that ends in value, which the calling goroutine has just recovered.
func takeChain(value any) []panicLink {
	if chained.Load() > 0 {
		if c, ok := chains.LoadAndDelete(goid()); ok {
			chained.Add(-1)
			if links := c.([]panicLink); same(links[len(links)-1].value, value) {
				return links
			}
		}
	}
	return []panicLink{{value: value}}
}
