package command

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/gossl/gossl/kernel"
)

var _ = register(&Command{Name: "mem", Help: "say how much memory the process uses", Run: mem})

func mem(c *Call) (kernel.Result, error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.Printf("process %s, Go heap %s in use (%d objects), %d goroutines, %d collections\n",
		resident(), size(m.HeapAlloc), m.HeapObjects, runtime.NumGoroutine(), m.NumGC)
	return kernel.Result{}, nil
}

// resident is the memory of the process that is in RAM, as the system counts it.
func resident() string {
	data, err := os.ReadFile("/proc/self/statm")
	if f := strings.Fields(string(data)); err == nil && len(f) > 1 {
		if pages, err := strconv.ParseUint(f[1], 10, 64); err == nil {
			return size(pages * uint64(os.Getpagesize()))
		}
	}
	return "of unknown size"
}

func size(n uint64) string {
	for _, u := range []struct {
		name string
		size uint64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
