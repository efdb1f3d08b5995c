package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/ssl"
)

// results are what a script's run came to, as --json prints it.
type results struct {
	File        string            `json:"file"`
	Status      string            `json:"status"`      // "ok", "failed" or "interrupted"
	ExitStatus  int               `json:"exit_status"` // of gossl itself
	Error       string            `json:"error,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Cells       []cellResults     `json:"cells"`
	Runs        []ssl.Record      `json:"runs"`
	Differences []string          `json:"differences,omitempty"` // from the record, with --verify
}

// cellResults are what one cell printed and gave.
type cellResults struct {
	Place  string `json:"place"`
	Count  int    `json:"count,omitempty"` // 0: it did not run
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
	Value  string `json:"value,omitempty"`
	Error  string `json:"error,omitempty"`
}

// printResults prints the results of an executed notebook.
func (a *app) printResults(n *script.Notebook, name string, f script.Format, given scriptFlags, failed error, differences []string) error {
	r := results{File: name, Status: "ok", Parameters: map[string]string{}, Cells: []cellResults{}, Runs: ssl.Records(), Differences: differences}
	if r.Runs == nil {
		r.Runs = []ssl.Record{}
	}
	for _, text := range given.params {
		key, value, _ := strings.Cut(text, "=")
		r.Parameters[key] = value
	}
	if failed != nil {
		r.Status, r.ExitStatus, r.Error = "failed", statusError, failed.Error()
		var exit *exitError
		if errors.As(failed, &exit) {
			r.ExitStatus = exit.status
		}
		if r.ExitStatus == statusInterrupted {
			r.Status = "interrupted"
		}
	} else if len(differences) > 0 {
		r.Status, r.ExitStatus = "failed", statusError
	}
	for i, c := range n.Cells {
		if !c.Runs() {
			continue
		}
		file, line := script.Place(n, i, name, f)
		out := cellResults{Place: lineOf(file, line), Count: c.ExecutionCount}
		for _, o := range c.Outputs {
			out.add(o)
		}
		if out.Error != "" {
			r.Error = out.Error
		}
		r.Cells = append(r.Cells, out)
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// add takes what an output of .ipynb says in words.
func (c *cellResults) add(output any) {
	o, _ := output.(map[string]any)
	text := func(v any) string { s, _ := v.(string); return s }
	data, _ := o["data"].(map[string]any)
	switch o["output_type"] {
	case "stream":
		if o["name"] == "stderr" {
			c.Stderr += text(o["text"])
		} else {
			c.Stdout += text(o["text"])
		}
	case "execute_result":
		c.Value = text(data["text/plain"])
	case "display_data":
		c.Stdout += text(data["text/plain"]) + "\n"
	case "error":
		c.Error = text(o["evalue"])
	}
}
