package main

import "testing"

// TestTablesFitEveryPlatform type-checks the tables of the standard library against the packages of the other platforms.
func TestTablesFitEveryPlatform(t *testing.T) {
	const path = "github.com/gossl/gossl/stdlib/internal/symbols/std"
	for _, p := range platforms[1:] {
		u, err := load(".", p, false, []string{path}, func(p string) bool { return p == path })
		if err != nil {
			t.Errorf("%s: %v", p, err)
		} else if len(u.units) != 1 || u.units[0].types.Scope().Lookup("Packages") == nil {
			t.Errorf("%s: the tables were not read", p)
		}
	}
}
