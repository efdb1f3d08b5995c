package jupyter

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// setEnvironment sets the variables by which GoNB's notebooks find their way: where commands are executed, the
// kernel's own directory, Jupyter's root directory and the kernel's id.
func (k *server) setEnvironment() {
	set := func(name, value string, err error) {
		if err == nil && value != "" {
			err = os.Setenv(name, value)
		}
		if err != nil {
			k.opts.Logf("%s: %v", name, err)
		}
	}
	dir, err := os.Getwd()
	set(protocol.GONB_DIR_ENV, dir, err)
	_, err = k.commands.Workspace() // which sets its own
	set("", "", err)
	if _, served := os.LookupEnv("JPY_PARENT_PID"); served {
		if root, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", os.Getppid())); err == nil { // Linux alone
			set(protocol.GONB_JUPYTER_ROOT_ENV, root, nil)
		}
	}
	set(protocol.GONB_JUPYTER_KERNEL_ID_ENV, kernelID(k.connectionFile), nil)
}

// kernelID is the id in the name that Jupyter gives a connection file: kernel-ID.json.
func kernelID(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	id, ok := strings.CutPrefix(name, "kernel-")
	if !ok {
		return ""
	}
	return id
}
