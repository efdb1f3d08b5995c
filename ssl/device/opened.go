package device

import (
	"sync"

	"github.com/gomlx/compute"
)

var (
	openedMu sync.Mutex
	opened   = map[compute.Backend]Info{}
)

// remember notes what Open said of a backend.
func remember(b compute.Backend, info Info) {
	openedMu.Lock()
	defer openedMu.Unlock()
	for old := range opened {
		if old.IsFinalized() {
			delete(opened, old)
		}
	}
	opened[b] = info
}

// Opened is what [Open] said of a backend that it opened in this process.
func Opened(b compute.Backend) (Info, bool) {
	openedMu.Lock()
	defer openedMu.Unlock()
	info, ok := opened[b]
	return info, ok
}
