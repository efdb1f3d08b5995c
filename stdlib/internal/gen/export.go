package main

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/gcexportdata"
)

// exportData returns the indexed export data of a package. It carries no positions: they would name files
// of the machine that generated it, and would change with every patch release of Go.
func exportData(pkg *types.Package) ([]byte, error) {
	var b bytes.Buffer
	if err := gcexportdata.Write(&b, token.NewFileSet(), pkg); err != nil {
		return nil, fmt.Errorf("export data of %s: %w", pkg.Path(), err)
	}
	return b.Bytes(), nil
}
