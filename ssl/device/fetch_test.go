package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDownloadResumesBrokenConnections: each broken connection is taken up where it
// broke.
func TestDownloadResumesBrokenConnections(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	x.cut = []int{1 << 20, 500_000, -1}
	s := testStore(t, x)
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	got := x.served()
	if len(got) != 3 || got[0] != "" || !strings.HasPrefix(got[1], "bytes=") || !strings.HasPrefix(got[2], "bytes=") || got[1] == got[2] {
		t.Errorf("requests asked for %q, want all, then two later ranges", got)
	}
}

// TestCancelledDownloadIsResumed: what a cancelled installation got is used by the next.
func TestCancelledDownloadIsResumed(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	x.hold = 2_000_000
	s := testStore(t, x)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := s.Install(ctx, "cpu", func(p Progress) {
		if p.Done == 2_000_000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error = %v, want context.Canceled", err)
	}
	mustBeAbsent(t, s)
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if got := x.served(); !slices.Equal(got, []string{"", "bytes=2000000-"}) {
		t.Errorf("requests asked for %q, want the rest at the second", got)
	}
}

// TestServerWithoutRanges begins again and is right.
func TestServerWithoutRanges(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	part := s.Pins[0].Parts[0]
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	// A file longer than the wheel is worth nothing.
	if err := os.WriteFile(s.partial(part), bytes.Repeat([]byte{1}, len(x.raw)+5), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if got := x.served(); !slices.Equal(got, []string{""}) {
		t.Errorf("requests asked for %q, want one for all", got)
	}
}

// TestDamagedPartialIsNotTrusted: a kept first part that is wrong is found out by the
// hash, and the download begins again once.
func TestDamagedPartialIsNotTrusted(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.partial(s.Pins[0].Parts[0]), make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if got := x.served(); !slices.Equal(got, []string{"bytes=1000-", ""}) {
		t.Errorf("requests asked for %q, want the rest, then all", got)
	}
}

func TestBadDownloads(t *testing.T) {
	tests := []struct {
		name string
		make func(x *index, s *Store)
		want string
		gone bool // what was downloaded must not stay
	}{
		{"tampered", func(x *index, s *Store) { x.raw = bytes.Clone(x.raw); x.raw[1000] ^= 1 }, "not the pinned", true},
		{"longer", func(x *index, s *Store) { x.raw = append(bytes.Clone(x.raw), 1, 2, 3) }, "more than the", false},
		{"shorter", func(x *index, s *Store) { x.raw = x.raw[:len(x.raw)-7] }, "the server has fewer", true},
		{"not found", func(x *index, s *Store) { x.status = 404 }, "404 Not Found", false},
		{"no server", func(x *index, s *Store) { x.CloseClientConnections(); x.Listener.Close() }, "connection refused", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := newIndex(t, smallWheel(t))
			s := testStore(t, x)
			tt.make(x, s)
			_, err := s.Install(context.Background(), "cpu", nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "test-pjrt 1.2 from 127.0.0.1:") {
				t.Fatalf("error = %v, want one with %q and the source", err, tt.want)
			}
			mustBeAbsent(t, s)
			if st, err := os.Stat(s.partial(s.Pins[0].Parts[0])); tt.gone && err == nil && st.Size() > 0 {
				t.Errorf("%d bytes of it were kept", st.Size())
			}
		})
	}
}

// TestStalledServer: a server that accepts, sends a little and then nothing is given up,
// and what it sent is kept.
func TestStalledServer(t *testing.T) {
	raw := smallWheel(t)
	stalled := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") == "" {
			w.Write(raw[:1000])
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer stalled.Close()
	s := storeAt(t.TempDir(), stalled.URL, raw)
	s.Patience = 3 * time.Second
	_, err := s.Install(context.Background(), "cpu", nil)
	if err == nil || !strings.Contains(err.Error(), "no byte arrived for 3s; check the network and the proxy settings") {
		t.Fatalf("error = %v, want one about the silence", err)
	}
	mustBeAbsent(t, s)
	if st, err := os.Stat(s.partial(s.Pins[0].Parts[0])); err != nil || st.Size() != 1000 {
		t.Errorf("partial file: %v, %v; want the 1000 bytes that came", st, err)
	}
}

// TestDiskFull writes the download to a device that is always full.
func TestDiskFull(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/full", s.partial(s.Pins[0].Parts[0])); err != nil {
		t.Fatal(err)
	}
	_, err := s.Install(context.Background(), "cpu", nil)
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "is full: free about 16 MB, or set GOSSL_CACHE") {
		t.Errorf("error = %v, want a full disk with the remedy", err)
	}
	mustBeAbsent(t, s)
}

func TestNoPlaceForPlugins(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s.Dir = file + "/plugins"
	if _, err := s.Install(context.Background(), "cpu", nil); err == nil || !strings.Contains(err.Error(), "set GOSSL_CACHE to a folder that can be written") {
		t.Errorf("error = %v, want one with the remedy", err)
	}
}

func TestWheelLeadingOut(t *testing.T) {
	x := newIndex(t, wheel(t, map[string][]byte{library: {1}, "../../evil": {2}}))
	s := testStore(t, x)
	if _, err := s.Install(context.Background(), "cpu", nil); err == nil || !strings.Contains(err.Error(), `"../../evil", which leads out`) {
		t.Errorf("error = %v, want one about the path", err)
	}
	mustBeAbsent(t, s)
}

func TestWheelWithoutPlugin(t *testing.T) {
	x := newIndex(t, wheel(t, map[string][]byte{"pkg/other.so": {1}}))
	s := testStore(t, x)
	if _, err := s.Install(context.Background(), "cpu", nil); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("holds no %s", library)) {
		t.Errorf("error = %v, want one about the missing library", err)
	}
	mustBeAbsent(t, s)
}
