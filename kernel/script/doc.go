// Package script reads, converts and runs saved sessions.
//
// A saved session is a percent-format .go file: cells of Go behind markers, text in comments, so that people read it
// in a diff and Jupytext opens it as a notebook:
//
//	// %% [markdown]
//	// # Contrastive learning
//
//	// %% tags=["parameters"]
//	steps := 400
//
//	// %%
//	run := ssl.Start(exp)
//	// %time run.Wait()
//
// Read takes such a file, an .ipynb notebook or a Markdown text into a Notebook; Write goes the other way, and
// converting twice changes no byte. Outputs live in .ipynb alone. SetParameters puts values into the cell tagged
// "parameters", and a Runner runs the cells in order on a session, as a script: it stops at the first cell that
// fails, at the line and column of the file.
package script
