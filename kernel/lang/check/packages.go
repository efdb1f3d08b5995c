package check

// Packages is what cells may import: the part of the language's view of its
// compiled packages that checking needs. Its methods must be safe for
// concurrent use.
type Packages interface {
	// Paths returns every importable path, sorted.
	Paths() []string
	// Name returns the package name of a path; "" when the path is unknown.
	Name(path string) string
	// Export returns the indexed export data of a package, decompressed, as
	// gcexportdata.Read takes it.
	Export(path string) ([]byte, bool)
	// Source returns file name → source for packages whose generic functions
	// are monomorphised from source; nil for the others.
	Source(path string) map[string]string
	// Doc returns the documentation of a package (name "") or of an exported
	// name such as "Node" or "Node.Shape"; "" when there is none.
	Doc(path, name string) string
}
