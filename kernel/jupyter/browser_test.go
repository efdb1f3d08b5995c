package jupyter_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossl/gossl/kernel/jupyter/internal/pyenv"
)

// screenshotsVariable names a folder in which TestBrowser leaves its screenshots.
const screenshotsVariable = "GOSSL_TEST_SCREENSHOTS"

// browserVariable says that TestBrowser is to run.
const browserVariable = "GOSSL_TEST_BROWSER"

// TestBrowser drives JupyterLab in Chromium, with the real program as its kernel.
func TestBrowser(t *testing.T) {
	if os.Getenv(browserVariable) == "" {
		t.Skipf("it takes minutes and needs Debian's package chromium; %s=1 runs it", browserVariable)
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v; install Debian's package chromium", err)
	}
	python := pyenv.Python(t)
	prefix := t.TempDir()
	program := filepath.Join(prefix, "gossl")
	steps := [][]string{
		{"go", "build", "-o", program, "github.com/gossl/gossl/cmd/gossl"},
		{program, "install", "--backend", "go", "--prefix", prefix},
		{program, "install", "--backend", "go", "--prefix", prefix, "--as-gonb"},
	}
	for _, s := range steps {
		if out, err := exec.CommandContext(t.Context(), s[0], s[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(s, " "), err, out)
		}
	}
	root := gonbRoot(t)
	shots := os.Getenv(screenshotsVariable)
	if shots == "" {
		shots = t.TempDir()
	} else if err := os.MkdirAll(shots, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "browser.py"))
	cmd.Env = append(os.Environ(),
		"GOSSL_TEST_CHROMIUM="+chromium, "GOSSL_TEST_GONB_EXAMPLES="+filepath.Join(root, "examples"), "GONB_GIT_ROOT="+root,
		screenshotsVariable+"="+shots, "JUPYTER_PATH="+filepath.Join(prefix, "share", "jupyter"), "JUPYTER_RUNTIME_DIR="+runtimeDir(t),
		"XDG_STATE_HOME="+t.TempDir(), "PYTHONDONTWRITEBYTECODE=1",
	)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("browser.py: %v\n%s", err, out)
	}
}

// gonbRoot is where the module of GoNB lies.
func gonbRoot(t *testing.T) string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/janpfeifer/gonb").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(dir))
}
