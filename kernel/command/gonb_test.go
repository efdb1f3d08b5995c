package command_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
)

// TestGoNB runs the commands that notebooks of GoNB are written with.
func TestGoNB(t *testing.T) {
	sh := newShell(t)
	t.Cleanup(func() { sh.Close() })
	t.Setenv("GOSSL_TEST_DIR", ".")
	tests := []struct{ src, shown, err string }{
		{src: "func main() {\n\tfmt.Print(\"main\")\n}", shown: "main"},
		{src: "func main() {\n\tpanic(\"again\")\n}", err: "In[2]:2:2"},
		{src: "func init() {\n\tfmt.Print(\"v0 \")\n}\nfunc init() { fmt.Print(\"v1\") }", shown: "v0 v1"},
		{src: "func init_a() { fmt.Print(\"init_a\") }\nfunc main() { fmt.Print(\" main\") }", shown: "init_a main"},
		{src: "%rm init_a"},
		{src: "var x = flag.Int(\"x\", 3, \"\")\n%% -x=17 a\nfmt.Print(*x, flag.Args(), len(os.Args))", shown: "17 [a] 3"},
		{src: "var x = flag.Int(\"x\", 4, \"\")\n%%\nfmt.Print(*x, len(os.Args))", shown: "4 1"},
		{src: "%args -x=6\nfunc main() { flag.Parse(); fmt.Print(*x) }", shown: "6"},
		{src: "func f() { fmt.Print(\"x=\", *x) }\n//gonb:%exec f -x=13", shown: "x=13"},
		{src: "%exec", err: "usage: %exec FUNCTION"},
		{src: "%exec f -nosuch", err: "flag provided but not defined: -nosuch"},
		{src: "%% -nosuch\nfmt.Print(1)", err: "flag provided but not defined: -nosuch"},
		{src: "%capture $GOSSL_TEST_DIR/out.txt\nfmt.Println(\"one\")\n!echo two", shown: "one\ntwo\n"},
		{src: "%capture -a out.txt\nfmt.Println(\"three\")", shown: "three\n"},
		{src: "!cat out.txt", shown: "one\ntwo\nthree\n"},
		{src: "%capture", err: "want one file"},
		{src: "%capture nowhere/at/all", err: "no such file"},
		{src: "%goflags -cover", shown: "%goflags=[\"-cover\"]\n%goflags: these flags change nothing"},
		{src: "%goflags", shown: "%goflags=[\"-cover\"]\n"},
		{src: "%goflags \"\"", shown: "%goflags=[]\n"},
		{src: "%wasm", err: "cells are interpreted, not compiled"},
		{src: "%autoget\n%noautoget"},
		{src: "%version", shown: "gossl (unknown)\n"},
		{src: "!*pwd; cat go.mod", shown: "module gossl.cells"},
		{src: "os.Chdir(os.Getenv(\"GONB_TMP_DIR\"))"},
		{src: "%goworkfix", err: "there is no go.work"},
		{src: "!mkdir m; echo 'module example.com/m' > m/go.mod; printf 'go 1.21\\nuse ./m\\nuse .\\n' > go.work"},
		{src: "%goworkfix", shown: "Added replace rule for module \"example.com/m\""},
		{src: "%track", shown: "/m\n"},
		{src: "%track m\n%untrack m", shown: "\tUntracked \"m\"\n"},
		{src: "%reset go.mod\n%track", shown: "No files"},
		{src: "!if [[ 1 == 1 ]]; then echo bash; fi", shown: "bash"},
		{src: "%%script cat\nno newline", shown: "no newline\n"},
		{src: "l := comms.Listen[int](\"x\").LatestOnly()\nfmt.Printf(\"%T\", l)\nl.Close()", shown: "*comms.AddressChan[int]"},
		{src: "%with_inputs\n!cat; sleep 0.1", err: "no input"},
	}
	for _, tt := range tests {
		shown, _, err := run(sh, tt.src)
		if tt.shown == "" && tt.err == "" && shown != "" || !strings.Contains(shown, tt.shown) {
			t.Errorf("cell %q shows %q, want %q in it", tt.src, shown, tt.shown)
		}
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("cell %q fails with %v, want %q in it", tt.src, err, tt.err)
		}
	}
	dir, err := sh.Workspace()
	if err != nil {
		t.Fatal(err)
	}
	if err := sh.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Errorf("%s is left", dir)
	}
}

// answering is a page whose user answers.
type answering struct {
	page
	answers []string
}

func (a *answering) Input(string, bool) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.answers) == 0 {
		return "", io.EOF
	}
	answer := a.answers[0]
	a.answers = a.answers[1:]
	return answer, nil
}

func TestShellAsksForInput(t *testing.T) {
	sh := newShell(t)
	fe := &answering{answers: []string{"foo", "bar"}}
	if _, err := sh.Execute(context.Background(), kernel.Input{Src: "%with_inputs\n!cat"}, fe); err != nil {
		t.Fatal(err)
	}
	if got := fe.String(); got != "foo\nbar\n" {
		t.Errorf("cat got %q", got)
	}
}

// TestGoTests runs tests that cells define.
func TestGoTests(t *testing.T) {
	sh := newShell(t)
	tests := []struct{ src, shown, err string }{
		{src: "import \"testing\"\nfunc TestA(t *testing.T) { fmt.Println(\"in A\"); t.Log(\"logged\"); fmt.Println(\"out A\") }\n%test",
			shown: "=== RUN   TestA\nin A\n"},
		{src: "func TestB(t *testing.T) {\n\tt.Run(\"sub\", func(t *testing.T) { t.Skip(\"why\") })\n}\n%test", shown: "--- SKIP: TestB/sub"},
		{src: "func TestC(t *testing.T) { t.Fatal(\"bad\") }\n%test", shown: "--- FAIL: TestC", err: "the tests failed"},
		{src: "func TestC(t *testing.T) { panic(\"oh\") }\n%test", shown: "panic: oh", err: "the tests failed"},
		{src: "%rm TestC"},
		{src: "%test \"\"", shown: "in A\nout A\nPASS\n"},
		{src: "%test -test.run=TestB -test.v", shown: "=== RUN   TestB\n"},
		{src: "%test -test.cpuprofile=x", err: "the flag -test.cpuprofile=x is not among"},
		{src: "%test -test.count=x", err: "invalid value"},
		{src: "func BenchmarkAdd(b *testing.B) {\n\tfor b.Loop() {\n\t}\n}\n%test -test.bench=. -test.run=None -test.benchtime=2x", shown: "BenchmarkAdd"},
	}
	for _, tt := range tests {
		shown, _, err := run(sh, tt.src)
		if !strings.Contains(shown, tt.shown) {
			t.Errorf("cell %q shows %q, want %q in it", tt.src, shown, tt.shown)
		}
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("cell %q fails with %v, want %q in it", tt.src, err, tt.err)
		}
	}
}

// TestWorkspaceOfItsOwn checks that two shells share no directory.
func TestWorkspaceOfItsOwn(t *testing.T) {
	a, b := newShell(t), newShell(t)
	x, err := a.Workspace()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Workspace()
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Clean(x) == filepath.Clean(y) {
		t.Errorf("both have %s", x)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}
