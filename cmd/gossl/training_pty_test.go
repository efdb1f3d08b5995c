//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tinyExperiment trains a small perceptron for longer than any test lasts.
const tinyExperiment = `exp := ssl.NewSimCLR(data.FashionMNIST())
exp.Encoder = net.MLPEncoder(16)
exp.Batch = 8
exp.Steps = 10000000
exp.Sparse = sparse.GroupHoyer(0.01)
run := ssl.Start(exp)`

// step returns the step that the progress bar on the screen shows, "" when there is no bar.
func step(screen string) string {
	_, rest, ok := strings.Cut(screen, " step ")
	if !ok {
		return ""
	}
	n, _, _ := strings.Cut(rest, "/")
	return n
}

func TestTrainingInTheTerminal(t *testing.T) {
	c := open(t, t.TempDir(), nil)
	c.see("In[1]: ")
	c.keys("\x1b[200~" + tinyExperiment + "\x1b[201~\r")
	c.see("In[2]: ")
	c.enter("run.Watch()", "In[3]: ")
	// The bar stands above the prompt and goes on while a line is being typed.
	c.keys("half a")
	first := c.until("a bar above the line", func(s string) bool { return step(s) != "" && strings.HasSuffix(s, "\nIn[3]: half a") })
	c.until("progress", func(s string) bool { return step(s) != step(first) && strings.HasSuffix(s, "\nIn[3]: half a") })
	if rows := strings.Split(c.screen(), "\n"); !strings.Contains(rows[len(rows)-2], "/10000000") {
		t.Errorf("the row above the prompt is %q, want the progress bar", rows[len(rows)-2])
	}
	c.keys("\x15") // Ctrl-U: the line is dropped
	c.see("In[3]: ")
	// Ctrl-C ends the wait, not the training.
	c.keys("fmt.Println(\"waiting\"); run.Wait()\r")
	c.until("the cell", func(s string) bool { return strings.Contains(s, "\nwaiting\n") })
	c.keys(ctrlC)
	c.see("In[4]: ")
	if s := c.screen(); !strings.Contains(s, "interrupted") && !strings.Contains(s, "canceled") {
		t.Errorf("after Ctrl-C the screen shows\n%s", s)
	}
	before := step(c.screen())
	c.until("training that goes on", func(s string) bool { return step(s) != before })
	// λ changes while it trains, and the command says where.
	c.keys("%set lambda 0.5\r")
	c.until("the change", func(s string) bool { return strings.Contains(s, "lambda 0.01 → 0.5 at step ") })
	c.see("In[5]: ")
	c.keys("run.Set(\"lamda\", 1)\r")
	c.until("the refusal", func(s string) bool { return strings.Contains(s, "lamda") && strings.Contains(s, "lambda, ") })
	c.see("In[6]: ")
	// The dashboard has the whole screen, its keys turn knobs, and it leaves the screen as it was.
	c.keys("%pause\r")
	c.see("In[7]: ")
	before = c.screen()
	c.keys("%watch\r")
	c.until("the dashboard", func(s string) bool {
		return strings.HasPrefix(s, "simclr-1: paused") && strings.Contains(s, "▸ lambda        0.5") && strings.Contains(s, "q leave")
	})
	c.keys("*")
	c.until("λ doubled", func(s string) bool {
		return strings.Contains(s, "▸ lambda        1 ") && strings.Contains(s, "lambda 0.5 → 1 at step ")
	})
	c.keys("\x1b[B")
	c.until("the next knob", func(s string) bool { return strings.Contains(s, "▸ temperature") })
	c.keys("q")
	c.see("In[8]: ")
	if s := c.screen(); strings.Contains(s, "q leave") || !strings.Contains(s, "In[7]: %watch\n") || !strings.Contains(s, "lambda 0.01 → 0.5 at step ") {
		t.Errorf("after the dashboard the screen shows\n%s\nbefore it\n%s", s, before)
	}
	c.keys("%panel\r")
	c.until("λ kept", func(s string) bool { return strings.Contains(s, "lambda        1 ") })
	c.see("In[9]: ")
	c.keys(ctrlD)
	if status := c.exit(); status != 0 {
		t.Errorf("leaving while a run trains gives status %d, want 0", status)
	}
	if s := c.screen(); !strings.Contains(s, "stopped") {
		t.Errorf("leaving does not tell that the run stopped; the screen shows\n%s", s)
	}
}

func TestInterruptedTraining(t *testing.T) {
	home := t.TempDir()
	path := filepath.Join(home, "train.go")
	src := "// %%\n" + tinyExperiment + "\n\n// %%\nfmt.Println(\"waiting\")\nrun.Wait()\n\n// %%\nfmt.Println(\"not reached\")\n"
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	c := open(t, home, nil, "run", path)
	c.until("the wait", func(s string) bool { return strings.Contains(s, "waiting") })
	c.keys(ctrlC)
	if status := c.exit(); status != statusInterrupted {
		t.Errorf("the exit status is %d, want %d; the screen shows\n%s", status, statusInterrupted, c.screen())
	}
	if s := c.screen(); strings.Contains(s, "not reached") {
		t.Errorf("the script goes on after Ctrl-C:\n%s", s)
	}
}
