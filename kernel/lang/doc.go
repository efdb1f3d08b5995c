// Package lang runs Go, cell by cell, as Go defines it.
//
// A cell goes through four stages, each a package or a file of its own: it is parsed and checked by the real
// type checker (package check), lowered to a small explicit subset of Go (package lower), and run by an
// interpreter that knows that subset alone (machine.go) over a compiled runtime (package rt).
//
//	in, err := lang.New(stdlib.Packages(), lang.Options{})
//	v, err := in.Eval(ctx, lang.Cell{Name: "In[1]", Src: "x := 6; x * 7"}, lang.IO{Stdout: os.Stdout})
//	fmt.Println(v.Text) // 42
//
// [RunProgram] does the same for an ordinary program with a func main.
package lang
