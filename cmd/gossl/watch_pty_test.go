//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// watched is a script whose file a test changes; no two versions have the same size.
type watched struct {
	t    *testing.T
	path string
	text string
}

func newWatched(t *testing.T, home, text string) *watched {
	t.Helper()
	w := &watched{t, filepath.Join(home, "x.go"), text}
	w.write(w.path)
	return w
}

func (w *watched) write(path string) {
	w.t.Helper()
	if err := os.WriteFile(path, []byte(w.text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// change replaces old by text that is longer or shorter; by rename, as many editors do, or in place.
func (w *watched) change(old, text string, rename bool) {
	w.t.Helper()
	w.text = strings.Replace(w.text, old, text, 1)
	if !rename {
		w.write(w.path)
		return
	}
	w.write(w.path + "~")
	if err := os.Rename(w.path+"~", w.path); err != nil {
		w.t.Fatal(err)
	}
}

const waiting = "waiting for x.go to change; Ctrl-C ends"

// A script runs again from the first cell that a change of its file matters to.
func TestRunWatch(t *testing.T) {
	home := t.TempDir()
	w := newWatched(t, home, "// %% tags=[\"parameters\"]\nbase := 1\n\n// %%\nfmt.Println(\"first\")\na := base\n\n// %%\nfmt.Println(\"second\")\nb := 10\n\n// %%\nfmt.Println(\"sum\", a+b)\n")
	c := open(t, home, nil, "run", "--watch", "-p", "base=2", "x.go")
	c.see("first\nsecond\nsum 12\n" + waiting)
	w.change("b := 10", "b := 200", false)
	c.see(waiting + "\nx.go: 2 of 4 cells run again, from line 9\nsecond\nsum 202\n" + waiting)
	w.change("a := base", "a := base * 1000", true)
	c.see(waiting + "\nx.go: 2 of 4 cells run again, from line 5\nfirst\nsum 2200\n" + waiting)
	w.change("b := 200", "b := 200 + nothing", true)
	c.see("undefined: nothing\n        b := 200 + nothing\n                   ^\nnothing runs until this is mended\n" + waiting)
	w.change("200 + nothing", "3", false)
	c.see("\nsecond\nsum 2003\n" + waiting)
	w.change("b := 3", "b := 3 // a comment", false)
	c.see("x.go: no cell has to run again\n" + waiting)
	// A cell that a change makes pointless ends; Ctrl-C ends a cell, and the wait.
	w.change("fmt.Println(\"sum\", a+b)", "fmt.Println(\"loop\")\nfor {}", false)
	c.see("\nloop")
	w.change("for {}", "fmt.Println(\"no loop\")", false)
	c.see("\nloop\nno loop\n" + waiting)
	c.keys(ctrlC)
	if status := c.exit(); status != 0 {
		t.Errorf("Ctrl-C while nothing runs gives status %d, want 0", status)
	}
	w.change("fmt.Println(\"no loop\")", "for {}", false)
	c = open(t, home, nil, "run", "--watch", "x.go")
	c.see("\nloop")
	c.keys(ctrlC)
	if status := c.exit(); status != statusInterrupted {
		t.Errorf("Ctrl-C while a cell runs gives status %d, want %d", status, statusInterrupted)
	}
}

// An experiment goes on while cells below it change, and stops when its own cell runs again.
func TestRunWatchTraining(t *testing.T) {
	home := t.TempDir()
	w := newWatched(t, home, "// %%\n"+tinyExperiment+"\n\n// %%\nfmt.Println(\"look\", len(ssl.Runs()), run.Name())\n")
	c := open(t, home, nil, "run", "--watch", "x.go")
	c.see("look 1 simclr-1\n" + waiting)
	w.change("\"look\"", "\"look again\"", false)
	c.see("look again 1 simclr-1\n" + waiting)
	w.change("exp.Batch = 8", "exp.Batch = 16", false)
	c.see(waiting)
	c.until("the second experiment", func(s string) bool {
		return strings.HasSuffix(s, waiting) && strings.Contains(s, "look again 2 simclr-2")
	})
	w.change("len(ssl.Runs()), run.Name()", "ssl.Runs()[0].Status()", false)
	c.until("the first experiment's end", func(s string) bool { return strings.Contains(s, "look again stopped") })
	c.keys(ctrlC)
	if status := c.exit(); status != 0 {
		t.Errorf("the exit status is %d, want 0", status)
	}
}
