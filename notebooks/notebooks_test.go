// Package notebooks holds runnable notebooks; its test runs each of them.
package notebooks

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel/script"
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
				var stdout, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &stdout, &stderr
				if err := cmd.Run(); err != nil {
					t.Fatalf("%s %s: %v\n%s%s", filepath.Base(program), strings.Join(args, " "), err, &stdout, &stderr)
				}
				return stdout.String()
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
			results := do(gossl, "run", "--verify", "--json", "-o", "again.go", "executed.go")
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
			do(gossl, "export", "-g", filepath.Dir(filepath.Dir(path)), "-o", "prog", "executed.go")
			do("go", "vet", "-C", "prog", ".")
			do("go", "build", "-C", "prog", "-ldflags=-s -w", "-o", "prog", ".")
			sameResults(t, filepath.Join(dir, "executed.go"), results, do(filepath.Join(dir, "prog", "prog")))
		})
	}
}

// TestExecutedNotebooksAreInStep compares the cells of each executed notebook, as a code host shows it, with its source.
func TestExecutedNotebooksAreInStep(t *testing.T) {
	for book := range wants {
		source, err := script.Read(book)
		if err != nil {
			t.Fatal(err)
		}
		executed, err := script.Read(strings.TrimSuffix(book, ".go") + ".ipynb")
		if err != nil {
			t.Error(err)
			continue
		}
		if executed, err = executed.WithSession(nil); err != nil {
			t.Fatal(err)
		}
		if a, b := len(source.Cells), len(executed.Cells); a != b {
			t.Errorf("%s has %d cells, as executed %d; run it again with -o", book, a, b)
			continue
		}
		pictures := 0
		for i, c := range source.Cells {
			e := executed.Cells[i]
			if c.Kind != e.Kind || c.Source != e.Source {
				t.Errorf("%s:%d: the executed notebook has another cell here; run it again with -o", book, c.Line)
			}
			if e.Runs() && e.ExecutionCount == 0 {
				t.Errorf("%s:%d: the executed notebook's cell did not run", book, c.Line)
			}
			for _, o := range e.Outputs {
				o, _ := o.(map[string]any)
				data, _ := o["data"].(map[string]any)
				if data["image/png"] != nil {
					pictures++
				}
				if o["output_type"] == "error" {
					t.Errorf("%s:%d: the executed notebook's cell failed", book, c.Line)
				}
			}
		}
		if pictures == 0 {
			t.Errorf("%s: the executed notebook shows no picture", book)
		}
	}
}

// progress is the bar of a run, which a session keeps under a cell and a program does not show.
var progress = regexp.MustCompile(`(?m)^\S+ [█░]+ step .*\n?`)

// sameResults fails unless a program prints what the cells of a notebook gave, in order; results are those of --json.
func sameResults(t *testing.T, notebook, results, printed string) {
	t.Helper()
	n, err := script.Read(notebook)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Cells []struct{ Stdout, Value string }
	}
	if err := json.Unmarshal([]byte(results), &r); err != nil {
		t.Fatal(err)
	}
	rest, i := script.Lasting(printed), 0
	for _, c := range n.Cells {
		if !c.Runs() {
			continue
		}
		gave := r.Cells[i]
		i++
		for _, text := range []string{gave.Stdout, gave.Value} {
			text = strings.TrimSpace(script.Lasting(progress.ReplaceAllString(text, "")))
			_, after, ok := strings.Cut(rest, text)
			if !ok && !c.HasTag(script.VolatileTag) {
				t.Fatalf("the exported program does not print\n%s\nbut\n%s", text, rest)
			}
			if ok {
				rest = after
			}
		}
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
