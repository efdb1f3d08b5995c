package device

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
)

// cpuSettings are the options in a backend's name that XLA's CPU plugins have and go-xla
// does not know: "cpu,threads=2,devices=1". Zero leaves the plugin's own choice, which is
// a thread for each processor, at least one a device, and four devices.
type cpuSettings struct {
	threads, devices int
}

// cutCPU takes the CPU's settings out of a list of options.
func cutCPU(options string) (rest string, set cpuSettings, err error) {
	var others []string
	for opt := range strings.SplitSeq(options, ",") {
		key, value, _ := strings.Cut(opt, "=")
		var to *int
		switch key {
		case "":
			continue
		case "threads":
			to = &set.threads
		case "devices":
			to = &set.devices
		default:
			others = append(others, opt)
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 1024 {
			return "", set, fmt.Errorf("device: option %q: it takes a number from 1 to 1024, as in cpu,%s=2", opt, key)
		}
		*to = n
	}
	return strings.Join(others, ","), set, nil
}

// clientOptions are what the plugin's client is made with.
func (c cpuSettings) clientOptions() pjrt.NamedValuesMap {
	if c.devices == 0 {
		return nil
	}
	return pjrt.NamedValuesMap{"cpu_device_count": int64(c.devices)}
}

// threadEnv are the variables that XLA's CPU client takes its number of threads from; it
// has no option for it.
var threadEnv = [...]string{"PJRT_NPROC", "NPROC"}

var envLock sync.Mutex

// withThreads calls f while the environment asks for the number of threads.
func (c cpuSettings) withThreads(f func() error) error {
	if c.threads == 0 {
		return f()
	}
	envLock.Lock()
	defer envLock.Unlock()
	for _, name := range threadEnv {
		old, was := os.LookupEnv(name)
		if err := os.Setenv(name, strconv.Itoa(c.threads)); err != nil {
			return err
		}
		defer func() {
			if was {
				os.Setenv(name, old)
			} else {
				os.Unsetenv(name)
			}
		}()
	}
	return f()
}

// newXLA loads a plugin into this process.
func newXLA(path, platform, options string) (b compute.Backend, err error) {
	options, set, err := cutCPU(options)
	if err != nil {
		return nil, err
	}
	path, done, err := plainPath(path, platform)
	if err != nil {
		return nil, err
	}
	defer done()
	preload(path)
	err = set.withThreads(func() error {
		x, err := xla.NewWithOptions(xlaConfig(path, platform, options), set.clientOptions())
		if err == nil {
			b = x
		}
		return err
	})
	return b, err
}

// plainPath returns a path that go-xla does not take for that of a CUDA plugin when it is
// none: it goes by the words "cuda" and "nvidia" anywhere in it, a user's name included,
// and would then use operations that only CUDA has. Such a plugin is loaded through a
// link, which done removes.
func plainPath(path, platform string) (plain string, done func(), err error) {
	done = func() {}
	if platform != "cpu" && platform != "Host" || !pjrt.IsCUDAName(path) {
		return path, done, nil
	}
	dir, err := os.MkdirTemp("", "gossl-plugin-")
	if err != nil {
		return "", done, fmt.Errorf("device: plugin %s: %w", path, err)
	}
	done = func() { os.RemoveAll(dir) }
	plain = filepath.Join(dir, "pjrt_c_api_cpu_plugin"+filepath.Ext(path))
	if err := os.Symlink(path, plain); err != nil {
		done()
		return "", func() {}, fmt.Errorf("device: plugin %s: %w", path, err)
	}
	return plain, done, nil
}

// xlaConfig is go-xla's configuration for a plugin. go-xla guesses from the path whether a
// plugin shares its memory with the host; we know.
func xlaConfig(path, platform, options string) string {
	config := path
	if options != "" {
		config += "," + options
	}
	if !strings.Contains(options, "shared_buffers") {
		config += fmt.Sprintf(",shared_buffers=%t", platform == "cpu" || platform == "Host")
	}
	return config
}
