package lower

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// What a chunk adds to the session's tables is taken back when the chunk is refused or does not
// load: otherwise later chunks would name things that were never declared.

// put enters a value in one of the session's tables, revocably.
func put[K comparable, V any](s *Session, m map[K]V, k K, v V) {
	old, had := m[k]
	s.undo = append(s.undo, func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = v
}

// putType is put for tables by type.
func putType(s *Session, m *typeutil.Map, T types.Type, v any) {
	old := m.At(T)
	s.undo = append(s.undo, func() {
		if old != nil {
			m.Set(T, old)
		} else {
			m.Delete(T)
		}
	})
	m.Set(T, v)
}

// Forget takes the latest chunk back: it was not loaded.
func (s *Session) Forget() {
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.undo[i]()
	}
	s.undo = nil
	s.begin()
}
