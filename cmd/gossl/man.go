package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(root *cobra.Command) *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "man",
		Short: "Write the manual page",
		Long:  "man writes the manual page of gossl to standard output, or with -d a page for each of its commands to a directory.",
		Example: `  gossl man | man -l -
  gossl man -d ~/.local/share/man/man1`,
		Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			header := &doc.GenManHeader{Title: "GOSSL", Section: "1", Source: "gossl " + version()}
			root.DisableAutoGenTag = true
			if dir == "" {
				return doc.GenMan(root, header, os.Stdout)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			if err := doc.GenManTree(root, header, dir); err != nil {
				return err
			}
			fmt.Println(dir)
			return nil
		},
	}
	c.Flags().StringVarP(&dir, "dir", "d", "", "write one page per command to this `directory`")
	return c
}
