package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestGeneratedFilesAreFresh generates everything again and compares it with what is there. Under
// another patch release of Go than the one that wrote it, comments and unexported fields of the standard library may
// differ, so then the archives are left alone: the tables have to be the same under all.
func TestGeneratedFilesAreFresh(t *testing.T) {
	const out = "../.."
	here, err := goTool(".", "env", "GOVERSION")
	if err != nil {
		t.Fatal(err)
	}
	wrote, err := os.ReadFile(filepath.Join(out, toolchainFile))
	if err != nil {
		t.Fatal(err)
	}
	fresh := t.TempDir()
	start := time.Now()
	if msg, err := exec.Command("go", "run", ".", "-o", fresh).CombinedOutput(); err != nil { // a process of its own: not slowed by the race detector
		t.Fatalf("go run .: %v\n%s", err, msg)
	}
	t.Logf("generated again in %v", time.Since(start).Round(time.Millisecond))
	for _, g := range groups {
		there, err := g.owned(out)
		if err != nil {
			t.Fatal(err)
		}
		wanted, err := g.owned(fresh)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range there {
			if !slices.Contains(wanted, name) {
				t.Errorf("%s is not generated any more", name)
			}
		}
		for _, name := range wanted {
			if strings.HasPrefix(name, "data/") && here != string(wrote) {
				continue
			}
			want, err := os.ReadFile(filepath.Join(fresh, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(name))); err != nil {
				t.Error(err)
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s is stale", name)
			}
		}
	}
	if t.Failed() {
		t.Error("run go generate ./stdlib")
	}
}

func TestChoose(t *testing.T) {
	if got, err := choose("gossl,std"); err != nil || len(got) != 2 {
		t.Errorf("choose(gossl,std) = %v, %v", got, err)
	}
	if _, err := choose("std,nosuch"); err == nil {
		t.Error("choose(std,nosuch) found two groups")
	}
}

func TestWants(t *testing.T) {
	for path, want := range map[string]string{
		"fmt": "std", "net/http/internal": "", "vendor/golang.org/x/net/idna": "", "unsafe": "", "cmd/go": "",
		"github.com/gomlx/gomlx/core/graph": "gomlx", "github.com/gomlx/gomlx/internal/x": "", "github.com/gomlx/gomlx/cmd/x": "",
		"github.com/gossl/gossl/ssl": "gossl", "github.com/gossl/gossl/sslx": "", "github.com/gossl/gossl/kernel": "",
		"gonum.org/v1/gonum/mat": "gonum", "gonum.org/v1/gonum/matx": "",
	} {
		got := ""
		for _, g := range groups {
			if g.wants(path) {
				got += g.name
			}
		}
		if got != want {
			t.Errorf("%s is wanted by %q, want %q", path, got, want)
		}
	}
}
