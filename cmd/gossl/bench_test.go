//go:build linux

package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// BenchmarkEval is the time from the start of gossl -e '1+1' to its end. The aim is 150 ms.
func BenchmarkEval(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cmd := exec.Command(exe, "-e", "1+1")
		cmd.Env = append(os.Environ(), asGossl+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "2\n" {
			b.Fatalf("gossl -e 1+1 gives %q, %v", out, err)
		}
		if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			b.ReportMetric(float64(use.Maxrss)/1024, "MiB")
		}
	}
}

// BenchmarkPrompt is the time from the start to the first prompt. The aim is 150 ms.
func BenchmarkPrompt(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), asGossl+"=1", "TERM=xterm", "XDG_STATE_HOME="+b.TempDir())
		tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
		if err != nil {
			b.Fatal(err)
		}
		readUntil(b, tty, "In[1]: ")
		b.StopTimer()
		if _, err := tty.WriteString(ctrlD); err != nil {
			b.Fatal(err)
		}
		cmd.Wait() // a reader that is gone ends it too
		tty.Close()
		b.StartTimer()
	}
}

// BenchmarkKey is the time from a key to its echo while a run trains on all cores. The aim is 10 ms.
func BenchmarkKey(b *testing.B) {
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), asGossl+"=1", "TERM=xterm", "GOMLX_BACKEND=go", "XDG_STATE_HOME="+b.TempDir())
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
	}()
	readUntil(b, tty, "In[1]: ")
	tty.WriteString("\x1b[200~" + tinyExperiment + "\nrun.WaitStep(3)\x1b[201~\r")
	readUntil(b, tty, "In[2]: ")
	var longest time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		tty.WriteString("x")
		readUntil(b, tty, "x")
		longest = max(longest, time.Since(start))
		if i%40 == 39 {
			b.StopTimer()
			tty.WriteString("\x15") // the line is dropped before it scrolls
			b.StartTimer()
		}
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
}

// readUntil reads from the terminal until text has come.
func readUntil(b *testing.B, tty *os.File, text string) {
	var got strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(got.String(), text) {
		n, err := tty.Read(buf)
		got.Write(buf[:n])
		if err != nil {
			b.Fatalf("after %q: %v", got.String(), err)
		}
	}
}
