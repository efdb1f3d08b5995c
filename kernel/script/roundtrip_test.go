package script

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// keep names a directory that receives what the round trips write, for Jupytext to read (testdata/jupytext/make.sh check).
var keep = flag.String("keep", "", "write the converted fixtures to this `directory`")

func fixture(t *testing.T, name string) string {
	t.Helper()
	if strings.HasSuffix(name, ".go") {
		name += ".txt" // so that gofmt does not take it for Go
	}
	b, err := os.ReadFile(filepath.Join("testdata", "jupytext", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type flat struct {
	Kind   Kind
	Source string
	Title  string
	Meta   map[string]any
}

func flatten(n *Notebook) []flat {
	var out []flat
	for _, c := range n.Cells {
		m := c.metadata()
		delete(m, "lines_to_next_cell")
		out = append(out, flat{c.Kind, c.Source, c.Title, m})
	}
	return out
}

// formats are the three file formats behind one signature.
var formats = map[string]struct {
	read  func(string) (*Notebook, error)
	write func(*Notebook) (string, error)
}{
	"go":    {ReadPercent, (*Notebook).WritePercent},
	"md":    {ReadMarkdown, (*Notebook).WriteMarkdown},
	"ipynb": {func(s string) (*Notebook, error) { return ReadIPYNB([]byte(s)) }, writeIPYNB},
}

func writeIPYNB(n *Notebook) (string, error) {
	b, err := n.WriteIPYNB()
	return string(b), err
}

// Files written by Jupytext come back byte for byte, and all three hold the same cells.
func TestJupytextFixtures(t *testing.T) {
	var want []flat
	for _, ext := range []string{"ipynb", "go", "md"} {
		text := fixture(t, "notebook."+ext)
		n, err := formats[ext].read(text)
		if err != nil {
			t.Fatalf("reading notebook.%s: %v", ext, err)
		}
		got, err := formats[ext].write(n)
		if err != nil {
			t.Fatalf("writing notebook.%s: %v", ext, err)
		}
		if got != text {
			t.Errorf("notebook.%s changed:\n%s", ext, diff(text, got))
		}
		if cells := flatten(n); want == nil {
			want = cells
		} else if !reflect.DeepEqual(cells, want) {
			t.Errorf("notebook.%s holds\n%+v\nwant\n%+v", ext, cells, want)
		}
	}
	if len(want) != 9 {
		t.Errorf("notebook.ipynb has %d cells, want 9", len(want))
	}
}

// A chain through all formats keeps cells, and its second round changes no byte.
func TestConversionChains(t *testing.T) {
	chains := [][]string{{"go", "ipynb", "go"}, {"go", "md", "go"}, {"ipynb", "md", "ipynb"}, {"md", "ipynb", "go", "md"}, {"ipynb", "go", "md", "ipynb"}}
	for _, chain := range chains {
		name := strings.Join(chain, "-")
		text := fixture(t, "notebook."+chain[0])
		start, err := formats[chain[0]].read(text)
		if err != nil {
			t.Fatal(err)
		}
		want := flatten(start)
		var first string
		for round := range 2 {
			n, err := formats[chain[0]].read(text)
			if err != nil {
				t.Fatalf("%s round %d: %v", name, round, err)
			}
			for _, ext := range chain[1:] {
				if text, err = formats[ext].write(n); err != nil {
					t.Fatalf("%s round %d, writing %s: %v", name, round, ext, err)
				}
				if n, err = formats[ext].read(text); err != nil {
					t.Fatalf("%s round %d, reading %s: %v\n%s", name, round, ext, err, text)
				}
				if got := flatten(n); !reflect.DeepEqual(got, want) {
					t.Errorf("%s round %d: %s holds\n%+v\nwant\n%+v", name, round, ext, got, want)
				}
				if *keep != "" && ext != "ipynb" {
					if err := os.WriteFile(filepath.Join(*keep, name+"."+ext), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			if round == 0 {
				first = text
			} else if text != first {
				t.Errorf("%s: the second round changed:\n%s", name, diff(first, text))
			}
		}
	}
}

func diff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(x), len(y)) {
		var l, r string
		if i < len(x) {
			l = x[i]
		}
		if i < len(y) {
			r = y[i]
		}
		if l != r {
			return "line " + strings.TrimSpace(l) + "\nbecame " + r
		}
	}
	return ""
}

func TestPercentCells(t *testing.T) {
	tests := []struct {
		name, text string
		want       []Cell
	}{
		{"empty", "", nil},
		{"no marker", "x := 1\n", []Cell{{Source: "x := 1", Line: 1}}},
		{"code before the first marker", "x := 1\n\n// %%\ny := 2\n", []Cell{{Source: "x := 1", Line: 1}, {Source: "y := 2", Line: 4}}},
		{"title", "// %% Load data\nx\n", []Cell{{Title: "Load data", Source: "x", Line: 2}}},
		{"tags", "// %% tags=[\"parameters\"]\nx\n", []Cell{{Source: "x", Line: 2, Options: []Option{{"tags", []any{"parameters"}}}}}},
		{"command", "// %%\n// %time x\n//!ls\n", []Cell{{Source: "%time x\n!ls", Line: 2}}},
		{"comment stays", "// %%\n// 50 % of it\n", []Cell{{Source: "// 50 % of it", Line: 2}}},
		{"raw string stays", "// %%\ns := `\n// %time x\n`\n", []Cell{{Source: "s := `\n// %time x\n`", Line: 2}}},
		{"gonb main", "// %%\n//gonb:%%\nf()\n", []Cell{{Source: "%%\nf()", Line: 2}}},
		{"markdown", "// %% [markdown]\n// # T\n//\n// x\n", []Cell{{Kind: Markdown, Source: "# T\n\nx", Line: 2}}},
		{"windows lines", "// %%\r\nx\r\n", []Cell{{Source: "x", Line: 2}}},
		{"bash", "// %% language=\"bash\" magic_args=\"-x\"\n// ls\n", []Cell{{Source: "%%bash -x\nls", Line: 1}}},
		{"marker in a fence", "// %% [markdown]\n// ```\n// %% x\n// ```\n", []Cell{{Kind: Markdown, Source: "```\n%% x\n```", Line: 2}}},
	}
	for _, tt := range tests {
		n, err := ReadPercent(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var got []Cell
		for _, c := range n.Cells {
			c.gap = nil
			got = append(got, *c)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: ReadPercent(%q) = %+v, want %+v", tt.name, tt.text, got, tt.want)
		}
	}
}

func TestWriteRefusesWhatWouldReadOtherwise(t *testing.T) {
	code := &Notebook{Cells: []*Cell{{Source: "x := 1\n// %% no cell"}}}
	if _, err := code.WritePercent(); err == nil || !strings.Contains(err.Error(), "cell 1: line 2") {
		t.Errorf("WritePercent of a cell with a marker in it: error %v, want one that names cell 1, line 2", err)
	}
	text := &Notebook{Cells: []*Cell{{Kind: Raw, Source: "<!-- #endraw -->"}}}
	if _, err := text.WriteMarkdown(); err == nil || !strings.Contains(err.Error(), "cell 1: line 1") {
		t.Errorf("WriteMarkdown of a cell with its end in it: error %v, want one that names cell 1, line 1", err)
	}
}

func TestReadErrors(t *testing.T) {
	tests := []struct{ ext, text, want string }{
		{"ipynb", "{", "not an .ipynb notebook"},
		{"ipynb", "{\n \"nbformat\": \"x\"}", "2:"},
		{"ipynb", `{"nbformat": 3}`, "only format 4"},
		{"ipynb", `{"nbformat": 4, "cells": [{"cell_type": "x"}]}`, "cell 1: cell_type is x"},
		{"ipynb", `{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}`, "cell 1: source is 3"},
		{"go", "// ---\n// jupyter:\n//   a: [\n// ---\n", "line 2: the header"},
		{"md", "```go\nx", "line 1: nothing closes ```go"},
		{"md", "a\n\n<!-- #raw -->\nx", "line 3: nothing closes"},
	}
	for _, tt := range tests {
		_, err := formats[tt.ext].read(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("reading %q as .%s: error %v, want %q in it", tt.text, tt.ext, err, tt.want)
		}
	}
}

// What any text reads as is written, read and written again without a change.
func FuzzPercent(f *testing.F) { fuzzFormat(f, "go") }

func FuzzMarkdown(f *testing.F) { fuzzFormat(f, "md") }

func fuzzFormat(f *testing.F, ext string) {
	for _, name := range []string{"notebook.go.txt", "notebook.md", "source.go.txt"} {
		b, err := os.ReadFile(filepath.Join("testdata", "jupytext", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("// %% a=1 b\n\n\n\n// %%\n`\n// %%\n")
	f.Add("x\n\n\n\ny\n\n\n```go\n```\n")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := formats[ext].read(text)
		if err != nil {
			return
		}
		one, err := formats[ext].write(n)
		if err != nil {
			return
		}
		m, err := formats[ext].read(one)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%q\nfrom\n%q", err, one, text)
		}
		if a, b := flatten(n), flatten(m); !reflect.DeepEqual(a, b) {
			t.Fatalf("cells changed:\n%+v\n%+v\nwritten as\n%q", a, b, one)
		}
		if two, err := formats[ext].write(m); err != nil || two != one {
			t.Fatalf("second writing differs (%v):\n%q\n%q", err, one, two)
		}
	})
}
