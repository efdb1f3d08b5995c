package ssl

import (
	"bufio"
	"fmt"
	"os"
)

// fits estimates what the projector takes and refuses what the machine cannot hold: running
// out of memory inside a backend ends the process. Where the free memory is not known nothing
// is refused.
func (e *Experiment) fits() error {
	free := availableMemory()
	if free == 0 {
		return nil
	}
	if need := e.projectorBytes(); need > free {
		return fmt.Errorf("projector %s needs about %.1f GiB and %.1f GiB are free; choose smaller widths or a smaller batch",
			e.Projector, gib(need), gib(free))
	}
	return nil
}

// projectorBytes: weights, moments, gradients and a copy while they change; and for every
// layer its output, that after the ReLU, and their gradients, for both views.
func (e *Experiment) projectorBytes() float64 {
	const word = 4
	in := float64(max(e.Encoder.Features(), 1))
	total := 0.0
	for _, w := range e.Projector.Widths {
		total += word * (5*in*float64(w) + 4*2*float64(e.Batch)*float64(w))
		in = float64(w)
	}
	return total
}

func gib(bytes float64) float64 { return bytes / (1 << 30) }

// availableMemory in bytes, as Linux estimates it; 0 when unknown.
func availableMemory() float64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var kib float64
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %f kB", &kib); n == 1 {
			return kib * 1024
		}
	}
	return 0
}
