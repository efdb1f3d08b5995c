package check

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"go/version"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// Package is a package that was checked from source.
type Package struct {
	Path    string
	Types   *types.Package
	Info    *types.Info // all maps, and InitOrder
	Files   []*ast.File // sorted by name
	Fset    *token.FileSet
	Imports []*Package // the packages among its imports that were checked from source too, sorted by path
}

// Source is one file of a program.
type Source struct {
	Name string // as messages show it
	Text string
}

// localLoader checks packages of the user's own module from their files.
type localLoader struct {
	root   string // directory of go.mod
	module string
	goVers string // of its go directive, "go1.23"; empty without one
	im     *importer
	fset   *token.FileSet
	conf   func(func(error)) *types.Config
	pkgs   map[string]*localPackage
	stack  []string // being loaded, to find import cycles
}

type localPackage struct {
	pkg   *Package
	err   error
	stamp string
}

// SetDir names the directory of the notebook or program: cells can then import the
// packages of the Go module that contains it. A directory in no module is no error.
func (s *Scope) SetDir(dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := newLocalLoader(dir, s.im, s.fset, s.config)
	if err != nil {
		return err
	}
	s.im.local = l
	return nil
}

func newLocalLoader(dir string, im *importer, fset *token.FileSet, conf func(func(error)) *types.Config) (*localLoader, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding the module of %s: %w", dir, err)
	}
	for {
		data, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			module := modfile.ModulePath(data)
			if module == "" {
				return nil, fmt.Errorf("%s names no module: it needs a line such as module example.com/mine", filepath.Join(root, "go.mod"))
			}
			l := &localLoader{root: root, module: module, im: im, fset: fset, conf: conf, pkgs: map[string]*localPackage{}}
			if f, err := modfile.ParseLax("go.mod", data, nil); err == nil && f.Go != nil {
				l.goVers = "go" + f.Go.Version
			}
			return l, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		parent := filepath.Dir(root)
		if parent == root {
			return nil, nil
		}
		root = parent
	}
}

// dir returns the directory of a package of the module.
func (l *localLoader) dir(path string) (string, bool) {
	if l == nil {
		return "", false
	}
	if path == l.module {
		return l.root, true
	}
	rest, ok := strings.CutPrefix(path, l.module+"/")
	return filepath.Join(l.root, filepath.FromSlash(rest)), ok
}

func (l *localLoader) has(path string) bool {
	dir, ok := l.dir(path)
	if !ok {
		return false
	}
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// load returns a package of the module, checked anew when its files have changed.
func (l *localLoader) load(path string) (pkg *types.Package, found bool, err error) {
	if !l.has(path) {
		return nil, false, nil
	}
	p, err := l.get(path)
	if err != nil {
		return nil, true, err
	}
	return p.Types, true, nil
}

func (l *localLoader) get(path string) (*Package, error) {
	if i := slices.Index(l.stack, path); i >= 0 {
		return nil, fmt.Errorf("import cycle: %s", strings.Join(append(l.stack[i:], path), " → "))
	}
	if c := l.pkgs[path]; c != nil && c.stamp == l.stamp(path, map[string]bool{}) {
		return c.pkg, c.err
	}
	if l.goVers != "" && version.Compare(l.goVers, perIteration) < 0 {
		return nil, fmt.Errorf("package %s is of a module for %s, in which loop variables live longer than since %s; cells cannot run that: raise the go line of %s",
			path, l.goVers, perIteration, filepath.Join(l.root, "go.mod"))
	}
	dir, _ := l.dir(path)
	bp, err := build.Default.ImportDir(dir, 0)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", path, err)
	}
	if len(bp.CgoFiles) > 0 {
		return nil, fmt.Errorf("package %s uses cgo (%s), which cannot be interpreted", path, bp.CgoFiles[0])
	}
	if bp.Name == "main" {
		return nil, fmt.Errorf("package %s is a program, not an importable package", path)
	}
	var files []Source
	for _, name := range bp.GoFiles {
		full := filepath.Join(dir, name)
		data, err := os.ReadFile(full)
		if err != nil {
			return nil, err
		}
		show := full
		if rel, err := filepath.Rel(l.root, full); err == nil {
			show = rel
		}
		files = append(files, Source{show, string(data)})
	}
	l.stack = append(l.stack, path)
	pkg, err := l.check(path, files)
	l.stack = l.stack[:len(l.stack)-1]
	l.pkgs[path] = &localPackage{pkg: pkg, err: err}
	l.pkgs[path].stamp = l.stamp(path, map[string]bool{})
	return pkg, err
}

// perIteration is the first version in which every iteration has loop variables of its
// own. The versions before it are the only ones whose programs mean something else.
const perIteration = "go1.22"

// stamp changes when a file of a package, or of one that it imports, does.
func (l *localLoader) stamp(path string, seen map[string]bool) string {
	if seen[path] {
		return ""
	}
	seen[path] = true
	dir, ok := l.dir(path)
	if !ok {
		return ""
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") {
			if info, err := e.Info(); err == nil {
				fmt.Fprintf(&b, "%s %d %d;", e.Name(), info.Size(), info.ModTime().UnixNano())
			}
		}
	}
	if c := l.pkgs[path]; c != nil && c.pkg != nil {
		for _, p := range c.pkg.Imports {
			b.WriteString(l.stamp(p.Path, seen))
		}
	}
	return b.String()
}

// check checks the files of a package as the compiler would.
func (l *localLoader) check(path string, files []Source) (*Package, error) {
	p := &Package{Path: path, Fset: l.fset, Info: newInfo()}
	var diags Diagnostics
	var texts []*source
	at := func(pos token.Pos) *source {
		for _, t := range texts {
			if b := t.file.Base(); int(pos) >= b && int(pos) <= b+t.file.Size() {
				return t
			}
		}
		return texts[0]
	}
	name := ""
	for _, src := range files {
		f, text, errs := parseFile(src)
		texts = append(texts, text)
		l.fset.AddExistingFiles(text.file)
		diags.List = append(diags.List, errs...)
		if f == nil || len(errs) > 0 {
			continue
		}
		if name == "" {
			name = f.Name.Name
		}
		if f.Name.Name != name {
			diags.List = append(diags.List, text.at(f.Name.Pos(), fmt.Sprintf("package %s; expected package %s", f.Name.Name, name), ""))
		}
		p.Files = append(p.Files, f)
	}
	if err := diags.finish(); err != nil {
		return nil, err
	}
	if len(p.Files) == 0 {
		return nil, fmt.Errorf("package %s has no Go files", path)
	}
	var typed []typeError
	conf := l.conf(func(err error) {
		var te types.Error
		if errors.As(err, &te) {
			typed = append(typed, newTypeError(te))
		}
	})
	p.Types = types.NewPackage(path, name)
	types.NewChecker(conf, l.fset, p.Types, p.Info).Files(p.Files) // errors went to report
	for i := 0; i < len(typed); i++ {
		e := typed[i]
		remedy := ""
		for i+1 < len(typed) && strings.HasPrefix(typed[i+1].msg, "\t") {
			i++
			n := typed[i]
			if remedy != "" {
				remedy += "; "
			}
			remedy += fmt.Sprintf("%s at %s", strings.TrimSpace(n.msg), l.fset.Position(n.pos))
		}
		if list, ok := l.importErrors(p.Files, e, at(e.pos)); ok {
			diags.List = append(diags.List, list...)
			continue
		}
		diags.List = append(diags.List, at(e.pos).at(e.pos, e.msg, remedy))
	}
	if name == "main" && len(diags.List) == 0 {
		if _, ok := p.Types.Scope().Lookup("main").(*types.Func); !ok {
			diags.List = append(diags.List, texts[0].at(p.Files[0].Name.Pos(), "function main is undeclared in the main package", ""))
		}
	}
	if err := diags.finish(); err != nil {
		return nil, err
	}
	for _, imp := range p.Types.Imports() {
		if c := l.pkgs[imp.Path()]; c != nil && c.pkg != nil && c.pkg.Types == imp {
			p.Imports = append(p.Imports, c.pkg)
		}
	}
	slices.SortFunc(p.Imports, func(x, y *Package) int { return strings.Compare(x.Path, y.Path) })
	return p, nil
}

// importErrors puts an error about an import in the words of what went wrong: those of
// the imported package, if it is one from disk.
func (l *localLoader) importErrors(files []*ast.File, e typeError, src *source) ([]Diagnostic, bool) {
	if !strings.HasPrefix(e.msg, "could not import ") {
		return nil, false
	}
	for _, f := range files {
		for _, spec := range f.Imports {
			if spec.Path.Pos() != e.pos {
				continue
			}
			path := importPath(spec)
			var err error
			if c := l.pkgs[path]; c != nil {
				err = c.err
			} else {
				_, err = l.im.Import(path)
			}
			var wrong *Diagnostics
			var unknown *unknownPackage
			switch {
			case errors.As(err, &wrong):
				return wrong.List, true
			case errors.As(err, &unknown):
				remedy := ""
				if near := l.im.suggest(path); near != "" {
					remedy = fmt.Sprintf("did you mean %q?", near)
				}
				return []Diagnostic{src.at(e.pos, err.Error(), remedy)}, true
			case err != nil:
				return []Diagnostic{src.at(e.pos, err.Error(), "")}, true
			}
		}
	}
	return nil, false
}

// parseFile parses a whole Go file at positions of its own.
func parseFile(src Source) (*ast.File, *source, []Diagnostic) {
	base := int(nextBase.Add(int64(len(src.Text)+2))) - len(src.Text) - 1
	fset := token.NewFileSet()
	fset.AddFile("", 1, base-2)
	f, err := parser.ParseFile(fset, src.Name, src.Text, parser.ParseComments|parser.AllErrors|parser.SkipObjectResolution)
	text := &source{name: src.Name, text: src.Text}
	fset.Iterate(func(tf *token.File) bool {
		if tf.Base() == base {
			text.file = tf
		}
		return true
	})
	var diags []Diagnostic
	var list scanner.ErrorList
	if errors.As(err, &list) {
		list.RemoveMultiples()
		for _, e := range list {
			diags = append(diags, text.diagnose(e.Pos.Offset, e.Msg, ""))
		}
	}
	return f, text, diags
}

// closure appends the packages that some need, dependencies first.
func closure(roots []*Package, seen map[*Package]bool, out []*Package) []*Package {
	for _, p := range roots {
		if !seen[p] {
			seen[p] = true
			out = closure(p.Imports, seen, out)
			out = append(out, p)
		}
	}
	return out
}
