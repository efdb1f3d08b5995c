package watch_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/kernel/script/watch"
	"github.com/gossl/gossl/stdlib"
)

// silent is a Frontend that drops what it is shown.
type silent struct{}

func (silent) Stream(string, string)              {}
func (silent) Display(string, kernel.Bundle)      {}
func (silent) Input(string, bool) (string, error) { return "", fmt.Errorf("there is no input") }

// live is a session that follows the versions of a script.
type live struct {
	t     *testing.T
	shell *command.Shell
	state watch.State
}

func newLive(t *testing.T) *live {
	t.Helper()
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &live{t: t, shell: &command.Shell{Session: s}}
}

// read checks a version whose cells are given.
func read(cells []string) (*watch.Version, error) {
	n := &script.Notebook{}
	for _, src := range cells {
		n.Cells = append(n.Cells, &script.Cell{Source: src})
	}
	return watch.Read(stdlib.Packages(), lang.Options{}, n, "x.go", script.Percent)
}

// run runs what a version needs, and returns the cells that ran, by their numbers from 1.
func (l *live) run(cells []string) (ran []int) {
	l.t.Helper()
	v, err := read(cells)
	if err != nil {
		l.t.Fatalf("a version does not check: %v\n%s", err, strings.Join(cells, "\n---\n"))
	}
	plan := l.state.Plan(v)
	if plan.Fresh {
		l.execute("%reset")
	}
	l.shell.Session.Forget(plan.Forget...)
	for _, step := range plan.Steps {
		l.shell.Session.Forget(step.Forget...)
		err := l.execute(cells[step.Cell])
		plan.Ran(step, err != nil)
		ran = append(ran, step.Cell+1)
		if err != nil {
			if !strings.Contains(err.Error(), "deliberate") {
				l.t.Fatalf("cell %d: %v\n%s", step.Cell+1, err, strings.Join(cells, "\n---\n"))
			}
			break
		}
	}
	return ran
}

func (l *live) execute(src string) error {
	_, err := l.shell.Execute(context.Background(), kernel.Input{Src: src}, silent{})
	return err
}

// value evaluates an expression.
func (l *live) value(expr string) string {
	res, err := l.shell.Execute(context.Background(), kernel.Input{Src: expr, Silent: true}, silent{})
	if err != nil {
		return err.Error()
	}
	return res.Shown.Text()
}

func TestWhatRunsAgain(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []string
		ran           []int
	}{
		{"nothing", []string{"a := 1", "b := a"}, []string{"a := 1", "b := a"}, nil},
		{"a comment", []string{"a := 1", "b := a"}, []string{"a := 1 // one", "\nb  :=  a"}, nil},
		{"a dependent", []string{"a := 1", "b := 2", "c := a"}, []string{"a := 3", "b := 2", "c := a"}, []int{1, 3}},
		{"at second hand", []string{"a := 1", "b := a", "c := 5", "d := b"}, []string{"a := 3", "b := a", "c := 5", "d := b"}, []int{1, 2, 4}},
		{"through a function", []string{"a := 1", "func f() int { return a }", "b := 2", "c := f()"}, []string{"a := 3", "func f() int { return a }", "b := 2", "c := f()"}, []int{1, 2, 4}},
		{"a new cell", []string{"a := 1", "b := a"}, []string{"a := 1", "z := 0", "b := a"}, []int{2}},
		{"a cell gone", []string{"a := 1", "z := 0", "b := a"}, []string{"a := 1", "b := a"}, nil},
		{"a change is undone first", []string{"a := 1", "b := 2", "a++", "c := a + b"}, []string{"a := 1", "b := 2", "a += 5", "c := a + b"}, []int{1, 3, 4}},
		{"a change is gone", []string{"a := 1", "b := 2", "a++", "c := a"}, []string{"a := 1", "b := 2", "c := a"}, []int{1, 3}},
		{"a later change is undone", []string{"a := 1", "b := a", "a = 7"}, []string{"a := 1", "b := a * 10", "a = 7"}, []int{1, 2, 3}},
		{"behind a pointer", []string{"p := &[]int{1}", "(*p)[0] = 2", "q := (*p)[0]", "r := 3"}, []string{"p := &[]int{1}", "(*p)[0] = 4", "q := (*p)[0]", "r := 3"}, []int{1, 2, 3}},
		{"a shared value", []string{"m := map[string]int{}", "add := func(k string) {}; add(\"a\"); maps.Keys(m)", "len(m)", "1 + 1"}, []string{"m := map[string]int{}", "add := func(k string) {}; add(\"b\"); maps.Keys(m)", "len(m)", "1 + 1"}, []int{2, 3}},
		{"a name twice", []string{"a := 1", "b := a", "a := \"x\"", "c := a"}, []string{"a := 1", "b := a + 1", "a := \"x\"", "c := a"}, []int{1, 2, 3, 4}},
		{"a package's name", []string{"n := rand.IntN(1)", "rand := 5", "m := rand"}, []string{"n := rand.IntN(1) + 1", "rand := 5", "m := rand"}, []int{1, 2, 3}},
		{"a predeclared name", []string{"n := max(1, 2)", "max := 5", "m := max"}, []string{"n := max(1, 3)", "max := 5", "m := max"}, []int{1, 2, 3}},
		{"a method", []string{"type T struct{ n int }", "func (t T) String() string { return \"one\" }", "v := T{1}", "s := fmt.Sprint(v)"}, []string{"type T struct{ n int }", "func (t T) String() string { return \"two\" }", "v := T{1}", "s := fmt.Sprint(v)"}, []int{2, 3, 4}},
		{"a method gone", []string{"type T struct{ n int }", "func (t T) String() string { return \"one\" }", "v := T{1}", "s := fmt.Sprint(v)"}, []string{"type T struct{ n int }", "v := T{1}", "s := fmt.Sprint(v)"}, []int{1, 2, 3}},
		{"an import", []string{"fmt.Sprint(1)", "x := fmt.Sprint(2)"}, []string{"len(\"1\")", "x := fmt.Sprint(2)"}, []int{1}},
		{"a command that asks", []string{"a := 1", "%who", "b := 2"}, []string{"a := 1", "%whos", "b := 2"}, []int{2}},
		{"a command that acts", []string{"a := 1", "%env GOSSL_WATCH=1", "b := 2"}, []string{"a := 2", "%env GOSSL_WATCH=1", "b := 2"}, []int{1, 2, 3}},
		{"a reset", []string{"a := 1", "%reset", "b := 2"}, []string{"a := 2", "%reset", "b := 2"}, []int{1, 2, 3}},
		{"cells change places", []string{"a := 1", "b := 2", "c := 3"}, []string{"b := 2", "a := 1", "c := 3"}, []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLive(t)
			l.run(c.before)
			if ran := l.run(c.after); !slices.Equal(ran, c.ran) {
				t.Errorf("cells %v run again, want %v", ran, c.ran)
			}
			fresh := newLive(t)
			fresh.run(c.after)
			for _, v := range fresh.shell.Session.Names() {
				if want, got := fresh.value(v.Name), l.value(v.Name); v.Kind == "variable" && got != want && !strings.Contains(want, "0x") {
					t.Errorf("%s is %s, in a session of its own %s", v.Name, got, want)
				}
			}
			if ran := l.run(c.after); len(ran) > 0 {
				t.Errorf("without a change cells %v run again", ran)
			}
		})
	}
}

// A cell that fails runs again with the next version, and those behind it for the first time.
func TestFailedCellRunsAgain(t *testing.T) {
	l := newLive(t)
	fails := `func() { panic("deliberate") }()`
	if ran := l.run([]string{"a := 1", fails, "b := a"}); !slices.Equal(ran, []int{1, 2}) {
		t.Errorf("cells %v run, want 1 and 2", ran)
	}
	if ran := l.run([]string{"a := 1", fails, "b := a + 1"}); !slices.Equal(ran, []int{2}) {
		t.Errorf("cells %v run, want 2", ran)
	}
	if ran := l.run([]string{"a := 1", "b := a"}); !slices.Equal(ran, []int{2}) {
		t.Errorf("cells %v run, want 2", ran)
	}
}

// Whatever changes, the variables are in the end what they are when the whole script runs in a session of its own.
func TestEditedScriptsAgreeWithFreshOnes(t *testing.T) {
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 7))
		cells := []string{"a := 1", "b := 2", "c := 3", "s := []int{4, 5}", "func f1() int { return a }", "f2 := func() int { return b }"}
		for range 4 {
			cells = append(cells, randomCell(rng))
		}
		l := newLive(t)
		var log []string
		for range 8 {
			next := edited(rng, cells)
			if _, err := read(next); err != nil {
				continue
			}
			cells = next
			ran := l.run(cells)
			log = append(log, fmt.Sprintf("%s\n=> %v", strings.Join(cells, "\n"), ran))
			fresh := newLive(t)
			fresh.run(cells)
			for _, v := range fresh.shell.Session.Names() {
				if v.Kind != "variable" {
					continue
				}
				if strings.HasPrefix(v.Name, "f") {
					continue // a function prints as an address
				}
				if want, got := fresh.value(v.Name), l.value(v.Name); got != want {
					t.Fatalf("seed %d: %s is %s, in a session of its own %s; the versions and what ran were\n%s", seed, v.Name, got, want, strings.Join(log, "\n\n"))
				}
			}
			fresh.shell.Session.Close()
		}
	}
}

// randomCell is a line of Go over a few names, which a script may or may not have defined.
func randomCell(rng *rand.Rand) string {
	v := func() string { return string("abc"[rng.IntN(3)]) }
	n := rng.IntN(10)
	switch rng.IntN(12) {
	case 0, 1:
		return fmt.Sprintf("%s := %d", v(), n)
	case 2:
		return fmt.Sprintf("%s := %s + %d", v(), v(), n)
	case 3:
		return fmt.Sprintf("%s++", v())
	case 4:
		return fmt.Sprintf("%s = %s * 2 + %d", v(), v(), n)
	case 5:
		return fmt.Sprintf("func f1() int { %s += %d; return %s }", v(), n, v())
	case 6:
		return fmt.Sprintf("%s := f1()", v())
	case 7:
		return fmt.Sprintf("f2 := func() int { %s += %d; return %s }", v(), n, v())
	case 8:
		return fmt.Sprintf("%s = f2() + f2()", v())
	case 9:
		return fmt.Sprintf("s := []int{%s, %d}", v(), n)
	case 10:
		return fmt.Sprintf("s[%d] += %s", rng.IntN(2), v())
	}
	return fmt.Sprintf("for i := range s { %s += s[i]; s[i] = %d }", v(), n)
}

// edited is a script after one or two changes.
func edited(rng *rand.Rand, cells []string) []string {
	cells = slices.Clone(cells)
	for range 1 + rng.IntN(2) {
		at := rng.IntN(len(cells))
		switch rng.IntN(4) {
		case 0, 1:
			cells[at] = randomCell(rng)
		case 2:
			cells = slices.Insert(cells, at, randomCell(rng))
		default:
			if len(cells) > 2 {
				cells = slices.Delete(cells, at, at+1)
			}
		}
	}
	return cells
}
