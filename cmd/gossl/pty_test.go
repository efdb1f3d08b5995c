//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// patience bounds how long a test waits for something to appear; nothing is measured by it.
const patience = 60 * time.Second

// console is gossl in a pseudo-terminal of 80 by 24 characters, whose screen an emulator draws.
type console struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	ends chan error

	mu   sync.Mutex
	vt   vt10x.Terminal
	raw  strings.Builder // everything written so far
	more chan struct{}   // closed and replaced whenever the screen changes
}

// open starts gossl with arguments in a home directory of its own.
func open(t *testing.T, home string, env []string, args ...string) *console {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return openCommand(t, home, env, exec.Command(exe, args...))
}

// openCommand starts a program in a pseudo-terminal, in which this test binary is gossl.
func openCommand(t *testing.T, home string, env []string, cmd *exec.Cmd) *console {
	t.Helper()
	cmd.Dir = home
	cmd.Env = append(os.Environ(), asGossl+"=1", "TERM=xterm-256color", "NO_COLOR=1", "HOME="+home,
		"XDG_STATE_HOME="+filepath.Join(home, "state"), "GOMLX_BACKEND=go")
	cmd.Env = append(cmd.Env, env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, cmd: cmd, tty: tty, ends: make(chan error, 1), vt: vt10x.New(vt10x.WithSize(80, 24)), more: make(chan struct{})}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := tty.Read(buf)
			c.mu.Lock()
			c.vt.Write(buf[:n])
			c.raw.Write(buf[:n])
			close(c.more)
			c.more = make(chan struct{})
			c.mu.Unlock()
			if err != nil {
				c.ends <- cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() // an error says that it has ended
		tty.Close()
	})
	return c
}

// screen returns the rows that hold text.
func (c *console) screen() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text()
}

func (c *console) text() string {
	var rows []string
	for _, row := range strings.Split(c.vt.String(), "\n") {
		rows = append(rows, strings.TrimRight(row, " "))
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// until waits until the screen satisfies ok.
func (c *console) until(what string, ok func(screen string) bool) string {
	c.t.Helper()
	late := time.After(patience)
	for {
		c.mu.Lock()
		text, more := c.text(), c.more
		c.mu.Unlock()
		if ok(text) {
			return text
		}
		select {
		case <-more:
		case <-late:
			c.t.Fatalf("waiting for %s; the screen shows\n%s", what, text)
		}
	}
}

// see waits until the screen ends with text, trailing blanks aside.
func (c *console) see(text string) string {
	c.t.Helper()
	return c.until("an end of "+text, func(s string) bool { return strings.HasSuffix(s, strings.TrimRight(text, " ")) })
}

// keys types.
func (c *console) keys(s string) {
	c.t.Helper()
	if _, err := c.tty.WriteString(s); err != nil {
		c.t.Fatal(err)
	}
}

// enter types a line and waits for the next prompt.
func (c *console) enter(line, next string) string {
	c.t.Helper()
	c.keys(line + "\r")
	return c.see("\n" + next)
}

// exit waits for the end and returns the exit status.
func (c *console) exit() int {
	c.t.Helper()
	select {
	case <-c.ends:
		return c.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		c.t.Fatalf("gossl does not end; the screen shows\n%s", c.screen())
		return 0
	}
}

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
	up    = "\x1b[A"
)

func TestTerminalSession(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.enter("x := 6", "In[2]: ")
	c.enter("x * 7", "In[3]: ")
	c.keys("func double(n int) int {\r")
	c.see("  ...: ␉")
	c.keys("return 2 * n\r")
	c.see("  ...: ␉")
	c.keys("\x7f}\r")
	c.see("In[4]: ")
	c.enter("y := double(x); y", "In[5]: ")
	c.enter("undefinedName", "In[6]: ")
	want := `In[1]: x := 6
In[2]: x * 7
42
In[3]: func double(n int) int {
  ...:     return 2 * n
  ...: }
In[4]: y := double(x); y
12
In[5]: undefinedName
In[5]:1:1: undefined: undefinedName
        undefinedName
        ^
In[6]:`
	if got := c.screen(); !strings.HasSuffix(got, want) {
		t.Errorf("the screen shows\n%s\nwant at its end\n%s", got, want)
	}
	c.keys("dropped" + ctrlC)
	c.see("In[6]: dropped^C\nIn[6]: ")
	c.keys(ctrlC)
	c.see("Ctrl-D leaves the session and ends its runs; Ctrl-C interrupts a running cell.\nIn[6]: ")
	c.keys(ctrlD)
	if status := c.exit(); status != 0 {
		t.Errorf("the exit status after Ctrl-D is %d, want 0", status)
	}
}

func TestCtrlCInterruptsTheCell(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("fmt.Println(\"go\"); for {}\r")
	c.see("\ngo")
	c.keys(ctrlC)
	c.see("interrupted\nIn[2]: ")
	c.keys("fmt.Println(\"go\"); time.Sleep(time.Hour)\r")
	c.see("\ngo")
	c.keys(ctrlC)
	c.see("interrupted\nIn[3]: ")
	c.enter("1 + 1", "In[4]: ")
	if !strings.Contains(c.screen(), "In[3]: 1 + 1\n2\n") {
		t.Errorf("after an interrupt the screen shows\n%s", c.screen())
	}
}

func TestPastedCellIsOneCell(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("\x1b[200~a := 1\nfor i := range 3 {\n\ta += i\n}\n\nfmt.Println(\"a is\", a)\n\x1b[201~")
	c.until("the pasted line", func(s string) bool { return strings.Contains(s, "a)") })
	c.enter("", "In[2]: ")
	want := "In[1]: a := 1\n  ...: for i := range 3 {\n  ...:     a += i\n  ...: }\n  ...:\n  ...: fmt.Println(\"a is\", a)\nimported \"fmt\"\na is 4\nIn[2]:"
	if got := c.screen(); !strings.HasSuffix(got, want) {
		t.Errorf("the screen shows\n%s\nwant at its end\n%s", got, want)
	}
	// 500 lines, each needed for the result, in one cell.
	var b strings.Builder
	b.WriteString("n := 0\n")
	for range 498 {
		b.WriteString("n++\n")
	}
	b.WriteString("fmt.Println(\"n is\", n)")
	c.keys("\x1b[200~" + b.String() + "\x1b[201~")
	c.until("the end of the pasted line", func(s string) bool { return strings.HasSuffix(s, "n)") })
	c.enter("", "In[3]: ")
	if !strings.HasSuffix(c.screen(), "\nn is 498\nIn[3]:") {
		t.Errorf("after 500 pasted lines the screen shows\n%s", c.screen())
	}
}

// A line longer than the window is scrolled while it is edited; entered, all of it stands there.
func TestLongLineIsShown(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	word := strings.Repeat("0123456789", 20)
	c.keys("len(\"" + word + "\")")
	c.until("the end of the line", func(s string) bool { return strings.HasSuffix(s, "789\")") })
	c.enter("", "In[2]: ")
	if got := strings.ReplaceAll(c.screen(), "\n", ""); !strings.HasSuffix(got, "In[1]: len(\""+word+"\")200In[2]:") {
		t.Errorf("after a long line the screen shows\n%s", c.screen())
	}
}

func TestAltEnterBeginsALine(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("x := 2\x1b\rx * x")
	c.see("x := 2␤x * x")
	c.enter("", "In[2]: ")
	if !strings.HasSuffix(c.screen(), "In[1]: x := 2\n  ...: x * x\n4\nIn[2]:") {
		t.Errorf("the screen shows\n%s", c.screen())
	}
}

func TestHistoryOverTwoSessions(t *testing.T) {
	home := t.TempDir()
	c := open(t, home, nil)
	c.see("In[1]: ")
	c.keys("if true {\r")
	c.see("...: ␉")
	c.keys("fmt.Println(\"kept\")\r")
	c.see("...: ␉")
	c.keys("\x7f}\r")
	c.see("kept\nIn[2]: ")
	c.enter("1 + 1", "In[3]: ")
	c.keys(ctrlD)
	c.exit()
	c = open(t, home, nil)
	c.see("In[1]: ")
	c.keys(up + up)
	c.see("In[1]: if true {␤␉fmt.Println(\"kept\")␤}")
	c.enter("", "In[2]: ")
	if !strings.HasSuffix(c.screen(), "\nkept\nIn[2]:") {
		t.Errorf("the recalled cell gave\n%s", c.screen())
	}
}

func TestCompletion(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.enter("temperature := 0.5", "In[2]: ")
	c.keys("tempe\t")
	c.see("In[2]: temperature")
	c.enter("", "In[3]: ")
	c.keys("strings.ToUpp\t")
	c.see("In[3]: strings.ToUpper")
	c.keys(ctrlC)
	c.see("In[3]: ")
	c.keys("strings.Repl\t")
	c.see("In[3]: strings.Replace")
	c.keys("\t")
	c.until("a list with types", func(s string) bool {
		return strings.HasSuffix(s, "\nIn[3]: strings.Replace") && strings.Contains(s, "\nReplaceAll  func(s string, old string, new string) string\n")
	})
	c.keys(ctrlC)
	c.see("In[3]: ")
	c.keys("%timei\t")
	c.see("In[3]: %timeit")
	c.keys(ctrlC)
}

func TestQuestions(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("strings.Cut?\r")
	c.see("cut returns s, \"\", false.\nIn[1]: ")
	if s := c.screen(); !strings.Contains(s, "func strings.Cut(s string, sep string) (before string, after string, found bool)") {
		t.Errorf("strings.Cut? shows\n%s", s)
	}
	c.enter("func f() int { return 41 }", "In[2]: ")
	c.keys("f??\r")
	c.see("func f() int { return 41 }\nIn[2]: ")
	c.keys("nosuch?\r")
	c.see("nosuch: nothing of that name is known\nIn[2]: ")
}

// What panicked last can be looked at also after a cell that did not even run.
func TestDebugAfterAMistake(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.enter("var m map[string]int; m[\"a\"] = 1", "In[2]: ")
	c.enter("nothere", "In[3]: ")
	c.enter("%debug", "In[4]: ")
	if s := c.screen(); !strings.Contains(s, "In[3]: %debug\nIn[1]:1:24: panic: assignment to entry in nil map\nin In[1]\n") || !strings.Contains(s, "\nm map[string]int = map[]\n") {
		t.Errorf("%%debug shows\n%s", s)
	}
}

func TestInputOfACell(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("var name string; fmt.Scanln(&name); fmt.Println(\"hello\", name)\r")
	c.until("the cell", func(s string) bool { return strings.Contains(s, "name)\n") || strings.HasSuffix(s, "name)") })
	c.keys("you\r")
	c.see("hello you\nIn[2]: ")
}

func TestTextArrivesWhileTyping(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.enter("gate := make(chan string)", "In[2]: ")
	c.enter("go func() { for s := range gate { fmt.Println(s) } }()", "In[3]: ")
	c.enter("later := func() { gate <- \"background\" }", "In[4]: ")
	c.enter("go func() { for { if _, err := os.Stat(\"now\"); err == nil { later(); return }; time.Sleep(time.Millisecond) } }()", "In[5]: ")
	c.keys("half a line")
	c.see("In[5]: half a line")
	if err := os.WriteFile(filepath.Join(c.cmd.Dir, "now"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	c.see("\nbackground\nIn[5]: half a line")
	c.keys(" more")
	c.see("\nbackground\nIn[5]: half a line more")
}

func TestTerminalIsLeftSane(t *testing.T) {
	for _, end := range []struct {
		name string
		do   func(c *console)
	}{
		{"Ctrl-D", func(c *console) { c.keys(ctrlD) }},
		{"exit", func(c *console) { c.keys("exit\r") }},
		{"SIGTERM", func(c *console) { c.cmd.Process.Signal(syscall.SIGTERM) }},
		{"SIGHUP", func(c *console) { c.cmd.Process.Signal(syscall.SIGHUP) }},
	} {
		t.Run(end.name, func(t *testing.T) {
			c := open(t, t.TempDir(), nil)
			before := modes(t, c.tty)
			c.see("In[1]: ")
			end.do(c)
			c.exit()
			if after := modes(t, c.tty); after != before {
				t.Errorf("the terminal's modes are %+v, were %+v", after, before)
			}
		})
	}
}

// A crash that lets nothing run still leaves a terminal that echoes and reads lines.
func TestCrashLeavesTheTerminalSane(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	if m := modes(t, c.tty); m.Lflag&unix.ECHO != 0 {
		t.Fatal("the terminal echoes at the prompt, so this test would show nothing")
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.exit()
	for late := time.Now().Add(patience); ; {
		if m := modes(t, c.tty); m.Lflag&unix.ECHO != 0 && m.Lflag&unix.ICANON != 0 {
			return
		}
		if time.Now().After(late) {
			t.Fatal("after a crash the terminal neither echoes nor reads lines")
		}
		runtime.Gosched()
	}
}

func TestDumbTerminal(t *testing.T) {
	c := open(t, t.TempDir(), []string{"TERM=dumb"})
	c.see("In[1]: ")
	c.enter("6 * 7", "In[2]: ")
	c.mu.Lock()
	raw := c.raw.String()
	c.mu.Unlock()
	if strings.Contains(raw, "\x1b") {
		t.Errorf("a dumb terminal gets escape sequences: %q", raw)
	}
	if !strings.Contains(raw, "42\r\n") {
		t.Errorf("a dumb terminal gets %q", raw)
	}
}

func TestInterruptedScript(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "loop.go")
	if err := os.WriteFile(path, []byte("// %%\nfmt.Println(\"go\")\nfor {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := open(t, home, nil, "run", path)
	c.see("go")
	c.keys(ctrlC)
	if status := c.exit(); status != statusInterrupted {
		t.Errorf("the exit status is %d, want %d", status, statusInterrupted)
	}
	if !strings.Contains(c.screen(), "interrupted") {
		t.Errorf("the screen shows\n%s", c.screen())
	}
}

func TestScriptThenSession(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "start.go")
	if err := os.WriteFile(path, []byte("// %%\nx := 20\n\n// %%\nx + 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := open(t, home, nil, "-i", path)
	c.see("21\nIn[3]: ")
	c.enter("2 * x", "In[4]: ")
	if !strings.HasSuffix(c.screen(), "40\nIn[4]:") {
		t.Errorf("the screen shows\n%s", c.screen())
	}
}

// Ctrl-Z goes back to the shell, and fg to the line that was being typed.
func TestSuspendAndResume(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := openCommand(t, t.TempDir(), []string{"PS1=shell: "}, exec.Command("sh", "-i"))
	c.see("shell:")
	c.keys(exe + "\r")
	c.see("In[1]: ")
	before := modes(t, c.tty)
	c.keys("half")
	c.see("In[1]: half")
	c.keys("\x1a")
	c.until("the shell", func(s string) bool { return strings.Contains(s, "Stopped") && strings.HasSuffix(s, "shell:") })
	if m := modes(t, c.tty); m.Lflag&unix.ECHO == 0 {
		t.Error("a suspended gossl leaves a terminal that does not echo")
	}
	c.keys("fg\r")
	c.until("the line", func(s string) bool { return strings.HasSuffix(s, "In[1]: half") })
	c.keys(" way")
	c.see("In[1]: half way")
	if after := modes(t, c.tty); after != before {
		t.Errorf("after Ctrl-Z and fg the terminal's modes are %+v, were %+v", after, before)
	}
}

// Without a shell to go back to, Ctrl-Z does nothing.
func TestSuspendWithoutAShell(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	if m := modes(t, c.tty); m.Lflag&unix.ISIG != 0 {
		t.Error("once the prompt stands there, Ctrl-Z still drops what is typed before it")
	}
	c.keys("half\x1a way")
	c.see("In[1]: half way")
}

func TestWindowGetsNarrow(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.mu.Lock()
	c.vt.Resize(40, 24)
	c.mu.Unlock()
	if err := pty.Setsize(c.tty, &pty.Winsize{Rows: 24, Cols: 40}); err != nil {
		t.Fatal(err)
	}
	c.keys("\"" + strings.Repeat("0123456789", 6) + "\"")
	var last string
	for range 200 { // the signal may come after the keys: the line is right once it is drawn again
		c.until("a line that is scrolled", func(s string) bool { return strings.HasSuffix(s, "789\"") })
		rows := strings.Split(c.screen(), "\n")
		if last = rows[len(rows)-1]; strings.HasPrefix(last, "In[1]: ") {
			return
		}
		c.keys("x")
		c.until("a key", func(s string) bool { return strings.HasSuffix(s, "789\"x") })
		c.keys("\x7f")
	}
	t.Errorf("a long line in a narrow window shows %q, want it in one row behind its prompt", last)
}
