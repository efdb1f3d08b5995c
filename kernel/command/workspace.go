package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gossl/gossl/kernel"
	"golang.org/x/mod/modfile"
)

// GoNB compiles cells in a directory of their own. Here it is an empty module, for the commands and the notebooks
// that work in it.
var _ = register(
	&Command{Name: "!*", Usage: "COMMAND", Help: "run a shell command in the kernel's own directory, $GONB_TMP_DIR", Run: workspaceLine},
	&Command{Name: "goworkfix", Help: "add the modules of go.work to the go.mod in the kernel's own directory", Run: goworkfix},
	&Command{Name: "track", Usage: "[PATH]", Help: "list the directories of modules that go.mod replaces, or add one", Run: track},
	&Command{Name: "untrack", Usage: "PATH[...]", Help: "take a directory off that list, or all that begin so", Run: untrack},
)

// workspaceVariable is what GoNB calls the directory in the environment.
const workspaceVariable = "GONB_TMP_DIR"

// Workspace returns the directory of !* commands, which it makes when it is first asked for. Close removes it.
func (sh *Shell) Workspace() (string, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.workspace != "" {
		return sh.workspace, nil
	}
	dir, err := os.MkdirTemp("", "gossl-")
	if err != nil {
		return "", fmt.Errorf("the kernel's own directory: %w", err)
	}
	if err := writeModule(dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	if err := os.Setenv(workspaceVariable, dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	sh.workspace = dir
	return dir, nil
}

func writeModule(dir string) error {
	text := "module gossl.cells\n\ngo 1.26\n"
	return os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644)
}

// newWorkspace gives the directory, if it was ever used, a fresh go.mod.
func (sh *Shell) newWorkspace() error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.workspace == "" {
		return nil
	}
	return writeModule(sh.workspace)
}

// Close removes what the shell made. The session stays open.
func (sh *Shell) Close() error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.workspace == "" {
		return nil
	}
	dir := sh.workspace
	sh.workspace = ""
	return errors.Join(os.Unsetenv(workspaceVariable), os.RemoveAll(dir))
}

func workspaceLine(c *Call) (kernel.Result, error) {
	dir, err := c.Shell.Workspace()
	if err != nil {
		return kernel.Result{}, err
	}
	return kernel.Result{}, c.shell(dir)
}

func goworkfix(c *Call) (kernel.Result, error) {
	dir, err := c.Shell.Workspace()
	if err != nil {
		return kernel.Result{}, err
	}
	work, err := os.ReadFile(filepath.Join(dir, "go.work"))
	if errors.Is(err, fs.ErrNotExist) {
		return kernel.Result{}, errors.New("there is no go.work in the kernel's own directory; !*go work init makes one")
	} else if err != nil {
		return kernel.Result{}, err
	}
	w, err := modfile.ParseWork("go.work", work, nil)
	if err != nil {
		return kernel.Result{}, err
	}
	f, path, err := goMod(dir)
	if err != nil {
		return kernel.Result{}, err
	}
	for _, use := range w.Use {
		at := use.Path
		if !filepath.IsAbs(at) {
			at = filepath.Join(dir, at)
		}
		if at == dir {
			continue
		}
		mod, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err != nil {
			return kernel.Result{}, err
		}
		module := modfile.ModulePath(mod)
		if err := f.AddReplace(module, "", at, ""); err != nil {
			return kernel.Result{}, err
		}
		c.Printf("\t- Added replace rule for module %q to local directory %q.\n", module, at)
	}
	f.Cleanup()
	text, err := f.Format()
	if err != nil {
		return kernel.Result{}, err
	}
	return kernel.Result{}, os.WriteFile(path, text, 0o644)
}

func goMod(dir string) (f *modfile.File, path string, err error) {
	path = filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	f, err = modfile.Parse("go.mod", text, nil)
	return f, path, err
}

// replaced are the local directories that stand for modules in go.mod.
func (sh *Shell) replaced() ([]string, error) {
	dir, err := sh.Workspace()
	if err != nil {
		return nil, err
	}
	f, _, err := goMod(dir)
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, r := range f.Replace {
		if r.New.Version == "" {
			dirs = append(dirs, r.New.Path)
		}
	}
	return dirs, nil
}

func track(c *Call) (kernel.Result, error) {
	sh := c.Shell
	dirs, err := sh.replaced()
	if err != nil {
		return kernel.Result{}, err
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if c.Args != "" {
		at, err := expand(c.Args)
		if err == nil {
			_, err = os.Stat(at)
		}
		if err != nil {
			return kernel.Result{}, err
		}
		if !slices.Contains(sh.tracked, at) {
			sh.tracked = append(sh.tracked, at)
		}
		c.Printf("\tTracking %q\n", at)
		return kernel.Result{}, nil
	}
	dirs = append(dirs, sh.tracked...)
	slices.Sort(dirs)
	if dirs = slices.Compact(dirs); len(dirs) == 0 {
		c.Printf("No files or directory being tracked yet\n")
		return kernel.Result{}, nil
	}
	c.Printf("List of files/directories being tracked:\n\t%s\n", strings.Join(dirs, "\n\t"))
	return kernel.Result{}, nil
}

func untrack(c *Call) (kernel.Result, error) {
	if c.Args == "" {
		return kernel.Result{}, usage("want a path")
	}
	prefix, all := strings.CutSuffix(c.Args, "...")
	sh := c.Shell
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.tracked = slices.DeleteFunc(sh.tracked, func(p string) bool { return p == prefix || all && strings.HasPrefix(p, prefix) })
	c.Printf("\tUntracked %q\n", c.Args)
	return kernel.Result{}, nil
}
