// Command gen writes what stdlib embeds and compiles in for the packages that cells may import: symbol tables,
// adapters, instances of generic functions, export data, documentation and source. It reads source alone, so
// it also runs when what it wrote before no longer compiles.
//
//	go run ./internal/gen [-C module] [-o stdlib] [-groups std,gomlx,gonum,gonb,gossl]
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	out := flag.String("o", ".", "the stdlib `folder` to write into")
	dir := flag.String("C", ".", "a `folder` of the module whose dependencies are read")
	only := flag.String("groups", "", "comma-separated `names` of the groups to write; all if empty")
	flag.Parse()
	if err := run(*dir, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes the groups named by only, or all.
func run(dir, out, only string) error {
	selected, err := choose(only)
	if err != nil {
		return err
	}
	return generate(dir, selected, func(g *group, files map[string][]byte) error { return g.write(out, files) })
}

// choose returns the groups named by a comma-separated list, all for an empty one.
func choose(only string) ([]*group, error) {
	names := strings.FieldsFunc(only, func(r rune) bool { return r == ',' })
	var selected []*group
	for i := range groups {
		if len(names) == 0 || slices.Contains(names, groups[i].name) {
			selected = append(selected, &groups[i])
		}
	}
	if len(names) > 0 && len(selected) != len(names) {
		return nil, fmt.Errorf("-groups %s: the groups are std, gomlx, gonum, gonb and gossl", only)
	}
	return selected, nil
}
