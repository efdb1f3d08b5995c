package ssl

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gossl/gossl/ssl/data"
)

// Resume takes up a run that [Run.Keep] kept in a directory, after a crash or an end of its
// process: it trains on from the newest checkpoint that can be read, and makes the edits that
// were made after that checkpoint again at their steps. On the same backend it ends bit for
// bit as if nothing had happened. The run stays kept there, by the same policy.
//
// A checkpoint that is damaged is passed over, and shown; [Run.Kept] tells where the run
// stands. If another process, or another run of this one, has the directory it is refused.
// The data set is found again as by [Lab.Load]; of several that are given, such as those that
// an edit changed between, each is taken where it belongs.
func (l *Lab) Resume(dir string, sets ...*data.Set) (*Run, error) {
	r, notes, err := l.resume(dir, false, sets...)
	if err != nil {
		return nil, fmt.Errorf("resume %s: %w", dir, err)
	}
	if show := currentHost().Show; show != nil {
		for _, note := range notes {
			show("", map[string]any{"text/plain": fmt.Sprintf("%s resumes %s: %s", r.name, dir, note)})
		}
	}
	return r, nil
}

// Resume takes up a run that was kept in a directory, on the default lab, see [Lab.Resume]. It
// panics with an error if it cannot.
func Resume(dir string, sets ...*data.Set) *Run {
	l, err := DefaultLab()
	if err != nil {
		panic(err)
	}
	r, err := l.Resume(dir, sets...)
	if err != nil {
		panic(err)
	}
	return r
}

func (l *Lab) resume(dir string, paused bool, sets ...*data.Set) (r *Run, notes []string, err error) {
	if _, err := checkpointPath(dir); err != nil { // before a directory is made or locked
		return nil, nil, err
	}
	k, err := openKeeper(dir, DefaultPolicy)
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err != nil {
			k.release()
		}
	}()
	var m *moment
	for i, file := range slices.Backward(k.files) {
		m, err = l.read(file.Path, sets...)
		if err == nil {
			k.files = k.files[: i+1 : i+1]
			break
		}
		err = fmt.Errorf("%s: %w", file.Path, err)
		if !errors.Is(err, errDamaged) {
			return nil, nil, err
		}
		notes = append(notes, fmt.Sprintf("%v; the checkpoint before it is used", err))
	}
	if m == nil || err != nil {
		return nil, nil, err
	}
	k.policy = m.policy
	note, err := k.later(m)
	if err != nil {
		return nil, nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	from := m.beginning()
	from.keeper, from.paused = k, paused
	if n := len(m.environments); n > 0 && !m.environments[n-1].same(l.environment(m.step+1)) {
		notes = append(notes, fmt.Sprintf("it goes on in another environment, and not bit for bit: %v; before: %v", l.environment(m.step+1), m.environments[n-1]))
	}
	r, err = l.start(m.exp, from)
	return r, notes, err
}

// later merges the edits that were made after a moment into what the moment still has to
// make, in the order in which they took effect. It says what could not be used, and why.
func (k *keeper) later(m *moment) (note string, err error) {
	lines := k.lines
	k.lines = nil
	var script []pending
	rest := m.script
	until := func(last func(p pending) bool) { // moves the beginning of rest
		for len(rest) > 0 && !last(rest[0]) {
			script, rest = append(script, rest[0]), rest[1:]
		}
	}
	expected := m.logged
	for _, text := range lines {
		var l editLine
		if err := json.Unmarshal(text, &l); err != nil {
			return "", fmt.Errorf("%s: %w", editsFile, err)
		}
		if l.Number < m.logged {
			continue
		}
		if l.Number != expected || l.Rewound {
			note = fmt.Sprintf("the edit %v and those made after it are left out: they came after something that is lost", l.Edit)
			break
		}
		expected++
		if l.Scripted {
			until(func(p pending) bool { return !p.Logged })
			rest = rest[min(1, len(rest)):]
		} else { // what the script had for that step was made before
			until(func(p pending) bool { return p.Step > l.Edit.Step })
		}
		script = append(script, pending{l.Edit, true})
	}
	m.script = append(script, rest...)
	slices.SortStableFunc(m.script, func(a, b pending) int { return a.Step - b.Step })
	k.number = max(k.number, m.logged)
	return note, nil
}
