package command_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

// page is a Frontend that keeps what it is shown.
type page struct {
	mu   sync.Mutex
	text strings.Builder
	next string
}

func (p *page) Stream(_, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.WriteString(text)
}

func (p *page) Display(_ string, b kernel.Bundle)  { p.Stream("", b.Text()+"\n") }
func (p *page) Input(string, bool) (string, error) { return "", errors.New("no input") }
func (p *page) SetNextInput(text string)           { p.next = text }
func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func newShell(t *testing.T) *command.Shell {
	t.Helper()
	t.Chdir(t.TempDir())
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &command.Shell{Session: s}
}

// run runs a cell and returns what it shows, its value and its error.
func run(sh *command.Shell, src string) (shown, value string, err error) {
	fe := &page{}
	res, err := sh.Execute(context.Background(), kernel.Input{Src: src}, fe)
	return fe.String(), res.Shown.Text(), err
}

func TestCellsOfGoAndCommands(t *testing.T) {
	sh := newShell(t)
	tests := []struct{ src, shown, value, err string }{
		{src: "x := 20\n!echo from the shell\nx + 1", shown: "from the shell\n", value: "21"},
		{src: "%who", shown: "x"},
		{src: "%time x * 2", shown: "wall ", value: "40"},
		{src: "%%time\ny := x\ny", shown: "wall ", value: "20"},
		{src: "fmt.Println(y)\n%nosuch\nx", err: "In[5]:2:1: %nosuch: no such command"},
		{src: "%hlep", err: "did you mean %help?"},
		{src: "x = 7\n%time zz", err: "In[7]:2:1: undefined: zz"},
		{src: "x", value: "7"},
		{src: "!echo out; echo err >&2; exit 4", shown: "out", err: "In[9]:1:1: !: exit status 4"},
		{src: "%%sh -s a b\necho $2 $1", shown: "b a\n"},
		{src: "x := 1\n%%sh\nls", err: "has to be the first line"},
		{src: "%%who\nx", err: "%%who: write %who"},
		{src: "%%\na := x * 2\nfmt.Println(a)", shown: "14\n"},
		{src: "a", err: "undefined: a"}, // what %% declares is its own
		{src: "%%writefile notes/x.txt\nline", err: "notes/x.txt"},
		{src: "%%writefile x.txt\nline", shown: "wrote 5 bytes to x.txt\n"},
		{src: "%%writefile -a x.txt\nmore\n", shown: "appended 5 bytes to x.txt\n"},
		{src: "!cat x.txt", shown: "line\nmore\n"},
		{src: "%env GOSSL_TEST_X=a b", shown: "GOSSL_TEST_X=a b\n"},
		{src: "os.Getenv(\"GOSSL_TEST_X\")", value: "a b"},
		{src: "%env GOSSL_TEST_UNSET", err: "is not set"},
		{src: "%rm x", shown: ""},
		{src: "%rm x", err: "x: not defined"},
		{src: "%timeit -n 3 -r 2 len(\"abc\")", shown: "for one of 3 loops"},
		{src: "%timeit undefinedName", err: "undefined: undefinedName"},
		{src: "%doc strings.Fields", shown: "Fields splits the string s"},
		{src: "%doc nosuch", err: "nothing of that name"},
		{src: "%type strings.Cut(\"a b\", \" \")", shown: "(before string, after string, found bool)\n"},
		{src: "type T struct{}\nfunc (T) M() []T { panic(\"ran\") }"},
		{src: "%type T{}.M()", shown: "[]T\n"},
		{src: "%type 1 + \"a\"", err: "%type:1:1: invalid operation"},
		{src: "%type z := 1", err: "no expression"},
		{src: "z", err: "undefined: z"},
		{src: "%runs", err: "this session has no experiments"},
		{src: "%cd /nowhere/at/all", err: "no such file or directory"},
		{src: "%cd", shown: string(filepath.Separator)},
		{src: "%cd a b", err: "usage: %cd [DIR | -]"},
		{src: "%mem", shown: "Go heap"},
		{src: "%help time", shown: "run Go and say how long it took"},
		{src: "//gonb:%who", shown: "y"},
	}
	for _, tt := range tests {
		shown, value, err := run(sh, tt.src)
		if tt.shown == "" && shown != "" || !strings.Contains(shown, tt.shown) {
			t.Errorf("cell %q shows %q, want %q in it", tt.src, shown, tt.shown)
		}
		if value != tt.value {
			t.Errorf("cell %q has the value %q, want %q", tt.src, value, tt.value)
		}
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("cell %q fails with %v, want %q in it", tt.src, err, tt.err)
		}
	}
}

func TestInterruptEndsAProcess(t *testing.T) {
	sh := newShell(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan error)
	fe := &page{}
	go func() {
		_, err := sh.Execute(ctx, kernel.Input{Src: "!touch begun; sleep 1000 & wait"}, fe)
		done <- err
	}()
	for {
		if _, err := os.Stat("begun"); err == nil {
			break
		}
	}
	cancel(lang.ErrInterrupted)
	if err := <-done; !kernel.Interrupted(err) {
		t.Errorf("an interrupted process gives %v, want an interruption", err)
	}
}

func TestSaveLoadRun(t *testing.T) {
	sh := newShell(t)
	for _, src := range []string{"x := 1", "x + undefined", "%who", "fmt.Println(x)\nx", "%time x"} {
		run(sh, src) // the second fails, and is saved as a comment
	}
	if _, _, err := run(sh, "%save s.go"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("s.go")
	if err != nil {
		t.Fatal(err)
	}
	_, cells, _ := strings.Cut(string(text), "// ---\n\n")
	cells, record, _ := strings.Cut(cells, "\n// %% [raw] tags=[\"gossl-session\"]\n")
	if want := "// {\"cells\": [\n//   {},\n//   {},\n//   {\"shows\":\"1\\n1\\n\"},\n//   {\"shows\":\"wall _, CPU _\\n1\\n\"}],\n// \"runs\": []}\n"; record != want {
		t.Errorf("the record is\n%s\nwant\n%s", record, want)
	}
	want := "// %%\nx := 1\n\n// %%\n// This cell failed:\n// x + undefined\n\n// %%\nfmt.Println(x)\nx\n\n// %%\n// %time x\n"
	if cells != want {
		t.Errorf("the saved cells are\n%s\nwant\n%s", cells, want)
	}
	if _, _, err := run(sh, "%save s.go"); err == nil || !strings.Contains(err.Error(), "%save -f s.go replaces it") {
		t.Errorf("saving over a file gives %v, want a refusal", err)
	}
	if _, _, err := run(sh, "%save s.ipynb 1-4"); err != nil {
		t.Error(err)
	}
	if nb, err := os.ReadFile("s.ipynb"); err != nil || !strings.Contains(string(nb), `"output_type": "execute_result"`) {
		t.Errorf("the notebook has no value in it (%v)", err)
	}
	if _, _, err := run(sh, "%save t.go 99"); err == nil {
		t.Error("saving a cell that never ran gives no error")
	}
	run(sh, "%reset")
	shown, value, err := run(sh, "%run s.go")
	if err != nil || value != "1" || !strings.HasPrefix(shown, "1\n") {
		t.Errorf("running what was saved shows %q, gives %q, %v", shown, value, err)
	}
	fe := &page{}
	if _, err := sh.Execute(context.Background(), kernel.Input{Src: "%load s.go"}, fe); err != nil || fe.next != string(text) {
		t.Errorf("%%load brings %q, %v", fe.next, err)
	}
}

// A session that is saved, run and saved again gives the same bytes.
func TestSaveRunSave(t *testing.T) {
	sh := newShell(t)
	for _, src := range []string{"a := []int{1, 2}\nfor i := range a {\n\ta[i]++\n}", "%time a", "s := `\n%time in a string\n`", "!echo hi", "%%sh\necho there"} {
		if _, _, err := run(sh, src); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := run(sh, "%save one.go"); err != nil {
		t.Fatal(err)
	}
	again := newSessionBeside(t, sh)
	if err := again.replay("one.go"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := run(again.Shell, "%save two.go"); err != nil {
		t.Fatal(err)
	}
	one, _ := os.ReadFile("one.go")
	two, _ := os.ReadFile("two.go")
	if string(one) != string(two) || len(one) == 0 {
		t.Errorf("saved, run and saved again:\n%s\nbecame\n%s", one, two)
	}
}
