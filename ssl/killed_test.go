package ssl

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// quickXLA makes XLA compile in a fifth of the time, for steps that are to be right and not fast.
const quickXLA = "XLA_FLAGS=--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true --xla_cpu_use_fusion_emitters=false"

const killedDir = "GOSSL_TEST_KILLED_DIR"

// killedExperiment compiles in moments.
func killedExperiment() *Experiment {
	e := toyExperiment()
	e.Encoder = net.MLPEncoder(8)
	e.Steps = 60
	return e
}

// killedPlan are the edits of a run that is killed again and again: each waits, paused, for
// its step.
var killedPlan = []struct {
	step int // done before the edit
	edit func(r *Run) error
}{
	{0, func(r *Run) error { return second(r.Set("temperature", 0.3)) }},
	{7, func(r *Run) error { return second(r.Set("lambda", 0.5)) }},
	{13, func(r *Run) error {
		return second(r.Schedule("lr", func(step int) float64 { return 0.03 / float64(step) }))
	}},
	{20, func(r *Run) error { return second(r.Resize(Projector, 20)) }},
	{20, func(r *Run) error { return second(r.Set("lambda", 0.2)) }},
	{31, func(r *Run) error { return second(r.SetSparse(sparse.GroupL21(0.01).WithProximal())) }},
	{42, func(r *Run) error { return second(r.Resize(Projector, 9)) }},
	{55, func(r *Run) error { return second(r.Set("crop_min", 0.4)) }},
}

func second(_ int, err error) error { return err }

// followPlan makes the plan's edits that the run has not seen, each at its step, and trains
// to the end.
func followPlan(t testing.TB, r *Run) {
	t.Helper()
	followPlanTo(t, r, r.Experiment().Steps)
}

// followPlanTo is followPlan up to a step, the edits before the next one left out.
func followPlanTo(t testing.TB, r *Run, end int) {
	t.Helper()
	for i, p := range killedPlan {
		if p.step >= end {
			break
		}
		if n := p.step - r.Steps(); n > 0 {
			must(t, r.Step(n))
		}
		made := 0
		must(t, r.ask(func(o *owner) error { made = len(o.run.journal); return nil }))
		if made <= i {
			must(t, p.edit(r))
		}
	}
	if n := end - r.Steps(); n > 0 {
		must(t, r.Step(n))
	}
}

// digest is a hash over all of a run's variables, its metrics and its journal.
func digest(t testing.TB, r *Run) string {
	t.Helper()
	h := sha256.New()
	w := allWeights(t, r)
	for _, path := range slices.Sorted(maps.Keys(w)) {
		fmt.Fprintf(h, "%s %x\n", path, w[path])
	}
	m := r.Metrics()
	for _, name := range m.Names() {
		if name != "seconds" {
			fmt.Fprintf(h, "%s %v\n", name, m.Values[name])
		}
	}
	fmt.Fprintf(h, "%v\n", r.Journal())
	return fmt.Sprintf("%x", h.Sum(nil))
}

// A run that is killed at fifty random moments and taken up each time ends bit for bit as one
// that was never interrupted. The moments are of the clock; the outcome does not depend on
// them.
func TestKilledAndResumed(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		killedChild(t, dir)
		return
	}
	rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	want, _ := runKilled(t, "none", false, rng)

	const kills = 50
	dir := filepath.Join(t.TempDir(), "run")
	for n, before := 0, 0; ; {
		out, killed := runKilled(t, dir, n < kills, rng)
		if !killed {
			if out != want || !strings.HasPrefix(want, "end ") {
				t.Fatalf("after %d kills the run ends with %q, want %q", n, out, want)
			}
			if n >= kills {
				t.Logf("%d kills, %d of them before the run was up", kills, before)
				return
			}
			must(t, os.RemoveAll(dir)) // done: the next one begins anew
			continue
		}
		n++
		if out == "" {
			before++
		}
	}
}

// runKilled runs a child until a random moment, or to its end; out is the last that it printed.
func runKilled(t *testing.T, dir string, kill bool, rng *rand.Rand) (out string, killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledAndResumed$")
	cmd.Env = append(os.Environ(), killedDir+"="+dir, quickXLA)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var timer *time.Timer
	shoot := func(within time.Duration) {
		timer = time.AfterFunc(time.Duration(rng.Int64N(int64(within))), func() { cmd.Process.Kill() })
	}
	steps := rng.IntN(16) // done before the shot, or fewer
	if kill && rng.IntN(8) == 0 {
		shoot(300 * time.Millisecond)
		kill = false
	}
	lines := bufio.NewScanner(stdout)
	for n := 0; lines.Scan(); n++ {
		if lines.Text() == "PASS" { // of the child's test
			continue
		}
		out = lines.Text()
		if kill && n == steps {
			shoot(8 * time.Millisecond)
		}
	}
	err = cmd.Wait()
	if timer != nil {
		timer.Stop()
	}
	if cmd.ProcessState.Exited() && err != nil {
		t.Fatalf("child: %v\n%s%s", err, out, stderr.String())
	}
	return out, !cmd.ProcessState.Exited()
}

// killedChild begins the run, or takes it up, and trains it to its end.
func killedChild(t *testing.T, dir string) {
	l := newLab(t)
	var r *Run
	if dir == "none" { // the run that nothing interrupts
		r = startPaused(t, l, killedExperiment(), 0)
	} else if _, err := checkpointPath(dir); err == nil {
		r, _, err = l.resume(dir, true, toy)
		must(t, err)
	} else {
		r = startPaused(t, l, killedExperiment(), 0)
		must(t, r.Keep(dir, Policy{Every: 4, Last: 2, Best: "loss"}))
	}
	fmt.Println("up")
	r.OnStep(func(step int, _ Metrics) { fmt.Println("step", step) })
	followPlan(t, r)
	end := digest(t, r)
	l.Close()
	fmt.Println("end", end)
}
