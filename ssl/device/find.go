package device

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// foundElsewhere lists plugins in the folders that go-xla searches: those of
// PJRT_PLUGIN_LIBRARY_PATH if that is set, else its folders in the user's home and in
// /usr/local/lib, and LD_LIBRARY_PATH; then JAX's plugins for GPU and TPU in the active
// Python environment (VIRTUAL_ENV, CONDA_PREFIX). go-xla itself loads each candidate to look at it;
// we go by the names, and load only what was probed in a process of its own.
func foundElsewhere() []Plugin {
	var dirs []string
	if env, ok := os.LookupEnv("PJRT_PLUGIN_LIBRARY_PATH"); ok {
		dirs = filepath.SplitList(env)
	} else {
		if home, err := os.UserHomeDir(); err == nil {
			lib := filepath.Join(home, ".local", "lib", "go-xla")
			dirs = append(dirs, lib, filepath.Join(lib, "nvidia"))
		}
		dirs = append(dirs, "/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia")
		dirs = append(dirs, filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
	}
	var out []Plugin
	for _, dir := range dirs {
		if !filepath.IsAbs(dir) {
			continue
		}
		for _, pattern := range []string{"pjrt_c_api_*_plugin.so", "pjrt-plugin-*.so", "pjrt_plugin_*.so", "libtpu.so", "pjrt_c_api_*_plugin.dylib"} {
			matches, _ := filepath.Glob(filepath.Join(dir, pattern)) // the patterns are sound
			slices.Sort(matches)
			for _, path := range matches {
				out = append(out, Plugin{Name: path, Device: deviceOf(filepath.Base(path)), Path: path, Origin: "found in " + dir})
			}
		}
	}
	for _, env := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if root := os.Getenv(env); filepath.IsAbs(root) {
			for _, file := range []string{"jax_plugins/xla_cuda1*/xla_cuda_plugin.so", "libtpu/libtpu.so"} {
				matches, _ := filepath.Glob(filepath.Join(root, "lib", "python3*", "site-packages", filepath.FromSlash(file)))
				slices.Sort(matches)
				slices.Reverse(matches) // CUDA 13 before 12
				for _, path := range matches {
					out = append(out, Plugin{Name: path, Device: deviceOf(filepath.Base(path)), Path: path, Origin: "found in " + env})
				}
			}
		}
	}
	return out
}

// deviceOf tells from a library's file name what it drives.
func deviceOf(file string) string {
	file = strings.ToLower(file)
	for _, d := range []string{"cuda", "tpu"} {
		if strings.Contains(file, d) {
			return d
		}
	}
	return "cpu"
}

// hasCUDA says whether an NVIDIA device is there; without one its plugin is not tried.
func hasCUDA() bool { return exists("/dev/nvidia[0-9]*") }

// cudaFor is the name of the plugin that a driver of NVIDIA's, by its version line, can serve: CUDA 13 needs 580.
func cudaFor(driver string) string {
	m := driverVersion.FindStringSubmatch(driver)
	if m == nil {
		return "cuda12" // which newer drivers serve as well
	}
	if major, err := strconv.Atoi(m[1]); err == nil && major < 580 {
		return "cuda12"
	}
	return "cuda13"
}

// driverVersion finds "580" in "NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 07:17:31 UTC 2025".
var driverVersion = regexp.MustCompile(`\b(\d{3,})\.\d+`)

// installer is the command that installs a plugin for a device, "cuda" or "tpu".
func installer(device, driver string) string {
	if device == "cuda" {
		device = cudaFor(driver)
	}
	return "gossl backend install " + device
}

// idle is what to tell of devices that are here and stay unused for want of a plugin, "" for nothing.
func idle(gpu bool, driver string, tpu bool) string {
	switch {
	case gpu:
		return fmt.Sprintf("the NVIDIA GPU here is not used: it has no plugin; `%s` installs it", installer("cuda", driver))
	case tpu:
		return fmt.Sprintf("the TPU here is not used: it has no plugin; `%s` installs it", installer("tpu", ""))
	}
	return ""
}

// hasTPU says whether a TPU is there.
func hasTPU() bool { return exists("/dev/accel[0-9]*") || exists("/dev/vfio/[0-9]*") }

func exists(pattern string) bool {
	m, err := filepath.Glob(pattern)
	return err == nil && len(m) > 0
}
