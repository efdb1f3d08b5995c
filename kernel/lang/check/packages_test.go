package check

import (
	"bytes"
	"go/ast"
	"go/doc"
	"go/token"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// stdPaths are the packages that the tests can import.
var stdPaths = strings.Fields(`bufio bytes cmp container/heap context crypto/rand encoding/json errors fmt
	go/scanner html/template image image/color io iter log maps math math/rand math/rand/v2 net/http
	os regexp runtime/pprof slices sort strconv strings sync sync/atomic text/scanner text/template time`)

// testPackages is a Packages made from the Go installation that runs the tests, in
// the format in which gossl embeds its packages.
type testPackages struct {
	names  map[string]string
	export map[string][]byte
	source map[string]map[string]string
	docs   map[string]string
}

func (p *testPackages) Paths() []string {
	return slices.Clone(stdPaths)
}
func (p *testPackages) Name(path string) string              { return p.names[path] }
func (p *testPackages) Export(path string) ([]byte, bool)    { d, ok := p.export[path]; return d, ok }
func (p *testPackages) Source(path string) map[string]string { return p.source[path] }
func (p *testPackages) Doc(path, name string) string         { return p.docs[path+" "+name] }

var std = sync.OnceValue(func() *testPackages {
	fset := token.NewFileSet()
	loaded, err := packages.Load(&packages.Config{
		Fset: fset,
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedExportFile | packages.NeedImports | packages.NeedDeps | packages.NeedSyntax | packages.NeedFiles,
	}, stdPaths...)
	if err != nil {
		panic(err)
	}
	p := &testPackages{names: map[string]string{}, export: map[string][]byte{}, source: map[string]map[string]string{}, docs: map[string]string{}}
	slices.Sort(stdPaths)
	for _, pkg := range loaded {
		if len(pkg.Errors) > 0 {
			panic(pkg.Errors[0])
		}
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, fset, pkg.Types); err != nil {
			panic(err)
		}
		p.names[pkg.PkgPath], p.export[pkg.PkgPath] = pkg.Name, b.Bytes()
		p.docs[pkg.PkgPath+" "] = packageDoc(pkg.Syntax)
		if pkg.PkgPath == "strings" {
			p.addDocs(fset, pkg)
		}
	}
	p.source["slices"] = map[string]string{"max.go": `package slices

import "cmp"

// Largest returns the largest element.
func Max[S ~[]E, E cmp.Ordered](x S) E {
	m := x[0]
	for _, v := range x {
		if cmp.Less(m, v) {
			m = v
		}
	}
	return m
}
`}
	return p
})

func packageDoc(files []*ast.File) string {
	for _, f := range files {
		if f.Doc != nil {
			return f.Doc.Text()
		}
	}
	return ""
}

func (p *testPackages) addDocs(fset *token.FileSet, pkg *packages.Package) {
	d, err := doc.NewFromFiles(fset, pkg.Syntax, pkg.PkgPath)
	if err != nil {
		panic(err)
	}
	for _, f := range d.Funcs {
		p.docs[pkg.PkgPath+" "+f.Name] = f.Doc
	}
	for _, t := range d.Types {
		p.docs[pkg.PkgPath+" "+t.Name] = t.Doc
		for _, f := range append(t.Funcs, t.Methods...) {
			name := f.Name
			if f.Recv != "" {
				name = t.Name + "." + name
			}
			p.docs[pkg.PkgPath+" "+name] = f.Doc
		}
	}
}
