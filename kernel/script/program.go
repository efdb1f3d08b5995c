package script

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// IsProgram reports whether text is an ordinary Go program rather than cells: it has no cell marker, begins with
// package main, and declares func main. A program with a syntax error after its package clause counts as one too, so
// that the error is told about the program.
func IsProgram(text string) bool {
	if IsPercent(text) {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.SkipObjectResolution)
	if file == nil || file.Name == nil || file.Name.Name != "main" {
		return false
	}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			return true
		}
	}
	return err != nil && file.Package.IsValid() && len(file.Decls) > 0
}
