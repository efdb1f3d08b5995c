package ssl

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/gomlx/compute"

	"github.com/gossl/gossl/ssl/internal/golden"
	"github.com/gossl/gossl/ssl/net"
)

// closedCycle opens a lab whose run trains, is resized, measures itself, forks and is kept. Its
// largest variable has width by width numbers; its moment, and both again in the fork, are as large.
func closedCycle(t testing.TB, backend compute.Backend, width int) *Lab {
	l := NewLab(backend)
	e := killedExperiment()
	e.Batch = 4
	e.Projector = net.MLP{Widths: []int{width, width, 6}}
	e.Panel = Panel{Every: 1, Images: 4}
	r := startPaused(t, l, e, 1)
	must(t, r.Keep(t.TempDir(), Policy{Every: 1, Last: 1}))
	must1(r.Resize(Projector, width+1))
	must(t, r.Step(1))
	f, err := r.Fork(map[string]float64{"lambda": 0.2})
	must(t, err)
	must(t, f.Step(1))
	return l
}

// closedLabs opens and closes labs and fails if they hold memory afterwards, by what held
// says in MB; one lab that is left open shows that it sees them.
func closedLabs(t testing.TB, backend compute.Backend, width, warm, cycles int, held func() float64) (mbEach float64) {
	matrix := float64(width*width*4) / 1e6
	for range warm {
		closedCycle(t, backend, width).Close()
	}
	before := held()
	for range cycles {
		closedCycle(t, backend, width).Close()
	}
	closed := held()
	l := closedCycle(t, backend, width)
	open := held()
	l.Close()
	t.Logf("%d labs that were closed: %+.1f MB; one more that is open: %+.1f MB", cycles, closed-before, open-closed)
	if open-closed < 3*matrix {
		t.Fatalf("an open lab with %.1f MB on the device adds %.1f MB: the measure does not see it", 4*matrix, open-closed)
	}
	if limit := float64(cycles) * matrix / 2; closed-before > limit {
		t.Errorf("%d closed labs hold %.1f MB; with one matrix of each it would be %.1f MB", cycles, closed-before, 2*limit)
	}
	return (closed - before) / float64(cycles)
}

// A lab that has been closed holds no memory, measured and not counted: on the pure-Go backend
// the device's memory is Go's heap. BenchmarkClosedLabs measures the process, on XLA.
func TestClosedLabsHoldNoMemory(t *testing.T) {
	backend := golden.Backend(t)
	if backend.String() != "go" {
		t.Skip("the backend's memory lies outside Go's heap: see BenchmarkClosedLabs")
	}
	closedLabs(t, backend, 512, 1, 5, func() float64 {
		for range 3 { // finalizers, and what they free
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	})
}

const closedChild = "GOSSL_TEST_CLOSED_LABS"

// BenchmarkClosedLabs opens and closes labs and reports by how much each leaves the process
// larger. It runs in a process of its own whose C allocator gives every large block back at
// once, so that what the process has is what is in use.
func BenchmarkClosedLabs(b *testing.B) {
	if residentMB() == 0 {
		b.Skip("this system does not say how much memory a process has")
	}
	if os.Getenv(closedChild) == "" {
		for b.Loop() {
			cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkClosedLabs$", "-test.benchtime=1x")
			cmd.Env = append(os.Environ(), closedChild+"=1", "MALLOC_MMAP_THRESHOLD_=262144", "MALLOC_TRIM_THRESHOLD_=262144", quickXLA)
			out, err := cmd.CombinedOutput()
			b.Logf("%s", out)
			if err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	for b.Loop() {
		each := closedLabs(b, golden.Backend(b), 1280, 10, 20, func() float64 {
			for range 3 {
				runtime.GC()
			}
			debug.FreeOSMemory()
			return residentMB()
		})
		b.ReportMetric(each, "MB/lab")
	}
}
