package device

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
)

func TestParseName(t *testing.T) {
	s := testStore(t, newIndex(t, smallWheel(t)))
	s.Pins[0].Name = "cpu-jaxlib"
	abs, err := filepath.Abs("x/y.so")
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]target{
		"go":                            {goBackend: true},
		"xla":                           {},
		"xla:":                          {},
		"cpu":                           {device: "cpu"},
		"xla:cpu":                       {device: "cpu"},
		"cuda":                          {device: "cuda"},
		"cuda:1":                        {device: "cuda", options: "visible_devices=1"},
		"xla:cuda:0,memory_fraction=.5": {device: "cuda", options: "memory_fraction=.5,visible_devices=0"},
		"tpu":                           {device: "tpu"},
		"cpu-jaxlib":                    {device: "cpu", pinned: "cpu-jaxlib"},
		"xla:cpu-jaxlib":                {device: "cpu", pinned: "cpu-jaxlib"},
		"/a/b.so":                       {path: "/a/b.so"},
		"xla:/a/b.so,tf32=false":        {path: "/a/b.so", options: "tf32=false"},
		"x/y.so":                        {path: abs},
		"cpu,threads=2,devices=1":       {device: "cpu", options: "threads=2,devices=1"},
	}
	for name, want := range good {
		if got, err := s.parseName(name); err != nil || got != want {
			t.Errorf("parseName(%q) = %+v, %v; want %+v", name, got, err, want)
		}
	}
	bad := map[string]string{
		"gpu": `"gpu": unknown; use go, xla, cpu`, "go:ops": "takes no options", "go,x": "takes no options",
		"cpu:1": "only cuda takes a device number", "cuda:": `"" is no device number`, "cuda:one": `"one" is no device number`, "cuda:-1": `"-1" is no`,
		"cpu,threads=0": "a number from 1 to 1024", "cpu,devices=": "a number from 1 to 1024", "xla,threads=x": "a number from 1 to 1024", "cuda,threads=2": "options of the CPU",
	}
	for name, want := range bad {
		if _, err := s.parseName(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseName(%q): error %v, want one with %q", name, err, want)
		}
	}
}

// add computes 41 + 1 on a backend.
func add(t *testing.T, b compute.Backend) float32 {
	t.Helper()
	sum, err := graph.ExecOnce(b, func(x *graph.Node) *graph.Node { return graph.AddScalar(x, 1) }, float32(41))
	if err != nil {
		t.Fatal(err)
	}
	return sum.Value().(float32)
}

// TestOpenSelected opens what the environment selects: with GOMLX_BACKEND=go the pure-Go
// backend, with xla an installed plugin, which continuous integration provides.
func TestOpenSelected(t *testing.T) {
	b, info, err := Open(context.Background(), "", Options{NoInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if got := add(t, b); got != 42 {
		t.Errorf("%v: 41 + 1 = %v", info, got)
	}
	if name := os.Getenv(EnvName); strings.HasPrefix(name, "xla") && (info.Plugin == "" || info.API == "" || len(info.Devices) == 0) {
		t.Errorf("%s=%s opened %+v, want a plugin", EnvName, name, info)
	}
	if !strings.Contains(info.String(), info.Name) {
		t.Errorf("String() = %q lacks the name %q", info, info.Name)
	}
}

// TestCPUSettings: with an installed CPU plugin selected, its devices and threads are as
// asked; without one, the name is still understood.
func TestCPUSettings(t *testing.T) {
	rest, set, err := cutCPU("tf32=true,threads=3,devices=2")
	if err != nil || rest != "tf32=true" || set != (cpuSettings{3, 2}) {
		t.Errorf("cutCPU = %q, %+v, %v", rest, set, err)
	}
	t.Setenv("NPROC", "7")
	if err := set.withThreads(func() error {
		if os.Getenv("NPROC") != "3" || os.Getenv("PJRT_NPROC") != "3" {
			t.Errorf("NPROC=%s, PJRT_NPROC=%s; want 3", os.Getenv("NPROC"), os.Getenv("PJRT_NPROC"))
		}
		return nil
	}); err != nil || os.Getenv("NPROC") != "7" || os.Getenv("PJRT_NPROC") != "" {
		t.Errorf("afterwards NPROC=%s, PJRT_NPROC=%s, error %v", os.Getenv("NPROC"), os.Getenv("PJRT_NPROC"), err)
	}
	name := os.Getenv(EnvName)
	if !strings.HasPrefix(name, "xla") || strings.ContainsRune(name, ',') {
		return // no plugin is selected: what is above is all there is to test
	}
	b, info, err := Open(context.Background(), name+",threads=2,devices=3", Options{NoInstall: true})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if info.Platform == "cpu" && (b.NumDevices() != 3 || len(info.Devices) != 3) {
		t.Errorf("%d devices, the probe saw %v; want 3", b.NumDevices(), info.Devices)
	}
	if got := add(t, b); got != 42 {
		t.Errorf("41 + 1 = %v", got)
	}
}

// TestPlainPath: a CPU plugin below a folder called nvidia is loaded by a path that go-xla
// does not misread.
func TestPlainPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nvidia")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "cpu.so")
	if err := os.WriteFile(path, []byte("plugin"), 0o644); err != nil {
		t.Fatal(err)
	}
	plain, done, err := plainPath(path, "cpu")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain, "nvidia") {
		t.Errorf("plain path %s", plain)
	}
	if raw, err := os.ReadFile(plain); err != nil || string(raw) != "plugin" {
		t.Errorf("%s holds %q, %v", plain, raw, err)
	}
	done()
	if _, err := os.Lstat(filepath.Dir(plain)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link's folder is still there: %v", err)
	}
	for _, same := range []struct{ path, platform string }{{path, "cuda"}, {"/a/cpu.so", "cpu"}} {
		if got, _, err := plainPath(same.path, same.platform); err != nil || got != same.path {
			t.Errorf("plainPath(%q, %q) = %q, %v", same.path, same.platform, got, err)
		}
	}
}

// noPlugins makes a machine without plugins, and a store whose index does not answer.
func noPlugins(t *testing.T) *Store {
	t.Helper()
	t.Setenv(EnvName, "")
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", t.TempDir())
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	x.Listener.Close()
	return s
}

func TestOpenWithoutNetwork(t *testing.T) {
	s := noPlugins(t)
	b, info, err := Open(context.Background(), "", Options{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Finalize()
	if info.Name != "go" || info.Platform != "go" || add(t, b) != 42 {
		t.Errorf("opened %+v", info)
	}
	for _, part := range []string{"pure-Go backend", "slower", "connection refused"} {
		if !strings.Contains(info.Note, part) {
			t.Errorf("note %q lacks %q", info.Note, part)
		}
	}
	if strings.Contains(info.Note, "\n") {
		t.Errorf("note of several lines: %q", info.Note)
	}
	for _, name := range []string{"cpu", "xla", "xla:cpu"} {
		if _, _, err := Open(context.Background(), name, Options{Store: s}); err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("Open(%q): error %v, want that of the network: a named backend is not replaced", name, err)
		}
	}
}

// TestOpenThroughSilentProxy: a proxy that accepts connections and says nothing.
func TestOpenThroughSilentProxy(t *testing.T) {
	s := noPlugins(t)
	x := newIndex(t, smallWheel(t))
	x.hold = 0
	s.Pins[0].Parts[0].URL = x.URL + "/w.whl"
	s.Patience = 50 * time.Millisecond
	b, info, err := Open(context.Background(), "", Options{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	b.Finalize()
	if info.Name != "go" || !strings.Contains(info.Note, "no byte arrived") {
		t.Errorf("opened %+v", info)
	}
}

// TestOpenWithoutHome: no place to keep a plugin is no reason not to train.
func TestOpenWithoutHome(t *testing.T) {
	for _, name := range []string{EnvName, CacheEnv, "HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	b, info, err := Open(context.Background(), "", Options{})
	if err != nil {
		t.Fatal(err)
	}
	b.Finalize()
	if info.Name != "go" || !strings.Contains(info.Note, "set GOSSL_CACHE to a folder") {
		t.Errorf("opened %+v", info)
	}
	if _, _, err := Open(context.Background(), "cpu", Options{}); err == nil || !strings.Contains(err.Error(), "set GOSSL_CACHE to a folder") {
		t.Errorf("error = %v, want one with the remedy", err)
	}
}

func TestOpenCancelled(t *testing.T) {
	s := noPlugins(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Open(ctx, "", Options{Store: s}); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled and no fallback", err)
	}
}

func TestOpenNoInstall(t *testing.T) {
	s := noPlugins(t)
	_, info, err := Open(context.Background(), "", Options{Store: s, NoInstall: true})
	if err != nil || info.Name != "go" || !strings.Contains(info.Note, "`gossl backend install cpu` installs it") {
		t.Errorf("Open = %+v, %v", info, err)
	}
	if _, _, err := Open(context.Background(), "cpu", Options{Store: s, NoInstall: true}); err == nil || !strings.Contains(err.Error(), "`gossl backend install cpu`") {
		t.Errorf("error = %v, want one that names the command", err)
	}
}

func TestEnvironmentNamesBackend(t *testing.T) {
	s := noPlugins(t)
	t.Setenv(EnvName, "go")
	if _, info, err := Open(context.Background(), "", Options{Store: s}); err != nil || info.Name != "go" || info.Note != "" {
		t.Errorf("Open = %+v, %v; want go without a note", info, err)
	}
	t.Setenv(EnvName, "gp")
	if _, _, err := Open(context.Background(), "", Options{Store: s}); err == nil || !strings.Contains(err.Error(), `"gp": unknown`) || !strings.Contains(err.Error(), "(from GOMLX_BACKEND)") {
		t.Errorf("error = %v, want one that names the variable", err)
	}
}

// compile builds a shared library from C, as the plugin of a test.
func compile(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	c, so := filepath.Join(dir, "p.c"), filepath.Join(dir, "pjrt_c_api_cpu_plugin.so")
	if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-o", so, c).CombinedOutput(); err != nil {
		t.Fatalf("gcc, which building this package needs too: %v\n%s", err, out)
	}
	return so
}

// TestBadPlugins: whatever a plugin does, this process lives and the error says what it
// was.
func TestBadPlugins(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no library\n", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		want       []string
	}{
		{"crashes while loading", compile(t, `__attribute__((constructor)) static void f(void) { *(volatile int*)0 = 1; }`), []string{"it crashed (SIGSEGV: segmentation violation)"}},
		{"crashes in its entry", compile(t, `void *GetPjrtApi(void) { return *(void**)0; }`), []string{"it crashed (SIGSEGV"}},
		{"aborts", compile(t, "#include <stdio.h>\n#include <stdlib.h>\nvoid *GetPjrtApi(void) { fprintf(stderr, \"F0000 00:00:1.5 12 main.cc:7] bad day\\n\"); abort(); }"), []string{"it crashed (SIGABRT: abort)", "bad day"}},
		{"ends the process", compile(t, "#include <stdlib.h>\nvoid *GetPjrtApi(void) { exit(3); }"), []string{"exit status 3"}},
		{"is no plugin", compile(t, `int other(void) { return 1; }`), []string{"this library is no PJRT plugin"}},
		{"is no library", text, []string{"the file is damaged or no plugin"}},
		{"an interface of another version", compile(t, `
struct { unsigned long size; void *ext; struct { unsigned long size; void *ext; int major, minor; } version; void *fns[200]; } api = { 40, 0, { 24, 0, 99, 1 } };
void *GetPjrtApi(void) { return &api; }`), []string{"it speaks version 99.1 of the PJRT interface, and gossl was built for " + knownAPI}},
	}
	s := noPlugins(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Open(context.Background(), "xla:"+tt.path, Options{Store: s})
			if err == nil {
				t.Fatal("opened")
			}
			for _, part := range append(tt.want, tt.path, "; ") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q lacks %q", err, part)
				}
			}
		})
	}
}

// TestHangingPlugin: a plugin that never answers ends with the caller's context.
func TestHangingPlugin(t *testing.T) {
	ready := filepath.Join(t.TempDir(), "ready")
	so := compile(t, "#include <stdio.h>\n#include <unistd.h>\nvoid *GetPjrtApi(void) { fclose(fopen(\""+ready+"\", \"w\")); for (;;) pause(); }")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	s := noPlugins(t)
	go func() {
		_, _, err := Open(ctx, so, Options{Store: s})
		ended <- err
	}()
	for {
		if _, err := os.Stat(ready); err == nil {
			break
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		default:
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v, want context.Canceled", err)
	}
}

// TestBrokenInstalledPluginFallsBack: without a name a plugin that does not work is passed
// over, and the note says so.
func TestBrokenInstalledPluginFallsBack(t *testing.T) {
	so := compile(t, `void *GetPjrtApi(void) { return *(void**)0; }`)
	raw, err := os.ReadFile(so)
	if err != nil {
		t.Fatal(err)
	}
	s := noPlugins(t)
	x := newIndex(t, wheel(t, map[string][]byte{library: raw}))
	s = storeAt(t.TempDir(), x.URL, x.raw)
	b, info, err := Open(context.Background(), "", Options{Store: s})
	if err != nil {
		t.Fatal(err)
	}
	b.Finalize()
	if info.Name != "go" || !strings.Contains(info.Note, "it crashed") || len(x.served()) != 1 {
		t.Errorf("opened %+v after %d downloads", info, len(x.served()))
	}
	// The second time it is there, sound, and still broken: no download helps.
	if b, info, err = Open(context.Background(), "", Options{Store: s}); err != nil || info.Name != "go" || len(x.served()) != 1 {
		t.Fatalf("opened %+v, %v after %d downloads", info, err, len(x.served()))
	}
	b.Finalize()
	if strings.Count(info.Note, "it crashed") != 1 {
		t.Errorf("note %q says it more than once", info.Note)
	}
	if _, _, err := Open(context.Background(), "cpu", Options{Store: s}); err == nil || !strings.Contains(err.Error(), "it crashed") {
		t.Errorf("error = %v, want that of the named plugin", err)
	}
}

// TestNoDevice: nothing is downloaded for a device that is not there.
func TestNoDevice(t *testing.T) {
	if hasCUDA() || hasTPU() {
		t.Skip("this machine has one")
	}
	s := noPlugins(t)
	s.Pins = Pins
	s.Client = nil // a download would panic
	for name, want := range map[string]string{
		"cuda": "name cuda13, for drivers from 580 on, or cuda12", "xla:cuda:1": "see nvidia-smi",
		"cuda13": "there is no CUDA device here", "tpu": "`gossl backend install tpu` fetches it all the same",
	} {
		_, _, err := Open(context.Background(), name, Options{Store: s})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q): error %v, want %q", name, err, want)
		}
	}
}

func TestDrivers(t *testing.T) {
	for driver, want := range map[string]string{
		"NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:17:31 UTC 2025":                  "cuda13",
		"NVIDIA UNIX Open Kernel Module for x86_64  570.124.06  Release Build  (root@x)  Wed Feb 26": "cuda12",
		"": "cuda12",
	} {
		if got := cudaFor(driver); got != want {
			t.Errorf("cudaFor(%q) = %s, want %s", driver, got, want)
		}
	}
	if got := idle(true, "Kernel Module  590.1.2", false); !strings.Contains(got, "`gossl backend install cuda13`") {
		t.Errorf("an idle GPU: %q", got)
	}
	if got := idle(false, "", true); !strings.Contains(got, "`gossl backend install tpu`") {
		t.Errorf("an idle TPU: %q", got)
	}
	if got := idle(false, "", false); got != "" {
		t.Errorf("nothing idle: %q", got)
	}
}

// TestFailingCUDAPlugin: what XLA's CUDA plugin says on a machine without a driver.
func TestFailingCUDAPlugin(t *testing.T) {
	err := explainPlugin("/x/xla_cuda_plugin.so", "PJRT error (code=9): No visible GPU devices.", "Could not find cuda drivers on your machine, GPU will not be used.\n")
	if want := "the NVIDIA driver is missing or sees no GPU: check with nvidia-smi, or use --backend cpu"; !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error = %v, want it to end in %q", err, want)
	}
}

func TestFoundElsewhere(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CONDA_PREFIX", "")
	t.Setenv("VIRTUAL_ENV", t.TempDir())
	for _, f := range []string{"jax_plugins/xla_cuda13/xla_cuda_plugin.so", "jax_plugins/xla_cuda12/xla_cuda_plugin.so"} {
		path := filepath.Join(os.Getenv("VIRTUAL_ENV"), "lib/python3.12/site-packages", f)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"pjrt_c_api_cpu_plugin.so", "pjrt_c_api_cuda_plugin.so", "libtpu.so", "other.so", "pjrt-plugin-foo.so"} {
		if err := os.WriteFile(filepath.Join(dir, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PJRT_PLUGIN_LIBRARY_PATH", "relative:"+dir)
	got := map[string]string{}
	found := foundElsewhere()
	if last := found[len(found)-2:]; !strings.Contains(last[0].Path, "xla_cuda13/") || !strings.Contains(last[1].Path, "xla_cuda12/") {
		t.Errorf("in the Python environment found %v, want CUDA 13, then 12", last)
	}
	for _, p := range found {
		got[filepath.Base(p.Path)] = p.Device
	}
	want := map[string]string{"pjrt_c_api_cpu_plugin.so": "cpu", "pjrt_c_api_cuda_plugin.so": "cuda", "libtpu.so": "tpu", "pjrt-plugin-foo.so": "cpu", "xla_cuda_plugin.so": "cuda"}
	if len(got) != len(want) {
		t.Errorf("found %v, want %v", got, want)
	}
	for f, d := range want {
		if got[f] != d {
			t.Errorf("%s drives %q, want %q", f, got[f], d)
		}
	}
}
