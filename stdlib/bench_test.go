package stdlib

import (
	"testing"

	"github.com/gossl/gossl/stdlib/internal/symbol"
)

// BenchmarkSymbols measures what a cell's first import of a package costs: its table of reflect.Values.
func BenchmarkSymbols(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "github.com/gomlx/gomlx/core/graph"} {
		b.Run(path, func(b *testing.B) {
			t := Packages().tables[path]
			for b.Loop() {
				for _, e := range t.Symbols {
					symbol.Value(e.Value)
				}
			}
			b.ReportMetric(float64(len(t.Symbols)), "symbols")
		})
	}
}

// BenchmarkImport measures reading the types of a package and all it mentions into an empty session.
func BenchmarkImport(b *testing.B) {
	for _, path := range []string{"fmt", "net/http", "github.com/gomlx/gomlx/core/graph", "github.com/gossl/gossl/ssl"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				if _, err := newImporter().Import(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUnpack measures unpacking export data, which happens once for each package and process.
func BenchmarkUnpack(b *testing.B) {
	for b.Loop() {
		if _, ok := Packages().export.entry("net/http"); !ok {
			b.Fatal("no entry")
		}
	}
}

// BenchmarkDoc measures a look-up of documentation that is unpacked already.
func BenchmarkDoc(b *testing.B) {
	for b.Loop() {
		Packages().Doc("net/http", "Client.Do")
	}
}
