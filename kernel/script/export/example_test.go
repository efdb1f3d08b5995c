package export_test

import (
	"fmt"
	"strings"

	"github.com/gossl/gossl/kernel/script"
	"github.com/gossl/gossl/kernel/script/export"
	"github.com/gossl/gossl/stdlib"
)

// A variable of a cell becomes a package variable of the type that the checker found.
func ExampleExport() {
	n := &script.Notebook{Cells: []*script.Cell{
		{Source: "words := strings.Fields(\"to be or not to be\")"},
		{Source: "slices.Max(words)"},
	}}
	p, err := export.Export(stdlib.Packages(), n, "words.go", script.Percent, export.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	before, _, _ := strings.Cut(p.Files["main.go"], "// cell2")
	fmt.Print(before)
	// Output:
	// package main
	//
	// import (
	// 	"fmt"
	// 	"slices"
	// 	"strings"
	// )
	//
	// var (
	// 	words []string
	// )
	//
	// func main() {
	// 	cell1()
	// 	cell2()
	// }
	//
	// // cell1 is the cell of words.go:1
	// func cell1() {
	// 	words = strings.Fields("to be or not to be")
	// }
}
