package durable_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossl/gossl/ssl/internal/durable"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A file that cannot be written whole leaves the old one, and nothing beside it.
func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	text := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	must(t, durable.WriteFile(path, text("one")))
	full := errors.New("the disk is full")
	err := durable.WriteFile(path, func(w io.Writer) error { return errors.Join(text("tw")(w), full) })
	if !errors.Is(err, full) {
		t.Errorf("WriteFile = %v, want the writer's error", err)
	}
	must(t, os.WriteFile(filepath.Join(filepath.Dir(path), ".partial-123"), nil, 0o600)) // of a killed process
	must(t, durable.Sweep(filepath.Dir(path)))
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	content, err := os.ReadFile(path)
	must(t, err)
	if string(content) != "one" || len(entries) != 1 {
		t.Errorf("the file holds %q, among %v", content, entries)
	}
}

// A log that is cut, zero-filled or altered anywhere gives its lines up to there, and can be
// appended to.
func TestLogDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.jsonl")
	l, _, err := durable.Open(path)
	must(t, err)
	want := []string{`{"a":1}`, `{"b":"\n","c":[2]}`, `{"d":null}`}
	must(t, l.Append([]byte(want[0]), []byte(want[1])))
	must(t, l.Append([]byte(want[2])))
	must(t, l.Sync())
	must(t, l.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	var ends []int
	for i, b := range whole {
		if b == '\n' {
			ends = append(ends, i+1)
		}
	}
	for n := range whole {
		lines := 0
		for lines < len(ends) && ends[lines] <= n {
			lines++
		}
		zeroed := bytes.Clone(whole)
		clear(zeroed[n:])
		altered := bytes.Clone(whole)
		altered[n] ^= 0x21
		for what, content := range map[string][]byte{"cut": whole[:n], "zero-filled": zeroed, "altered": altered} {
			must(t, os.WriteFile(path, content, 0o644))
			l, _, err := durable.Open(path)
			must(t, err)
			must(t, l.Append([]byte(`{"e":5}`)))
			must(t, l.Close())
			got, err := durable.Read(path)
			must(t, err)
			expected := fmt.Sprintf("%q", append(append([]string(nil), want[:lines]...), `{"e":5}`))
			if fmt.Sprintf("%q", got) != expected {
				t.Fatalf("%s at byte %d: the log has %q, want %s", what, n, got, expected)
			}
		}
	}
}

func TestLogRefuses(t *testing.T) {
	l, _, err := durable.Open(filepath.Join(t.TempDir(), "log"))
	must(t, err)
	defer l.Close()
	for _, line := range []string{"", "{}", "[1]", "{\"a\":\n1}"} {
		if err := l.Append([]byte(line)); err == nil {
			t.Errorf("Append(%q) succeeded", line)
		}
	}
	if _, _, err := durable.Open(filepath.Join(t.TempDir(), "no", "log")); err == nil {
		t.Error("a log was opened in a directory that is not there")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("{\"a\":1,\"crc\":\"00000000\"}\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "log")
		must(t, os.WriteFile(path, content, 0o644))
		before, err := durable.Read(path)
		must(t, err)
		l, opened, err := durable.Open(path)
		must(t, err)
		must(t, l.Append([]byte(`{"last":true}`)))
		must(t, l.Close())
		after, err := durable.Read(path)
		must(t, err)
		if len(opened) != len(before) || len(after) != len(before)+1 || !strings.Contains(string(after[len(before)]), "last") {
			t.Errorf("%d lines, then %d, want one more", len(before), len(after))
		}
	})
}

// A lock is refused while somebody has it, with the holder's name.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, err := durable.Acquire(path)
	must(t, err)
	if _, err := durable.Acquire(path); !errors.Is(err, durable.ErrLocked) || !strings.Contains(err.Error(), "another run of this process") {
		t.Errorf("Acquire of a lock that is taken = %v", err)
	}
	must(t, l.Release())
	must(t, l.Release())
	again, err := durable.Acquire(path)
	must(t, err)
	must(t, again.Release())
}
