// Package notebooks holds runnable notebooks; its test runs each of them.
package notebooks

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// wants are words that the shortened run of a notebook prints.
var wants = map[string][]string{
	"01-first-light.go":         {"linear probe", "RankMe h", "negligible features", "graphs built before the edits and after: 1 2", "lambda 0.5 → 5", "projector 128 → 256"},
	"02-knobs-and-widths.go":    {`knob "lamda": unknown`, "graphs built: 1\n", "graphs built: 2\n", "lambda 0.1 → 2", "projector 128 → 192"},
	"03-eight-methods.go":       {"simclr ", "moco ", "byol ", "simsiam ", "barlow-twins ", "vicreg ", "dino ", "swav "},
	"04-sparse-heads.go":        {"group Hoyer", "l2,1 proximal", "λ: 1 → 20"},
	"05-collapse.go":            {"RankMe of z", "\ntrue\n", "of 16, and 1."},
	"06-your-own-loss.go":       {"refused: true", "spread 1 → 0.5", "align-uniform"},
	"07-resume-and-replay.go":   {"the same loss: true", "the same loss after more steps: true"},
	"08-notebook-to-program.go": {"dense", "sparse", "true"},
}

// figures are files that a notebook leaves.
var figures = map[string][]string{"01-first-light.go": {"first-light.png", "first-light.svg", "first-light.ckpt"}}

// TestNotebooks runs every notebook with the real program, shortened by its parameters, converts it three ways, runs its
// record again, and exports it: results are equal, and go vet accepts the program.
func TestNotebooks(t *testing.T) {
	books, err := filepath.Glob("[0-9]*.go")
	if err != nil || len(books) != len(wants) {
		t.Fatalf("there are %d notebooks and words for %d: %v", len(books), len(wants), err)
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
			dir := t.TempDir()
			do := func(program string, args ...string) string {
				t.Helper()
				cmd := exec.Command(program, args...)
				cmd.Dir = dir
				if os.Getenv("GOMLX_BACKEND") == "" {
					cmd.Env = append(os.Environ(), "GOMLX_BACKEND=go") // a test installs nothing
				}
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
				}
				return string(out)
			}
			out := do(gossl, "run", "-p", "steps=8", "-p", "images=300", "-o", "executed.go", path)
			for _, want := range wants[book] {
				if !strings.Contains(out, want) {
					t.Errorf("the output lacks %q:\n%s", want, out)
				}
			}
			for _, file := range figures[book] {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Error(err)
				}
			}
			do(gossl, "run", "--verify", "-o", "again.go", "executed.go")
			first, again := read(t, dir, "executed.go"), read(t, dir, "again.go")
			if !bytes.Equal(first, again) {
				t.Errorf("saved, run and saved again it is\n%s\nbefore it was\n%s", again, first)
			}
			do(gossl, "convert", "executed.go", "a.md")
			do(gossl, "convert", "a.md", "b.ipynb")
			do(gossl, "convert", "b.ipynb", "c.go")
			_, cells, _ := bytes.Cut(first, []byte("// ---\n\n"))
			if !bytes.HasSuffix(read(t, dir, "c.go"), cells) {
				t.Errorf("converted three ways it is\n%s\nbefore it was\n%s", read(t, dir, "c.go"), first)
			}
			do(gossl, "check", "a.md", "b.ipynb", "c.go")
			do(gossl, "export", "-g", filepath.Dir(filepath.Dir(path)), "-o", "prog", path)
			do("go", "vet", "-C", "prog", ".")
		})
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
