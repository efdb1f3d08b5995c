package kernelspec_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gossl/gossl/kernel/jupyter/kernelspec"
)

// Install into a prefix, then remove it.
func Example() {
	prefix, err := os.MkdirTemp("", "prefix")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(prefix)
	dir := kernelspec.PrefixDir(prefix)
	at, err := kernelspec.Gossl("/opt/gossl/bin/gossl", "kernel").Install(dir, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	rel, _ := filepath.Rel(prefix, at)
	fmt.Println(filepath.ToSlash(rel))
	fmt.Println(kernelspec.Remove(dir, "gossl", false))
	// Output:
	// share/jupyter/kernels/gossl
	// <nil>
}
