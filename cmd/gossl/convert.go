package main

import (
	"fmt"
	"os"

	"github.com/gossl/gossl/kernel/script"
	"github.com/spf13/cobra"
)

func newConvert() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "convert [flags] FROM TO",
		Short: "Convert between .go, .ipynb and .md notebooks",
		Long: `convert reads a notebook and writes it in the format that the name of the new file tells: .go (cells behind // %%,
which Jupytext reads too), .ipynb (Jupyter) or .md (Markdown). Converting there and back changes no cell. Outputs are
kept in .ipynb files alone; one that is replaced keeps those of cells that have not changed.`,
		Example: `  gossl convert notebook.ipynb notebook.go
  gossl convert -f notebook.go notebook.ipynb`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, a []string) error {
			n, err := script.Read(a[0])
			if err != nil {
				return err
			}
			if _, err := os.Stat(a[1]); err == nil && !force {
				return fmt.Errorf("%s is there already; -f replaces it", a[1])
			}
			return n.Write(a[1])
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "replace the new file if it is there")
	return c
}
