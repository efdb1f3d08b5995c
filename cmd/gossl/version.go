package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of gossl and of what it is made of",
		Args:  args(cobra.NoArgs),
		Run: func(*cobra.Command, []string) {
			fmt.Printf("gossl %s\n%s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			for _, m := range made {
				if v := moduleVersion(m.path); v != "" {
					fmt.Printf("%s %s\n", m.name, v)
				}
			}
		},
	}
}

// made lists the modules whose versions decide what a session computes.
var made = []struct{ name, path string }{
	{"gomlx", "github.com/gomlx/gomlx"}, {"compute", "github.com/gomlx/compute"}, {"go-xla", "github.com/gomlx/go-xla"}, {"yaegi", "github.com/traefik/yaegi"},
}

// version is the module's version, or the commit that was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	rev, dirty := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			rev = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			if s.Value == "true" {
				dirty = "+changes"
			}
		}
	}
	if rev == "" {
		return "(development)"
	}
	return rev + dirty
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, d := range info.Deps {
		if d.Path == path {
			if d.Replace != nil {
				return d.Replace.Version
			}
			return d.Version
		}
	}
	return ""
}

// versions is what a saved session notes in its header.
func versions() map[string]any {
	note := map[string]any{"gossl": version(), "go": runtime.Version()}
	for _, m := range made {
		if v := moduleVersion(m.path); v != "" {
			note[m.name] = v
		}
	}
	return note
}
