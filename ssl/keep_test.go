package ssl

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/gossl/gossl/ssl/internal/durable"
)

// kept starts the toy run in a directory and trains it for so many steps.
func kept(t testing.TB, l *Lab, dir string, p Policy, steps int) *Run {
	t.Helper()
	r := startPaused(t, l, killedExperiment(), 0)
	must(t, r.Keep(dir, p))
	if steps > 0 {
		must(t, r.Step(steps))
	}
	return r
}

func checkpointSteps(k Keeping) (steps []int) {
	for _, c := range k.Checkpoints {
		steps = append(steps, c.Step)
	}
	return steps
}

// The policy decides which checkpoints are there; the run's end adds one.
func TestKeepPolicy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "run")
	l := NewLab(newLab(t).Backend())
	r := kept(t, l, dir, Policy{Every: 5, Last: 2, Best: "loss"}, 0)
	mean := func(m Metrics, at int) float64 { return m.mean("loss", (at-1)/5*5+1, at) }
	for n := 1; n <= 17; n++ { // one at a time, so that no checkpoint gives way to a newer one
		must(t, r.Step(1))
		if n%5 == 0 {
			must(t, r.Save(dir))
		}
	}
	l.Close()
	k := r.Kept()
	if k.Err != nil || k.Dir != dir {
		t.Fatalf("Kept = %+v", k)
	}
	best := 5
	for _, at := range []int{10, 15, 17} {
		if mean(r.Metrics(), at) < mean(r.Metrics(), best) {
			best = at
		}
	}
	got := checkpointSteps(k)
	if n := len(got); n < 2 || got[n-1] != 17 || !slices.Contains(got, best) {
		t.Errorf("checkpoints of steps %v, want the last, of step 17, and the best, of step %d", got, best)
	}
	files, err := checkpoints(dir)
	must(t, err)
	if len(files) != len(k.Checkpoints) || len(files) > 3 {
		t.Errorf("the directory has %v, want %v", files, k.Checkpoints)
	}
	m, err := ReadMetrics(dir)
	must(t, err)
	if m.Len() != 17 || m.Last("loss") != r.Metrics().Last("loss") {
		t.Errorf("the log of metrics has %d steps, the last loss %g; want 17, %g", m.Len(), m.Last("loss"), r.Metrics().Last("loss"))
	}
}

// What cannot be kept is refused and leaves the run as it was.
func TestKeepRefuses(t *testing.T) {
	l := newLab(t)
	dir := t.TempDir()
	r := kept(t, l, dir, DefaultPolicy, 2)
	other := startPaused(t, l, killedExperiment(), 1)
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o644))
	for _, test := range []struct {
		what string
		err  error
		want string
	}{
		{"a directory that is taken", other.Keep(dir), "it is locked by another run of this process"},
		{"a policy", other.Keep(t.TempDir(), Policy{Every: 0, Last: 1}), "a checkpoint every 0 steps, the last 1 of them"},
		{"a file", other.Keep(file), "not a directory"},
		{"twice", r.Keep(t.TempDir()), "it is kept in " + dir},
		{"saving there", other.Save(dir), "a run is kept there, and no other can be"},
		{"resuming twice", second2(l.Resume(dir, toy)), "it is locked by another run of this process"},
		{"resuming nothing", second2(l.Resume(t.TempDir(), toy)), "there is no checkpoint in it"},
		{"resuming nowhere", second2(l.Resume(filepath.Join(dir, "no"), toy)), "no such file"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.what, test.err, test.want)
		}
	}
	if other.Kept().Dir != "" {
		t.Errorf("a run that was refused is kept: %+v", other.Kept())
	}
	r.Stop()
	if err := other.Keep(dir); err == nil || !strings.Contains(err.Error(), "a run is kept there already; ssl.Resume takes it up") {
		t.Errorf("Keep where another run was = %v", err)
	}
	must(t, other.Keep(t.TempDir()))
	must(t, other.Step(1))
}

func second2(_ *Run, err error) error { return err }

// Whatever a crash leaves of the newest checkpoint and of the logs, the run ends as if nothing
// had happened.
func TestResumeDamaged(t *testing.T) {
	l := newLab(t)
	const end = 16                                       // after an edit later than the last checkpoint
	straight := startPaused(t, l, killedExperiment(), 0) // its compiled step serves the others
	followPlanTo(t, straight, end)
	want := digest(t, straight)

	dir := t.TempDir()
	lab := NewLab(l.Backend())
	r := kept(t, lab, dir, Policy{Every: 6, Last: 3}, 0)
	must1(r.Set("temperature", 0.3))
	must(t, r.Step(6))
	must(t, r.Save(dir))
	must(t, r.Step(1))
	must1(r.Set("lambda", 0.5))
	must(t, r.Step(5))
	must(t, r.Save(dir))
	lab.Close()
	files := savedIn(t, dir)
	newest := filepath.Base(files[len(files)-1])
	contents := map[string][]byte{}
	for _, e := range must1(os.ReadDir(dir)) {
		contents[e.Name()] = must1(os.ReadFile(filepath.Join(dir, e.Name())))
	}
	resumed := func(what string, change func(name string, content []byte) []byte) {
		t.Helper()
		again := filepath.Join(t.TempDir(), "run")
		must(t, os.Mkdir(again, 0o755))
		for name, content := range contents {
			must(t, os.WriteFile(filepath.Join(again, name), change(name, bytes.Clone(content)), 0o644))
		}
		r, notes, err := l.resume(again, true, toy)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		defer r.Stop()
		followPlanTo(t, r, end)
		if got := digest(t, r); got != want {
			t.Errorf("%s: the run ends otherwise; notes %q, journal\n%v", what, notes, r.Journal())
		}
	}
	resumed("nothing", func(_ string, c []byte) []byte { return c })
	for i := range 12 {
		at := func(c []byte) int { return len(c) * i / 12 }
		resumed(fmt.Sprintf("the newest cut at %d/12", i), func(name string, c []byte) []byte {
			if name == newest {
				c = c[:at(c)]
			}
			return c
		})
		resumed(fmt.Sprintf("everything but the older checkpoints zero-filled from %d/12", i), func(name string, c []byte) []byte {
			if name == newest || name == metricsFile {
				clear(c[at(c):])
			}
			return c
		})
		resumed(fmt.Sprintf("the logs cut at %d/12", i), func(name string, c []byte) []byte {
			if name == metricsFile || name == editsFile {
				c = c[:at(c)]
			}
			return c
		})
	}
	lost := t.TempDir()
	for where, cut := range map[string]func([]byte) []byte{
		"in the header":  func(c []byte) []byte { return c[:100] },
		"in the weights": func(c []byte) []byte { return c[:len(c)-1] },
	} {
		for name, c := range contents {
			if strings.HasSuffix(name, ".safetensors") {
				c = cut(c)
			}
			must(t, os.WriteFile(filepath.Join(lost, name), c, 0o644))
		}
		if _, err := l.Resume(lost, toy); err == nil || !strings.Contains(err.Error(), "the file is damaged") || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("Resume with every checkpoint cut %s = %v", where, err)
		}
	}
	lock, err := durable.Acquire(filepath.Join(lost, lockFile)) // given back
	must(t, err)
	must(t, lock.Release())
}

const fullDisk = "GOSSL_TEST_FULL_DISK"

// While the disk is full the run trains on and says that it is not kept; when there is room
// again it is kept with everything that happened meanwhile.
func TestKeepOnAFullDisk(t *testing.T) {
	if dir := os.Getenv(fullDisk); dir != "" {
		keepWithLimit(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestKeepOnAFullDisk$")
	cmd.Env = append(os.Environ(), fullDisk+"="+filepath.Join(t.TempDir(), "run"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
}

func keepWithLimit(t *testing.T, dir string) {
	l := newLab(t)
	lab := NewLab(l.Backend())
	r := kept(t, lab, dir, Policy{Every: 4, Last: 2}, 0)
	must1(r.Set("temperature", 0.3))
	must(t, r.Step(7))
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64, Max: old.Max}))
	must1(r.Set("lambda", 0.5))
	must(t, r.Step(2))
	if err := r.Save(dir); err == nil || !strings.Contains(err.Error(), "file too large") {
		t.Errorf("Save into the run's own directory on a full disk = %v", err)
	}
	if err := r.Kept().Err; err == nil || !strings.Contains(err.Error(), "file too large") {
		t.Errorf("Kept on a full disk = %v", err)
	}
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old))
	must(t, r.Step(4)) // to the next checkpoint
	must(t, r.Save(dir))
	if err := r.Kept().Err; err != nil {
		t.Errorf("Kept when there is room again = %v", err)
	}
	want := digest(t, r)
	lab.Close()
	other := NewLab(l.Backend())
	defer other.Close()
	again, notes, err := other.resume(dir, true, toy)
	must(t, err)
	if got := digest(t, again); got != want || len(notes) > 0 {
		t.Errorf("resumed otherwise, with %q; journal\n%v", notes, again.Journal())
	}
}
