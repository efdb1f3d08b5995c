package device

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// otherEnv makes this test program another process that installs "cpu": it holds the
// store's parent folder, the index's address and the wheel's file.
const otherEnv = "GOSSL_TEST_OTHER"

func otherMain() int {
	f := strings.Split(os.Getenv(otherEnv), "\n")
	raw, err := os.ReadFile(f[2])
	if err == nil {
		_, err = storeAt(f[0], f[1], raw).Install(context.Background(), "cpu", func(p Progress) {
			fmt.Println(p.What, p.Done)
		})
	}
	if err != nil {
		fmt.Println("FAILED:", err)
		return 1
	}
	fmt.Println("INSTALLED")
	return 0
}

// otherProcess starts another gossl that installs from x into s.
func otherProcess(t *testing.T, s *Store, x *index) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wheel")
	if err := os.WriteFile(file, x.raw, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherEnv+"="+filepath.Dir(s.Dir)+"\n"+x.URL+"\n"+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

// wait reads lines up to one with the given text.
func wait(t *testing.T, lines *bufio.Scanner, text string) {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
		if strings.Contains(lines.Text(), "FAILED") {
			t.Fatal(lines.Text())
		}
	}
	t.Fatalf("the other process ended without %q", text)
}

// TestTwoProcesses: two at once download once, and both have the plugin.
func TestTwoProcesses(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	x.hold = 1 << 20
	s := testStore(t, x)
	first, firstOut := otherProcess(t, s, x)
	<-x.held // the first is at work
	second, secondOut := otherProcess(t, s, x)
	wait(t, secondOut, "waiting for another gossl that installs cpu")
	mustBeAbsent(t, s)
	close(x.release)
	wait(t, firstOut, "INSTALLED")
	wait(t, secondOut, "INSTALLED")
	for _, cmd := range []*exec.Cmd{first, second} {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Verify("cpu"); err != nil {
		t.Error(err)
	}
	// The held connection broke after release; the rest came by a second request.
	if got := x.served(); !slices.Equal(got, []string{"", "bytes=1048576-"}) {
		t.Errorf("requests asked for %q, want each byte once", got)
	}
}

// TestKilledProcess: a process killed in the middle of a download leaves no lock and
// nothing that passes for a plugin; the next one goes on from there.
func TestKilledProcess(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	x.hold = 1_500_000
	s := testStore(t, x)
	cmd, out := otherProcess(t, s, x)
	wait(t, out, "downloading test-pjrt 1.2 1500000")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the killed process ended with %v", err)
	}
	mustBeAbsent(t, s)
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if got := x.served(); !slices.Equal(got, []string{"", "bytes=1500000-"}) {
		t.Errorf("requests asked for %q, want the rest at the second", got)
	}
}

// TestKilledWhileUnpacking: what a killed installation had unpacked is swept away.
func TestKilledWhileUnpacking(t *testing.T) {
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	litter := filepath.Join(s.Dir, tempPrefix+"cpu-123", "pkg")
	if err := os.MkdirAll(litter, 0o755); err != nil {
		t.Fatal(err)
	}
	if p := s.List()[0]; p.Path != "" {
		t.Errorf("half a plugin is listed as installed at %s", p.Path)
	}
	if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(litter)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the litter is still there: %v", err)
	}
}

// TestDamageIsFound: whatever is done to the library's file is noticed before it is
// loaded, also when size and time of modification are put back.
func TestDamageIsFound(t *testing.T) {
	damages := map[string]func(path string, st os.FileInfo) error{
		"truncated": func(path string, st os.FileInfo) error { return os.Truncate(path, 1000) },
		"one bit, times put back": func(path string, st os.FileInfo) error {
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			defer f.Close()
			b := []byte{0}
			if _, err := f.ReadAt(b, 12345); err != nil {
				return err
			}
			b[0] ^= 1
			if _, err := f.WriteAt(b, 12345); err != nil {
				return err
			}
			return os.Chtimes(path, time.Time{}, st.ModTime())
		},
		"removed":  func(path string, st os.FileInfo) error { return os.Remove(path) },
		"replaced": func(path string, st os.FileInfo) error { return os.WriteFile(path, make([]byte, st.Size()), 0o644) },
	}
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			p, err := s.Install(context.Background(), "cpu", nil)
			if err != nil {
				t.Fatal(err)
			}
			home := s.home(s.Pins[0])
			if err := verifyQuick(home, "cpu"); err != nil {
				t.Fatalf("before the damage: %v", err)
			}
			st, err := os.Stat(p.Path)
			if err != nil {
				t.Fatal(err)
			}
			if err := damage(p.Path, st); err != nil {
				t.Fatal(err)
			}
			var corrupt *CorruptError
			if err := verifyQuick(home, "cpu"); !errors.As(err, &corrupt) || corrupt.File != p.Path {
				t.Errorf("quick check = %v, want a *CorruptError for %s", err, p.Path)
			}
			if _, err := s.Verify("cpu"); !errors.As(err, &corrupt) || !strings.Contains(err.Error(), "`gossl backend install cpu` installs it again") {
				t.Errorf("Verify = %v, want a *CorruptError with the remedy", err)
			}
			if _, err := s.Install(context.Background(), "cpu", nil); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Verify("cpu"); err != nil {
				t.Errorf("after a new installation: %v", err)
			}
		})
	}
}
