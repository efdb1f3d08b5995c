package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/gossl/gossl/"

// layers lists, for each part of the tree, the parts of this module that it may
// import. The first prefix that matches a package decides; a part may always
// import what lies below it.
var layers = []struct {
	part string
	may  []string
}{
	{"cmd/gossl", []string{"kernel", "stdlib", "ssl"}},
	{"kernel/lang/rt", nil},
	{"kernel/lang/check", nil},
	{"kernel/lang/lower", []string{"kernel/lang/check", "kernel/lang/rt"}},
	{"kernel/lang/conformance", []string{"kernel/lang", "stdlib"}},
	{"kernel/lang", []string{"kernel/lang/check", "kernel/lang/lower", "kernel/lang/rt"}},
	{"kernel/widgets", []string{"kernel/lang/rt"}},
	{"kernel/jupyter", []string{"kernel", "kernel/command", "kernel/widgets"}},
	{"kernel/repl", []string{"kernel", "kernel/command"}},
	{"kernel/script", []string{"kernel", "kernel/command"}},
	{"kernel/command", []string{"kernel", "kernel/script"}},
	{"kernel", []string{"kernel/lang"}},
	{"stdlib", []string{"kernel/lang/rt", "kernel/widgets", "ssl"}},
	{"ssl/loss", nil},
	{"ssl/sparse", nil},
	{"ssl/net", nil},
	{"ssl/augment", nil},
	{"ssl/data", nil},
	{"ssl/device", nil},
	{"ssl/plot", nil},
	{"ssl/eval", []string{"ssl/net", "ssl/device"}},
	{"ssl/bench", []string{"ssl"}},
	{"ssl", []string{"ssl"}},
	{"notebooks", nil},
}

// foreign lists modules that only one side of the house may know.
var foreign = []struct{ path, onlyBelow string }{
	{"github.com/traefik/yaegi", "kernel/lang"},
	{"github.com/peterh/liner", "kernel/repl"},
	{"github.com/spf13/cobra", "cmd/gossl"},
}

// TestImportsPointOneWay keeps the language side and the learning side apart: they
// meet in cmd/gossl and in stdlib's tables alone.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		part, may, ok := layerOf(name)
		if !ok {
			t.Errorf("%s belongs to no part of the layout", name)
			continue
		}
		for _, imp := range p.Imports {
			if own, inside := strings.CutPrefix(imp, module); inside {
				if !below(own, part) && !belowAny(own, may) {
					t.Errorf("%s imports %s: this arrow is not in the design", name, own)
				}
				continue
			}
			for _, f := range foreign {
				if below(imp, f.path) && !below(name, f.onlyBelow) && !below(name, "stdlib") {
					t.Errorf("%s imports %s, which only %s may", name, imp, f.onlyBelow)
				}
			}
		}
	}
}

func layerOf(name string) (part string, may []string, ok bool) {
	for _, l := range layers {
		if below(name, l.part) {
			return l.part, l.may, true
		}
	}
	return "", nil, false
}

func below(name, part string) bool { return name == part || strings.HasPrefix(name, part+"/") }

func belowAny(name string, parts []string) bool {
	for _, p := range parts {
		if below(name, p) {
			return true
		}
	}
	return false
}
