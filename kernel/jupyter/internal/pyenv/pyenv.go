// Package pyenv finds or makes the Python environment in which tests run real
// Jupyter clients. Only tests import it.
package pyenv

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// Variable names the interpreter to use, one that has everything in
// .ci/requirements.txt. Without it an environment is made in the user's cache.
const Variable = "GOSSL_PYTHON"

// requirements is the list of pinned packages, from the module's root.
const requirements = ".ci/requirements.txt"

var once = sync.OnceValues(find)

// Python returns the path of the interpreter. Where none can be had the test is
// skipped with the reason; in continuous integration (the variable CI is set) it
// fails instead.
func Python(t testing.TB) string {
	t.Helper()
	python, err := once()
	switch {
	case err == nil:
		return python
	case os.Getenv("CI") != "":
		t.Fatalf("no Python for the tests with real Jupyter clients: %v; set %s to an interpreter that has %s", err, Variable, requirements)
	default:
		t.Skipf("no Python for the tests with real Jupyter clients: %v; set %s to an interpreter that has %s", err, Variable, requirements)
	}
	return ""
}

// find returns the interpreter that Variable names, or makes an environment.
func find() (string, error) {
	if python := os.Getenv(Variable); python != "" {
		if out, err := exec.Command(python, "-c", "import zmq, jupyter_client").CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s=%s: %v\n%s", Variable, python, err, out)
		}
		return python, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	list, err := os.ReadFile(filepath.Join(root, requirements))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(cache, "gossl"), 0o700); err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gossl", fmt.Sprintf("test-python-%x", sha256.Sum256(list))[:24])
	return makeVenv(dir, filepath.Join(root, requirements))
}

// makeVenv makes a virtual environment with the listed packages, once; packages
// tested side by side wait for each other.
func makeVenv(dir, list string) (string, error) {
	lock := flock.New(dir + ".lock")
	if err := lock.Lock(); err != nil {
		return "", err
	}
	defer lock.Unlock()
	python, ready := filepath.Join(dir, "bin", "python"), filepath.Join(dir, "ready")
	if _, err := os.Stat(ready); err == nil {
		return python, nil
	}
	for _, cmd := range [][]string{
		{"python3", "-m", "venv", "--clear", dir},
		{python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", list},
	} {
		if out, err := exec.Command(cmd[0], cmd[1:]...).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", cmd[0], err, bytes.TrimSpace(out))
		}
	}
	return python, os.WriteFile(ready, nil, 0o600)
}

// moduleRoot walks up from the working directory, which in a test is its package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = parent
	}
}
