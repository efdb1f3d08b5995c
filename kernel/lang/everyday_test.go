package lang_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/kernel/lang/check"
	"github.com/gossl/gossl/stdlib"
)

// TestEveryday runs the programs of testdata/everyday, as whole programs and as cells, and compares what they print
// with what compiled Go printed.
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
		for _, p := range everydayOf(file, a) {
			if !p.recorded {
				t.Errorf("%s: no record of what it prints; go test -run TestEverydayRecords -go missing ./kernel/lang makes one", p)
				continue
			}
			group := strings.TrimSuffix(filepath.Base(file), ".txtar")
			t.Run(group+"/"+p.name, func(t *testing.T) {
				got, status, err := runProgram(t, p.name+".go", p.src)
				if p.refusal != "" {
					if !lang.Refused(err) || !strings.HasPrefix(err.Error(), p.refusal) || got != "" {
						t.Fatalf("printed %q, %v; want nothing run and a refusal that begins %q", got, err, p.refusal)
					}
					return
				}
				if err != nil {
					t.Fatalf("%v\n%s", err, got)
				}
				if got != p.want || status != 0 {
					t.Fatalf("status %d\n%s", status, diff(p.want, got))
				}
				got, err = runCells(t, p)
				if p.cells != "" {
					if err == nil || !strings.HasPrefix(err.Error(), p.cells) {
						t.Errorf("as cells: %v; want an error that begins %q", err, p.cells)
					}
					return
				}
				if err != nil {
					t.Fatalf("as cells: %v\n%s", err, got)
				}
				if got != p.want {
					t.Errorf("as cells: %s", diff(p.want, got))
				}
			})
		}
	}
}

func runProgram(t *testing.T, name, src string) (out string, status int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	status, err = lang.RunProgram(ctx, stdlib.Packages(), lang.Program{Files: []check.Source{{Name: name, Text: src}}},
		lang.IO{Stdout: &stdout, Stderr: &stderr})
	return line(stdout.String() + stderr.String()), status, err
}

// line ends a text with a line feed, as the files of an archive do.
func line(s string) string {
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return s
}

// runCells runs a program in a session: its declarations as one cell, then the statements of its main as another, so
// that the variables of main are those of the session. An init, which cells do not have, is called from there.
func runCells(t *testing.T, p everyday) (out string, err error) {
	t.Helper()
	in, err := lang.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		return "", err
	}
	decls, body := splitMain(t, p)
	if renamed := strings.Replace(decls, "\nfunc init() {", "\nfunc init_() {", 1); renamed != decls {
		decls, body = renamed, "init_()\n"+body
	}
	var stdout, stderr bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	for i, src := range []string{decls, body} {
		if _, err = in.Eval(ctx, lang.Cell{Name: []string{"declarations", "main"}[i], Src: src}, lang.IO{Stdout: &stdout, Stderr: &stderr}); err != nil {
			break
		}
	}
	if exit := (*lang.ExitError)(nil); errors.As(err, &exit) && exit.Code == 0 {
		err = nil
	}
	return line(stdout.String() + stderr.String()), err
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
			return "line " + strings.Join(w[max(0, i-1):min(i, len(w))], "\n") + "\n want " + a + "\n got  " + b
		}
	}
	return "texts are equal"
}
