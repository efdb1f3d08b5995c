package device

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestPreload builds a plugin that opens cuSOLVER by its bare name, as XLA's does, in the tree that the wheels
// make, and looks whether it finds it.
func TestPreload(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("CUDA plugins are Linux's")
	}
	root := t.TempDir()
	build := func(path, source string, args ...string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		c := filepath.Join(t.TempDir(), "x.c")
		if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("gcc", append([]string{"-shared", "-fPIC", "-o", path, c}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("gcc: %v\n%s", err, out)
		}
	}
	build("nvidia/cusolver/lib/libcusolver.so.11", "int solve(void) { return 4; }", "-Wl,-soname,libcusolver.so.11")
	build("jax_plugins/xla_cuda12/xla_cuda_plugin.so", `
#include <dlfcn.h>
#include <stddef.h>
static struct { size_t size; void *ext; struct { size_t size; void *ext; int major, minor; } v; } api;
void *GetPjrtApi(void) {
	void *lib = dlopen("libcusolver.so.11", RTLD_LAZY);
	int (*solve)(void) = lib ? dlsym(lib, "solve") : 0;
	api.v.major = 7, api.v.minor = solve ? solve() : 0;
	return &api;
}`, "-ldl")
	plugin := filepath.Join(root, "jax_plugins/xla_cuda12/xla_cuda_plugin.so")
	if got := apiVersion(plugin); got != "7.0" {
		t.Fatalf("before: the plugin finds %s, want it to miss the library", got)
	}
	preload(plugin)
	if got := apiVersion(plugin); got != "7.4" {
		t.Errorf("after: the plugin finds %s, want 7.4", got)
	}
}

// TestInstallOfSeveralWheels: the later one's file stands, programs can be run, and all of it verifies.
func TestInstallOfSeveralWheels(t *testing.T) {
	var tool bytes.Buffer
	z := zip.NewWriter(&tool)
	for name, mode := range map[string]os.FileMode{"nvidia/cuda_nvcc/bin/ptxas": 0o755, "nvidia/__init__.py": 0o644} {
		h := &zip.FileHeader{Name: name}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte("#!/bin/sh\n"))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	wheels := [][]byte{wheel(t, map[string][]byte{library: pluginBytes(9), "nvidia/__init__.py": []byte("# first")}), tool.Bytes()}
	index := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Write(wheels[strings.TrimPrefix(r.URL.Path, "/")[0]-'0'])
	}))
	defer index.Close()
	s := storeAt(t.TempDir(), index.URL, wheels[0])
	first := &s.Pins[0].Parts[0]
	first.URL = index.URL + "/0.whl"
	sum := sha256.Sum256(wheels[1])
	s.Pins[0].Parts = append(s.Pins[0].Parts, Part{Package: "nvcc", Version: "1", URL: index.URL + "/1.whl", Size: int64(len(wheels[1])), SHA256: hex.EncodeToString(sum[:])})
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify("cpu"); err != nil {
		t.Error(err)
	}
	home := s.home(s.Pins[0])
	if out, err := exec.Command(filepath.Join(home, "nvidia/cuda_nvcc/bin/ptxas")).CombinedOutput(); err != nil {
		t.Errorf("the program of the wheel: %v, %s", err, out)
	}
	if raw, err := os.ReadFile(filepath.Join(home, "nvidia/__init__.py")); err != nil || string(raw) != "#!/bin/sh\n" {
		t.Errorf("the file of both wheels holds %q, %v", raw, err)
	}
	if st, err := os.Stat(filepath.Join(home, library)); err != nil || st.Mode()&0o111 != 0 {
		t.Errorf("the library: %v, %v", st, err)
	}
}
