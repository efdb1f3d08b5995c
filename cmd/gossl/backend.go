package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/gossl/gossl/kernel"
	"github.com/gossl/gossl/kernel/terminal"
	"github.com/gossl/gossl/ssl/device"
	"github.com/spf13/cobra"
)

func newBackend() *cobra.Command {
	c := &cobra.Command{
		Use:   "backend",
		Short: "List, install, verify and remove what experiments are compiled for",
		Long: `backend manages the PJRT plugins through which XLA compiles experiments for a CPU, a GPU or a TPU. Without one,
gossl installs the CPU plugin when an experiment needs it; without a network it uses its own backend in pure Go.`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		&cobra.Command{
			Use: "list", Short: "List the plugins for this machine", Args: args(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return listBackends() },
		},
		&cobra.Command{
			Use: "info [NAME]", Short: "Open a backend and describe it: the one that experiments would use, or the one named",
			Args: args(cobra.MaximumNArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return interruptible(c.Context(), func(ctx context.Context) error { return backendInfo(ctx, first(a, c)) })
			},
		},
		&cobra.Command{
			Use: "install NAME", Short: "Install a plugin", Args: args(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return interruptible(c.Context(), func(ctx context.Context) error { return installBackend(ctx, a[0]) })
			},
		},
		&cobra.Command{
			Use: "verify NAME", Short: "Compare an installed plugin's files with their hashes", Args: args(cobra.ExactArgs(1)),
			RunE: func(_ *cobra.Command, a []string) error {
				return withStore(func(s *device.Store) error {
					p, err := s.Verify(a[0])
					if err == nil {
						fmt.Printf("%s: %s is as it was installed\n", p.Name, p.Path)
					}
					return err
				})
			},
		},
		&cobra.Command{
			Use: "use NAME", Short: "Choose the backend of later sessions; auto leaves the choice to gossl again",
			Long: `use keeps a backend for every later session that names none by --backend or GOMLX_BACKEND. It is opened once first, and
kept only when that works. Options may follow a comma, as in cpu,threads=2.`,
			Args: args(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return interruptible(c.Context(), func(ctx context.Context) error { return useBackend(ctx, a[0]) })
			},
		},
		&cobra.Command{
			Use: "remove NAME", Short: "Remove an installed plugin", Args: args(cobra.ExactArgs(1)),
			RunE: func(c *cobra.Command, a []string) error {
				return withStore(func(s *device.Store) error {
					if err := s.Remove(c.Context(), a[0]); err != nil {
						return err
					}
					fmt.Printf("removed %s\n", a[0])
					return nil
				})
			},
		},
	)
	return c
}

// first returns the name of a backend: the argument, else what --backend says.
func first(a []string, c *cobra.Command) string {
	if len(a) > 0 {
		return a[0]
	}
	return c.Flag("backend").Value.String()
}

func withStore(do func(*device.Store) error) error {
	s, err := device.DefaultStore()
	if err != nil {
		return err
	}
	return do(s)
}

func listBackends() error {
	return withStore(func(s *device.Store) error {
		w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tDEVICE\tVERSION\tWHERE\tNOTE")
		fmt.Fprintln(w, "go\tany\t\talways there\tpure Go, slower")
		for _, p := range s.List() {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.Device, p.Version, p.Origin, p.Note)
		}
		return w.Flush()
	})
}

// useBackend keeps a choice that works.
func useBackend(ctx context.Context, name string) error {
	if name == "auto" {
		return withStore(func(s *device.Store) error { return s.Use("") })
	}
	if err := backendInfo(ctx, name); err != nil {
		return err
	}
	return withStore(func(s *device.Store) error { return s.Use(name) })
}

// newDoctor makes the command that looks for what is in the way of a backend.
func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Say what is missing for training here, and what to type",
		Long: `doctor looks at the system and its C library, the environment, the plugins (each is tried in a process of its own),
devices and drivers. It changes nothing. Exit status 1 says that something is in the way of a backend.`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return interruptible(c.Context(), func(ctx context.Context) error {
				return withStore(func(s *device.Store) error {
					report := s.Doctor(ctx)
					fmt.Print(report)
					if !report.OK() {
						return errShown
					}
					return nil
				})
			})
		},
	}
}

func backendInfo(ctx context.Context, name string) error {
	screen := newScreen()
	defer screen.Close()
	b, info, err := device.Open(ctx, name, device.Options{Progress: showProgress(screen)})
	if err != nil {
		return err
	}
	defer b.Finalize()
	if info.Note != "" {
		screen.Print(info.Note)
	}
	screen.Print(info.String())
	for _, d := range info.Devices {
		screen.Print("  " + d)
	}
	if info.SHA256 != "" {
		screen.Print("  SHA-256 " + info.SHA256)
	}
	return nil
}

func installBackend(ctx context.Context, name string) error {
	return withStore(func(s *device.Store) error {
		screen := newScreen()
		defer screen.Close()
		p, err := s.Install(ctx, name, showProgress(screen))
		if err != nil {
			return err
		}
		screen.Print(fmt.Sprintf("%s: %s is installed at %s", p.Name, p.Version, p.Path))
		return nil
	})
}

func showProgress(screen *terminal.Screen) func(device.Progress) {
	return func(p device.Progress) {
		screen.Display("install", kernel.Bundle{kernel.TextPlain: progressLine(p)})
	}
}

// progressLine draws an installation's progress.
func progressLine(p device.Progress) string {
	if p.Total <= 0 {
		return p.What
	}
	const width = 20
	share := min(max(float64(p.Done)/float64(p.Total), 0), 1)
	full := int(share * width)
	return fmt.Sprintf("%s %s%s %3.0f %% of %.1f MB", p.What, strings.Repeat("█", full), strings.Repeat("░", width-full), 100*share, float64(p.Total)/1e6)
}
