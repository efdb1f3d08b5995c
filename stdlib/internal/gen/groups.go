package main

import (
	"slices"
	"strings"
)

// A group is a family of packages whose tables are one Go package, so that a change in one family
// recompiles that family alone.
type group struct {
	name        string            // of the table package under internal/symbols and of the archives
	patterns    []string          // as go list takes them
	trim        string            // prefix of import paths that file names leave out
	perPlatform bool              // the API depends on the platform: loaded once for each
	omit        map[string]string // import path → why cells cannot import it
}

// groups are all packages that cells may import. gossl's own come from whatever ssl holds when this runs.
var groups = []group{
	{
		name: "std", patterns: []string{"std"}, perPlatform: true,
		omit: map[string]string{
			"unsafe":           "built into the language",
			"plugin":           "a compiled plugin cannot see the session",
			"runtime/cgo":      "cells cannot use cgo",
			"runtime/race":     "the race detector is chosen when gossl is built",
			"runtime/coverage": "coverage is chosen when gossl is built",
			"net/http/pprof":   "importing it, which gossl would do for all, opens /debug/pprof on every http.DefaultServeMux",
			"expvar":           "importing it, which gossl would do for all, opens /debug/vars on every http.DefaultServeMux",
		},
	},
	{
		name: "gomlx",
		patterns: []string{
			"github.com/gomlx/gomlx/...", "github.com/gomlx/compute/...",
			"github.com/pkg/errors", "golang.org/x/exp/constraints", // GoMLX's own API speaks of them
		},
		trim: "github.com/gomlx/",
		omit: map[string]string{
			"github.com/gomlx/gomlx/backends/default":        "gossl chooses and installs the backend",
			"github.com/gomlx/gomlx/ui/gonb/plotly":          "go-plotly's generated types are 5 MB of source",
			"github.com/gomlx/compute/support/backendtest":   "tests of backends, for those who write one",
			"github.com/gomlx/gomlx/core/graph/graphtest":    "test helpers that choose a backend of their own",
			"github.com/gomlx/gomlx/ml/model/modeltest":      "test helpers that choose a backend of their own",
			"github.com/gomlx/gomlx/ml/model/onnx":           "needs the ONNX runtime",
			"github.com/gomlx/gomlx/ui/bashkernel":           "talks to a kernel for bash",
			"github.com/gomlx/gomlx/ui/bashkernel/chartjs":   "talks to a kernel for bash",
			"github.com/gomlx/compute/support/testutil":      "test helpers that choose a backend of their own",
			"github.com/gomlx/gomlx/support/testutil":        "test helpers that choose a backend of their own",
			"github.com/gomlx/compute/notimplemented":        "a base for those who write a backend",
			"github.com/gomlx/compute/support/backendparser": "for those who write a backend",
		},
	},
	{
		name: "gonum", trim: "gonum.org/v1/",
		patterns: []string{
			"gonum.org/v1/gonum/floats", "gonum.org/v1/gonum/mat", "gonum.org/v1/gonum/stat", "gonum.org/v1/gonum/stat/distuv",
			"gonum.org/v1/plot", "gonum.org/v1/plot/plotter", "gonum.org/v1/plot/plotutil", "gonum.org/v1/plot/vg",
			"gonum.org/v1/plot/vg/draw", "gonum.org/v1/plot/vg/vgimg", "gonum.org/v1/plot/vg/vgsvg",
			"gonum.org/v1/plot/palette", "gonum.org/v1/plot/palette/moreland", "gonum.org/v1/plot/font", "gonum.org/v1/plot/text",
		},
	},
	{
		name: "gonb", trim: "github.com/",
		patterns: []string{
			"github.com/janpfeifer/gonb/cache", "github.com/janpfeifer/gonb/common", "github.com/janpfeifer/gonb/gonbui/...",
			"github.com/MetalBlueberry/go-plotly/pkg/types", "github.com/MetalBlueberry/go-plotly/generated/v2.34.0/graph_objects",
			"github.com/erkkah/margaid", "github.com/ajstarks/svgo", "github.com/schollz/progressbar/v3", "github.com/janpfeifer/must",
			"github.com/stretchr/testify/assert", "github.com/stretchr/testify/require",
		},
		omit: map[string]string{
			"github.com/janpfeifer/gonb/gonbui/wasm": "cells do not run in the browser",
		},
	},
	{
		name: "gossl", patterns: []string{"github.com/gossl/gossl/ssl/...", "github.com/gossl/gossl/kernel/widgets"}, trim: "github.com/gossl/gossl/",
	},
}

// wants reports whether a cell may import the package of this path as a member of g.
func (g *group) wants(path string) bool {
	if _, out := g.omit[path]; out {
		return false
	}
	for _, elem := range strings.Split(path, "/") {
		if elem == "internal" || elem == "vendor" || elem == "cmd" {
			return false
		}
	}
	return slices.ContainsFunc(g.patterns, func(pattern string) bool { return matches(pattern, path) })
}

// matches reports whether path is one that the go list pattern names.
func matches(pattern, path string) bool {
	if pattern == "std" {
		return !strings.Contains(strings.Split(path, "/")[0], ".")
	}
	if root, ok := strings.CutSuffix(pattern, "/..."); ok {
		return path == root || strings.HasPrefix(path, root+"/")
	}
	return path == pattern
}

// file returns the base of the generated file names for a package of g. Its callers append a word, so
// that no path element is taken for a build constraint.
func (g *group) file(path string) string {
	return strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(strings.TrimPrefix(path, g.trim))
}

// importable reports whether cells can import the path, from any group.
func importable(path string) bool {
	return slices.ContainsFunc(groups, func(g group) bool { return g.wants(path) })
}
