package kernelspec

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallReplaceRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "share", "kernels")
	spec := Gossl("/opt/bin/gossl", "kernel")
	for range 2 { // a second installation replaces the first
		at, err := spec.Install(dir, false)
		if err != nil || at != filepath.Join(dir, "gossl") {
			t.Fatalf("Install = %q, %v", at, err)
		}
	}
	if _, err := spec.AsGoNB().Install(dir, false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "gonb", "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got["display_name"] != "Go (gonb)" || got["language"] != "go" || got["interrupt_mode"] != "message" {
		t.Errorf("kernel.json = %s", text)
	}
	argv, _ := json.Marshal(got["argv"])
	if want := `["/opt/bin/gossl","kernel","{connection_file}"]`; string(argv) != want {
		t.Errorf("argv = %s, want %s", argv, want)
	}
	for _, size := range []int{32, 64} {
		f, err := os.Open(filepath.Join(dir, "gossl", map[int]string{32: "logo-32x32.png", 64: "logo-64x64.png"}[size]))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Errorf("logo of %d pixels: %v, %v", size, img.Bounds(), err)
		}
	}
	svg, err := os.ReadFile(filepath.Join(dir, "gossl", "logo-svg.svg"))
	if err != nil || xml.NewDecoder(bytes.NewReader(svg)).Decode(&struct{ XMLName xml.Name }{}) != nil {
		t.Errorf("logo-svg.svg: %v\n%s", err, svg)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".gossl-*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := Remove(dir, "gossl", false); err != nil {
		t.Error(err)
	}
	if err := Remove(dir, "gossl", false); err == nil || !strings.Contains(err.Error(), "no kernel gossl") {
		t.Errorf("second Remove = %v", err)
	}
}

func TestForeignKernelStays(t *testing.T) {
	dir := t.TempDir()
	foreign := filepath.Join(dir, "gonb")
	if err := os.Mkdir(foreign, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(foreign, "kernel.json"), []byte(`{"argv":["gonb"],"display_name":"gossl"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	spec := Gossl("/opt/bin/gossl").AsGoNB()
	if _, err := spec.Install(dir, false); !errors.Is(err, ErrForeign) {
		t.Errorf("Install over a foreign kernel = %v, want ErrForeign", err)
	}
	if err := Remove(dir, "gonb", false); !errors.Is(err, ErrForeign) {
		t.Errorf("Remove of a foreign kernel = %v, want ErrForeign", err)
	}
	if _, err := spec.Install(dir, true); err != nil {
		t.Error(err)
	}
	if err := Remove(dir, "gonb", false); err != nil {
		t.Error(err)
	}
}

func TestBadSpecs(t *testing.T) {
	dir := t.TempDir()
	if _, err := Gossl("gossl").Install(dir, false); err == nil {
		t.Error("a relative program was installed")
	}
	for _, name := range []string{"", "../x", "a/b", "A b"} {
		s := Gossl("/bin/gossl")
		s.Name = name
		if _, err := s.Install(dir, false); err == nil {
			t.Errorf("name %q was installed", name)
		}
		if err := Remove(dir, name, true); err == nil {
			t.Errorf("name %q was removed", name)
		}
	}
}

func TestUserDir(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", "/data")
	if got, err := UserDir(); err != nil || got != filepath.Join("/data", "kernels") {
		t.Errorf("UserDir = %q, %v", got, err)
	}
}
