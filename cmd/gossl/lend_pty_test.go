//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An editor and a pager get the terminal and its keys; the session goes on after them, with what the startup file
// defined.
func TestEditorPagerStartup(t *testing.T) {
	home := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(home, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	editor := write("editor", "#!/bin/sh\nprintf 'the cell is '; cat \"$1\"; printf 'word? '; read -r word; echo \"word := \\\"$word\\\"\" > \"$1\"\n")
	pager := write("pager", "#!/bin/sh\nwc -l < \"$1\"; printf 'paged? '; read -r word; echo \"$word then\"\n")
	write("config/gossl/startup.go", "// %%\ngreeting := \"hello\"\n\n// %%\nundefinedThere\n")
	c := open(t, home, []string{"EDITOR=" + editor, "VISUAL=", "PAGER=" + pager, "XDG_CONFIG_HOME=" + home + "/config"})
	c.see("In[1]: ")
	if s := c.screen(); !strings.Contains(s, "the startup file ended early") || !strings.Contains(s, "startup.go:5:1: undefined: undefinedThere") {
		t.Errorf("the startup file's mistake is not told:\n%s", s)
	}
	c.enter("greeting", "In[2]: ")
	c.keys("%edit 1\r")
	c.see("the cell is greeting\nword? ")
	c.keys("edited\r")
	c.see(`In[3]: word := "edited"`)
	c.enter("", "In[4]: ")
	c.keys("%page strings.Repeat(word + \"\\n\", 300)\r")
	c.see("301\npaged? ")
	c.keys("yes\r")
	c.see("yes then\nIn[5]: ")
	c.enter("word", "In[6]: ")
	if s := c.screen(); !strings.HasSuffix(s, "In[5]: word\nedited\nIn[6]:") {
		t.Errorf("after editor and pager the screen shows\n%s", s)
	}
	c.keys("%edit\r")
	c.see("word? ")
	c.keys(ctrlC) // the editor's, not the session's
	c.see("In[7]: ")
	c.enter("1 + 1", "In[8]: ")
	c.keys(ctrlD)
	if status := c.exit(); status != 0 {
		t.Errorf("the exit status is %d", status)
	}
}
