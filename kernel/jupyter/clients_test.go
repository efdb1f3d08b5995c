package jupyter_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter"
	"github.com/gossl/gossl/kernel/jupyter/internal/pyenv"
	"github.com/gossl/gossl/kernel/jupyter/kernelspec"
	"github.com/gossl/gossl/kernel/jupyter/widgets"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// The test program is also the kernel that real clients start: with this word as
// its first argument it serves the connection file that follows.
const kernelArg = "serve-as-a-kernel"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == kernelArg {
		if err := serve(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is a kernel with a comm target that sends back what it gets.
func serve(connectionFile string) error {
	session, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		return err
	}
	defer session.Close()
	var panels *widgets.Manager
	return jupyter.Serve(context.Background(), &command.Shell{Session: session, Lab: testLab{&testRun{knob: 0.5, width: 32}}}, connectionFile, jupyter.Options{
		Panel:   func(r command.Tunable) (kernel.Bundle, error) { return panels.Panel(r) },
		History: os.Getenv("GOSSL_TEST_HISTORY"),
		Logf:    func(format string, args ...any) { fmt.Fprintf(os.Stderr, "kernel: "+format+"\n", args...) },
		Comms: func(c *jupyter.Comms) {
			panels = widgets.NewManager(c)
			c.Handle("echo", func(comm *jupyter.Comm, _ jupyter.Event) {
				comm.OnMessage = func(e jupyter.Event) {
					if err := comm.Send(e.Data, e.Buffers...); err != nil {
						fmt.Fprintln(os.Stderr, err)
					}
				}
			})
		},
	})
}

// testLab has one run, whose only knob refuses values above 0.9.
type testLab struct{ run *testRun }

func (l testLab) Runs() []command.Run                   { return []command.Run{l.run} }
func (testLab) Backend(context.Context) (string, error) { return "none", nil }

type testRun struct {
	mu     sync.Mutex
	knob   float64
	width  int
	steps  int
	paused bool
}

func (r *testRun) Name() string { return "run-1" }

func (r *testRun) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return fmt.Sprintf("run-1: knob %g, width %d, steps %d, paused %v", r.knob, r.width, r.steps, r.paused)
}

func (r *testRun) KnobList() []command.Knob {
	return []command.Knob{{Name: "knob", Value: r.knob, Min: 0, Max: 1, Meaning: "a test"}, {Name: "wide", Value: 0.05, Min: 0, Max: 1e6}}
}

func (r *testRun) Set(knob string, v float64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v > 0.9 {
		return 0, fmt.Errorf("%g is <too much>", v)
	}
	r.knob = v
	return 7, nil
}

func (r *testRun) Get(string) (float64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.knob, nil
}

func (r *testRun) pause(yes bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.paused = yes
	return nil
}

func (r *testRun) Pause() error  { return r.pause(true) }
func (r *testRun) Resume() error { return r.pause(false) }
func (r *testRun) Resize(_ string, width int) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if width < 1 {
		return 0, fmt.Errorf("width %d is none", width)
	}
	r.width = width
	return 7, nil
}

func (r *testRun) Step(n int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps += n
	return nil
}

func (r *testRun) Steps() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.steps
}

func (r *testRun) HeadWidth() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.width
}

func (*testRun) Over() bool                  { return false }
func (*testRun) Checkpoint() (string, error) { return "kept/run-1", nil }
func (r *testRun) Stop()                     {}
func (r *testRun) Watch()                    {}
func (r *testRun) Plot() any                 { return nil }

// TestRealClients runs Jupyter's own client and its conformance suite against this
// kernel.
func TestRealClients(t *testing.T) {
	for _, suite := range []string{"conformance", "protocol", "notebook", "controls", "widgets", "robust", "tools", "probes"} {
		t.Run(suite, func(t *testing.T) {
			t.Parallel()
			runClients(t, suite)
		})
	}
}

// TestGoNBNotebooks executes the example notebooks of GoNB as they are.
func TestGoNBNotebooks(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	root := gonbRoot(t)
	runClients(t, "gonb", "GOSSL_TEST_GONB_EXAMPLES="+filepath.Join(root, "examples"), "GONB_GIT_ROOT="+root,
		"GOPATH="+goEnv(t, "GOPATH"), "GOCACHE="+goEnv(t, "GOCACHE"), "GOFLAGS=-mod=mod")
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// runClients runs a script of testdata, with this test program installed as a kernel under gossl's name and GoNB's.
func runClients(t *testing.T, suite string, env ...string) {
	python := pyenv.Python(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	prefix := t.TempDir()
	spec := kernelspec.Gossl(program, kernelArg)
	for _, s := range []kernelspec.Spec{spec, spec.AsGoNB()} {
		if _, err := s.Install(kernelspec.PrefixDir(prefix), false); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", suite+".py"))
	cmd.Env = append(append(os.Environ(),
		"GOSSL_TEST_KERNEL_NAME="+spec.Name,
		"GOSSL_TEST_HISTORY="+filepath.Join(t.TempDir(), "history"),
		"JUPYTER_PATH="+filepath.Join(prefix, "share", "jupyter"),
		"JUPYTER_RUNTIME_DIR="+runtimeDir(t),
		"PYTHONDONTWRITEBYTECODE=1",
	), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s.py: %v\n%s", suite, err, out)
	}
}

// runtimeDir makes a directory with a short name: paths of sockets are limited to
// about a hundred bytes.
func runtimeDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gossl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
