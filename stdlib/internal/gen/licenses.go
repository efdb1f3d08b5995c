package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// addLicenses adds the file that says under which terms the texts of a group stand, module by module: comments
// and source of others are embedded, and their licences want to be named.
func (g *group) addLicenses(dir string, u *universe, files map[string][]byte) error {
	var b strings.Builder
	done := map[string]bool{}
	for _, unit := range u.units {
		title, root := "The Go standard library", ""
		if m := unit.module; m != nil {
			title, root = m.Path+" "+m.Version, m.Dir
		}
		if !g.wants(unit.path) || done[title] || unit.module != nil && unit.module.Version == "" {
			continue
		}
		done[title] = true
		if root == "" { // not from the installation: some come without the file
			out, err := goTool(dir, "list", "-m", "-f", "{{.Dir}}", "golang.org/x/tools")
			if err != nil {
				return err
			}
			root = strings.TrimSpace(out)
		}
		text, err := license(root)
		if err != nil {
			return fmt.Errorf("licence of %s: %w", title, err)
		}
		fmt.Fprintf(&b, "%s\n%s\n\n%s\n\n", title, strings.Repeat("=", len(title)), strings.TrimSpace(text))
	}
	if b.Len() > 0 {
		files["data/"+g.name+"_licenses.txt"] = []byte(b.String())
	}
	return nil
}

// license reads the licence file of a module.
func license(root string) (string, error) {
	for _, name := range []string{"LICENSE", "LICENSE.txt", "LICENSE.md", "COPYING"} {
		if b, err := os.ReadFile(filepath.Join(root, name)); err == nil {
			return string(b), nil
		}
	}
	return "", fmt.Errorf("no LICENSE in %s", root)
}
