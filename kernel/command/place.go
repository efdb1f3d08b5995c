package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/gossl/gossl/kernel"
)

var _ = register(
	&Command{Name: "cd", Usage: "[DIR | -]", Help: "change the working directory, or say which it is", Run: cd},
	&Command{Name: "pwd", Help: "say which the working directory is", Run: pwd},
	&Command{Name: "env", Usage: "[NAME[=VALUE] | NAME VALUE]", Help: "show or set environment variables", Run: env},
)

// gonbDirVariable is where GoNB's notebooks look up the working directory; a kernel sets it.
const gonbDirVariable = "GONB_DIR"

func cd(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	if len(words) > 1 {
		return kernel.Result{}, usage("want one directory")
	}
	if len(words) == 0 {
		return pwd(c)
	}
	sh := c.Shell
	sh.mu.Lock()
	defer sh.mu.Unlock()
	to := words[0]
	if to == "-" {
		if sh.lastDir == "" {
			return kernel.Result{}, errors.New("there is no directory to go back to")
		}
		to = sh.lastDir
	}
	if rest, ok := strings.CutPrefix(to, "~"); ok && (rest == "" || rest[0] == '/') {
		home, err := os.UserHomeDir()
		if err != nil {
			return kernel.Result{}, err
		}
		to = filepath.Join(home, rest)
	}
	from, err := os.Getwd()
	if err != nil {
		from = ""
	}
	if err := os.Chdir(to); err != nil {
		return kernel.Result{}, err
	}
	sh.lastDir = from
	if _, ok := os.LookupEnv(gonbDirVariable); ok {
		if dir, err := os.Getwd(); err == nil {
			os.Setenv(gonbDirVariable, dir)
		}
	}
	return pwd(c)
}

func pwd(c *Call) (kernel.Result, error) {
	dir, err := os.Getwd()
	if err != nil {
		return kernel.Result{}, err
	}
	c.Printf("%s\n", dir)
	return kernel.Result{}, nil
}

func env(c *Call) (kernel.Result, error) {
	if c.Args == "" {
		all := os.Environ()
		sort.Strings(all)
		c.Printf("%s\n", strings.Join(all, "\n"))
		return kernel.Result{}, nil
	}
	name, value, set := strings.Cut(c.Args, "=")
	if !set || strings.ContainsAny(strings.TrimSpace(name), " \t") {
		name, value, set = strings.Cut(c.Args, " ")
	}
	name = strings.TrimSpace(name)
	if set {
		words, err := fields(value)
		if err != nil {
			return kernel.Result{}, err
		}
		if err := os.Setenv(name, strings.Join(words, " ")); err != nil {
			return kernel.Result{}, err
		}
		c.Printf("%s=%s\n", name, os.Getenv(name))
		return kernel.Result{}, nil
	}
	v, ok := os.LookupEnv(name)
	if !ok {
		return kernel.Result{}, fmt.Errorf("%s is not set", name)
	}
	c.Printf("%s\n", v)
	return kernel.Result{}, nil
}
