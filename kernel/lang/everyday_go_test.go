package lang_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var withGo = flag.String("go", "", `build the programs of testdata/everyday with the go tool: "check" compares what they print with what is recorded, "missing" records what has no record, "all" records everything`)

// TestEverydayRecords builds the corpus with the go tool. It runs only when -go asks for it: linking hundreds of
// programs takes minutes.
func TestEverydayRecords(t *testing.T) {
	if *withGo == "" {
		t.Skip("no -go")
	}
	files, err := filepath.Glob("testdata/everyday/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	archives := make([]*txtar.Archive, len(files))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module everyday\n\ngo 1.26\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var built []everyday
	for i, file := range files {
		if archives[i], err = txtar.ParseFile(file); err != nil {
			t.Fatal(err)
		}
		for _, p := range everydayOf(file, archives[i]) {
			if *withGo == "missing" && p.recorded {
				continue
			}
			built = append(built, p)
			d := filepath.Join(dir, p.id())
			if err := os.MkdirAll(d, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(d, p.name+".go"), []byte(p.src), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(built) == 0 {
		return
	}
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin+"/", "./...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, p := range built {
		var stdout, stderr bytes.Buffer
		run := exec.Command(filepath.Join(bin, p.id()))
		run.Dir = t.TempDir()
		run.Stdout, run.Stderr = &stdout, &stderr
		if err := run.Run(); err != nil {
			t.Errorf("%s: %v\n%s", p.id(), err, stderr.String())
			continue
		}
		got := line(stdout.String() + stderr.String())
		if *withGo == "check" {
			if got != p.want {
				t.Errorf("%s: the record differs from what the go tool's program prints\n%s", p.id(), diff(got, p.want))
			}
			continue
		}
		record(archives[slices.Index(files, p.file)], p.name, got)
	}
	if *withGo == "check" {
		return
	}
	for i, file := range files {
		if err := os.WriteFile(file, txtar.Format(archives[i]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// everyday is one program of the corpus.
type everyday struct {
	file, name string // archive, name in it without ".go"
	src        string
	want       string // what it prints
	recorded   bool   // there is a record of that
	refusal    string // how its refusal begins; "" when it runs
	cells      string // how the error begins that it gives as cells; "" when it runs so too
}

func (p everyday) id() string {
	return strings.TrimSuffix(filepath.Base(p.file), ".txtar") + "_" + p.name
}

// everydayOf returns the programs of an archive.
func everydayOf(file string, a *txtar.Archive) (ps []everyday) {
	data := map[string]string{}
	for _, f := range a.Files {
		data[f.Name] = string(f.Data)
	}
	for _, f := range a.Files {
		if name, ok := strings.CutSuffix(f.Name, ".go"); ok {
			p := everyday{file: file, name: name, src: string(f.Data), refusal: strings.TrimSpace(data[name+".refused"]), cells: strings.TrimSpace(data[name+".cells"])}
			p.want, p.recorded = data[name+".out"]
			ps = append(ps, p)
		}
	}
	return ps
}

// record enters what a program prints, after the program.
func record(a *txtar.Archive, name, out string) {
	entry := txtar.File{Name: name + ".out", Data: []byte(out)}
	for i, f := range a.Files {
		if f.Name == entry.Name {
			a.Files[i] = entry
			return
		}
	}
	i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name+".go" })
	a.Files = slices.Insert(a.Files, i+1, entry)
}

func (p everyday) String() string { return fmt.Sprintf("%s/%s", p.file, p.name) }

// splitMain cuts a program into what it declares and the statements of its main; a main that returns stays a function.
func splitMain(t *testing.T, p everyday) (decls, body string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, p.name+".go", p.src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	at := func(p token.Pos) int { return fset.Position(p).Offset }
	start := at(f.Name.End())
	for _, d := range f.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Recv != nil || fd.Name.Name != "main" {
			continue
		}
		returns := false
		ast.Inspect(fd.Body, func(n ast.Node) bool {
			if _, ok := n.(*ast.ReturnStmt); ok {
				returns = true
			}
			_, inner := n.(*ast.FuncLit)
			return !inner
		})
		if !returns {
			return p.src[start:at(fd.Pos())] + p.src[at(fd.End()):], p.src[at(fd.Body.Lbrace)+1 : at(fd.Body.Rbrace)]
		}
	}
	return p.src[start:], "main()"
}
