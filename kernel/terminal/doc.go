// Package terminal shows cells in a terminal, or in a file or pipe where the output is none.
//
// A Screen is a kernel.Frontend. On a terminal, displays that are updated in place, such as the progress bar of a
// background run, live in a few lines at the bottom, below what cells print and above the prompt; text that arrives
// while the user types is put above both, and what has been typed stays as it is. Anywhere else a display is printed
// once, and once more when its cell has ended with another text, so that a log stays readable.
//
//	screen := terminal.New(os.Stdout, os.Stderr, terminal.Detect(os.Stdout))
//	result, err := session.Execute(ctx, "1 + 1", screen)
//
// Pictures are drawn as the terminal takes them: by kitty's protocol, iTerm2's, sixels, or half blocks.
package terminal
