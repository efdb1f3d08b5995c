package device

import "path/filepath"

// companions are NVIDIA's libraries that XLA's CUDA plugins open by their bare names, in order of dependence.
var companions = []string{
	"libcudart", "libnvrtc", "libnvJitLink", "libcublasLt", "libcublas", "libcupti", "libcusparse",
	"libcusolver", "libcufft", "libnvshmem_host", "libnccl", "libcudnn",
}

// preload loads the companions that lie beside a CUDA plugin in a tree of Python wheels, ours or an environment's:
// the plugin itself looks into some of their folders only (its RPATH has neither cuSOLVER's nor NVRTC's of CUDA 12).
// One that does not load is left to the plugin, which says what it misses.
func preload(plugin string) {
	for _, name := range companions {
		matches, _ := filepath.Glob(filepath.Join(filepath.Dir(plugin), "../../nvidia/*/lib", name+".so.*")) // the pattern is sound
		for _, lib := range matches {
			load(lib)
		}
	}
}
