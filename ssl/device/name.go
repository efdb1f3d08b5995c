package device

import (
	"fmt"
	"path/filepath"
	"strings"
)

// target is what a backend's name asks for.
type target struct {
	goBackend bool   // the pure-Go one
	device    string // "cpu", "cuda", "tpu", or "" for the best installed
	pinned    string // a name of the table, where the name was one
	path      string // of a plugin, where the name was one
	options   string // go-xla's options, comma-separated
}

const legalNames = `go, xla, cpu, cuda, tpu, a plugin's name ("cpu-jaxlib"), or xla:/path/to/plugin.so`

// parseName reads the name of a backend: what --backend and GOMLX_BACKEND may hold.
// "xla:" may stand before a device or a plugin, options may follow a comma (those of
// cpuSettings and go-xla's), and a number of a CUDA device a colon ("cuda:1").
func (s *Store) parseName(name string) (target, error) {
	rest, options, _ := strings.Cut(name, ",")
	base, arg, hasArg := strings.Cut(rest, ":")
	switch base {
	case "xla", "stablehlo", "hlo", "pjrt":
		if !hasArg || arg == "" {
			if _, _, err := cutCPU(options); err != nil {
				return target{}, err
			}
			return target{options: options}, nil
		}
		base, arg, hasArg = arg, "", false
		if d, n, ok := strings.Cut(base, ":"); ok && !strings.Contains(base, "/") {
			base, arg, hasArg = d, n, true
		}
	case "go":
		if options != "" || hasArg {
			return target{}, fmt.Errorf("device: backend %q: the pure-Go backend takes no options; use go", name)
		}
		return target{goBackend: true}, nil
	}
	if hasArg {
		if base != "cuda" {
			return target{}, fmt.Errorf("device: backend %q: only cuda takes a device number, as in cuda:1", name)
		}
		if arg == "" || strings.Trim(arg, "0123456789") != "" {
			return target{}, fmt.Errorf("device: backend %q: %q is no device number; use one such as cuda:1", name, arg)
		}
		options = strings.Trim(options+",visible_devices="+arg, ",")
	}
	if _, set, err := cutCPU(options); err != nil {
		return target{}, err
	} else if set != (cpuSettings{}) && (base == "cuda" || base == "tpu") {
		return target{}, fmt.Errorf("device: backend %q: threads and devices are options of the CPU", name)
	}
	switch base {
	case "cpu", "cuda", "tpu":
		return target{device: base, options: options}, nil
	}
	if strings.ContainsRune(base, filepath.Separator) || strings.HasSuffix(base, ".so") || strings.HasSuffix(base, ".dylib") {
		path, err := filepath.Abs(base)
		if err != nil {
			return target{}, fmt.Errorf("device: backend %q: %w", name, err)
		}
		return target{path: path, options: options}, nil
	}
	for _, pin := range s.here() {
		if pin.Name == base {
			return target{pinned: base, device: pin.Device, options: options}, nil
		}
	}
	return target{}, fmt.Errorf("device: backend %q: unknown; use %s", name, legalNames)
}
