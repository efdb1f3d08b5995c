package lang

import (
	"reflect"

	"github.com/gossl/gossl/kernel/lang/rt"
)

// Packages is what cells may import: types, values, documentation and, for packages whose generic
// functions are instantiated from source, that source. It is safe for concurrent use.
type Packages interface {
	// Paths returns every importable path, sorted.
	Paths() []string
	// Name returns the package name of path, "" when the path is unknown.
	Name(path string) string
	// Export returns the package's export data, as gcexportdata.Read takes it.
	Export(path string) ([]byte, bool)
	// Symbols returns the package's values by name: functions, addressable variables,
	// constants, and (*T)(nil) for a type T.
	Symbols(path string) map[string]reflect.Value
	// Adapters returns, by the name of an exported interface type of the package, the function that
	// wraps an interpreted value as a compiled value of that interface.
	Adapters(path string) map[string]func(rt.Box) any
	// Source returns file name → Go source of a package whose generic functions are instantiated from
	// source, nil for every other package.
	Source(path string) map[string]string
	// Doc returns the doc comment of a package (name "") or of an exported name ("Node", "Node.Shape").
	Doc(path, name string) string
}
