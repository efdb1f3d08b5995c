package device

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// find returns the finding with that heading.
func find(t *testing.T, r Report, what string) Finding {
	t.Helper()
	for _, f := range r {
		if f.What == what {
			return f
		}
	}
	t.Fatalf("no finding %q in\n%v", what, r)
	return Finding{}
}

func TestDoctorOnAFreshMachine(t *testing.T) {
	noPlugins(t)
	x := newIndex(t, smallWheel(t))
	s := testStore(t, x)
	r := s.Doctor(context.Background())
	if f := find(t, r, "CPU plugin"); f.Health != Good || f.Remedy != "gossl backend install cpu" {
		t.Errorf("finding %+v, want a source that answers", f)
	}
	if f := find(t, r, "plugin cpu"); f.Health != Absent {
		t.Errorf("finding %+v, want a plugin that is absent", f)
	}
	if f := find(t, r, "plugin folder"); f.Health != Good || f.Detail != s.Dir {
		t.Errorf("finding %+v, want %s", f, s.Dir)
	}
	if _, err := os.Stat(s.Dir); err == nil {
		t.Error("the doctor made the plugin folder")
	}
	if !strings.Contains(r.String(), "→ gossl backend install cpu\n") {
		t.Errorf("report:\n%v", r)
	}
}

func TestDoctorFindsWhatIsBad(t *testing.T) {
	noPlugins(t)
	so := compile(t, `void *GetPjrtApi(void) { return *(void**)0; }`)
	raw, err := os.ReadFile(so)
	if err != nil {
		t.Fatal(err)
	}
	x := newIndex(t, wheel(t, map[string][]byte{library: raw}))
	s := testStore(t, x)
	p, err := s.Install(context.Background(), "cpu", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(EnvName, "gpu")
	r := s.Doctor(context.Background())
	if f := find(t, r, "plugin cpu"); f.Health != Bad || !strings.Contains(f.Detail, "it crashed") || f.Remedy == "" {
		t.Errorf("finding %+v, want a plugin that crashes", f)
	}
	if f := find(t, r, EnvName); f.Health != Bad || !strings.Contains(f.Detail, `"gpu": unknown`) {
		t.Errorf("finding %+v, want an unknown backend", f)
	}
	if r.OK() {
		t.Error("the report is OK")
	}
	if err := os.Truncate(p.Path, 10); err != nil {
		t.Fatal(err)
	}
	x.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	r = s.Doctor(context.Background())
	if f := find(t, r, "plugin cpu"); f.Health != Bad || f.Remedy != "gossl backend install cpu" {
		t.Errorf("finding %+v, want a damaged plugin", f)
	}
	if f := find(t, r, "CPU plugin"); f.Health != Bad || !strings.Contains(f.Detail, "connection refused") {
		t.Errorf("finding %+v, want a source that does not answer", f)
	}
	s.Dir = filepath.Join(file, "plugins")
	if f := s.checkStore(); f.Health != Bad || f.Remedy != "set GOSSL_CACHE to a folder that can be written" {
		t.Errorf("finding %+v, want a file in the way", f)
	}
}

func TestDoctorOnSystems(t *testing.T) {
	for version, want := range map[string]Health{"2.36": Good, "2.27": Good, "2.17": Bad, "": Absent, "2.odd": Good} {
		if f := checkLibC(version); f.Health != want || (want == Bad) != (f.Remedy != "") {
			t.Errorf("glibc %q: %+v, want %v", version, f, want)
		}
	}
	if f := checkDevice("NVIDIA GPU", true, "driver 580.65.06", false); f.Health != Bad || f.Remedy != "gossl backend install cuda13" || !strings.Contains(f.Detail, "driver 580") {
		t.Errorf("a GPU without a plugin: %+v", f)
	}
	if f := checkDevice("TPU", true, "", false); f.Health != Bad || f.Remedy != "gossl backend install tpu" {
		t.Errorf("a TPU without a plugin: %+v", f)
	}
	if f := checkDevice("TPU", true, "", true); f.Health != Good {
		t.Errorf("a TPU with a plugin: %+v", f)
	}
	if f := checkDevice("TPU", false, "", false); f.Health != Absent {
		t.Errorf("no TPU: %+v", f)
	}
}
