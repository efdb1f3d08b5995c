package stdlib

import (
	"fmt"
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	s := Packages()
	for _, c := range []struct{ path, name, start string }{
		{"fmt", "", "Package fmt implements formatted I/O"},
		{"fmt", "Println", "Println formats using the default formats"},
		{"strings", "Builder.WriteString", "WriteString appends"},
		{"io", "Reader.Read", ""},
		{"io", "EOF", "EOF is the error returned by Read"},
		{"time", "Second", "Common durations."},
		{"net/http", "StatusTeapot", "RFC 9110, 15.5.19"},
		{"net/http", "Client.Timeout", "Timeout specifies a time limit"},
		{"slices", "SortFunc", "SortFunc sorts the slice"},
		{"sync/atomic", "Pointer.Load", "Load atomically loads"},
		{"github.com/gomlx/gomlx/core/graph", "Node", "Node "},
		{"github.com/gomlx/gomlx/core/graph", "Node.Shape", "Shape "},
		{"fmt", "NoSuch", ""},
		{"no/such", "", ""},
	} {
		got := s.Doc(c.path, c.name)
		if !strings.HasPrefix(got, c.start) || c.start == "" && got != "" {
			t.Errorf("Doc(%s, %s) = %.60q, want it to begin with %q", c.path, c.name, got, c.start)
		}
	}
}

// TestDocsCover finds a comment on every package of the standard library, and on names of every package.
func TestDocsCover(t *testing.T) {
	s, imp := Packages(), everything()
	for _, path := range s.Paths() {
		pkg := imp.must(t, path)
		names, said := 0, 0
		for _, name := range pkg.Scope().Names() {
			if obj := pkg.Scope().Lookup(name); obj.Exported() {
				names++
				if s.Doc(path, name) != "" {
					said++
				}
			}
		}
		if s.Doc(path, "") == "" && !strings.Contains(path, ".") {
			t.Errorf("%s has no package comment", path)
		}
		if names > 0 && said == 0 {
			t.Errorf("%s: none of %d names is documented", path, names)
		}
	}
}

func ExampleSet_Doc() {
	fmt.Println(Packages().Doc("strings", "Cut"))
	// Output:
	// Cut slices s around the first instance of sep,
	// returning the text before and after sep.
	// The found result reports whether sep appears in s.
	// If sep does not appear in s, cut returns s, "", false.
}

func ExamplePackages() {
	set := Packages()
	fmt.Println(set.Name("math/rand/v2"))
	fmt.Println(set.Symbols("strings")["ToUpper"].Interface().(func(string) string)("hello"))
	imp := everything()
	pkg, err := imp.Import("strings")
	fmt.Println(pkg.Scope().Lookup("ToUpper"), err)
	// Output:
	// rand
	// HELLO
	// func strings.ToUpper(s string) string <nil>
}
