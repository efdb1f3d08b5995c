package command

import (
	"errors"
	"slices"

	"github.com/gossl/gossl/kernel"
)

// What GoNB asks of the Go compiler or of the go tool has no meaning here.
var _ = register(
	&Command{Name: "goflags", Usage: "[FLAGS]", Help: "keep flags for the Go compiler, which is not used: cells are interpreted", Run: goflags},
	&Command{Name: "autoget", Help: "nothing: cells import what gossl carries, and no module is fetched", Run: nothing},
	&Command{Name: "noautoget", Help: "nothing: no module is fetched", Run: nothing},
	&Command{Name: "wasm", Help: "refused: cells are interpreted, not compiled to WebAssembly", Run: wasm},
	&Command{Name: "version", Help: "say which version of gossl this is", Run: version},
)

func nothing(*Call) (kernel.Result, error) { return kernel.Result{}, nil }

func goflags(c *Call) (kernel.Result, error) {
	words, err := fields(c.Args)
	if err != nil {
		return kernel.Result{}, err
	}
	sh := c.Shell
	sh.mu.Lock()
	if len(words) > 0 {
		sh.goflags = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	}
	flags := sh.goflags
	sh.mu.Unlock()
	c.Printf("%%goflags=%q\n", flags)
	if len(words) > 0 && len(flags) > 0 {
		c.Frontend().Stream("stderr", "%goflags: these flags change nothing: cells are interpreted, not compiled\n")
	}
	return kernel.Result{}, nil
}

func wasm(*Call) (kernel.Result, error) {
	return kernel.Result{}, errors.New("cells are interpreted, not compiled, so none can be made to run in the page; " +
		"for controls in the page use %panel or gonbui/widgets")
}

func version(c *Call) (kernel.Result, error) {
	v := c.Shell.Version
	if v == "" {
		v = "(unknown)"
	}
	c.Printf("gossl %s\n", v)
	return kernel.Result{}, nil
}
