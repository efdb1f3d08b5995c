package kernelspec

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// UserDir returns where Jupyter looks for this user's kernels: in JUPYTER_DATA_DIR
// when that is set, else at the place that the operating system suggests.
// Source: https://docs.jupyter.org/en/latest/use/jupyter-directories.html
func UserDir() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Join(dir, "kernels"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" && runtime.GOOS != "darwin" && runtime.GOOS != "windows" {
		return filepath.Join(dir, "jupyter", "kernels"), nil
	}
	if runtime.GOOS == "windows" {
		dir := os.Getenv("APPDATA")
		if dir == "" {
			return "", errors.New("APPDATA is not set: name the place to install to by a prefix")
		}
		return filepath.Join(dir, "jupyter", "kernels"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%w: name the place to install to by a prefix", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Jupyter", "kernels"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter", "kernels"), nil
}

// PrefixDir returns where Jupyter looks for the kernels of an installation, such as
// a Python virtual environment.
func PrefixDir(prefix string) string {
	return filepath.Join(prefix, "share", "jupyter", "kernels")
}
