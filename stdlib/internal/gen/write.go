package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// owns reports whether the slash-separated path under the stdlib folder is one that generating g writes.
func (g *group) owns(name string) bool {
	return strings.HasPrefix(name, "internal/symbols/"+g.name+"/") || strings.HasPrefix(name, "data/"+g.name+"_")
}

// owned lists the files under out that g owns.
func (g *group) owned(out string) ([]string, error) {
	var names []string
	for _, folder := range []string{"internal/symbols/" + g.name, "data"} {
		root := filepath.Join(out, filepath.FromSlash(folder))
		if err := os.MkdirAll(root, 0o777); err != nil {
			return nil, err
		}
		err := filepath.WalkDir(root, func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(out, file)
			if err != nil {
				return err
			}
			if name := filepath.ToSlash(rel); g.owns(name) {
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// write brings what g owns under out in line with files: what an earlier run left there and this one has not made is removed.
func (g *group) write(out string, files map[string][]byte) error {
	old, err := g.owned(out)
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, keep := files[name]; !keep {
			if err := os.Remove(filepath.Join(out, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	for name, data := range files {
		if !g.owns(name) {
			return fmt.Errorf("%s is no file of group %s", name, g.name)
		}
		file := filepath.Join(out, filepath.FromSlash(name))
		if old, err := os.ReadFile(file); err == nil && string(old) == string(data) {
			continue // keeps the file's time, and so the build cache quiet
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			return err
		}
	}
	return nil
}
