package rt

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
)

// memory is how many bytes the process can hope for at all: what the machine has, or what its control group is
// allowed. 128 GiB where neither tells.
var memory = sync.OnceValue(func() uint64 {
	limit := uint64(math.MaxUint64)
	if b, err := os.ReadFile("/sys/fs/cgroup/memory.max"); err == nil {
		if n, err := strconv.ParseUint(strings.TrimSpace(string(b)), 10, 64); err == nil {
			limit = n
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		if f := strings.Fields(string(b)); len(f) > 1 && f[0] == "MemTotal:" {
			if n, err := strconv.ParseUint(f[1], 10, 64); err == nil {
				limit = min(limit, n<<10)
			}
		}
	}
	if limit == math.MaxUint64 {
		limit = 128 << 30
	}
	return limit
})

// mostAddressed is the most that Go allocates at once: asked for more it panics, and code can recover.
const mostAddressed = 1 << 48

// Allot ends the goroutine when n elements of size bytes are more than the machine has: asked for them, Go would end
// the process.
func Allot(n int, size uintptr) {
	if n > 0 && size > 0 && uint64(n) > memory()/uint64(size) && uint64(n) <= mostAddressed/uint64(size) {
		Fatal(fmt.Sprintf("out of memory: cannot allocate %d elements of %d bytes, the machine has %d MB in all", n, size, memory()>>20))
	}
}
