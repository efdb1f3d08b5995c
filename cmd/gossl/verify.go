package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"

	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/ssl"
)

// recordOf returns what a notebook says its cells gave: its record, else the outputs that it holds.
func recordOf(n *script.Notebook) (*script.Session, error) {
	s, err := n.Session()
	if s != nil || err != nil {
		return s, err
	}
	for _, c := range n.Cells {
		if c.Runs() && (len(c.Outputs) > 0 || c.ExecutionCount > 0) {
			return &script.Session{Cells: command.Results(n)}, nil
		}
	}
	return nil, nil
}

// verifiable reports a notebook whose results cannot be compared.
func verifiable(n *script.Notebook, name string) error {
	s, err := recordOf(n)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if s == nil {
		return fmt.Errorf("%s carries no results to compare with; gossl run %s -o FILE writes them, and so does %%save", name, name)
	}
	return nil
}

// verify compares an executed notebook with its record, and returns where they part.
func (a *app) verify(before, executed *script.Notebook, name string, f script.Format, tolerance float64) ([]string, error) {
	s, err := recordOf(before)
	if err != nil {
		return nil, err
	}
	var places []string // of the cells that run
	for i, c := range executed.Cells {
		if c.Runs() {
			file, line := script.Place(executed, i, name, f)
			places = append(places, lineOf(file, line))
		}
	}
	var list []string
	for _, d := range script.Compare(s.Cells, command.Results(executed), tolerance) {
		place := name
		if d.Cell < len(places) {
			place = places[d.Cell]
		}
		list = append(list, fmt.Sprintf("%s: recorded %q, now %q", place, d.Recorded, d.Now))
	}
	now := map[string]ssl.Record{}
	for _, rec := range ssl.Records() {
		now[rec.Run] = rec
	}
	for _, text := range s.Runs {
		var was ssl.Record
		if err := json.Unmarshal(text, &was); err != nil {
			return nil, fmt.Errorf("%s: the record of a run cannot be read: %w", name, err)
		}
		list = append(list, compareRuns(was, now[was.Run], tolerance)...)
	}
	return list, nil
}

// compareRuns says where a run parts from a recorded one.
func compareRuns(was, now ssl.Record, tolerance float64) (list []string) {
	part := func(what string, a, b any) {
		list = append(list, fmt.Sprintf("run %s: %s: recorded %v, now %v", was.Run, what, a, b))
	}
	switch {
	case now.Run == "":
		return []string{fmt.Sprintf("run %s: recorded, but not started", was.Run)}
	case was.Backend != now.Backend:
		part("backend (whose last digits differ; --tolerance allows for that)", was.Backend, now.Backend)
	}
	if was.Seed != now.Seed {
		part("seed", was.Seed, now.Seed)
	}
	if was.Status != now.Status || was.Steps != now.Steps {
		part("end", fmt.Sprintf("%s after %d steps", was.Status, was.Steps), fmt.Sprintf("%s after %d steps", now.Status, now.Steps))
	}
	if a, b := was.Journal.String(), now.Journal.String(); a != b {
		part("changes", "\n"+a+"\n", "\n"+b)
	}
	for _, key := range slices.Sorted(maps.Keys(was.Results)) {
		a := was.Results[key]
		if b, ok := now.Results[key]; !ok || math.Abs(a-b) > tolerance*max(math.Abs(a), math.Abs(b)) {
			part(key, a, b)
		}
	}
	return list
}

func lineOf(file string, line int) string { return fmt.Sprintf("%s:%d", file, line) }

// told prints the outcome of a verification, and makes it the exit status.
func told(differences []string, cells int, name string) error {
	if len(differences) == 0 {
		fmt.Fprintf(os.Stderr, "%s: %d cells gave what was recorded\n", name, cells)
		return nil
	}
	for _, d := range differences {
		fmt.Fprintln(os.Stderr, d)
	}
	return &exitError{statusError, errors.Join(errShown, errors.New("the results are not those recorded"))}
}
