package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/gossl/gossl/kernel/script/export"
	"github.com/gossl/gossl/stdlib"
	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

const gosslModule = "github.com/gossl/gossl"

func newExport() *cobra.Command {
	var out, source string
	var force bool
	c := &cobra.Command{
		Use:   "export [flags] FILE",
		Short: "Write a notebook as an ordinary Go program",
		Long: `export writes a Go module that go build compiles and that prints and computes what gossl run does: variables of cells
become package variables of the type that the checker found, each cell a function, parameters flags. What a program
cannot have is an error at its place; commands that only look at the session are left out, which is said. The program of
a session that %save or run -o wrote repeats the recorded changes of experiments at their steps, unless a flag is given.

A program that uses packages of gossl needs its module: the released version that this gossl is, or with a development
build the checkout that -g names; without -g, the one that the notebook or the working directory lies in.`,
		Example: `  gossl export notebooks/01-first-light.go -o prog
  cd prog && go build && ./prog -steps 100`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, a []string) error {
			if out == "" {
				out = strings.TrimSuffix(filepath.Base(a[0]), filepath.Ext(a[0]))
			}
			return exportFile(a[0], out, source, force)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write the module to this `directory` (default: named after the notebook)")
	c.Flags().StringVarP(&source, "gossl", "g", "", "take gossl's packages from the checkout in this `directory`")
	c.Flags().BoolVarP(&force, "force", "f", false, "replace files that are there")
	return c
}

func exportFile(path, out, source string, force bool) error {
	n, f, _, err := readScript(path)
	if err != nil {
		return err
	}
	if n == nil {
		return fmt.Errorf("%s is a Go program already", path)
	}
	prog, err := export.Export(stdlib.Packages(), n, path, f, export.Options{
		Finish: map[string]string{gosslModule + "/ssl": "PKG.CloseDefaultLab()"},
		Repeat: export.Repeater{Path: gosslModule + "/ssl", Record: "Record", Func: "Rehearse"},
	})
	if err != nil {
		return err
	}
	mod, sum, err := moduleFiles(filepath.Base(out), prog.Imports, source, filepath.Dir(path), out)
	if err != nil {
		return err
	}
	prog.Files["go.mod"] = mod
	if sum != "" {
		prog.Files["go.sum"] = sum
	}
	for name := range prog.Files {
		if _, err := os.Stat(filepath.Join(out, name)); err == nil && !force {
			return fmt.Errorf("%s is there already; -f replaces it", filepath.Join(out, name))
		}
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for name, text := range prog.Files {
		if err := os.WriteFile(filepath.Join(out, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	for _, left := range prog.Left {
		fmt.Fprintf(os.Stderr, "%s is left out\n", left)
	}
	return nil
}

// moduleFiles makes go.mod and go.sum of a program with the given imports. Modules beside gossl's are required as gossl
// itself requires them.
func moduleFiles(name string, imports []string, source, near, out string) (mod, sum string, err error) {
	m := &modfile.File{}
	if err := m.AddModuleStmt(moduleName(name)); err != nil {
		return "", "", err
	}
	if err := m.AddGoStmt("1.26"); err != nil {
		return "", "", err
	}
	foreign := false
	for _, path := range imports {
		first, _, _ := strings.Cut(path, "/")
		foreign = foreign || strings.Contains(first, ".")
	}
	if foreign {
		if sum, err = requireGossl(m, source, near, out); err != nil {
			return "", "", err
		}
	}
	m.Cleanup()
	return string(modfile.Format(m.Syntax)), sum, nil
}

// moduleName makes a module path of a directory's name.
func moduleName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, name)
	if name = strings.Trim(name, "-."); name == "" {
		return "program"
	}
	return name
}

// requireGossl adds what programs with packages of gossl, or of the modules that it is made of, need.
func requireGossl(m *modfile.File, source, near, out string) (sum string, err error) {
	info, _ := debug.ReadBuildInfo()
	if source == "" && info != nil && info.Main.Path == gosslModule && semver.IsValid(info.Main.Version) && !strings.Contains(info.Main.Version, "+") {
		if err := m.AddRequire(gosslModule, info.Main.Version); err != nil {
			return "", err
		}
		for _, d := range info.Deps {
			if err := m.AddRequire(d.Path, d.Version); err != nil {
				return "", err
			}
		}
		fmt.Fprintln(os.Stderr, "go mod tidy fetches what the program needs")
		return "", nil
	}
	if source == "" {
		if source = checkoutAbove(near); source == "" {
			source = checkoutAbove(".")
		}
		if source == "" {
			return "", errors.New("the program uses packages of gossl, and this gossl is a development build; name its checkout with -g DIRECTORY")
		}
	}
	text, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("-g %s: %w", source, err)
	}
	own, err := modfile.Parse("go.mod", text, nil)
	if err != nil || own.Module == nil || own.Module.Mod.Path != gosslModule {
		return "", fmt.Errorf("-g %s: this is no checkout of %s", source, gosslModule)
	}
	abs, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	if to, err := filepath.Abs(out); err == nil {
		if rel, err := filepath.Rel(to, abs); err == nil {
			abs = "./" + filepath.ToSlash(rel) // a replacement begins with a dot
		}
	}
	if err := m.AddRequire(gosslModule, "v0.0.0"); err != nil {
		return "", err
	}
	if err := m.AddReplace(gosslModule, "", abs, ""); err != nil {
		return "", err
	}
	if err := m.AddGoStmt(own.Go.Version); err != nil {
		return "", err
	}
	for _, r := range own.Require {
		m.AddNewRequire(r.Mod.Path, r.Mod.Version, true)
	}
	for _, r := range own.Replace {
		if err := m.AddReplace(r.Old.Path, r.Old.Version, r.New.Path, r.New.Version); err != nil {
			return "", err
		}
	}
	data, err := os.ReadFile(filepath.Join(source, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return string(data), nil
}

// checkoutAbove returns the directory, dir or one above it, that holds gossl's own module; "" when there is none.
func checkoutAbove(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil && modfile.ModulePath(text) == gosslModule {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
