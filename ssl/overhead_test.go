package ssl

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/gossl/gossl/ssl/data"
	"github.com/gossl/gossl/ssl/net"
	"github.com/gossl/gossl/ssl/sparse"
)

// benchmarkExperiment is the reference recipe on 5,000 images.
func benchmarkExperiment(b *testing.B, encoder net.Encoder) *Experiment {
	set, err := data.LoadFashionMNIST("")
	if err != nil {
		b.Skip(err)
	}
	e := NewSimCLR(set.First(5000, 1000))
	e.Sparse = sparse.GroupHoyer(0.05)
	e.Encoder = encoder
	e.Steps = 1 << 30
	return e
}

// BenchmarkEverythingOn compares steps with metrics at each, panels every 50 and checkpoints
// every 100 with the bare compiled step, in turns of 100 steps, A B A B, after one turn that
// is not counted. It reports the median over the pairs of turns of the ratio of their times,
// and, which other work on the machine moves less, that of the processor's time.
func BenchmarkEverythingOn(b *testing.B) {
	b.Run("mlp", func(b *testing.B) { everythingOn(b, net.MLPEncoder(256, 128)) })
	b.Run("conv", func(b *testing.B) { everythingOn(b, net.ConvEncoder(32, 64, 128, 128)) })
}

func everythingOn(b *testing.B, encoder net.Encoder) {
	l := newLab(b)
	e := benchmarkExperiment(b, encoder)
	bare := startPaused(b, l, e, 3)
	e.Panel = Panel{Every: 50, Images: 500}
	full := startPaused(b, l, e, 50) // the first panel compiles
	must(b, full.Keep(b.TempDir(), Policy{Every: 100, Last: 2, Best: "loss"}))
	const turn = 100
	compiled := func() { // the program alone, on the same inputs
		must(b, bare.ask(func(o *owner) error {
			for range turn {
				in := o.feed.inputs(o.exp, o.step)
				_, err := o.prog.run(o.images, in)
				in.free()
				if err != nil {
					return err
				}
				o.step++
			}
			return nil
		}))
	}
	var wall, cpu, steps []float64
	for b.Loop() {
		begun, used := time.Now(), processorSeconds()
		compiled()
		bareWall, bareUsed := time.Since(begun).Seconds(), processorSeconds()-used
		begun, used = time.Now(), processorSeconds()
		must(b, full.Step(turn))
		wall = append(wall, time.Since(begun).Seconds()/bareWall)
		cpu = append(cpu, (processorSeconds()-used)/bareUsed)
		steps = append(steps, bareWall/turn)
	}
	median := func(v []float64) float64 { slices.Sort(v); return v[len(v)/2] }
	b.ReportMetric(median(wall), "wall-ratio")
	b.ReportMetric(median(cpu), "cpu-ratio")
	b.ReportMetric(1e3*median(steps), "ms/bare-step")
}

// processorSeconds is the time that the processors have spent on this process.
func processorSeconds() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// BenchmarkMemory trains 20,000 steps of a small experiment with everything on and reports how
// much the heap and the process have grown after the first 2,000.
func BenchmarkMemory(b *testing.B) {
	l := newLab(b)
	e := killedExperiment()
	e.Steps = 1 << 30
	e.Panel = Panel{Every: 50, Images: 40}
	for b.Loop() {
		r := startPaused(b, l, e, 0)
		must(b, r.Keep(b.TempDir(), Policy{Every: 100, Last: 2}))
		must(b, r.Step(2000))
		heap, resident := memoryInUse(b)
		must(b, r.Step(18000))
		heapAfter, residentAfter := memoryInUse(b)
		r.Stop()
		b.ReportMetric(heapAfter-heap, "heap-MB")
		b.ReportMetric(residentAfter-resident, "resident-MB")
	}
}

// memoryInUse is the live heap and what the process holds, in MB.
func memoryInUse(b *testing.B) (heap, resident float64) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6, residentMB()
}

// residentMB is the memory that the process has, by /proc; 0 elsewhere.
func residentMB() float64 {
	var pages float64
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		var size float64
		fmt.Sscan(string(text), &size, &pages)
	}
	return pages * 4096 / 1e6
}
