package ssl

import (
	"fmt"
	"os"
	"runtime"
	"slices"
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
// every 100 with the bare compiled step, in turns of 100 steps, A B A B; it reports the ratio
// of the medians of the turns' times.
func BenchmarkEverythingOn(b *testing.B) {
	b.Run("conv", func(b *testing.B) { everythingOn(b, net.ConvEncoder(32, 64, 128, 128)) })
	b.Run("mlp", func(b *testing.B) { everythingOn(b, net.MLPEncoder(256, 128)) })
}

func everythingOn(b *testing.B, encoder net.Encoder) {
	l := newLab(b)
	e := benchmarkExperiment(b, encoder)
	bare := startPaused(b, l, e, 3)
	e.Panel = Panel{Every: 50, Images: 500}
	full := startPaused(b, l, e, 3)
	must(b, full.Keep(b.TempDir(), Policy{Every: 100, Last: 2, Best: "loss"}))
	const turn = 100
	times := map[bool][]float64{}
	for i := 0; b.Loop(); i++ {
		begun := time.Now()
		must(b, full.Step(turn))
		times[true] = append(times[true], time.Since(begun).Seconds())
		var compiled float64
		must(b, bare.ask(func(o *owner) error { // the program alone, on the same inputs
			for range turn {
				in := o.feed.inputs(o.exp, o.step)
				begun := time.Now()
				_, err := o.prog.run(o.images, in)
				compiled += time.Since(begun).Seconds()
				in.free()
				if err != nil {
					return err
				}
				o.step++
			}
			return nil
		}))
		times[false] = append(times[false], compiled)
	}
	median := func(v []float64) float64 { slices.Sort(v); return v[len(v)/2] }
	b.ReportMetric(median(times[true])/median(times[false]), "ratio")
	b.ReportMetric(1e3*median(times[false])/turn, "ms/bare-step")
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
