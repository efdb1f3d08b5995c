package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl"
	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
)

// Runs that train when a kernel ends are kept and offered to the next one of the same notebook, until they are over.
func TestUnfinishedRunsAreOffered(t *testing.T) {
	t.Setenv("GOMLX_BACKEND", "go")
	t.Setenv("JPY_SESSION_NAME", "/books/one.ipynb")
	state, kept := t.TempDir(), filepath.Join(t.TempDir(), "kept")
	t.Cleanup(ssl.CloseDefaultLab)
	set := data.FashionMNIST().First(64, 16)
	start := func(steps int) *ssl.Run {
		exp := ssl.NewSimCLR(set)
		exp.Encoder = net.MLPEncoder(8)
		exp.Batch, exp.Steps = 8, steps
		return ssl.Start(exp)
	}
	offered := func() []string {
		t.Helper()
		text, err := takeUp(state)
		if err != nil {
			t.Fatal(err)
		}
		var dirs []string
		for _, m := range regexp.MustCompile(`(?m)^\trun := ssl\.Resume\("(.*)"\) // simclr-\d, step \d+ of \d+$`).FindAllStringSubmatch(text, -1) {
			dirs = append(dirs, m[1])
		}
		if (text == "") != (len(dirs) == 0) {
			t.Fatalf("takeUp = %q", text)
		}
		return dirs
	}
	end := func() {
		t.Helper()
		if err := endRuns(state); err != nil {
			t.Fatal(err)
		}
	}

	if dirs := offered(); dirs != nil {
		t.Errorf("before anything ran: %q", dirs)
	}
	const many = 1_000_000
	paused, training, over := start(many), start(many), start(2)
	if err := paused.Pause(); err != nil {
		t.Fatal(err)
	}
	if err := training.Keep(kept); err != nil {
		t.Fatal(err)
	}
	if err := training.WaitStep(2); err != nil {
		t.Fatal(err)
	}
	if err := over.Wait(); err != nil {
		t.Fatal(err)
	}
	end()
	dirs := offered()
	if len(dirs) != 2 || !strings.HasPrefix(dirs[0], filepath.Join(state, "runs")) && !strings.HasPrefix(dirs[1], filepath.Join(state, "runs")) || dirs[0] != kept && dirs[1] != kept {
		t.Fatalf("offered: %q, want %s and one in %s", dirs, kept, state)
	}
	t.Setenv("JPY_SESSION_NAME", "/books/other.ipynb")
	if dirs := offered(); dirs != nil {
		t.Errorf("another notebook is offered %q", dirs)
	}
	t.Setenv("JPY_SESSION_NAME", "/books/one.ipynb")

	step := training.Steps()
	for _, dir := range dirs {
		r := ssl.Resume(dir, set)
		if dir == kept && r.Steps() < step {
			t.Errorf("it ended after step %d, and is taken up after %d", step, r.Steps())
		}
		r.Stop()
		r.Wait()
	}
	end()
	if dirs := offered(); dirs != nil {
		t.Errorf("after both were stopped: %q", dirs)
	}

	start(many)
	end()
	dirs = offered()
	if len(dirs) != 1 {
		t.Fatalf("offered: %q", dirs)
	}
	if err := os.RemoveAll(dirs[0]); err != nil {
		t.Fatal(err)
	}
	if dirs := offered(); dirs != nil {
		t.Errorf("a directory that is gone is offered: %q", dirs)
	}
	if left, err := filepath.Glob(filepath.Join(state, "unfinished", "*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

func TestForgetOld(t *testing.T) {
	dir := t.TempDir()
	for i := range keptRuns + 3 {
		if err := os.MkdirAll(filepath.Join(dir, string(rune('a'+i)), "sub"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := forgetOld(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != keptRuns || left[0].Name() != "d" {
		t.Errorf("%d left, the first is %v, %v", len(left), left[0], err)
	}
	if err := forgetOld(filepath.Join(dir, "none")); err != nil {
		t.Error(err)
	}
}
