package kernel_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/lang"
	"github.com/gossl/gossl/stdlib"
)

func newSession(t *testing.T) *kernel.Session {
	t.Helper()
	s, err := kernel.New(stdlib.Packages(), lang.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// screen is a Frontend that keeps what it is shown, and lets a test wait for it.
type screen struct {
	mu     sync.Mutex
	out    map[string]string
	shown  []string
	inputs []string
	more   chan struct{}
}

func newScreen(inputs ...string) *screen {
	return &screen{out: map[string]string{}, inputs: inputs, more: make(chan struct{}, 1000)}
}

func (s *screen) Stream(name, text string) {
	s.mu.Lock()
	s.out[name] += text
	s.mu.Unlock()
	s.more <- struct{}{}
}

func (s *screen) Display(id string, b kernel.Bundle) {
	s.mu.Lock()
	s.shown = append(s.shown, id+":"+b.Text())
	s.mu.Unlock()
	s.more <- struct{}{}
}

func (s *screen) Input(string, bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.inputs) == 0 {
		return "", io.EOF
	}
	line := s.inputs[0]
	s.inputs = s.inputs[1:]
	return line, nil
}

func (s *screen) stdout() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out["stdout"]
}

// until waits until the standard output has the text; the test's own time limit ends a wait in vain.
func (s *screen) until(text string) {
	for !strings.Contains(s.stdout(), text) {
		<-s.more
	}
}

func TestCells(t *testing.T) {
	s := newSession(t)
	tests := []struct{ src, value, out, err string }{
		{src: "x := 6"},
		{src: "x * 7", value: "42"},
		{src: `import "fmt"` + "\nfunc f(n int) int { return n + x }\nfmt.Println(f(1))", out: "7\n"},
		{src: "f(2)", value: "8"},
		{src: "x = 10; f(2)", value: "12"},
		{src: "func f(n int) string { return fmt.Sprint(n, x) }; f(3)", value: "3 10"},
		{src: "y", err: "In[7]:1:1: undefined: y\n\ty\n\t^"},
		{src: "1 + \"a\"\n  z", err: "In[8]:1:1: invalid operation"},
		{src: "panic(\"boom\")", err: "In[9]:1:1: panic: boom"},
		{src: "errors.New(\"told\")", err: "In[10]"},
		{src: "strconv.Atoi(\"x\")", err: "In[11]"},
		{src: "strconv.Atoi(\"12\")", value: "12"},
		{src: "for i := range 2 {\n\tfmt.Print(i)\n}", out: "01"},
		{src: "err := errors.New(\"a value\"); err", value: "a value"},
		{src: ""},
	}
	for i, tt := range tests {
		fe := newScreen()
		res, err := s.Execute(context.Background(), tt.src, fe)
		if res.Count != i+1 {
			t.Errorf("cell %q has count %d, want %d", tt.src, res.Count, i+1)
		}
		if got := res.Shown.Text(); got != tt.value {
			t.Errorf("cell %q has the value %q, want %q", tt.src, got, tt.value)
		}
		if got := fe.stdout(); got != tt.out {
			t.Errorf("cell %q prints %q, want %q", tt.src, got, tt.out)
		}
		var e *kernel.CellError
		switch {
		case err == nil && tt.err != "":
			t.Errorf("cell %q has no error, want %q", tt.src, tt.err)
		case err != nil && !errors.As(err, &e):
			t.Errorf("cell %q fails with %T, want *CellError", tt.src, err)
		case err != nil && (tt.err == "" || !strings.HasPrefix(err.Error(), tt.err)):
			t.Errorf("cell %q fails with %q, want %q", tt.src, err, tt.err)
		case err != nil && e.Count != i+1:
			t.Errorf("cell %q fails as In[%d], want In[%d]", tt.src, e.Count, i+1)
		}
	}
}

func TestSilentCellsAreNotCounted(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	res, err := s.Run(ctx, kernel.Input{Src: "a := 1", Silent: true}, kernel.Discard, func(c *kernel.Cell) (kernel.Result, error) { return c.Go("a := 1", 1) })
	if err != nil || res.Count != 0 {
		t.Fatalf("a silent cell gives count %d, error %v; want 0, nil", res.Count, err)
	}
	if res, err = s.Execute(ctx, "a", kernel.Discard); err != nil || res.Count != 1 || res.Shown.Text() != "1" {
		t.Errorf("the cell after a silent one gives %+v, %v; want count 1, value 1", res, err)
	}
	if h := s.History(); len(h) != 1 || h[0].Src != "a" {
		t.Errorf("the history has %d cells, want the one that was not silent", len(h))
	}
}

func TestInterrupt(t *testing.T) {
	for _, src := range []string{"for {}", "select {}", "time.Sleep(time.Hour)", "<-make(chan int)"} {
		s := newSession(t)
		fe := newScreen()
		done := make(chan error)
		go func() {
			_, err := s.Execute(context.Background(), "fmt.Println(\"on\"); "+src, fe)
			done <- err
		}()
		fe.until("on")
		if !s.Interrupt() {
			t.Errorf("Interrupt during %q finds no cell", src)
		}
		if err := <-done; !kernel.Interrupted(err) {
			t.Errorf("%q ends with %v, want an interruption", src, err)
		}
		if res, err := s.Execute(context.Background(), "1 + 1", fe); err != nil || res.Shown.Text() != "2" {
			t.Errorf("after the interruption of %q, 1 + 1 gives %v, %v", src, res.Shown.Text(), err)
		}
		if s.Interrupt() {
			t.Error("Interrupt finds a cell when none is running")
		}
	}
}

func TestContextInterruptsOneCell(t *testing.T) {
	s := newSession(t)
	ctx, cancel := context.WithCancel(context.Background())
	fe := newScreen()
	done := make(chan error)
	go func() {
		_, err := s.Execute(ctx, `fmt.Println("on"); for {}`, fe)
		done <- err
	}()
	fe.until("on")
	waiting := make(chan error)
	go func() {
		_, err := s.Execute(context.Background(), "w := 1", fe)
		waiting <- err
	}()
	cancel()
	if err := <-done; !kernel.Interrupted(err) {
		t.Errorf("the cell ends with %v, want an interruption", err)
	}
	if err := <-waiting; err != nil {
		t.Errorf("the cell that waited for its turn ends with %v", err)
	}
	if _, err := s.Execute(ctx, "x := 1", fe); !errors.Is(err, context.Canceled) && !kernel.Interrupted(err) {
		t.Errorf("a cell under a cancelled context ends with %v", err)
	}
}

// What a goroutine prints after its cell has ended goes to that cell's Frontend.
func TestOutputBelongsToItsCell(t *testing.T) {
	s := newSession(t)
	first, second := newScreen(), newScreen()
	ctx := context.Background()
	if _, err := s.Execute(ctx, `gate := make(chan int); go func() { <-gate; fmt.Println("late") }()`, first); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Execute(ctx, `fmt.Println("second"); close(gate)`, second); err != nil {
		t.Fatal(err)
	}
	first.until("late\n")
	if got := second.stdout(); got != "second\n" {
		t.Errorf("the second cell shows %q, want its own output alone", got)
	}
	outputs, _ := s.History()[0].Outputs()
	if len(outputs) != 1 || outputs[0].Text != "late\n" {
		t.Errorf("the history of the first cell has %+v, want its late output", outputs)
	}
}

func TestPanicOfAGoroutineEndsNothing(t *testing.T) {
	s := newSession(t)
	fe := newScreen()
	if _, err := s.Execute(context.Background(), "done := make(chan int)\ngo func() {\n\tdefer close(done)\n\tpanic(\"in the background\")\n}()\n<-done", fe); err != nil {
		t.Fatal(err)
	}
	for {
		fe.mu.Lock()
		text := fe.out["stderr"]
		fe.mu.Unlock()
		if strings.Contains(text, "panic: in the background") {
			if !strings.Contains(text, "In[1]:4:") {
				t.Errorf("the panic is told as %q, want its place In[1]:4", text)
			}
			break
		}
		<-fe.more
	}
	if res, err := s.Execute(context.Background(), "1 + 1", fe); err != nil || res.Shown.Text() != "2" {
		t.Errorf("after the panic 1 + 1 gives %v, %v", res, err)
	}
}

func TestRichValues(t *testing.T) {
	s := newSession(t)
	res, err := s.Execute(context.Background(), "import \"image\"\nimage.NewRGBA(image.Rect(0, 0, 2, 2))", kernel.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := res.Shown[kernel.ImagePNG].([]byte); !strings.HasPrefix(string(data), "\x89PNG") {
		t.Errorf("an image gives %v, want PNG bytes", res.Shown)
	}
	if got := kernel.Rich(bad{}).Text(); !strings.Contains(got, "panicked: no picture") {
		t.Errorf("a value whose MIMEBundle panics gives %q", got)
	}
	if got := kernel.Rich((*figure)(nil)); got != nil {
		t.Errorf("a nil pointer gives %v, want its text alone", got)
	}
	if got := kernel.Rich(&figure{"f"}); got.Text() != "figure f" || got[kernel.TextHTML] != "<b>f</b>" {
		t.Errorf("a figure gives %v", got)
	}
}

type bad struct{}

func (bad) MIMEBundle() map[string]any { panic("no picture") }

type figure struct{ name string }

func (f *figure) MIMEBundle() map[string]any {
	return map[string]any{kernel.TextHTML: "<b>" + f.name + "</b>"}
}
func (f *figure) String() string { return "figure " + f.name }

func TestInputReachesCells(t *testing.T) {
	s := newSession(t)
	fe := newScreen("one", "two")
	c := make(chan string, 2)
	_, err := s.Run(context.Background(), kernel.Input{Src: "read"}, fe, func(cell *kernel.Cell) (kernel.Result, error) {
		b, err := io.ReadAll(cell.Stdin())
		c <- string(b)
		return kernel.Result{}, err
	})
	if got := <-c; err != nil || got != "one\ntwo\n" {
		t.Errorf("standard input gives %q, %v; want both lines", got, err)
	}
}

func TestDisplaysAreUpdatedWhereTheyStand(t *testing.T) {
	s := newSession(t)
	first, second := newScreen(), newScreen()
	show := func(fe kernel.Frontend, text string) {
		_, err := s.Run(context.Background(), kernel.Input{Src: text}, fe, func(c *kernel.Cell) (kernel.Result, error) {
			kernel.Current().Display("bar", kernel.Bundle{kernel.TextPlain: text})
			return kernel.Result{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	show(first, "1 %")
	show(second, "2 %")
	if got := fmt.Sprint(first.shown, second.shown); got != "[bar:1 % bar:2 %] []" {
		t.Errorf("the displays are %s, want both under the first cell", got)
	}
}

func TestCutCharactersAreJoined(t *testing.T) {
	s := newSession(t)
	fe := newScreen()
	src := "import \"os\"\nfor _, b := range []byte(\"aé日\") { os.Stdout.Write([]byte{b}) }"
	if _, err := s.Execute(context.Background(), src, fe); err != nil {
		t.Fatal(err)
	}
	fe.until("aé日")
	for _, r := range fe.stdout() {
		if r == '\uFFFD' {
			t.Errorf("single bytes arrive as %q", fe.stdout())
		}
	}
}

func TestResetAndForget(t *testing.T) {
	s := newSession(t)
	ctx := context.Background()
	if _, err := s.Execute(ctx, "a := 1; b := 2", kernel.Discard); err != nil {
		t.Fatal(err)
	}
	if unknown := s.Forget("a", "nothing"); fmt.Sprint(unknown) != "[nothing]" {
		t.Errorf("Forget does not know %v, want [nothing]", unknown)
	}
	if _, err := s.Execute(ctx, "a", kernel.Discard); err == nil {
		t.Error("a forgotten name is still there")
	}
	_, err := s.Run(ctx, kernel.Input{Src: "reset"}, kernel.Discard, func(c *kernel.Cell) (kernel.Result, error) { return kernel.Result{}, c.Reset() })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Execute(ctx, "b", kernel.Discard); err == nil {
		t.Error("a name is still there after a reset")
	}
	if n := s.Next(); n != 5 {
		t.Errorf("the next cell is %d, want 5", n)
	}
}

func TestCloseEndsARunningCell(t *testing.T) {
	s := newSession(t)
	fe := newScreen()
	done := make(chan error)
	go func() {
		_, err := s.Execute(context.Background(), `fmt.Println("on"); for {}`, fe)
		done <- err
	}()
	fe.until("on")
	s.Close()
	if err := <-done; !kernel.Interrupted(err) {
		t.Errorf("the cell ends with %v, want an interruption", err)
	}
	if _, err := s.Execute(context.Background(), "1", fe); !errors.Is(err, kernel.ErrClosed) {
		t.Errorf("a cell after Close ends with %v, want ErrClosed", err)
	}
}

func TestHistoryKeepsALimitedOutput(t *testing.T) {
	s := newSession(t)
	if _, err := s.Execute(context.Background(), "for range 40000 { fmt.Println(\"a line of forty characters, more or less\") }", kernel.Discard); err != nil {
		t.Fatal(err)
	}
	outputs, cut := s.History()[0].Outputs()
	if !cut || len(outputs) != 1 || len(outputs[0].Text) > 1<<20 || len(outputs[0].Text) < 1<<19 {
		t.Errorf("1.6 MB of output are kept as %d outputs, cut %v; want about a mebibyte in one", len(outputs), cut)
	}
}

// upper shows everything in capitals.
type upper struct{ kernel.Frontend }

func (u upper) Stream(name, text string) { u.Frontend.Stream(name, strings.ToUpper(text)) }

func TestWrap(t *testing.T) {
	s := newSession(t)
	fe := newScreen()
	_, err := s.Run(t.Context(), kernel.Input{Src: "x"}, fe, func(c *kernel.Cell) (kernel.Result, error) {
		undo := c.Wrap(func(next kernel.Frontend) kernel.Frontend { return upper{next} })
		if _, err := c.Go(`fmt.Print("loud")`, 1); err != nil {
			return kernel.Result{}, err
		}
		undo()
		return c.Go(`fmt.Print(" quiet")`, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := fe.out["stdout"]; got != "LOUD quiet" {
		t.Errorf("shown %q", got)
	}
	outputs, _ := s.History()[0].Outputs()
	if len(outputs) != 1 || outputs[0].Text != "LOUD quiet" {
		t.Errorf("recorded %v", outputs)
	}
}
