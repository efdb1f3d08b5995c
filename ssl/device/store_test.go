package device

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestMain lets this program also be the other process of a test: see otherProcess.
func TestMain(m *testing.M) {
	if os.Getenv(otherEnv) != "" {
		os.Exit(otherMain())
	}
	os.Exit(m.Run())
}

// wheel is a real zip with a plugin of random bytes, so that it does not compress.
func wheel(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		w, err := z.Create(n)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(files[n]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pluginBytes(n int) []byte {
	raw := make([]byte, n)
	rand.New(rand.NewSource(7)).Read(raw)
	return raw
}

// index is a package index on loopback that serves one wheel, and misbehaves on demand.
type index struct {
	*httptest.Server
	raw []byte

	mu       sync.Mutex
	requests []string // the Range header of each request
	cut      []int    // of the next requests: close the connection after so many bytes; -1 serves all
	hold     int      // >= 0: after so many bytes wait for release
	held     chan struct{}
	release  chan struct{}
	status   int
}

func newIndex(t *testing.T, raw []byte) *index {
	x := &index{raw: raw, hold: -1, held: make(chan struct{}, 10), release: make(chan struct{})}
	x.Server = httptest.NewServer(x)
	t.Cleanup(func() {
		x.mu.Lock()
		select {
		case <-x.release:
		default:
			close(x.release)
		}
		x.mu.Unlock()
		x.Close()
	})
	return x
}

func (x *index) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	x.requests = append(x.requests, r.Header.Get("Range"))
	cut, hold, status := -1, x.hold, x.status
	if len(x.cut) > 0 {
		cut, x.cut = x.cut[0], x.cut[1:]
	}
	x.hold = -1
	x.mu.Unlock()
	if status != 0 {
		w.WriteHeader(status)
		return
	}
	limit := max(cut, hold)
	if limit < 0 {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(x.raw))
		return
	}
	out := &limited{ResponseWriter: w, left: limit}
	http.ServeContent(out, r, "", time.Time{}, bytes.NewReader(x.raw))
	w.(http.Flusher).Flush()
	if hold >= 0 {
		x.held <- struct{}{}
		select {
		case <-x.release:
		case <-r.Context().Done():
		}
	}
	panic(http.ErrAbortHandler)
}

// served is the Range headers seen so far.
func (x *index) served() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.requests)
}

type limited struct {
	http.ResponseWriter
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.ErrShortWrite
	}
	n := min(l.left, len(p))
	l.left -= n
	if _, err := l.ResponseWriter.Write(p[:n]); err != nil {
		return 0, err
	}
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

const library = "pkg/pjrt_c_api_cpu_plugin.so"

// testStore is a store whose table has one plugin, "cpu", served by x.
func testStore(t *testing.T, x *index) *Store { return storeAt(t.TempDir(), x.URL, x.raw) }

func storeAt(dir, url string, raw []byte) *Store {
	sum := sha256.Sum256(raw)
	return &Store{
		Dir: filepath.Join(dir, "plugins"), Client: &http.Client{Transport: &http.Transport{}}, Patience: 10 * time.Second,
		Pins: []Pin{{Name: "cpu", Platform: runtime.GOOS + "/" + runtime.GOARCH, Device: "cpu", Publisher: "a test", Plugin: library,
			Parts: []Part{{Package: "test-pjrt", Version: "1.2", URL: url + "/w.whl", Size: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])}}}},
	}
}

func smallWheel(t *testing.T) []byte {
	return wheel(t, map[string][]byte{library: pluginBytes(3 << 20), "pkg/LICENSE": []byte("free")})
}

// mustBeAbsent fails when anything in the store passes for a plugin.
func mustBeAbsent(t *testing.T, s *Store) {
	t.Helper()
	if p := s.List()[0]; p.Path != "" {
		t.Errorf("the plugin is listed as installed at %s", p.Path)
	}
	if _, err := s.Verify("cpu"); err == nil {
		t.Error("Verify accepts the plugin")
	}
	left, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left {
		if e.IsDir() {
			t.Errorf("the folder %s was left behind", e.Name())
		}
	}
}

func TestInstallVerifyRemove(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	ctx := context.Background()
	mustBeNew := s.List()[0]
	if mustBeNew.Path != "" || mustBeNew.Origin != "not installed (3 MB)" {
		t.Errorf("before: %+v", mustBeNew)
	}
	var steps []Progress
	p, err := s.Install(ctx, "cpu", func(p Progress) { steps = append(steps, p) })
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(p.Path)
	if err != nil || !bytes.Equal(raw, pluginBytes(3<<20)) {
		t.Fatalf("the library has %d bytes, error %v", len(raw), err)
	}
	if p.Version != "test-pjrt 1.2" || p.Origin != "installed by gossl" {
		t.Errorf("Install = %+v", p)
	}
	seen := map[string]bool{}
	for i, st := range steps {
		seen[st.What] = true
		if st.Done > st.Total || i > 0 && st.What == steps[i-1].What && st.Done < steps[i-1].Done {
			t.Errorf("progress goes from %+v to %+v", steps[max(i-1, 0)], st)
		}
	}
	if !seen["downloading test-pjrt 1.2"] || !seen["unpacking test-pjrt 1.2"] {
		t.Errorf("progress told of %v", seen)
	}
	if _, err := s.Verify("cpu"); err != nil {
		t.Errorf("Verify = %v", err)
	}
	if _, err := s.Install(ctx, "cpu", nil); err != nil || len(x.served()) != 1 {
		t.Errorf("a second Install: %v, after %d downloads; want 1 download in all", err, len(x.served()))
	}
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 { // the plugin and its lock
		t.Errorf("the store holds %v, want the plugin and its lock", entries)
	}
	if err := s.Remove(ctx, "cpu"); err != nil {
		t.Fatal(err)
	}
	mustBeAbsent(t, s)
	if err := s.Remove(ctx, "cpu"); err == nil {
		t.Error("a second Remove gives no error")
	}
}

func TestPins(t *testing.T) {
	names := map[string]bool{}
	for _, p := range Pins {
		key := p.Name + " " + p.Platform
		if names[key] {
			t.Errorf("%s is there twice", key)
		}
		names[key] = true
		if p.Device == "" || p.Publisher == "" || p.Licence == "" || p.Plugin == "" || p.Note == "" || len(p.Parts) == 0 {
			t.Errorf("%s is incomplete: %+v", key, p)
		}
		if !fs.ValidPath(p.Plugin) {
			t.Errorf("%s: plugin path %q", key, p.Plugin)
		}
		for _, part := range p.Parts {
			if sum, err := hex.DecodeString(part.SHA256); err != nil || len(sum) != 32 || part.Size <= 0 {
				t.Errorf("%s: %s has SHA-256 %q, size %d", key, part.Package, part.SHA256, part.Size)
			}
			if filepath.Ext(part.URL) != ".whl" || part.URL[:8] != "https://" {
				t.Errorf("%s: %s comes from %q", key, part.Package, part.URL)
			}
		}
	}
	for _, name := range []string{"cpu", "cuda12", "cuda13"} {
		for _, p := range []string{"linux/amd64", "linux/arm64"} {
			if !names[name+" "+p] {
				t.Errorf("no %s plugin for %s", name, p)
			}
		}
	}
}

func TestUnknownPlugin(t *testing.T) {
	s := testStore(t, newIndex(t, smallWheel(t)))
	want := `device: plugin "cup": unknown; this machine can install cpu`
	_, install := s.Install(context.Background(), "cup", nil)
	_, verify := s.Verify("cup")
	for _, err := range []error{install, verify, s.Remove(context.Background(), "cup")} {
		if fmt.Sprint(err) != want {
			t.Errorf("error = %v, want %s", err, want)
		}
	}
}
