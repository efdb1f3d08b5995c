package command

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/script"
)

var _ = register(
	&Command{Name: "save", Usage: "[-f] FILE [CELLS]", Help: "save the session as .go, .ipynb (with outputs) or .md; -f replaces a file", Run: save},
	&Command{Name: "load", Usage: "FILE", Help: "bring a file's text to the next prompt", Run: load},
	&Command{Name: "run", Usage: "FILE [ARGS]", Help: "run a script's cells here, or an ordinary Go program by itself", Run: runFile, Check: checkRunFile},
)

func save(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	force := len(words) > 0 && words[0] == "-f"
	if force {
		words = words[1:]
	}
	if len(words) == 0 {
		return kernel.Result{}, usage("want a file")
	}
	path := words[0]
	if _, err := script.FormatOf(path); err != nil {
		return kernel.Result{}, err
	}
	if _, err := os.Stat(path); err == nil && !force {
		return kernel.Result{}, fmt.Errorf("%s is there already; %%save -f %s replaces it", path, path)
	}
	records, err := chosen(c.Session().History(), words[1:])
	if err != nil {
		return kernel.Result{}, err
	}
	n, err := c.Shell.notebook(records)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(n.Cells) == 0 {
		return kernel.Result{}, errors.New("no cell has run yet")
	}
	cells := len(n.Cells)
	if n, err = c.Shell.Recorded(n, path); err != nil {
		return kernel.Result{}, err
	}
	if err := n.Write(path); err != nil {
		return kernel.Result{}, err
	}
	c.Printf("saved %d cells to %s\n", cells, path)
	return kernel.Result{}, nil
}

// notebook makes a notebook of cells that ran. The text of a cell that failed is commented out.
func (sh *Shell) notebook(records []*kernel.Record) (*script.Notebook, error) {
	n := &script.Notebook{Metadata: map[string]any{
		"kernelspec":    map[string]any{"display_name": "Go (gossl)", "language": "go", "name": "gossl"},
		"language_info": map[string]any{"file_extension": ".go", "mimetype": "text/x-go", "name": "go"},
	}}
	if sh.Note != nil {
		n.Metadata["gossl"] = sh.Note()
	}
	for _, r := range records {
		src := strings.TrimRight(r.Src, "\n")
		if leavesOut(src) {
			continue
		}
		cell := &script.Cell{Source: src, ExecutionCount: r.Count}
		if _, failed := r.Err(); failed {
			cell.Source = "// This cell failed:\n// " + strings.ReplaceAll(src, "\n", "\n// ")
		}
		outputs, _ := r.Outputs()
		for _, o := range outputs {
			out, err := output(o, r.Count)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.Name, err)
			}
			cell.Outputs = append(cell.Outputs, out)
		}
		n.Cells = append(n.Cells, cell)
	}
	return n, nil
}

// leavesOut reports whether a cell asks about the session rather than being part of it: replayed, it would only
// repeat itself.
func leavesOut(src string) bool {
	parts := split(src)
	if len(parts) != 1 || !parts[0].isCommand() {
		return false
	}
	switch parts[0].name {
	case "save", "history", "help", "who", "whos", "list", "doc", "source", "type", "mem", "load", "page", "edit", "debug":
		return true
	}
	return false
}

// output is one output of a cell as .ipynb files hold it.
func output(o kernel.Output, count int) (map[string]any, error) {
	if o.Stream != "" {
		return map[string]any{"output_type": "stream", "name": o.Stream, "text": o.Text}, nil
	}
	data := o.Bundle.JSON()
	metadata := map[string]any{}
	if o.ID != "" {
		metadata[script.LiveKey] = true
	}
	out := map[string]any{"output_type": "display_data", "data": data, "metadata": metadata}
	if o.Value {
		out["output_type"], out["execution_count"] = "execute_result", count
	}
	return out, nil
}

// NextInput is what a Frontend implements that can put text into the next prompt.
type NextInput interface{ SetNextInput(text string) }

func load(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) != 1 {
		return kernel.Result{}, usage("want one file")
	}
	text, err := os.ReadFile(words[0])
	if err != nil {
		return kernel.Result{}, err
	}
	if fe, ok := c.Front().(NextInput); ok {
		fe.SetNextInput(string(text))
		return kernel.Result{}, nil
	}
	c.Printf("%s", text)
	return kernel.Result{}, nil
}

func runFile(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) == 0 {
		return kernel.Result{}, usage("want a file")
	}
	path := words[0]
	f, err := script.FormatOf(path)
	if err != nil {
		return kernel.Result{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return kernel.Result{}, err
	}
	if f == script.Percent && script.IsProgram(string(text)) {
		if c.Shell.Program == nil {
			return kernel.Result{}, fmt.Errorf("%s is a program with a main function, which cannot be run here; use gossl run %s", path, path)
		}
		status, err := c.Shell.Program(c.Context(), path, words[1:], c.Cell)
		if err == nil && status != 0 {
			err = fmt.Errorf("%s: exit status %d", path, status)
		}
		return kernel.Result{}, err
	}
	if len(words) > 1 {
		return kernel.Result{}, usage("a script of cells takes no arguments; set its parameters by gossl run -p")
	}
	n, err := script.Parse(string(text), f)
	if err != nil {
		return kernel.Result{}, fmt.Errorf("%s: %w", path, err)
	}
	var last kernel.Result
	for i, cell := range n.Cells {
		if !cell.Runs() {
			continue
		}
		name, line := script.Place(n, i, path, f)
		if last, err = c.Shell.run(c.Cell, cell.Source, file{name, line}); err != nil {
			return kernel.Result{}, err
		}
	}
	return last, nil
}

func checkRunFile(c *Call, k *Checker) error {
	words, err := fields(c.Args)
	if err != nil || len(words) == 0 {
		return err
	}
	k.file(words[0])
	return nil
}

// Outputs puts what the session's cells showed into the cells of a notebook that was run in it.
func (sh *Shell) Outputs(n *script.Notebook) error {
	records := sh.Session.History()
	for _, cell := range n.Cells {
		if cell.Kind != script.Code {
			continue
		}
		cell.Outputs, cell.ExecutionCount = []any{}, 0
		if !cell.Runs() {
			continue
		}
		for len(records) > 0 && records[0].Src != cell.Source {
			records = records[1:]
		}
		if len(records) == 0 {
			continue // cells after one that failed did not run
		}
		r := records[0]
		records = records[1:]
		cell.ExecutionCount = r.Count
		outputs, _ := r.Outputs()
		for _, o := range outputs {
			out, err := output(o, r.Count)
			if err != nil {
				return fmt.Errorf("%s: %w", r.Name, err)
			}
			cell.Outputs = append(cell.Outputs, out)
		}
		if msg, failed := r.Err(); failed {
			cell.Outputs = append(cell.Outputs, map[string]any{
				"output_type": "error", "ename": "error", "evalue": msg, "traceback": strings.Split(msg, "\n"),
			})
		}
	}
	return nil
}
