package main

import (
	"flag"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the wanted output in testdata/script")

// asGossl makes the test binary be gossl: the pseudo-terminal tests start it so.
const asGossl = "GOSSL_TEST_AS_GOSSL"

func TestMain(m *testing.M) {
	if os.Getenv(asGossl) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"gossl": main})
}

// TestScripts runs the scripts of testdata/script over the real program.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir+"/home")
			e.Setenv("XDG_STATE_HOME", e.WorkDir+"/state")
			e.Setenv("GOMLX_BACKEND", "go")
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} { // the go command of scripts goes by HOME
				value, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				e.Setenv(name, strings.TrimSpace(string(value)))
			}
			return os.Mkdir(e.WorkDir+"/home", 0o755)
		},
	})
}
