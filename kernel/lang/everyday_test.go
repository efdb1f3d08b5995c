package lang_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/stdlib"
)

// TestEveryday runs the programs of testdata/everyday and compares what they print with what compiled Go printed.
func TestEveryday(t *testing.T) {
	files, err := filepath.Glob("testdata/everyday/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data := map[string]string{}
		for _, f := range a.Files {
			data[f.Name] = string(f.Data)
		}
		for _, f := range a.Files {
			name, ok := strings.CutSuffix(f.Name, ".go")
			if !ok {
				continue
			}
			want, ok := data[name+".out"]
			if !ok {
				t.Errorf("%s: %s.go has no %s.out", file, name, name)
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+name, func(t *testing.T) {
				got, status, err := runProgram(t, f.Name, string(f.Data))
				if refusal, ok := data[name+".refused"]; ok {
					if !lang.Refused(err) || !strings.HasPrefix(err.Error(), strings.TrimSpace(refusal)) || got != "" {
						t.Fatalf("printed %q, %v; want nothing run and a refusal that begins %q", got, err, refusal)
					}
					return
				}
				if err != nil {
					t.Fatalf("%v\n%s", err, got)
				}
				if got != want || status != 0 {
					t.Errorf("status %d\n%s", status, diff(want, got))
				}
			})
		}
	}
}

func runProgram(t *testing.T, name, src string) (out string, status int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	status, err = lang.RunProgram(ctx, stdlib.Packages(), lang.Program{Files: []check.Source{{Name: name, Text: src}}},
		lang.IO{Stdout: &stdout, Stderr: &stderr})
	return stdout.String() + stderr.String(), status, err
}

// diff shows the first line in which two texts differ, with what is around it.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return "line " + strings.Join(w[max(0, i-1):i], "\n") + "\n want " + a + "\n got  " + b
		}
	}
	return "texts are equal"
}
