// Package kernelspec tells Jupyter about this program: it writes the directory with
// kernel.json and logos that Jupyter looks for, and removes it again.
//
// A directory appears under its name complete or not at all, and one that another
// program wrote is neither replaced nor removed unless that is asked for.
package kernelspec
