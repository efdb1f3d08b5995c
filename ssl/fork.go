package ssl

import (
	"fmt"
	"maps"
	"slices"
)

// Fork starts another run from where this one stands, with the same weights, moments and
// random numbers to come, and with other values of some knobs; nil changes none. The journal
// of the fork is this run's and those changes, so that it can be repeated from the beginning.
// What is compiled is shared, so that a
// fork builds nothing. This run is not touched.
func (r *Run) Fork(knobs map[string]float64) (*Run, error) {
	m, err := r.snapshot()
	if err != nil {
		return nil, err
	}
	if m.step >= m.exp.Steps {
		return nil, fmt.Errorf("fork %s: it has done all its %d steps; Extend gives it more", r.name, m.step)
	}
	from := m.beginning()
	from.lineage = r.lineage
	e, changes := m.exp, Journal{}
	for _, name := range slices.Sorted(maps.Keys(knobs)) {
		if e, err = e.with(name, knobs[name]); err != nil {
			return nil, fmt.Errorf("fork %s: %w", r.name, err)
		}
		changes = append(changes, Edit{Step: m.step + 1, Verb: "set", Name: name, To: knobs[name]})
	}
	from.script = append(changes.script(), from.script...)
	return r.lab.start(m.exp, from)
}
