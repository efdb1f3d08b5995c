package command

import (
	"encoding/json"
	"slices"

	"github.com/gossl/gossl/kernel/script"
)

// Recorded returns a notebook whose cells ran in the session with what the session was besides them: results, and
// experiments with every change made to them. An .ipynb file holds the results itself, and gets a record when there are
// experiments to repeat or it had one.
func (sh *Shell) Recorded(n *script.Notebook, path string) (*script.Notebook, error) {
	s := &script.Session{Cells: Results(n)}
	if lab, ok := sh.Lab.(Recorder); ok {
		var err error
		if s.Runs, err = lab.Records(); err != nil {
			return nil, err
		}
	}
	had, err := n.Session()
	if err != nil {
		return nil, err
	}
	if f, err := script.FormatOf(path); err == nil && f == script.IPYNB && len(s.Runs) == 0 && had == nil {
		return n, nil
	}
	return n.WithSession(s)
}

// changing are commands whose output is never the same.
var changing = []string{"mem", "runs", "timeit", "prof", "bg", "env", "pwd", "cd", "debug", "backend"}

// Results are what a notebook's cells gave, as far as it is the same each time.
func Results(n *script.Notebook) []script.CellResult {
	results := n.Results()
	i := 0
	for _, c := range n.Cells {
		if !c.Runs() {
			continue
		}
		if slices.ContainsFunc(split(c.Source), func(p part) bool { return slices.Contains(changing, p.name) }) {
			results[i].Shows = ""
		}
		i++
	}
	return results
}

// Rehearse makes the experiments that start from now on repeat those that a notebook carries, and returns how many
// there are. The error says what is wrong with the notebook's record.
func (sh *Shell) Rehearse(n *script.Notebook) (runs int, err error) {
	s, err := n.Session()
	if err != nil || s == nil {
		return 0, err
	}
	lab, ok := sh.Lab.(Recorder)
	if !ok || len(s.Runs) == 0 {
		return 0, nil
	}
	return len(s.Runs), lab.Rehearse(s.Runs)
}

// EndRehearsal lets the experiments that start from now on be new ones.
func (sh *Shell) EndRehearsal() {
	if lab, ok := sh.Lab.(Recorder); ok {
		lab.Rehearse([]json.RawMessage{}) // nothing to read, so no error
	}
}
