package script

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplacedNotebookKeepsOutputs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.ipynb")
	first := &Notebook{Cells: []*Cell{
		{Source: "same", ID: "one", ExecutionCount: 3, Outputs: []any{map[string]any{"output_type": "stream", "name": "stdout", "text": "kept"}}},
		{Source: "old", ID: "two", Outputs: []any{map[string]any{"output_type": "stream", "name": "stdout", "text": "lost"}}},
	}}
	if err := first.Write(path); err != nil {
		t.Fatal(err)
	}
	second := &Notebook{Cells: []*Cell{{Source: "new"}, {Source: "same"}}}
	if err := second.Write(path); err != nil {
		t.Fatal(err)
	}
	n, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if c := n.Cells[1]; c.ID != "one" || c.ExecutionCount != 3 || len(c.Outputs) != 1 {
		t.Errorf("the unchanged cell is %+v, want its identity, count and output", c)
	}
	if c := n.Cells[0]; len(c.Outputs) != 0 || c.ID == "two" {
		t.Errorf("the new cell is %+v, want nothing of the old ones", c)
	}
}

func TestFailedWriteChangesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "n.go")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	bad := &Notebook{Cells: []*Cell{{Source: "// %% a marker"}}}
	if err := bad.Write(path); err == nil || !strings.Contains(err.Error(), "cell 1") {
		t.Errorf("writing a cell that would be read as two gives %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "before" {
		t.Errorf("after a failed write the file holds %q, %v", b, err)
	}
	good := &Notebook{Cells: []*Cell{{Source: "x"}}}
	if err := good.Write(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode became %v, %v; want it kept", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left in the directory, want one", len(left))
	}
}
