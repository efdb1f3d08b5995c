package device

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUseChoosesTheBackendOfLaterSessions(t *testing.T) {
	noPlugins(t)
	s := testStore(t, newIndex(t, smallWheel(t)))
	if name, err := s.Choice(); name != "" || err != nil {
		t.Fatalf("at first: %q, %v", name, err)
	}
	if err := s.Use("go"); err != nil {
		t.Fatal(err)
	}
	b, info, err := Open(context.Background(), "", Options{Store: s, NoInstall: true})
	if err != nil || info.Name != "go" || info.Note != "" {
		t.Fatalf("opened %+v, %v; want the pure-Go backend without a note", info, err)
	}
	b.Finalize()
	if err := s.Use("gpu"); err == nil || !strings.Contains(err.Error(), `backend "gpu": unknown`) {
		t.Errorf("Use(gpu) = %v", err)
	}
	if name, _ := s.Choice(); name != "go" {
		t.Errorf("a refused name changed the choice to %q", name)
	}
	if err := s.Use(""); err != nil {
		t.Fatal(err)
	}
	if err := s.Use(""); err != nil {
		t.Errorf("forgetting twice: %v", err)
	}
}

func TestAChoiceThatDoesNotWorkIsAnError(t *testing.T) {
	noPlugins(t)
	s := testStore(t, newIndex(t, smallWheel(t)))
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Dir, choiceFile), []byte("gpu\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, _, err := Open(context.Background(), "", Options{Store: s, NoInstall: true})
	if err == nil || !strings.Contains(err.Error(), "kept by `gossl backend use`") {
		t.Errorf("Open = %v, want an error that names where the choice stands", err)
	}
	if f := find(t, s.Doctor(context.Background()), "chosen backend"); f.Health != Bad || f.Remedy != "gossl backend use auto" {
		t.Errorf("finding %+v", f)
	}
	t.Setenv(EnvName, "go")
	b, _, err := Open(context.Background(), "", Options{Store: s, NoInstall: true})
	if err != nil {
		t.Fatalf("%s should go before the choice: %v", EnvName, err)
	}
	b.Finalize()
}
