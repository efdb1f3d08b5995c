//go:build unix

package device

/*
#cgo linux LDFLAGS: -ldl
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>

// The head of PJRT_Api in pjrt_c_api.h, the one part that all versions share.
typedef struct {
	size_t struct_size;
	void *extension_start;
	struct {
		size_t struct_size;
		void *extension_start;
		int major, minor;
	} version;
} gossl_api_head;

// Loads the library for good and reads its version; 0 when there is none to read.
static int gossl_api_version(const char *path, int *major, int *minor) {
	void *lib = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!lib) return 0;
	const gossl_api_head *(*get)(void) = dlsym(lib, "GetPjrtApi");
	if (!get) return 0;
	const gossl_api_head *api = get();
	if (!api) return 0;
	*major = api->version.major;
	*minor = api->version.minor;
	return 1;
}

// Loads a library for good; 0 when it does not load.
static int gossl_load(const char *path) { return dlopen(path, RTLD_NOW | RTLD_LOCAL) != NULL; }
*/
import "C"

import (
	"fmt"
	"unsafe"
)

// apiVersion loads a plugin, for good, and reads the version of its interface before any
// other call is made; "" when it has none. go-xla calls the plugin first and asks later.
func apiVersion(path string) string {
	c := C.CString(path)
	defer C.free(unsafe.Pointer(c))
	var major, minor C.int
	if C.gossl_api_version(c, &major, &minor) == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d", int(major), int(minor))
}

// load loads a library, for good, so that others find it by its bare name.
func load(path string) bool {
	c := C.CString(path)
	defer C.free(unsafe.Pointer(c))
	return C.gossl_load(c) != 0
}
