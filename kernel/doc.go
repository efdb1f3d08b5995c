// Package kernel is a live session of Go, for whatever front end: a terminal, a notebook, a script, a test.
//
//	s, err := kernel.New(stdlib.Packages(), lang.Options{})
//	res, err := s.Execute(ctx, "x := 6; x * 7", frontend)
//	fmt.Println(res.Shown.Text()) // 42
//
// A Session runs one cell after the other. What a cell prints and displays goes to the Frontend it was run with, also
// from goroutines that outlive it; the value of its last expression is in the Result, as a Bundle of MIME types. A
// cell that fails does so with a *CellError, which knows the place.
//
// Package kernel knows nothing of terminals, Jupyter or machine learning: those are packages beside and around it.
package kernel
