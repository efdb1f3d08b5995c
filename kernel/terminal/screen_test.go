package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel"
	"github.com/hinshun/vt10x"
)

// emulator is a terminal of 30 by 8 characters that a Screen writes to.
type emulator struct{ vt10x.Terminal }

func newEmulator() (*emulator, *Screen) {
	vt := &emulator{vt10x.New(vt10x.WithSize(30, 8))}
	mode := Mode{Live: true, Size: func() (int, int) { return 30, 8 }}
	return vt, New(cooked{vt}, cooked{vt}, mode)
}

// cooked does what the terminal's line discipline does to a newline.
type cooked struct{ w *emulator }

func (c cooked) Write(p []byte) (int, error) {
	if _, err := c.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// rows returns the screen's text without the empty rows at its end.
func (e *emulator) rows() string {
	var out []string
	for _, l := range strings.Split(e.String(), "\n") {
		out = append(out, strings.TrimRight(l, " "))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

func text(s string) kernel.Bundle { return kernel.Bundle{kernel.TextPlain: s} }

func check(t *testing.T, e *emulator, step, want string) {
	t.Helper()
	if got := e.rows(); got != want {
		t.Errorf("%s: the screen shows\n%s\nwant\n%s", step, indent(got), indent(want))
	}
}

func indent(s string) string { return "  |" + strings.ReplaceAll(s, "\n", "\n  |") }

func TestBarStaysBelowOutput(t *testing.T) {
	e, s := newEmulator()
	s.Stream("stdout", "one\n")
	s.Display("run", text("step 1"))
	check(t, e, "a bar", "one\nstep 1")
	s.Stream("stdout", "two\nthr")
	check(t, e, "text above it", "one\ntwo\nthr\nstep 1")
	s.Display("run", text("step 2"))
	s.Stream("stdout", "ee\n")
	check(t, e, "an unfinished line goes on", "one\ntwo\nthree\nstep 2")
	s.Display("eval", text("probe\nkNN"))
	s.Display("run", text("step 3"))
	check(t, e, "two bars", "one\ntwo\nthree\nstep 3\nprobe\nkNN")
	s.Display("run", kernel.Bundle{kernel.TextPlain: "done", FinalMIME: true})
	check(t, e, "the first is final", "one\ntwo\nthree\ndone\nprobe\nkNN")
	s.Close()
	s.Stream("stdout", "end\n")
	check(t, e, "closed", "one\ntwo\nthree\ndone\nprobe\nkNN\nend")
}

func TestLongBarIsCut(t *testing.T) {
	e, s := newEmulator()
	s.Display("run", text(strings.Repeat("é", 40)))
	check(t, e, "a bar wider than the screen", strings.Repeat("é", 28)+"…")
}

func TestWrappedTailComesBack(t *testing.T) {
	e, s := newEmulator()
	long := strings.Repeat("x", 35)
	s.Stream("stdout", long)
	s.Display("run", text("bar"))
	s.Stream("stdout", "y\n")
	check(t, e, "a line of two rows", strings.Repeat("x", 30)+"\nxxxxxy\nbar")
}

// A user has typed "x := 1" and stands behind the colon, while a run goes on.
func TestPromptIsNotDisturbed(t *testing.T) {
	for _, above := range []int{0, 3, 9} { // in the middle and at the bottom of the screen
		e, s := newEmulator()
		var want []string
		for i := range above {
			s.Stream("stdout", fmt.Sprintf("line %d\n", i))
			want = append(want, fmt.Sprintf("line %d", i))
		}
		s.BeginPrompt()
		prompt := "In[1]: x := 1"
		fmt.Fprint(e, prompt+"\x1b[5D")
		expect := func(step string, lines ...string) {
			t.Helper()
			all := append(append([]string(nil), want...), lines...)
			all = append(all, prompt)
			if len(all) > 8 {
				all = all[len(all)-8:]
			}
			got := strings.Split(e.rows(), "\n")
			if above == 9 && len(got) < len(all) {
				all = all[len(all)-len(got):] // at the bottom one row may be kept free
			}
			if strings.Join(got, "\n") != strings.Join(all, "\n") {
				t.Errorf("%d lines above, %s: the screen shows\n%s\nwant\n%s", above, step, indent(e.rows()), indent(strings.Join(all, "\n")))
			}
			if c := e.Cursor(); c.X != len(prompt)-5 {
				t.Errorf("%d lines above, %s: the cursor is in column %d, want %d", above, step, c.X, len(prompt)-5)
			}
		}
		s.Display("run", text("step 1"))
		expect("a bar appears", "step 1")
		s.Display("run", text("step 2"))
		expect("a bar changes", "step 2")
		s.Stream("stdout", "hello ")
		s.Stream("stdout", "there\n")
		want = append(want, "hello there")
		expect("text arrives", "step 2")
		s.Display("b", text("two\nrows"))
		expect("a second bar", "step 2", "two", "rows")
		s.Display("run", kernel.Bundle{kernel.TextPlain: "done", FinalMIME: true})
		want = append(want, "done")
		expect("the first ends", "two", "rows")
		fmt.Fprint(e, "\r\n")
		s.EndPrompt()
		s.Stream("stdout", "1\n")
		want = append(want, prompt, "1", "two", "rows")
		if got, all := e.rows(), strings.Join(want, "\n"); !strings.HasSuffix(all, got) || len(got) < len("1\ntwo\nrows") {
			t.Errorf("%d lines above, after the prompt: the screen shows\n%s\nwant the end of\n%s", above, indent(got), indent(all))
		}
	}
}

func TestPromptOfSeveralLines(t *testing.T) {
	e, s := newEmulator()
	s.Display("run", text("step 1"))
	s.BeginPrompt()
	fmt.Fprint(e, "In[1]: f(\r\n")
	s.ContinuePrompt()
	fmt.Fprint(e, "  ...: 2)")
	s.Display("run", text("step 2"))
	check(t, e, "a bar changes above two rows", "step 2\nIn[1]: f(\n  ...: 2)")
	s.Stream("stdout", "hello\n")
	check(t, e, "text arrives", "hello\nstep 2\nIn[1]: f(\n  ...: 2)")
	fmt.Fprint(e, "\r\n")
	s.EndPrompt()
	check(t, e, "entered", "hello\nIn[1]: f(\n  ...: 2)\nstep 2")
	s.Stream("stdout", "2\n")
	s.BeginPrompt()
	fmt.Fprint(e, "In[2]: \r\n")
	s.EndPrompt()
	s.BeginPrompt()
	check(t, e, "a bar that is not updated becomes text", "hello\nIn[1]: f(\n  ...: 2)\n2\nIn[2]:\nstep 2")
}

func TestPlainOutput(t *testing.T) {
	var out, err bytes.Buffer
	s := New(&out, &err, Mode{})
	s.Stream("stdout", "a\n")
	s.Stream("stderr", "oops\n")
	s.Display("run", text("step 1"))
	s.Display("run", text("step 2"))
	s.Display("run", text("step 3"))
	s.Stream("stdout", "b")
	s.Settle()
	s.Settle()
	s.Display("", text("figure\n"))
	s.Error(fmt.Errorf("In[1]: bad"))
	if got, want := out.String(), "a\nstep 1\nb\nstep 3\nfigure\n"; got != want {
		t.Errorf("standard output is %q, want %q", got, want)
	}
	if got, want := err.String(), "oops\nIn[1]: bad\n"; got != want {
		t.Errorf("standard error is %q, want %q", got, want)
	}
}

func TestCutAndWrap(t *testing.T) {
	tests := []struct {
		s    string
		n    int
		cut  string
		wrap []string
	}{
		{"abc", 3, "abc", []string{"abc"}},
		{"abcd", 3, "ab…", []string{"abc", "d"}},
		{"日本語", 4, "日…", []string{"日本", "語"}},
		{"\x1b[31mabcd\x1b[0m", 3, "\x1b[31mab…\x1b[0m", []string{"\x1b[31mabc", "d\x1b[0m"}},
		{"a\tb", 20, "a       b", []string{"a       b"}},
		{"a\x07b", 20, "ab", []string{"ab"}},
		{"", 3, "", []string{""}},
		{"\xff\xfe", 3, "\xff\xfe", []string{"\xff\xfe"}},
	}
	for _, tt := range tests {
		if got := cut(tt.s, tt.n); got != tt.cut {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.cut)
		}
		if got := wrap(tt.s, tt.n); strings.Join(got, "|") != strings.Join(tt.wrap, "|") {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.wrap)
		}
	}
}
