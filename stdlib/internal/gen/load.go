package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// A platform is one GOOS/GOARCH that gossl builds for.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "_" + p.arch }

// platforms are those whose builds the generated files serve. The first one is the base: what does not
// depend on the platform is taken from it.
var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}

// A unit is one package that cells may import, read from source.
type unit struct {
	path   string
	dir    string
	module *module // nil for the standard library
	files  []*ast.File
	names  []string // file base names, beside files
	types  *types.Package
	vendor map[string]string // its imports that are known under another path
}

// A universe is a set of packages type-checked together for one platform.
type universe struct {
	platform platform
	fset     *token.FileSet
	units    []*unit // the wanted ones, sorted by path
	all      map[string]*types.Package
}

// A module is what `go list -json` says of one. Version is "" for gossl itself.
type module struct{ Path, Version, Dir, GoVersion string }

// listed is what `go list -json` says of a package.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, CgoFiles     []string
	ImportMap             map[string]string
	Standard              bool
	Module                *module
	Error                 *struct{ Err string }
}

// load lists the packages of the patterns with all they import and type-checks them from source, function
// bodies left out: the API is all that is needed, so nothing has to be compiled. Those that want accepts
// become units. cgo says whether files that use cgo are part of the build.
func load(dir string, p platform, cgo bool, patterns []string, want func(path string) bool) (*universe, error) {
	list, err := goList(dir, p, cgo, patterns)
	if err != nil {
		return nil, err
	}
	u := &universe{platform: p, fset: token.NewFileSet(), all: map[string]*types.Package{"unsafe": types.Unsafe}}
	parsed := make([]*unit, len(list))
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, l := range list {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			parsed[i], errs[i] = parse(u.fset, l, want(l.ImportPath))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i, l := range list { // go list -deps puts a package behind those that it imports
		if l.ImportPath == "unsafe" {
			continue
		}
		wanted := want(l.ImportPath)
		if wanted && l.Error != nil {
			return nil, fmt.Errorf("%s: %s", l.ImportPath, strings.TrimSpace(l.Error.Err))
		}
		var bad []error
		conf := types.Config{
			IgnoreFuncBodies: true,
			FakeImportC:      true,
			Sizes:            types.SizesFor("gc", p.arch),
			Importer:         importMap{u.all, l.ImportMap},
			Error:            func(err error) { bad = append(bad, err) },
		}
		if l.Module != nil && l.Module.GoVersion != "" {
			conf.GoVersion = "go" + l.Module.GoVersion
		}
		pkg, _ := conf.Check(l.ImportPath, u.fset, parsed[i].files, nil)
		if wanted && len(bad) > 0 {
			return nil, fmt.Errorf("%s does not type-check on %s: %w", l.ImportPath, p, bad[0])
		}
		parsed[i].types = pkg
		u.all[l.ImportPath] = pkg
		if wanted {
			u.units = append(u.units, parsed[i])
		}
	}
	slices.SortFunc(u.units, func(a, b *unit) int { return strings.Compare(a.path, b.path) })
	return u, nil
}

// goList runs `go list -deps` for one platform.
func goList(dir string, p platform, cgo bool, patterns []string) ([]listed, error) {
	args := []string{"list", "-e", "-deps", "-json=ImportPath,Name,Dir,GoFiles,CgoFiles,ImportMap,Standard,Module,Error", "--"}
	cmd := exec.Command("go", append(args, patterns...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+p.os, "GOARCH="+p.arch, "GOEXPERIMENT=", "CGO_ENABLED="+map[bool]string{false: "0", true: "1"}[cgo])
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	var list []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		list = append(list, l)
	}
}

// toolchainFile tells which Go release the archives were made from.
const toolchainFile = "data/std_toolchain.txt"

// goTool returns what a go command prints.
func goTool(dir string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// parse reads the files of one listed package, comments included if it is wanted.
func parse(fset *token.FileSet, l listed, wanted bool) (*unit, error) {
	u := &unit{path: l.ImportPath, dir: l.Dir, vendor: l.ImportMap, module: l.Module}
	mode := parser.SkipObjectResolution
	if wanted {
		mode |= parser.ParseComments
	}
	for _, name := range slices.Sorted(slices.Values(append(slices.Clone(l.GoFiles), l.CgoFiles...))) {
		f, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, mode)
		if err != nil {
			return nil, err
		}
		u.files = append(u.files, f)
		u.names = append(u.names, name)
	}
	return u, nil
}

// importMap resolves the imports of one package among those checked before it.
type importMap struct {
	all    map[string]*types.Package
	vendor map[string]string
}

func (m importMap) Import(path string) (*types.Package, error) {
	if v, ok := m.vendor[path]; ok {
		path = v
	}
	if p := m.all[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s is not among the listed ones (%d)", path, len(slices.Collect(maps.Keys(m.all))))
}
