package check

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
)

// importer reads packages from export data, one when it is first asked for.
// All packages of a session come from one importer, so that a type is one object
// whichever way it is reached. It is guarded by its scope's lock.
type importer struct {
	p     Packages
	fset  *token.FileSet
	seen  map[string]*types.Package // read, or mentioned by one that was
	whole map[string]bool           // read
	local *localLoader              // nil: no packages from disk
	names map[string][]string       // package name → paths, made when first needed
}

func newImporter(p Packages) *importer {
	return &importer{
		p:     p,
		fset:  token.NewFileSet(),
		seen:  map[string]*types.Package{"unsafe": types.Unsafe},
		whole: map[string]bool{"unsafe": true},
	}
}

// Import implements types.Importer.
func (m *importer) Import(path string) (*types.Package, error) {
	if m.whole[path] {
		return m.seen[path], nil
	}
	if path == "C" {
		return nil, fmt.Errorf("cells cannot use cgo")
	}
	if data, ok := m.p.Export(path); ok {
		pkg, err := gcexportdata.Read(bytes.NewReader(data), m.fset, m.seen, path)
		if err != nil {
			return nil, fmt.Errorf("reading the types of %s: %w", path, err)
		}
		m.whole[path] = true
		return pkg, nil
	}
	if m.local != nil {
		if pkg, found, err := m.local.load(path); found {
			return pkg, err
		}
	}
	return nil, &unknownPackage{path}
}

type unknownPackage struct{ path string }

func (e *unknownPackage) Error() string { return fmt.Sprintf("no package %q", e.path) }

// byName returns the paths of the packages of a name, sorted.
func (m *importer) byName(name string) []string {
	if m.names == nil {
		m.names = map[string][]string{}
		for _, path := range m.p.Paths() {
			n := m.p.Name(path)
			m.names[n] = append(m.names[n], path)
		}
		if !slices.Contains(m.names["unsafe"], "unsafe") {
			m.names["unsafe"] = append(m.names["unsafe"], "unsafe")
		}
	}
	return m.names[name]
}

// suggest returns the known path nearest to one that does not exist, or "".
func (m *importer) suggest(path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if same := m.byName(base); len(same) > 0 {
		return same[0]
	}
	return nearest(path, slices.Values(m.p.Paths()))
}

// preferred settles package names that several packages share and whose members
// overlap: the newer or the more usual one comes first.
// (goimports chooses likewise; it knows rand by name.)
var preferred = map[string][]string{
	"rand":     {"math/rand/v2", "crypto/rand", "math/rand"},
	"template": {"text/template", "html/template"},
	"pprof":    {"runtime/pprof", "net/http/pprof"},
	"scanner":  {"text/scanner", "go/scanner"},
	"widgets":  {"github.com/janpfeifer/gonb/gonbui/widgets"}, // cells written for GoNB; ours has other functions
}

// rank orders the origins of packages: the standard library, gossl, GoMLX, others.
func rank(path string) int {
	first, _, _ := strings.Cut(path, "/")
	switch {
	case !strings.Contains(first, "."):
		return 0
	case strings.HasPrefix(path, "github.com/gossl/gossl/"):
		return 1
	case strings.HasPrefix(path, "github.com/gomlx/gomlx/"):
		return 2
	}
	return 3
}

// choose finds the package that a name used without import means: among those
// of that name, the ones that export every member used; of these the preferred,
// else the one of the lowest rank. With several of the same rank it returns them all
// and path "". A name that no package has gives neither.
func (m *importer) choose(name string, members map[string]bool) (path string, several []string) {
	candidates := m.byName(name)
	if len(candidates) == 0 {
		return "", nil
	}
	var fit []string
	for _, c := range candidates {
		pkg, err := m.Import(c)
		if err != nil {
			continue
		}
		all := true
		for member := range maps.Keys(members) {
			if o := pkg.Scope().Lookup(member); o == nil || !o.Exported() {
				all = false
				break
			}
		}
		if all {
			fit = append(fit, c)
		}
	}
	if len(fit) == 0 {
		fit = candidates // the message about the missing member says more than one about the package
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	for _, p := range preferred[name] {
		if slices.Contains(fit, p) {
			return p, nil
		}
	}
	best := slices.MinFunc(fit, func(a, b string) int { return rank(a) - rank(b) })
	for _, c := range fit {
		if c != best && rank(c) == rank(best) {
			several = append(several, c)
		}
	}
	if len(several) == 0 {
		return best, nil
	}
	several = append(several, best)
	slices.Sort(several)
	return "", several
}
