package check

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// module writes the files of an archive into a directory.
func module(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, dir, f.Name, string(f.Data))
	}
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

const mine = `
-- go.mod --
module example.com/mine
-- vec/vec.go --
// Package vec has vectors.
package vec

import (
	"math"

	"example.com/mine/num"
)

type Vec[T num.Real] []T

func (v Vec[T]) Len() float64 {
	var s float64
	for _, x := range v {
		s += float64(num.Square(x))
	}
	return math.Sqrt(s)
}
-- vec/vec_test.go --
package vec

func broken( {}
-- vec/other_windows.go --
package vec

var OnlyWindows = 1
-- num/num.go --
package num

type Real interface{ ~int | ~float64 }

func Square[T Real](x T) T { return x * x }
-- cyc/a/a.go --
package a

import "example.com/mine/cyc/b"

var A = b.B
-- cyc/b/b.go --
package b

import "example.com/mine/cyc/a"

var B = a.A
-- bad/bad.go --
package bad

import "fmt"

func F() int {
	x := 1
}
-- prog/prog.go --
package main

func main() {}
-- empty/README --
nothing
`

func TestProgram(t *testing.T) {
	dir := module(t, mine)
	for _, c := range []struct {
		name  string
		files []Source
		pkgs  string // paths, dependencies first
		err   string
	}{
		{"hello", []Source{{"a.go", "package main\nimport \"fmt\"\nfunc main() { fmt.Println(1) }\n"}}, "main", ""},
		{"two files", []Source{{"a.go", "package main\nfunc main() { f() }\n"}, {"b.go", "package main\nfunc f() {}\n"}}, "main", ""},
		{"packages of the module", []Source{{"a.go", "package main\nimport \"example.com/mine/vec\"\nfunc main() { println(vec.Vec[int]{3, 4}.Len()) }\n"}},
			"example.com/mine/num example.com/mine/vec main", ""},
		{"unused", []Source{{"a.go", "package main\nimport \"fmt\"\nfunc main() { x := 1 }\n"}}, "",
			"a.go:2:8: \"fmt\" imported and not used\na.go:3:15: declared and not used: x"},
		{"no main", []Source{{"a.go", "package main\nfunc f() {}\n"}}, "", "a.go:1:9: function main is undeclared in the main package"},
		{"not a program", []Source{{"a.go", "package lib\nfunc f() {}\n"}}, "", "a.go:1:9: package lib is not a program (a program is package main)"},
		{"two packages", []Source{{"a.go", "package main\nfunc main() {}\n"}, {"b.go", "package other\n"}}, "", "b.go:1:9: package other; expected package main"},
		{"syntax", []Source{{"a.go", "package main\nfunc main() { x := := 1 }\n"}}, "", "a.go:2:20: expected operand, found ':='"},
		{"type errors in two files", []Source{{"a.go", "package main\nfunc main() { f(1) }\n"}, {"b.go", "package main\nfunc f() { return 1 }\n"}}, "",
			"a.go:2:17: too many arguments in call to f\n\thave (number)\n\twant ()\nb.go:2:19: too many return values\n\thave (number)\n\twant ()"},
		{"import cycle", []Source{{"a.go", "package main\nimport \"example.com/mine/cyc/a\"\nfunc main() { println(a.A) }\n"}}, "", "import cycle: example.com/mine/cyc/a → example.com/mine/cyc/b → example.com/mine/cyc/a"},
		{"a program imported", []Source{{"a.go", "package main\nimport _ \"example.com/mine/prog\"\nfunc main() {}\n"}}, "", "is a program, not an importable package"},
		{"no files", []Source{{"a.go", "package main\nimport _ \"example.com/mine/empty\"\nfunc main() {}\n"}}, "", "no buildable Go source files"},
		{"unknown", []Source{{"a.go", "package main\nimport _ \"example.com/yours\"\nfunc main() {}\n"}}, "", "a.go:2:10: no package \"example.com/yours\""},
		{"a wrong package", []Source{{"a.go", "package main\nimport \"example.com/mine/bad\"\nfunc main() { bad.F() }\n"}}, "", "bad/bad.go:3:8: \"fmt\" imported and not used"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := CheckProgram(std(), dir, c.files)
			if c.err != "" {
				if err == nil || !strings.Contains(plain(err), c.err) {
					t.Fatalf("error %v, want %s", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, x := range p.Packages {
				paths = append(paths, x.Path)
				if len(x.Info.Uses)+len(x.Info.Defs) == 0 {
					t.Errorf("package %s has no Info", x.Path)
				}
			}
			if got := strings.Join(paths, " "); got != c.pkgs {
				t.Errorf("packages %s, want %s", got, c.pkgs)
			}
		})
	}
}

// plain returns the lines of diagnostics without the source below them.
func plain(err error) string {
	var d *Diagnostics
	if !errors.As(err, &d) {
		return err.Error()
	}
	var lines []string
	for _, x := range d.List {
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}

func TestPackagesFromDisk(t *testing.T) {
	dir := module(t, mine)
	s := NewScope(std())
	if err := s.SetDir(filepath.Join(dir, "vec")); err != nil {
		t.Fatal(err)
	}
	check := func(src string) (*Cell, error) {
		syn, err := Parse("In[1]", src)
		if err != nil {
			return nil, err
		}
		return s.Check(syn)
	}
	paths := func(c *Cell) string {
		var list []string
		for _, p := range c.Packages {
			list = append(list, p.Path)
		}
		return strings.Join(list, " ")
	}
	const use = "import \"example.com/mine/vec\"\nvec.Vec[int]{3, 4}.Len()"
	c, err := check(use)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := paths(c), "example.com/mine/num example.com/mine/vec"; got != want {
		t.Errorf("the first cell brings %q, want %q", got, want)
	}
	s.Commit(c)
	if c, err = check(use); err != nil || paths(c) != "" {
		t.Errorf("the second cell brings %q, %v", paths(c), err)
	}

	write(t, dir, "num/num.go", "package num\n\ntype Real interface{ ~int | ~float64 }\n\nfunc Square[T Real](x T) T { return x * x * x }\n")
	if c, err = check(use); err != nil || paths(c) != "example.com/mine/num example.com/mine/vec" {
		t.Errorf("after a change of num the cell brings %q, %v", paths(c), err)
	}

	if _, err = check("import \"example.com/mine/bad\"\nbad.F()"); err == nil || !strings.Contains(plain(err), "bad/bad.go:3:8: \"fmt\" imported and not used") || strings.Contains(plain(err), "undefined: bad") {
		t.Errorf("importing a wrong package: %v", err)
	}
	write(t, dir, "bad/bad.go", "package bad\n\nfunc F() int { return 1 }\n")
	if _, err = check("import \"example.com/mine/bad\"\nbad.F()"); err != nil {
		t.Errorf("importing the corrected package: %v", err)
	}
	write(t, dir, "go.mod", "module example.com/mine\n\ngo 1.20\n")
	if err := s.SetDir(dir); err != nil {
		t.Fatal(err)
	}
	if _, err = check(use); err == nil || !strings.Contains(err.Error(), "is of a module for go1.20") {
		t.Errorf("importing from a module of Go 1.20: %v", err)
	}
	write(t, dir, "go.mod", "module example.com/mine\n\ngo 1.22\n")
	if err := s.SetDir(dir); err != nil {
		t.Fatal(err)
	}
	if got := s.Complete("vec.Vec[int]{}.", 15); len(got.Candidates) != 1 || got.Candidates[0].Text != "Len" {
		t.Errorf("Complete(vec.Vec[int]{}.) = %v", got.Candidates)
	}
}

func TestSourceOf(t *testing.T) {
	s := NewScope(std())
	p, err := s.SourceOf("slices")
	if err != nil {
		t.Fatal(err)
	}
	if p.Types.Scope().Lookup("Max") == nil || len(p.Info.Uses) == 0 {
		t.Error("slices lacks Max, or what its names mean")
	}
	if q, _ := s.SourceOf("slices"); q != p {
		t.Error("the second SourceOf is another package")
	}
	s.Hold(func() {
		if q, _ := s.SourceOf("slices"); q != p {
			t.Error("SourceOf inside Hold is another package")
		}
	})
	if p, err := s.SourceOf("fmt"); p != nil || err != nil {
		t.Errorf("SourceOf(fmt) = %v, %v", p, err)
	}
}
