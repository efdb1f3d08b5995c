// Package plot draws figures of experiments: for a notebook, a terminal, and files.
//
// A [Figure] is a stack of panels over one horizontal axis. [Curves] makes the one of a
// training run, a panel for each series; [Histogram], [Spectrum] and [Scatter] make
// those of group norms, singular values and embeddings:
//
//	fig := plot.Curves("SimCLR", "step",
//		plot.Series{Name: "loss", X: steps, Y: losses},
//		plot.Series{Name: "λ", X: steps, Y: lambdas})
//	fig.Marks = []plot.Mark{{X: 100, Text: "λ 0.05 → 0.5"}}
//	err := fig.Save("run.png") // or .svg, .pdf, .txt
//
// Printed, a figure is text of 80 columns in Braille patterns; in a notebook it is a
// picture. Missing values (NaN, infinities) break a curve, and a panel that holds nothing
// else says so. The same figure gives the same bytes.
//
// Pictures are drawn by gonum.org/v1/plot.
package plot
