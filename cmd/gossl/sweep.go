package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/ssl"
)

// sweep returns the combinations of the parameters' values, each as arguments of -p; the last parameter changes fastest.
func (g scriptFlags) sweep() ([][]string, error) {
	var names []string
	values := map[string][]string{}
	for _, text := range g.params {
		p, err := script.ParseParameter(text)
		if err != nil {
			return nil, err
		}
		if _, again := values[p.Name]; !again {
			names = append(names, p.Name)
		}
		for _, v := range script.SplitValues(p.Value) {
			if v == "" && strings.Contains(p.Value, ",") {
				return nil, fmt.Errorf("-p %s: a value is missing between the commas", text)
			}
			values[p.Name] = append(values[p.Name], v)
		}
	}
	combinations := [][]string{nil}
	for _, name := range names {
		var longer [][]string
		for _, c := range combinations {
			for _, v := range values[name] {
				longer = append(longer, append(slices.Clone(c), name+"="+v))
			}
		}
		combinations = longer
	}
	return combinations, nil
}

// swept is one run of a sweep.
type swept struct {
	Directory string `json:"directory"`
	results
}

// runSweep runs a script once for each combination, each in a process and a directory of its own, and prints a table.
func runSweep(ctx context.Context, flags sessionFlags, given scriptFlags, combinations [][]string, path string) error {
	dir := given.dir
	if dir == "" {
		dir = strings.TrimSuffix(path, filepath.Ext(path)) + "-sweep"
	}
	if _, err := os.Stat(dir); err == nil {
		return fmt.Errorf("%s is there already; --dir names another directory for the sweep", dir)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	var all []swept
	failed := 0
	for i, c := range combinations {
		at := filepath.Join(dir, directoryName(c))
		fmt.Fprintf(os.Stderr, "%d/%d %s\n", i+1, len(combinations), strings.Join(c, " "))
		r, err := sweepOne(ctx, self, flags, given, c, path, at)
		if err != nil {
			return err
		}
		if r.Status != "ok" {
			failed++
			fmt.Fprintf(os.Stderr, "%s: %s; %s has the rest\n", r.Status, strings.SplitN(r.Error, "\n", 2)[0], filepath.Join(at, outputFile))
		}
		all = append(all, *r)
		if ctx.Err() != nil {
			break
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "results.json"), append(text, '\n'), 0o644); err != nil {
		return err
	}
	if given.json {
		fmt.Printf("%s\n", text)
	} else if err := printTable(os.Stdout, all, combinations[0]); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return &exitError{statusInterrupted, errShown}
	case failed > 0:
		return &exitError{statusError, fmt.Errorf("%d of %d runs failed", failed, len(combinations))}
	}
	return nil
}

// outputFile keeps what the cells of one run of a sweep showed.
const outputFile = "output.txt"

// sweepOne runs the script with one combination.
func sweepOne(ctx context.Context, self string, flags sessionFlags, given scriptFlags, params []string, path, dir string) (*swept, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	out, err := os.Create(filepath.Join(dir, outputFile))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	executed := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)) + ".ipynb"
	words := []string{"run", "--json", "-o", executed}
	if flags.backend != "" {
		words = append(words, "--backend", flags.backend)
	}
	for _, p := range params {
		words = append(words, "-p", p)
	}
	for _, k := range given.knobs {
		words = append(words, "--set", k)
	}
	if given.fresh {
		words = append(words, "--fresh")
	}
	cmd := exec.CommandContext(ctx, self, append(words, path)...)
	var printed bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &printed, out
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute // a step of a large experiment may take its time
	runErr := cmd.Run()
	r := &swept{Directory: dir}
	if err := json.Unmarshal(printed.Bytes(), &r.results); err != nil { // it ended before it could say
		said, readErr := os.ReadFile(out.Name())
		if readErr != nil {
			return nil, errors.Join(runErr, readErr)
		}
		r.Status, r.Error = "failed", strings.TrimSpace(string(said))
		r.Parameters = map[string]string{}
		for _, p := range params {
			name, value, _ := strings.Cut(p, "=")
			r.Parameters[name] = value
		}
		if ctx.Err() != nil {
			r.Status = "interrupted"
		}
	}
	return r, nil
}

// directoryName is the name of the directory for a combination, such as "lambda=0.1,seed=2".
func directoryName(params []string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.Join(params, ","))
	for len(name) > 120 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// measures are the columns of the table, where a run has them.
var measures = []string{"loss", "contrast", "lambda", "negligible", "zero", "linear", "knn20", "knn200", "rankme_h", "rankme_z"}

// telling is the run that a table shows: the last that was evaluated, else the last.
func telling(runs []ssl.Record) (r ssl.Record) {
	for _, r = range slices.Backward(runs) {
		if _, ok := r.Results["linear"]; ok {
			return r
		}
	}
	if len(runs) > 0 {
		r = runs[len(runs)-1]
	}
	return r
}

// printTable compares the runs of a sweep: parameters, and what the last experiment of each came to, the last that was
// evaluated if any was; of scripts without experiments the last value.
func printTable(to io.Writer, all []swept, order []string) error {
	has := map[string]bool{}
	var params []string
	rows := make([]map[string]string, len(all))
	for _, p := range order {
		name, _, _ := strings.Cut(p, "=")
		params = append(params, name)
	}
	for i, r := range all {
		rows[i] = map[string]string{"": r.Status}
		for m, v := range telling(r.Runs).Results {
			has[m] = true
			rows[i][m] = fmt.Sprintf("%.4g", v)
		}
		for _, c := range r.Cells {
			if line := strings.TrimSpace(c.Value); len(r.Runs) == 0 && line != "" && !strings.Contains(line, "\n") && len(line) <= 60 {
				has["value"] = true
				rows[i]["value"] = line
			}
		}
	}
	w := tabwriter.NewWriter(to, 0, 8, 2, ' ', 0)
	head := slices.Clone(params)
	columns := slices.DeleteFunc(append(slices.Clone(measures), "value"), func(m string) bool { return !has[m] || slices.Contains(params, m) })
	fmt.Fprintln(w, strings.Join(append(append(head, columns...), "status"), "\t"))
	for i, r := range all {
		var line []string
		for _, p := range params {
			line = append(line, r.Parameters[p])
		}
		for _, c := range columns {
			line = append(line, rows[i][c])
		}
		fmt.Fprintln(w, strings.Join(append(line, rows[i][""]), "\t"))
	}
	return w.Flush()
}
