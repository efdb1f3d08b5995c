package script

import (
	"strings"
	"testing"
)

func TestSetParameters(t *testing.T) {
	tests := []struct {
		name, cell string
		params     []string
		want, err  string
	}{
		{"define", "lambda := 0.5", []string{"lambda=2"}, "lambda := 0.5; lambda = (2)", ""},
		{"string", `name := "x"`, []string{"name=a \"b\""}, `name := "x"; name = "a \"b\""`, ""},
		{"typed string", "var name string", []string{"name=z"}, `var name string; name = "z"`, ""},
		{"two at once", "a, b := 1, 2 // both", []string{"b=3", "a=4"}, "a, b := 1, 2; a = (4); b = (3) // both", ""},
		{"group", "var (\n\ta = 1\n\tb = 2\n)\nc := 3", []string{"a=9", "c=8"}, "var (\n\ta = 1\n\tb = 2\n); a = (9)\nc := 3; c = (8)", ""},
		{"constant", "const n = 3", []string{"n=4"}, "const n = (4)", ""},
		{"duration", "wait := time.Second", []string{"wait=90s"}, "wait := time.Second; wait = time.Duration(90000000000)", ""},
		{"expression", "xs := []int{1}", []string{"xs=[]int{1, 2}"}, "xs := []int{1}; xs = ([]int{1, 2})", ""},
		{"unknown", "a := 1\nconst b = 2", []string{"c=1"}, "", "-p c: no such parameter; the parameters cell declares a, b"},
		{"no expression", "a := 1", []string{"a=1 +"}, "", "-p a=1 +: the value is no Go expression"},
		{"no comment out", "a := 1", []string{"a=1 // "}, "", "no Go expression"},
		{"two lines", "a := 1", []string{"a=1\n2"}, "", "on one line"},
		{"iota", "const (\n\ta = iota\n\tb\n)", []string{"b=7"}, "", "-p b: the constant repeats the line above"},
		{"broken cell", "a := (", []string{"a=1"}, "", "the parameters cell does not parse: 11:1"},
	}
	for _, tt := range tests {
		n := &Notebook{Cells: []*Cell{{Source: "x := 1"}, {Source: tt.cell, Line: 10, Options: []Option{{"tags", []any{ParameterTag}}}}}}
		var params []Parameter
		for _, text := range tt.params {
			p, err := ParseParameter(text)
			if err != nil {
				t.Fatal(err)
			}
			params = append(params, p)
		}
		got, err := n.SetParameters(params)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: error %v, want %q in it", tt.name, err, tt.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if src := got.Cells[1].Source; src != tt.want {
			t.Errorf("%s: the cell is %q, want %q", tt.name, src, tt.want)
		}
		if n.Cells[1].Source != tt.cell {
			t.Errorf("%s: the notebook itself was changed", tt.name)
		}
	}
	if _, err := (&Notebook{}).SetParameters([]Parameter{{"a", "1"}}); err == nil || !strings.Contains(err.Error(), `tags=["parameters"]`) {
		t.Errorf("a notebook without a parameters cell gives %v", err)
	}
	for _, text := range []string{"a", "=1", "1a=2", "a b=1"} {
		if _, err := ParseParameter(text); err == nil {
			t.Errorf("ParseParameter(%q) gives no error", text)
		}
	}
}

func TestIsProgram(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"package main\n\nfunc main() {}\n", true},
		{"//go:build ignore\n\npackage main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println() }\n", true},
		{"package main\n\nfunc main() {\n\tx :=\n}\n", true},
		{"package main\n\nfunc helper() {}\n", false},
		{"package other\n\nfunc main() {}\n", false},
		{"x := 1\n", false},
		{"// %%\npackage main\nfunc main() {}\n", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := IsProgram(tt.text); got != tt.want {
			t.Errorf("IsProgram(%q) = %v, want %v", tt.text, got, tt.want)
		}
	}
}
