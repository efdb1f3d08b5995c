// Package notebooks holds runnable notebooks; its test runs each of them.
package notebooks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNotebooksRun runs every notebook with the real program, shortened by its parameters.
func TestNotebooksRun(t *testing.T) {
	books, err := filepath.Glob("[0-9]*.go")
	if err != nil || len(books) == 0 {
		t.Fatalf("no notebooks here: %v", err)
	}
	gossl := filepath.Join(t.TempDir(), "gossl")
	if out, err := exec.Command("go", "build", "-o", gossl, "../cmd/gossl").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, book := range books {
		t.Run(book, func(t *testing.T) {
			path, err := filepath.Abs(book)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(gossl, "run", "-p", "steps=8", "-p", "images=600", path)
			cmd.Dir = t.TempDir()
			if os.Getenv("GOMLX_BACKEND") == "" {
				cmd.Env = append(os.Environ(), "GOMLX_BACKEND=go") // a test installs nothing
			}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{"linear probe", "RankMe h", "negligible features", "graphs built before the edits and after: 1 2", "lambda 0.5 → 5", "projector 128 → 256"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
			for _, file := range []string{"first-light.png", "first-light.svg", "first-light.ckpt"} {
				if _, err := os.Stat(filepath.Join(cmd.Dir, file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
