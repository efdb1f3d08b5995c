package command

import (
	"context"
	"io"
	"os"
	"sync"

	"github.com/gossl/gossl/kernel"
)

var _ = register(&Command{Name: "capture", Usage: "[-a] FILE", Help: "also write what the rest of the cell shows to a file; -a appends", Run: capture})

func capture(c *Call) (kernel.Result, error) {
	f, _, err := c.outputFile()
	if err != nil {
		return kernel.Result{}, err
	}
	to := &copied{w: f}
	undo := c.Wrap(func(next kernel.Frontend) kernel.Frontend {
		to.Frontend = next
		return to
	})
	c.atEnd(func(_ context.Context, res kernel.Result) (kernel.Result, error) {
		to.bundle(res.Shown)
		return res, nil
	})
	c.atClose(func() error {
		if c.Shell.Shown != nil {
			c.Shell.Shown()
		}
		undo()
		return to.close(f)
	})
	return kernel.Result{}, nil
}

// outputFile opens the file of a command whose arguments are [-a] FILE; with -a what is written goes to its end.
func (c *Call) outputFile() (f *os.File, appends bool, err error) {
	words, err := fields(c.Args)
	if err != nil {
		return nil, false, err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if len(words) > 0 && words[0] == "-a" {
		appends, flags = true, os.O_WRONLY|os.O_CREATE|os.O_APPEND
		words = words[1:]
	}
	if len(words) != 1 {
		return nil, false, usage("want one file")
	}
	path, err := expand(words[0])
	if err != nil {
		return nil, false, err
	}
	f, err = os.OpenFile(path, flags, 0o644)
	return f, appends, err
}

// copied is a Frontend that writes the text of what passes to a file.
type copied struct {
	kernel.Frontend

	mu  sync.Mutex
	w   io.Writer // nil: closed
	err error     // of the first write that failed
}

func (t *copied) write(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.w != nil && t.err == nil {
		_, t.err = io.WriteString(t.w, text)
	}
}

func (t *copied) Stream(name, text string) {
	t.write(text)
	t.Frontend.Stream(name, text)
}

func (t *copied) Display(id string, b kernel.Bundle) {
	t.bundle(b)
	t.Frontend.Display(id, b)
}

// bundle writes the richest of the forms that are text.
func (t *copied) bundle(b kernel.Bundle) {
	for _, mime := range []string{"text/markdown", kernel.TextHTML, kernel.TextPlain} {
		if text, ok := b[mime].(string); ok {
			if text != "" && text[len(text)-1] != '\n' {
				text += "\n"
			}
			t.write(text)
			return
		}
	}
}

func (t *copied) close(f *os.File) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w = nil
	if err := f.Close(); t.err == nil {
		t.err = err
	}
	return t.err
}
