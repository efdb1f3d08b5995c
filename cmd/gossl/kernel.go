package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/command"
	"github.com/gossl/gossl/kernel/jupyter"
	"github.com/gossl/gossl/kernel/jupyter/kernelspec"
	"github.com/gossl/gossl/kernel/jupyter/widgets"
	"github.com/gossl/gossl/ssl"
	"github.com/spf13/cobra"
)

// newKernel returns the commands that serve Jupyter.
func newKernel(flags *sessionFlags) []*cobra.Command {
	return []*cobra.Command{newServe(flags), newInstall(flags), newUninstall()}
}

func newServe(flags *sessionFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "kernel CONNECTION_FILE",
		Short: "Serve a session to Jupyter, which starts this itself",
		Long: `kernel serves one session to the Jupyter clients that know the connection file's key, until a client asks for the
shutdown or the process gets SIGTERM. Jupyter starts it once "gossl install" has told it how.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, a []string) error {
			app, err := newApp(*flags, nil)
			if err != nil {
				return err
			}
			defer app.close()
			logf := func(format string, args ...any) { fmt.Fprintf(os.Stderr, "gossl kernel: "+format+"\n", args...) }
			opts := jupyter.Options{Version: version(), Stopping: ssl.CloseDefaultLab, Logf: logf}
			var panels *widgets.Manager
			opts.Comms = func(c *jupyter.Comms) { panels = widgets.NewManager(c) }
			opts.Panel = func(r command.Tunable) (kernel.Bundle, error) { return panels.Panel(r) }
			if dir, err := stateDir(); err == nil {
				opts.History = filepath.Join(dir, "jupyter")
				opts.Stopping = func() {
					if err := endRuns(dir); err != nil {
						logf("%v", err)
					}
				}
				if opts.Notice, err = takeUp(dir); err != nil {
					logf("%v", err)
				}
			}
			return jupyter.Serve(c.Context(), app.shell, a[0], opts)
		},
	}
}

// place says where kernels are installed: in a prefix, or for the user.
type place struct {
	user   bool
	prefix string
	asGoNB bool
	force  bool
}

func (p *place) flags(c *cobra.Command) {
	c.Flags().BoolVar(&p.user, "user", false, "for this user (the default)")
	c.Flags().StringVar(&p.prefix, "prefix", "", "in this `directory`, such as a Python environment, under share/jupyter/kernels")
	c.Flags().BoolVar(&p.asGoNB, "as-gonb", false, "under GoNB's name, so that notebooks written with GoNB open unchanged")
	c.Flags().BoolVar(&p.force, "force", false, "even when a kernel of that name belongs to another program")
	c.MarkFlagsMutuallyExclusive("user", "prefix")
}

func (p *place) dir() (string, error) {
	if p.prefix == "" {
		return kernelspec.UserDir()
	}
	prefix, err := filepath.Abs(p.prefix)
	return kernelspec.PrefixDir(prefix), err
}

func newInstall(flags *sessionFlags) *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "install",
		Short: "Make this program a Jupyter kernel",
		Long: `install tells Jupyter about this program, at the path where it lies now. With --backend the kernel uses that backend.
Notebooks then offer "Go (gossl)".`,
		Example: `  gossl install
  gossl install --prefix ~/venv
  gossl install --as-gonb`,
		Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			program, err := thisProgram()
			if err != nil {
				return err
			}
			words := []string{"kernel"}
			if flags.backend != "" {
				words = append(words, "--backend", flags.backend)
			}
			spec := kernelspec.Gossl(program, words...)
			if where.asGoNB {
				spec = spec.AsGoNB()
			}
			dir, err := where.dir()
			if err != nil {
				return err
			}
			at, err := spec.Install(dir, where.force)
			if err == nil {
				fmt.Printf("Jupyter offers %q now: %s\n", spec.Display, at)
			}
			return err
		},
	}
	where.flags(c)
	return c
}

func newUninstall() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "uninstall",
		Short: "Undo install",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			name := "gossl"
			if where.asGoNB {
				name = "gonb"
			}
			dir, err := where.dir()
			if err != nil {
				return err
			}
			return kernelspec.Remove(dir, name, where.force)
		},
	}
	where.flags(c)
	return c
}

// thisProgram returns the path of this program, which has to stay where it is.
func thisProgram() (string, error) {
	path, err := os.Executable()
	if err == nil {
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return "", fmt.Errorf("where this program lies: %w", err)
	}
	if strings.Contains(filepath.ToSlash(path), "/go-build") {
		return "", errors.New("this program was built by go run and will be gone: go install ./cmd/gossl first, then gossl install")
	}
	return path, nil
}
