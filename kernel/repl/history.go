package repl

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// keepCells is how many cells the history file keeps.
const keepCells = 10000

// history is the file of what was entered: one JSON string per line, so that a cell of several lines is one entry.
// Several sessions append to one file; each entry is written at once, so that none is lost or cut.
type history struct {
	path  string
	cells []string
}

// openHistory reads the file. Lines that are no JSON strings are left out. A file that has grown far beyond keepCells
// is cut. With an error the history still works for the session.
func openHistory(path string) (*history, error) {
	h := &history{}
	if path == "" {
		return h, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		h.path = path
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var cell string
		if json.Unmarshal(lines.Bytes(), &cell) == nil && strings.TrimSpace(cell) != "" {
			h.cells = append(h.cells, cell)
		}
	}
	if err := lines.Err(); err != nil {
		return h, fmt.Errorf("reading %s: %w", path, err)
	}
	h.path = path
	if n := len(h.cells); n > 2*keepCells {
		h.cells = h.cells[n-keepCells:]
		return h, h.rewrite()
	}
	return h, nil
}

func entry(cell string) []byte {
	b, err := json.Marshal(cell)
	if err != nil {
		return nil // a string always marshals
	}
	return append(b, '\n')
}

// add appends a cell, unless it repeats the last one.
func (h *history) add(cell string) error {
	if n := len(h.cells); n > 0 && h.cells[n-1] == cell {
		return nil
	}
	h.cells = append(h.cells, cell)
	if h.path == "" {
		return nil
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX) // until Close
		if err == nil {
			_, err = f.Write(entry(cell))
		}
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		h.path = "" // say it once
	}
	return err
}

// rewrite replaces the file by the cells that are kept.
func (h *history) rewrite() error {
	tmp, err := os.CreateTemp(filepath.Dir(h.path), ".history-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // gone already when all went well
	for _, c := range h.cells {
		if _, err = tmp.Write(entry(c)); err != nil {
			break
		}
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), h.path)
	}
	return err
}
